// The venue's JSON for orders, trades, positions and user events.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tools/venue_sim/binance_perpetual/common.h"
#include "tools/venue_sim/binance_perpetual/contract.h"
#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::binance_perpetual {

// The answer to POST, PUT and DELETE: without average price and quote.
Json PlacedOrderJson(const Contract& contract, const margin::MarginOrder& order);
// As GET order, openOrders and allOrders tell it.
Json OrderJson(const Contract& contract, const margin::MarginOrder& order);
Json OwnTradeJson(const Contract& contract, const margin::MarginTrade& trade);
// "0" when nothing has executed.
std::string AveragePrice(const Contract& contract, const margin::MarginOrder& order);

// ORDER_TRADE_UPDATE, TRADE_LITE.
Json OrderEventJson(const Contract& contract,
                    const margin::ExecutionNote& note,
                    int64_t event_time_ms);
Json TradeLiteJson(const Contract& contract,
                   const margin::ExecutionNote& note,
                   int64_t event_time_ms);
// ACCOUNT_UPDATE of what the note names.
Json AccountEventJson(const margin::MarginExchange& exchange,
                      const Contracts& contracts,
                      const margin::MarginAccount& account,
                      const margin::AccountNote& note,
                      int64_t event_time_ms);
Json MarginCallJson(const Contracts& contracts,
                    const margin::MarginExchange& exchange,
                    const margin::MarginAccount& account,
                    const std::set<margin::PositionKey>& open,
                    int64_t event_time_ms);
// forceOrder.
Json LiquidationJson(const Contract& contract,
                     const margin::MarginOrder& order,
                     int64_t event_time_ms);

// [["61837.60","1.000"],...]
void AppendLevels(std::string& text,
                  const Contract& contract,
                  const std::vector<BookLevel>& levels);
// A stream's depth message; `link` is the last id of the one before.
std::string DepthText(const Contract& contract,
                      int64_t first_id,
                      int64_t last_id,
                      int64_t link,
                      const std::vector<BookLevel>& bids,
                      const std::vector<BookLevel>& asks,
                      int64_t now_ms);
std::string AggregateText(const Contract& contract, const AggregateTrade& trade, int64_t now_ms);
std::string TradeText(const Contract& contract, const PublicTrade& trade, int64_t now_ms);
std::string BookTickerText(const Contract& contract, int64_t now_ms);
Json MarkPriceJson(const Contract& contract, int64_t now_ms);
Json TickerJson(const Contract& contract, int64_t now_ms);
Json MiniTickerJson(const Contract& contract, int64_t now_ms);
Json KlineJson(const Contract& contract,
               std::string_view interval,
               const Candle& candle,
               int64_t now_ms,
               bool is_closed);
// The change of the day in percent: "-1.250".
std::string ChangePercent(const binance::DayStatistics& day);
// st 2: what the streams of all symbols tell of contracts that are margined in coins.
Json ListedMarkPriceJson(const ListedSymbol& listed, int64_t now_ms);
Json ListedTickerJson(const ListedSymbol& listed, int64_t now_ms, bool is_mini);

}  // namespace colibri::venue_sim::binance_perpetual
