// Hyperliquid's entry in the registry.
#pragma once

#include "connector/registry.h"

namespace colibri::hyperliquid::perpetual {

VenueEntry HyperliquidPerpetualVenue();

}  // namespace colibri::hyperliquid::perpetual
