#include "exchanges/hyperliquid/hyperliquid_spec.h"

#include "core/decimal.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"

namespace colibri::hyperliquid {
namespace {

VenueSpec MakeSpec() {
  VenueSpec spec = FamilySpec("hyperliquid", "Hyperliquid Spot");
  spec.fees.percent = {.maker = Decimal::FromScaled(4, 4), .taker = Decimal::FromScaled(7, 4)};
  spec.fees.charge = FeeCharge::kDeductedFromReturns;
  return spec;
}

}  // namespace

const VenueSpec& HyperliquidSpec() {
  static const VenueSpec spec = MakeSpec();
  return spec;
}

}  // namespace colibri::hyperliquid
