// The venue's JSON for orders, trades, symbols and user events.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tools/venue_sim/binance/ledger.h"
#include "tools/venue_sim/binance/order_desk.h"
#include "tools/venue_sim/binance/venue_order.h"
#include "tools/venue_sim/binance_common/json.h"
#include "tools/venue_sim/binance_common/market.h"

namespace colibri::venue_sim::binance {

enum class ReplyDetail { kAck, kResult, kFull };

// {"symbol":"BTCUSDT","orderId":28,...,"fills":[...]}
Json PlacedOrderJson(const Market& market, const PlaceResult& placed, ReplyDetail detail);
// {"symbol":"BTCUSDT","origClientOrderId":"mine","orderId":4,...,"status":"CANCELED"}
Json CanceledOrderJson(const Market& market,
                       const VenueOrder& order,
                       std::string_view request_client_id);
// As GET order, openOrders and allOrders tell it.
Json OrderJson(const Market& market, const VenueOrder& order);
Json AmendedOrderJson(const Market& market,
                      const VenueOrder& order,
                      std::string_view original_client_id,
                      int64_t execution_id);
Json OwnTradeJson(const Market& market, const VenueTrade& trade);

// One entry of exchangeInfo's symbols.
Json SymbolJson(const Market& market);

// executionReport and outboundAccountPosition.
Json ExecutionReportJson(const Market& market, const ExecutionNote& note, int64_t event_time_ms);
Json AccountPositionJson(const Account& account,
                         const std::set<std::string>& assets,
                         int64_t event_time_ms);

// [["61837.63000000","1.00000000"],...]
Json LevelsJson(const Market& market, const std::vector<BookLevel>& levels);

}  // namespace colibri::venue_sim::binance
