#include "strategies/inventory_skew.h"

#include <algorithm>

#include "core/status_macros.h"

namespace colibri {
namespace {

const Decimal kOne = Decimal::FromInteger(1);

// Both factors are at most 1 in magnitude here, so the product is in range.
Decimal Product(Decimal a, Decimal b) {
  return Multiply(a, b, Rounding::kHalfEven).value_or(Decimal());
}

absl::StatusOr<Decimal> BaseShare(const InventoryConfig& config,
                                  Decimal base_total,
                                  Decimal quote_total,
                                  Price price) {
  ASSIGN_OR_RETURN(const Decimal base_value,
                   Multiply(base_total, price.value(), Rounding::kHalfEven));
  ASSIGN_OR_RETURN(const Decimal total, CheckedAdd(base_value, quote_total));
  if (!total.is_positive()) {
    return config.base_share_target;
  }
  return Divide(base_value, total, Rounding::kHalfEven);
}

}  // namespace

absl::StatusOr<InventorySkew> SkewFor(const InventoryConfig& config,
                                      Decimal base_total,
                                      Decimal quote_total,
                                      Price price) {
  InventorySkew skew;
  ASSIGN_OR_RETURN(skew.base_share, BaseShare(config, base_total, quote_total, price));
  if (!config.is_enabled) {
    return skew;
  }
  const Decimal distance = skew.base_share - config.base_share_target;
  const Decimal reach = distance.is_negative() ? config.base_share_target - config.base_share_min
                                               : config.base_share_max - config.base_share_target;
  ASSIGN_OR_RETURN(const Decimal deviation, Divide(distance, reach, Rounding::kHalfEven));
  skew.deviation = std::clamp(deviation, -kOne, kOne);
  const Decimal moved = Product(config.quantity_strength, skew.deviation);
  skew.bid_quantity_factor = skew.base_share >= config.base_share_max ? Decimal() : kOne - moved;
  skew.ask_quantity_factor = skew.base_share <= config.base_share_min ? Decimal() : kOne + moved;
  skew.price_factor = kOne - Product(config.price_shift, skew.deviation);
  return skew;
}

}  // namespace colibri
