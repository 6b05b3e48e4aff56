// What the registry knows of Binance: spot in full, USD-M futures as recorded market data.
#pragma once

#include "connector/registry.h"

namespace colibri::binance {

VenueEntry BinanceVenue();
VenueEntry BinancePerpetualVenue();

}  // namespace colibri::binance
