// Hyperliquid Spot as data: capabilities and fees.
//
// Thread: any; constant after first use.
#pragma once

#include "connector/venue_spec.h"

namespace colibri::hyperliquid {

const VenueSpec& HyperliquidSpec();

}  // namespace colibri::hyperliquid
