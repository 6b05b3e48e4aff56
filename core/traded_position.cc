#include "core/traded_position.h"

#include <algorithm>

#include "core/status_macros.h"

namespace colibri {
namespace {

template <typename Value>
absl::StatusOr<Value> Sum(Value a, Value b) {
  ASSIGN_OR_RETURN(const Decimal sum, CheckedAdd(a.value(), b.value()));
  return Value(sum);
}

Quantity Magnitude(Quantity quantity) {
  return quantity.is_negative() ? -quantity : quantity;
}

// notional * part / whole, half-even, for 0 < part <= whole.
absl::StatusOr<Notional> Share(Notional notional, Quantity part, Quantity whole) {
  if (part == whole) {
    return notional;
  }
  // Multiplied first, only the division rounds; where that is too large, the ratio rounds first.
  if (const auto product = Multiply(notional.value(), part.value(), Rounding::kHalfEven);
      product.ok()) {
    ASSIGN_OR_RETURN(const Decimal share, Divide(*product, whole.value(), Rounding::kHalfEven));
    return Notional(share);
  }
  ASSIGN_OR_RETURN(const Decimal ratio, Divide(part.value(), whole.value(), Rounding::kHalfEven));
  return Scale(notional, ratio, Rounding::kHalfEven);
}

}  // namespace

absl::Status TradedPosition::Add(Side side, Price price, Quantity quantity) {
  const bool is_buy = side == Side::kBuy;
  const bool closes = is_buy ? quantity_.is_negative() : quantity_.is_positive();
  const Quantity closed = closes ? std::min(quantity, Magnitude(quantity_)) : Quantity();
  ASSIGN_OR_RETURN(const Notional whole, CheckedMultiply(price, quantity));
  const Notional flow = is_buy ? whole : -whole;  // as the cost: a buy adds to it

  // The part of the cost that the closed quantity carries, and of the flow that closes it.
  Notional released;
  Notional closing_flow;
  if (closed.is_positive()) {
    ASSIGN_OR_RETURN(released, Share(cost_, closed, Magnitude(quantity_)));
    ASSIGN_OR_RETURN(const Notional closing, CheckedMultiply(price, closed));
    closing_flow = is_buy ? closing : -closing;
  }
  ASSIGN_OR_RETURN(const Notional profit, Sum(-closing_flow, -released));
  ASSIGN_OR_RETURN(const Notional realised_profit, Sum(realised_profit_, profit));
  ASSIGN_OR_RETURN(const Notional opening_flow, Sum(flow, -closing_flow));
  ASSIGN_OR_RETURN(const Notional kept, Sum(cost_, -released));
  ASSIGN_OR_RETURN(const Notional cost, Sum(kept, opening_flow));
  ASSIGN_OR_RETURN(const Quantity position, Sum(quantity_, is_buy ? quantity : -quantity));
  quantity_ = position;
  cost_ = cost;
  realised_profit_ = realised_profit;
  return absl::OkStatus();
}

std::optional<Price> TradedPosition::average_cost() const {
  if (quantity_.is_zero()) {
    return std::nullopt;
  }
  const absl::StatusOr<Price> average = Divide(cost_, quantity_, Rounding::kHalfEven);
  return average.ok() ? std::optional<Price>(*average) : std::nullopt;
}

absl::StatusOr<Notional> TradedPosition::UnrealisedProfit(Price price) const {
  ASSIGN_OR_RETURN(const Notional value, CheckedMultiply(price, quantity_));
  return Sum(value, -cost_);
}

}  // namespace colibri
