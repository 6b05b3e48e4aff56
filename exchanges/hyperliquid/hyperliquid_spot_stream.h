// The private stream of Hyperliquid Spot: orders, fills and balances of one account.
//
// Balances come as whole states. Beside that each fill, and each entry of the account's ledger
// (transfers, deposits), has them asked for, so that they are right where states should not come.
#pragma once

#include <memory>
#include <string>

#include "connector/instrument.h"
#include "connector/user_stream_data_source.h"
#include "exchanges/hyperliquid/token_names.h"

namespace colibri::hyperliquid {

// The table outlives the stream. `account` in lower case. Thread: the loop's.
std::unique_ptr<UserStreamDataSource> MakeSpotUserStream(VenueHosts hosts,
                                                         std::string account,
                                                         const InstrumentTable& instruments,
                                                         std::shared_ptr<const TokenNames> names);

}  // namespace colibri::hyperliquid
