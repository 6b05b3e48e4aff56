// What we hold to be true against what the venue knows: orders, fills, balances, book.
#pragma once

#include <string>
#include <vector>

#include "connector/connector.h"
#include "tools/venue_sim/binance_sim.h"

namespace colibri::simulation {

// A sentence for each difference, to the last digit. Every order and fill of ours that the venue
// remembers is looked at; orders that others placed on the account are left out.
std::vector<std::string> DifferencesOf(const Connector& connector,
                                       const venue_sim::BinanceSim& venue,
                                       const TradingPair& pair);

}  // namespace colibri::simulation
