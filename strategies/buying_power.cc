#include "strategies/buying_power.h"

#include <algorithm>

#include "connector/perpetual_exchange.h"
#include "core/status_macros.h"

namespace colibri {
namespace {

// For each side, of what the margin carries; the rest is for fees and for a price that moves.
const Decimal kShareOfSide = Decimal::FromScaled(49, 2);

absl::StatusOr<BuyingPower> MarginPower(const Exchange& exchange,
                                        const PerpetualExchange& perpetual,
                                        const TradingPair& pair,
                                        Price reference) {
  const TradingRule* rule = exchange.rules(pair);
  if (rule == nullptr) {
    return BuyingPower{};
  }
  const Decimal free = exchange.balance(rule->collateral).available;
  const Decimal leverage = Decimal::FromInteger(perpetual.leverage(pair).leverage);
  ASSIGN_OR_RETURN(const Decimal carried, Multiply(free, leverage, Rounding::kDown));
  ASSIGN_OR_RETURN(const Decimal share, Multiply(carried, kShareOfSide, Rounding::kDown));
  ASSIGN_OR_RETURN(const Decimal base, Divide(share, reference.value(), Rounding::kDown));
  const Quantity held = perpetual.position(pair, PositionSide::kNet).quantity;
  ASSIGN_OR_RETURN(const Notional to_buy_back,
                   CheckedMultiply(reference, std::max(-held, Quantity())));
  return BuyingPower{.base = Quantity(base) + std::max(held, Quantity()),
                     .quote = Notional(share) + to_buy_back};
}

}  // namespace

BuyingPower PowerOf(const Exchange& exchange, const TradingPair& pair, Price reference) {
  if (const PerpetualExchange* perpetual = exchange.perpetual()) {
    return MarginPower(exchange, *perpetual, pair, reference).value_or(BuyingPower{});
  }
  return {.base = Quantity(exchange.balance(pair.base).available),
          .quote = Notional(exchange.balance(pair.quote).available)};
}

}  // namespace colibri
