// What trading has built up since the start, at average cost, and what it earned.
//
//   TradedPosition position;
//   RETURN_IF_ERROR(position.Add(Side::kBuy, Price(...), Quantity(...)));
//   position.realised_profit() + *position.UnrealisedProfit(mid);   // all profit, before fees
//
// Only flows count: who starts with a coin and sells it has a short position of one coin. The cost
// is kept as an amount, not as an average: what leaves with a sale is rounded once, and what stays
// is the exact rest, so realised and unrealised profit add up to the flows at the mid price to the
// last digit.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "core/order.h"
#include "core/units.h"

namespace colibri {

class TradedPosition {
 public:
  // OutOfRange when an amount would leave the range of Decimal; nothing changes then.
  absl::Status Add(Side side, Price price, Quantity quantity);

  Quantity quantity() const { return quantity_; }  // bought - sold
  // What the position cost when long, what it brought when short: quantity * average cost.
  Notional cost() const { return cost_; }
  // nullopt when flat.
  std::optional<Price> average_cost() const;
  Notional realised_profit() const { return realised_profit_; }
  // Were all closed at that price. OutOfRange on overflow.
  absl::StatusOr<Notional> UnrealisedProfit(Price price) const;

 private:
  Quantity quantity_;         // negative: short
  Notional cost_;             // signed as quantity_
  Notional realised_profit_;  // before fees
};

}  // namespace colibri
