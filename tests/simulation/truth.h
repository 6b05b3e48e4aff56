// What we hold to be true against what the venue knows: orders, fills, balances, book.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "connector/connector.h"
#include "core/fill_key.h"
#include "tests/simulation/order_checker.h"
#include "tools/venue_sim/binance_sim.h"

namespace colibri::simulation {

// A sentence for each difference, to the last digit. Every order and fill of ours that the venue
// remembers is looked at; orders that others placed on the account are left out.
std::vector<std::string> DifferencesOf(const Connector& connector,
                                       const venue_sim::BinanceSim& venue,
                                       const TradingPair& pair);

// The fills of the account that are of no order of ours.
std::vector<FillKey> ForeignFillsOf(const venue_sim::BinanceSim& venue, const TradingPair& pair);

// By the venue's own answer to a query; nullopt when it does not know the order.
std::optional<OrderChecker::AtVenue> FindAtVenue(const ClientOrderId& id,
                                                 venue_sim::BinanceSim& venue,
                                                 const TradingPair& pair,
                                                 absl::Time now);

}  // namespace colibri::simulation
