// The private stream of Hyperliquid's perpetuals: orders, fills, liquidations, funding payments,
// the balance and positions of one account.
#pragma once

#include <memory>
#include <string>

#include "connector/instrument.h"
#include "connector/user_stream_data_source.h"

namespace colibri::hyperliquid::perpetual {

// The table outlives the stream. `account` in lower case. Thread: the loop's.
std::unique_ptr<UserStreamDataSource> MakePerpetualUserStream(VenueHosts hosts,
                                                              std::string account,
                                                              const InstrumentTable& instruments);

}  // namespace colibri::hyperliquid::perpetual
