// Hyperliquid Spot's entry in the registry.
#pragma once

#include "connector/registry.h"

namespace colibri::hyperliquid {

VenueEntry HyperliquidVenue();

}  // namespace colibri::hyperliquid
