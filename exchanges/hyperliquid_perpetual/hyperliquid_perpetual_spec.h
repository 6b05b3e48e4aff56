// Hyperliquid's perpetuals as data: capabilities, modes, fees.
//
// Thread: any; constant after first use.
#pragma once

#include "connector/venue_spec.h"

namespace colibri::hyperliquid::perpetual {

const VenueSpec& HyperliquidPerpetualSpec();

}  // namespace colibri::hyperliquid::perpetual
