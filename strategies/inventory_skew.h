// How an inventory away from its target bends quotes.
//
//   ASSIGN_OR_RETURN(InventorySkew skew, SkewFor(config.inventory, base, quote, price));
//   bid_quantity * skew.bid_quantity_factor;    // 0 at the upper limit, up to 2 at the lower
//
// With deviation d, which is (share - target) / (limit - target) toward the nearer limit, cut to
// -1..1: bids are scaled by 1 - strength * d, asks by 1 + strength * d, and prices by
// 1 - price_shift * d. At a limit the side that leads beyond it gets 0, whatever the strength.
#pragma once

#include "absl/status/statusor.h"

#include "core/decimal.h"
#include "core/units.h"
#include "strategies/simple_market_maker_config.h"

namespace colibri {

struct InventorySkew {
  Decimal base_share;  // of base + quote; the target when there is neither
  Decimal deviation;   // -1 (all is missing) to 1 (far too much base)
  Decimal bid_quantity_factor = Decimal::FromInteger(1);
  Decimal ask_quantity_factor = Decimal::FromInteger(1);
  Decimal price_factor = Decimal::FromInteger(1);
};

// Totals, locked parts included. Factors are 1 when the skew is disabled. OutOfRange when the value
// of the inventory leaves the range of Decimal.
absl::StatusOr<InventorySkew> SkewFor(const InventoryConfig& config,
                                      Decimal base_total,
                                      Decimal quote_total,
                                      Price price);

}  // namespace colibri
