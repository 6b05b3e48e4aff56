// Binance USD-M futures as the registry knows them: the connector tells PerpetualBase how this
// venue wants its requests and what its answers mean. Domains: live, testnet, local
// (binance_perpetual_spec.h).
#pragma once

#include "connector/registry.h"

namespace colibri::binance::perpetual {

VenueEntry BinancePerpetualVenue();

}  // namespace colibri::binance::perpetual
