// What the registry knows of Binance USD-M futures.
#pragma once

#include "connector/registry.h"

namespace colibri::binance::perpetual {

VenueEntry BinancePerpetualVenue();

}  // namespace colibri::binance::perpetual
