// Any sequence of level changes: the plain book and the hot one equal their naive twin, their
// invariants hold, and no query fails, at any scale, for any integers.
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

// Both books, and what they are to equal.
struct Books {
  explicit Books(BookScale scale) : plain(scale), hot(scale) {}

  void Clear() {
    plain.Clear();
    hot.Clear();
    bids.Clear();
    asks.Clear();
  }
  void Apply(const BookDiff& diff) {
    const std::optional<BookLevel> bid_before = bids.best();
    const std::optional<BookLevel> ask_before = asks.best();
    for (const BookLevel& level : diff.bids) {
      bids.Set(level.price, level.quantity);
    }
    for (const BookLevel& level : diff.asks) {
      asks.Set(level.price, level.quantity);
    }
    const bool is_best_changed = bids.best() != bid_before || asks.best() != ask_before;
    for (OrderBook* book : {&plain, &hot}) {
      CHECK(book->Apply(diff).is_best_changed == is_best_changed);
      CHECK(book->bids().best() == bids.best() && book->asks().best() == asks.best());
      for (const BookLevel& level : diff.bids) {
        CHECK(book->bids().QuantityAt(level.price) == bids.QuantityAt(level.price));
      }
    }
  }
  void CheckSame() const {
    for (const OrderBook* book : {&plain, &hot}) {
      book->bids().CheckInvariants();
      book->asks().CheckInvariants();
      CHECK(LevelsOf(book->bids()) == bids.levels());
      CHECK(LevelsOf(book->asks()) == asks.levels());
    }
  }

  OrderBook plain;
  OrderBook hot;  // from when the input says so
  NaiveBookSide bids{Side::kBuy};
  NaiveBookSide asks{Side::kSell};
};

void Fuzz(FuzzedDataProvider& input) {
  const BookScale scale = {.price_decimals = input.ConsumeIntegralInRange<int>(0, 18),
                           .quantity_decimals = input.ConsumeIntegralInRange<int>(0, 18)};
  Books books(scale);
  while (input.remaining_bytes() > 0) {
    const uint8_t kind = input.ConsumeIntegral<uint8_t>();
    if (kind == 0) {
      books.Clear();
    } else if (kind == 1) {
      books.hot.MakeHot();
      books.CheckSame();
    } else if (kind < 32) {
      Ask(kind % 2 == 0 ? books.plain : books.hot, input);
    } else if (kind < 40) {
      // A run of neighbours, as far apart as a tick may be wide: fills and splits blocks, lays and
      // moves the window.
      const int64_t start = input.ConsumeIntegralInRange<int64_t>(-1'000, 1'000);
      const int64_t quantity = input.ConsumeIntegralInRange<int64_t>(0, 2);
      const int64_t width = input.ConsumeBool() ? 1 : input.ConsumeIntegralInRange(1, 1 << 20);
      for (int64_t i = start; i < start + 100; ++i) {
        const std::vector<BookLevel> level = {{i * width * (kind % 2 == 0 ? 1 : -1), quantity}};
        books.Apply({.bids = level, .asks = level});
      }
    } else {
      const std::vector<BookLevel> level = {{AnyPrice(input), AnyQuantity(input)}};
      books.Apply({.bids = level});
    }
  }
  books.CheckSame();
}

}  // namespace
}  // namespace colibri

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  FuzzedDataProvider input(bytes, size);
  colibri::Fuzz(input);
  return 0;
}
