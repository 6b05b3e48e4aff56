#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_spec.h"

#include "core/decimal.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"

namespace colibri::hyperliquid::perpetual {
namespace {

VenueSpec MakeSpec() {
  VenueSpec spec = FamilySpec("hyperliquid_perpetual", "Hyperliquid perpetuals");
  spec.capabilities.has_position_events = true;
  spec.capabilities.has_dead_mans_switch = true;
  spec.fees.percent = {.maker = Decimal::FromScaled(15, 5), .taker = Decimal::FromScaled(45, 5)};
  spec.fees.charge = FeeCharge::kAddedToCost;
  spec.position_modes = {PositionMode::kOneWay};
  spec.trigger_kinds = {TriggerKind::kStop, TriggerKind::kTakeProfit};
  spec.trigger_sources = {TriggerSource::kMark};
  spec.margin_modes = {MarginMode::kCross, MarginMode::kIsolated};
  return spec;
}

}  // namespace

const VenueSpec& HyperliquidPerpetualSpec() {
  static const VenueSpec spec = MakeSpec();
  return spec;
}

}  // namespace colibri::hyperliquid::perpetual
