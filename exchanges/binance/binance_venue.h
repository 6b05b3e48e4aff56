// Binance Spot as the registry knows it: its connector tells ExchangeBase how this venue wants its
// requests and what its answers mean. Domains: live, testnet, us, local (binance_spec.h).
#pragma once

#include "connector/registry.h"

namespace colibri::binance {

VenueEntry BinanceVenue();

}  // namespace colibri::binance
