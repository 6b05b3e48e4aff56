#include "core/order_book.h"

#include <algorithm>

#include "core/check.h"

namespace colibri {
namespace {

// Decimal is symmetric: the smallest 128-bit integer is not one.
constexpr Int128 kUnitsMax = (Int128{1} << 126) - 1 + (Int128{1} << 126);

// What the levels of a walk add up to: exact integers until the last step.
class WalkSums {
 public:
  explicit WalkSums(BookScale scale)
      : product_decimals_(scale.price_decimals + scale.quantity_decimals),
        quantity_unit_(Decimal::PowerOfTen(Decimal::kFractionDigits - scale.quantity_decimals)) {}

  // Takes the whole level. False, and nothing taken, when a sum would leave Decimal's range.
  bool Add(BookLevel level) {
    const Int128 product = Int128{level.price} * level.quantity;
    Int128 products = 0;
    Int128 quantity = 0;
    if (__builtin_add_overflow(products_, product, &products) ||
        __builtin_add_overflow(quantity_, Int128{level.quantity} * quantity_unit_, &quantity)) {
      return false;
    }
    const std::optional<Decimal> notional = ToDecimal(products);
    if (!notional.has_value()) {
      return false;
    }
    products_ = products;
    quantity_ = quantity;
    notional_ = *notional;
    return true;
  }

  Quantity quantity() const { return Quantity(Decimal::FromUnits(quantity_)); }
  Notional notional() const { return Notional(notional_); }

 private:
  std::optional<Decimal> ToDecimal(Int128 products) const {
    Int128 units = products;
    if (product_decimals_ <= Decimal::kFractionDigits) {
      const int64_t factor = Decimal::PowerOfTen(Decimal::kFractionDigits - product_decimals_);
      if (__builtin_mul_overflow(products, Int128{factor}, &units)) {
        return std::nullopt;
      }
    } else {
      const Int128 divisor = Decimal::PowerOfTen(product_decimals_ - Decimal::kFractionDigits);
      const Int128 rest = products % divisor;
      const Int128 twice_rest = (rest < 0 ? -rest : rest) * 2;
      units = products / divisor;
      if (twice_rest > divisor || (twice_rest == divisor && units % 2 != 0)) {
        units += rest < 0 ? -1 : 1;
      }
    }
    if (units < -kUnitsMax) {
      return std::nullopt;
    }
    return Decimal::FromUnits(units);
  }

