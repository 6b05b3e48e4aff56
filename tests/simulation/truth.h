// What we hold to be true against what the venue knows: orders, fills, balances, positions,
// book.
#pragma once

#include <string>
#include <vector>

#include "connector/connector.h"
#include "core/fill_key.h"
#include "tests/simulation/simulated_venue.h"

namespace colibri::simulation {

// A sentence for each difference, to the last digit. Every order and fill of ours that the venue
// remembers is looked at; orders that others placed on the account are left out.
std::vector<std::string> DifferencesOf(const Connector& connector,
                                       const SimulatedVenue& venue,
                                       const TradingPair& pair);

// The fills of the account that are of no order of ours.
std::vector<FillKey> ForeignFillsOf(const SimulatedVenue& venue, const TradingPair& pair);

}  // namespace colibri::simulation
