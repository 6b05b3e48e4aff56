// The names that this venue shares with its family.
#pragma once

#include "tools/venue_sim/binance_common/error.h"
#include "tools/venue_sim/binance_common/json.h"
#include "tools/venue_sim/binance_common/market.h"
#include "tools/venue_sim/binance_common/params.h"
#include "tools/venue_sim/binance_common/reply.h"

namespace colibri::venue_sim::binance_perpetual {

using binance::AggregateTrade;
using binance::Candle;
using binance::Json;
using binance::Market;
using binance::MaybeError;
using binance::OrError;
using binance::Params;
using binance::PendingDiff;
using binance::PublicTrade;
using binance::Reply;
using binance::Security;
using binance::Text;
using binance::TopOf;
using binance::TopOfBook;
using binance::VenueError;
using binance::Weigh;

}  // namespace colibri::venue_sim::binance_perpetual
