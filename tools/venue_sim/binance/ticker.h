// Tickers of one symbol, as REST and the streams tell them.
#pragma once

#include <cstdint>

#include "tools/venue_sim/binance_common/json.h"
#include "tools/venue_sim/binance_common/market.h"

namespace colibri::venue_sim::binance {

// GET ticker/24hr, type FULL and MINI.
Json DayTickerJson(const Market& market, int64_t now_ms);
Json MiniDayTickerJson(const Market& market, int64_t now_ms);

// The streams' 24hrTicker, 24hrMiniTicker and kline events.
Json TickerEventJson(const Market& market, int64_t now_ms);
Json MiniTickerEventJson(const Market& market, int64_t now_ms);
Json KlineEventJson(const Market& market,
                    std::string_view interval,
                    const Candle& candle,
                    int64_t now_ms,
                    bool is_closed);

}  // namespace colibri::venue_sim::binance