  int product_decimals_;
  int64_t quantity_unit_;
  Int128 products_ = 0;  // price * quantity at product_decimals_
  Int128 quantity_ = 0;  // at 18 decimals
  Decimal notional_;
};

Quantity AtLeastZero(Quantity quantity) {
  return std::max(quantity, Quantity());
}
Notional AtLeastZero(Notional notional) {
  return std::max(notional, Notional());
}

}  // namespace

std::optional<Price> BookWalk::vwap() const {
  if (!filled.is_positive()) {
    return std::nullopt;
  }
  const absl::StatusOr<Price> mean = Divide(notional, filled, Rounding::kHalfEven);
  if (!mean.ok()) {
    return std::nullopt;
  }
  return *mean;
}

OrderBook::OrderBook(BookScale scale) : scale_(scale) {
  CHECK(scale.price_decimals >= 0 && scale.price_decimals <= Decimal::kFractionDigits);
  CHECK(scale.quantity_decimals >= 0 && scale.quantity_decimals <= Decimal::kFractionDigits);
}

void OrderBook::MakeHot() {
  bids_.MakeHot();
  asks_.MakeHot();
}

void OrderBook::Clear() {
  bids_.Clear();
  asks_.Clear();
  last_update_id_ = 0;
}

void OrderBook::ApplySnapshot(const BookSnapshot& snapshot) {
  Clear();
  bids_.Apply(snapshot.bids);
  asks_.Apply(snapshot.asks);
  last_update_id_ = snapshot.last_update_id;
}

BookChange OrderBook::Apply(const BookDiff& diff) {
  const std::optional<BookLevel> bid_before = bids_.best();
  const std::optional<BookLevel> ask_before = asks_.best();
  bids_.Apply(diff.bids);
  asks_.Apply(diff.asks);
  last_update_id_ = diff.last_update_id;
  return {.level_changes = static_cast<int>(diff.bids.size() + diff.asks.size()),
          .is_best_changed = bids_.best() != bid_before || asks_.best() != ask_before,
          .is_crossed = is_crossed()};
}

bool OrderBook::is_crossed() const {
  const std::optional<BookLevel> bid = bids_.best();
  const std::optional<BookLevel> ask = asks_.best();
  return bid.has_value() && ask.has_value() && bid->price >= ask->price;
}

PriceLevel OrderBook::ToPriceLevel(const BookLevel& level) const {
  return {.price = Price::FromScaled(level.price, scale_.price_decimals),
          .quantity = Quantity::FromScaled(level.quantity, scale_.quantity_decimals)};
}

std::optional<PriceLevel> OrderBook::best_bid() const {
  const std::optional<BookLevel> level = bids_.best();
  return level.has_value() ? std::optional(ToPriceLevel(*level)) : std::nullopt;
}

std::optional<PriceLevel> OrderBook::best_ask() const {
  const std::optional<BookLevel> level = asks_.best();
  return level.has_value() ? std::optional(ToPriceLevel(*level)) : std::nullopt;
}

std::optional<Price> OrderBook::mid_price() const {
  const std::optional<PriceLevel> bid = best_bid();
  const std::optional<PriceLevel> ask = best_ask();
  if (!bid.has_value() || !ask.has_value()) {
    return std::nullopt;
  }
  const Int128 sum = (bid->price + ask->price).value().units();
  Int128 half = sum / 2;
  if (sum % 2 != 0 && half % 2 != 0) {
    half += sum < 0 ? -1 : 1;
  }
  return Price(Decimal::FromUnits(half));
}

std::optional<Price> OrderBook::spread() const {
  const std::optional<PriceLevel> bid = best_bid();
  const std::optional<PriceLevel> ask = best_ask();
  if (!bid.has_value() || !ask.has_value()) {
    return std::nullopt;
  }
  return ask->price - bid->price;
}

std::vector<PriceLevel> OrderBook::levels(Side side, size_t depth) const {
  const BookSide& book_side = side == Side::kBuy ? bids_ : asks_;
  std::vector<PriceLevel> levels;
  if (depth == 0) {
    return levels;
  }
  levels.reserve(std::min(depth, book_side.size()));
  book_side.ForEach([&](BookLevel level) {
    levels.push_back(ToPriceLevel(level));
    return levels.size() < depth;
  });
  return levels;
}

BookWalk OrderBook::WalkQuantity(Side taker_side, Quantity quantity) const {
  const Quantity asked = AtLeastZero(quantity);
  WalkSums sums(scale_);
  BookWalk walk;
  bool ends_inside_level = false;
  makers(taker_side).ForEach([&](BookLevel level) {
    const PriceLevel here = ToPriceLevel(level);
    const Quantity missing = asked - sums.quantity();
    if (here.quantity <= missing) {
      if (!sums.Add(level)) {
        return false;
      }
      walk.worst_price = here.price;
      return sums.quantity() < asked;
    }
    // A part of this level completes the walk.
    const absl::StatusOr<Notional> cost = CheckedMultiply(here.price, missing);
    const absl::StatusOr<Decimal> notional =
        cost.ok() ? CheckedAdd(sums.notional().value(), cost->value()) : cost.status();
    if (!notional.ok()) {
      return false;
    }
    walk.worst_price = here.price;
    walk.filled = asked;
    walk.notional = Notional(*notional);
    ends_inside_level = true;
    return false;
  });
  if (!ends_inside_level) {
    walk.filled = sums.quantity();
    walk.notional = sums.notional();
  }
  walk.shortfall = asked - walk.filled;
  return walk;
}

BookWalk OrderBook::WalkNotional(Side taker_side, Notional notional) const {
  const Notional asked = AtLeastZero(notional);
  WalkSums sums(scale_);
  BookWalk walk;
  bool ends_inside_level = false;
  makers(taker_side).ForEach([&](BookLevel level) {
    const PriceLevel here = ToPriceLevel(level);
    WalkSums with_level = sums;
    const bool fits = with_level.Add(level);
    if (fits && with_level.notional() <= asked) {
      sums = with_level;
      walk.worst_price = here.price;
      return sums.notional() < asked;
    }
    // A part of this level completes the walk, unless even the part is out of range.
    const absl::StatusOr<Decimal> left = CheckedAdd(asked.value(), -sums.notional().value());
    const absl::StatusOr<Decimal> part =
        left.ok() ? Divide(*left, here.price.value(), Rounding::kDown) : left;
    const absl::StatusOr<Decimal> filled =
        part.ok() ? CheckedAdd(sums.quantity().value(), *part) : part;
    if (!filled.ok() || part->is_negative() || *part > here.quantity.value()) {
      return false;
    }
    walk.worst_price = here.price;
    walk.filled = Quantity(*filled);
    walk.notional = asked;
    ends_inside_level = true;
    return false;
  });
  if (!ends_inside_level) {
    walk.filled = sums.quantity();
    walk.notional = sums.notional();
  }
  walk.quote_shortfall = AtLeastZero(asked - AtLeastZero(walk.notional));
  return walk;
}

BookWalk OrderBook::WalkToPrice(Side taker_side, Price limit) const {
  WalkSums sums(scale_);
  BookWalk walk;
  makers(taker_side).ForEach([&](BookLevel level) {
    const Price price = ToPriceLevel(level).price;
    const bool is_worse = taker_side == Side::kBuy ? price > limit : price < limit;
    if (is_worse || !sums.Add(level)) {
      return false;
    }
    walk.worst_price = price;
    return true;
  });
  walk.filled = sums.quantity();
  walk.notional = sums.notional();
  return walk;
}

std::optional<Price> OrderBook::PriceForQuantity(Side taker_side, Quantity quantity) const {
  const BookWalk walk = WalkQuantity(taker_side, quantity);
  return walk.is_complete() ? walk.worst_price : std::nullopt;
}

std::optional<Price> OrderBook::PriceForNotional(Side taker_side, Notional notional) const {
  const BookWalk walk = WalkNotional(taker_side, notional);
  return walk.is_complete() ? walk.worst_price : std::nullopt;
}

std::optional<Price> OrderBook::VwapForQuantity(Side taker_side, Quantity quantity) const {
  const BookWalk walk = WalkQuantity(taker_side, quantity);
  return walk.is_complete() ? walk.vwap() : std::nullopt;
}

std::optional<Notional> OrderBook::NotionalForQuantity(Side taker_side, Quantity quantity) const {
  const BookWalk walk = WalkQuantity(taker_side, quantity);
  return walk.is_complete() ? std::optional(walk.notional) : std::nullopt;
}

Quantity OrderBook::QuantityForPrice(Side taker_side, Price limit) const {
  return WalkToPrice(taker_side, limit).filled;
}

Notional OrderBook::NotionalForPrice(Side taker_side, Price limit) const {
  return WalkToPrice(taker_side, limit).notional;
}

Quantity OrderBook::QuantityAt(Side side, Price price) const {
  const absl::StatusOr<int64_t> scaled = price.value().ToScaled(scale_.price_decimals);
  if (!scaled.ok()) {
    return Quantity();
  }
  const BookSide& book_side = side == Side::kBuy ? bids_ : asks_;
  return Quantity::FromScaled(book_side.QuantityAt(*scaled), scale_.quantity_decimals);
}

}  // namespace colibri
