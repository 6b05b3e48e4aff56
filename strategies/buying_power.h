// What an exchange would still take of new orders on a pair.
//
//   const BuyingPower power = PowerOf(exchange, pair, /*reference=*/mid);
//
// Spot: what is free of either asset. Perpetuals: what is free of the collateral at the pair's
// leverage, half for each side, and what closes the position.
#pragma once

#include "connector/exchange.h"
#include "core/trading_pair.h"
#include "core/units.h"

namespace colibri {

struct BuyingPower {
  Quantity base;   // to sell
  Notional quote;  // to buy with
};

// reference is positive.
BuyingPower PowerOf(const Exchange& exchange, const TradingPair& pair, Price reference);

}  // namespace colibri
