// Any sequence of level changes: the fast book equals its naive twin, its invariants hold, and no
// query fails, at any scale, for any integers.
#include <cstdint>
#include <optional>
#include <vector>

#include "core/book_text.h"
#include "core/check.h"
#include "core/order_book.h"
#include "tests/support/naive_order_book.h"
#include <fuzzer/FuzzedDataProvider.h>

namespace colibri {
namespace {

// Near prices meet each other; far ones reach the limits.
int64_t AnyPrice(FuzzedDataProvider& input) {
  return input.ConsumeBool() ? input.ConsumeIntegralInRange<int64_t>(-200, 200)
                             : input.ConsumeIntegral<int64_t>();
}

int64_t AnyQuantity(FuzzedDataProvider& input) {
  return input.ConsumeBool() ? input.ConsumeIntegralInRange<int64_t>(0, 3)
                             : input.ConsumeIntegral<int64_t>();
}

// A value of Decimal: symmetric, so without the smallest 128-bit integer.
Decimal AnyDecimal(FuzzedDataProvider& input) {
  const auto high = static_cast<Int128>(input.ConsumeIntegral<int64_t>() / 2);
  return Decimal::FromUnits(high * (Int128{1} << 64) + input.ConsumeIntegral<uint64_t>());
}

std::vector<BookLevel> LevelsOf(const BookSide& side) {
  std::vector<BookLevel> levels;
  side.ForEach([&levels](BookLevel level) {
    levels.push_back(level);
    return true;
  });
  return levels;
}

void CheckWalk(const BookWalk& walk) {
  CHECK(!walk.filled.is_negative());
  CHECK(!walk.shortfall.is_negative());
  CHECK(!walk.quote_shortfall.is_negative());
  CHECK(walk.filled.is_zero() || walk.worst_price.has_value());
  walk.vwap();
}

void Ask(const OrderBook& book, FuzzedDataProvider& input) {
  const Side side = input.ConsumeBool() ? Side::kBuy : Side::kSell;
  const Decimal amount = AnyDecimal(input);
  const BookWalk by_quantity = book.WalkQuantity(side, Quantity(amount));
  CheckWalk(by_quantity);
  CHECK(amount.is_negative() || by_quantity.filled + by_quantity.shortfall == Quantity(amount));
  CheckWalk(book.WalkNotional(side, Notional(amount)));
  CheckWalk(book.WalkToPrice(side, Price(amount)));
  book.PriceForQuantity(side, Quantity(amount));
  book.PriceForNotional(side, Notional(amount));
  book.VwapForQuantity(side, Quantity(amount));
  book.NotionalForQuantity(side, Quantity(amount));
  book.QuantityForPrice(side, Price(amount));
  book.NotionalForPrice(side, Price(amount));
  book.QuantityAt(side, Price(amount));
  book.mid_price();
  book.spread();
  book.levels(side, input.ConsumeIntegralInRange<size_t>(0, 5));
  CanonicalText(book, 3);
}

void Fuzz(FuzzedDataProvider& input) {
  const BookScale scale = {.price_decimals = input.ConsumeIntegralInRange<int>(0, 18),
                           .quantity_decimals = input.ConsumeIntegralInRange<int>(0, 18)};
  OrderBook book(scale);
  NaiveBookSide bids(Side::kBuy);
  NaiveBookSide asks(Side::kSell);
  while (input.remaining_bytes() > 0) {
    const uint8_t kind = input.ConsumeIntegral<uint8_t>();
    if (kind == 0) {
      book.Clear();
      bids.Clear();
      asks.Clear();
    } else if (kind < 32) {
      Ask(book, input);
    } else if (kind < 40) {
      // A run of neighbours fills and splits blocks.
      const int64_t start = input.ConsumeIntegralInRange<int64_t>(-1'000, 1'000);
      const int64_t quantity = input.ConsumeIntegralInRange<int64_t>(0, 2);
      for (int64_t price = start; price < start + 100; ++price) {
        const std::vector<BookLevel> level = {{price * (kind % 2 == 0 ? 1 : -1), quantity}};
        book.Apply({.bids = level, .asks = level});
        bids.Set(level[0].price, quantity);
        asks.Set(level[0].price, quantity);
      }
    } else {
      const std::vector<BookLevel> level = {{AnyPrice(input), AnyQuantity(input)}};
      const std::optional<BookLevel> best_before = bids.best();
      const BookChange change = book.Apply({.bids = level});
      bids.Set(level[0].price, level[0].quantity);
      CHECK(change.is_best_changed == (bids.best() != best_before));
    }
  }
  book.bids().CheckInvariants();
  book.asks().CheckInvariants();
  CHECK(LevelsOf(book.bids()) == bids.levels());
  CHECK(LevelsOf(book.asks()) == asks.levels());
}

}  // namespace
}  // namespace colibri

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  FuzzedDataProvider input(bytes, size);
  colibri::Fuzz(input);
  return 0;
}
