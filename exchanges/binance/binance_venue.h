// What the registry knows of Binance Spot.
#pragma once

#include "connector/registry.h"

namespace colibri::binance {

VenueEntry BinanceVenue();

}  // namespace colibri::binance
