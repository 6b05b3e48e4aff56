// What positions of linear perpetuals need as margin, and where a venue closes them. Pure.
//
//   ASSIGN_OR_RETURN(Notional initial, InitialMargin(notional, /*leverage=*/10));
//   std::optional<Price> price = LiquidationPrice({{.quantity = one, .cost = hundred}},
//   /*margin=*/ten,
//                                                 MaintenanceRate(125));
//
// initial margin      notional / leverage
// maintenance margin  |quantity| * mark price * maintenance rate
// liquidation         when the margin and the unrealised profit fall below the maintenance margin
// liquidation price   the mark price p at which they are equal, over all positions of one pair that
//                     share the margin, with cost = quantity * entry price:
//                       margin + sum(quantity) * p - sum(cost) = rate * sum(|quantity|) * p
//                       p = (sum(cost) - margin) / (sum(quantity) - rate * sum(|quantity|))
//
// The margin is, of an isolated position, what was set aside for it; of cross positions the
// collateral's balance, plus unrealised profit less maintenance margin of all other pairs. That is
// Binance's formula ("How to Calculate Liquidation Price of USD-M Futures Contracts") with one tier
// and so no maintenance amount, and Hyperliquid's (documentation, "Liquidations"):
//   p - side * margin_available / quantity / (1 - l * side), with l = 1 / (2 * leverage_max).
// Margins round up and prices toward the mark at the 18th decimal: against the position.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

#include "core/decimal.h"
#include "core/units.h"

namespace colibri {

// Half of the initial margin at the highest leverage, 1 / (2 * leverage_max): Hyperliquid's rule
// ("Margining"), and that of Binance's first tiers (125x: 0.4 %, 100x: 0.5 %). leverage_max >= 1
// (CHECKed).
Decimal MaintenanceRate(int leverage_max);
// The other way round: the highest leverage at which a new position is not liquidated at once. rate
// is positive (CHECKed).
int LeverageMaxOf(Decimal maintenance_rate);

// Of a notional of either sign. leverage >= 1 (CHECKed). OutOfRange on overflow.
absl::StatusOr<Notional> InitialMargin(Notional notional, int leverage);
absl::StatusOr<Notional> MaintenanceMargin(Quantity quantity, Price mark, Decimal rate);

// What a pair's position may grow to by its open orders: max(|position + buys|, |position -
// sells|). Closing by as much as the position takes no margin. position is signed, the others are
// not.
absl::StatusOr<Notional> WorstNotional(Notional position, Notional buys, Notional sells);

// One position as the model sees it: both signed.
struct MarginPosition {
  Quantity quantity;
  Notional cost;  // quantity * entry price, exactly
};

absl::StatusOr<Notional> UnrealisedProfit(const MarginPosition& position, Price mark);

// Of all positions of one pair that share `margin`, both sides of hedge mode together. nullopt: no
// price above zero does it, or it is beyond the range.
std::optional<Price> LiquidationPrice(absl::Span<const MarginPosition> positions,
                                      Notional margin,
                                      Decimal maintenance_rate);
// Where closing the position leaves nothing of its margin. nullopt as above.
std::optional<Price> BankruptcyPrice(const MarginPosition& position, Notional margin);

}  // namespace colibri
