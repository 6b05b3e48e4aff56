// Public market data: ping to tickers.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance/endpoints.h"
#include "tools/venue_sim/binance/render.h"
#include "tools/venue_sim/binance/ticker.h"
#include "tools/venue_sim/binance_common/number_text.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr int64_t kListMax = 1000;
constexpr int64_t kDepthMax = 5000;

std::string PriceText(const Market& market, int64_t price) {
  return Fixed8(price, market.price_decimals());
}
std::string QuantityText(const Market& market, int64_t quantity) {
  return Fixed8(quantity, market.quantity_decimals());
}

// More than the maximum is cut to it, as the venue does.
OrError<size_t> Limit(const Params& params, int64_t fallback, int64_t max) {
  ASSIGN_OR_RETURN(const int64_t limit, params.IntegerOr("limit", fallback, 1, INT64_MAX));
  return static_cast<size_t>(std::min(limit, max));
}

Reply Ping(VenueState&, const EndpointCall&) {
  return Json::object();
}

Reply Time(VenueState& state, const EndpointCall&) {
  return Json{{"serverTime", state.NowMs()}};
}

Reply ExchangeInfo(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::vector<Market*> markets, state.SelectMarkets(call.params));
  Json symbols = Json::array();
  for (const Market* market : markets) {
    symbols.push_back(SymbolJson(*market));
  }
  return Json{{"timezone", "UTC"},
              {"serverTime", state.NowMs()},
              {"rateLimits", RateLimitsJson(state)},
              {"exchangeFilters", Json::array()},
              {"symbols", std::move(symbols)}};
}

Reply Depth(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Market* market, state.RequiredMarket(call.params));
  ASSIGN_OR_RETURN(const size_t limit, Limit(call.params, 100, kDepthMax));
  return Json{{"lastUpdateId", market->last_update_id()},
              {"bids", LevelsJson(*market, market->engine.Levels(Side::kBuy, limit))},
              {"asks", LevelsJson(*market, market->engine.Levels(Side::kSell, limit))}};
}

int WeighDepth(const Params& params) {
  const int64_t limit = params.IntegerOr("limit", 100, 0, INT64_MAX).ok()
                            ? *params.IntegerOr("limit", 100, 0, INT64_MAX)
                            : 100;
  if (limit <= 100) {
    return 5;
  }
  return limit <= 500 ? 25 : limit <= 1000 ? 50 : 250;
}

Reply Trades(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Market* market, state.RequiredMarket(call.params));
  ASSIGN_OR_RETURN(const size_t limit, Limit(call.params, 500, kListMax));
  Json list = Json::array();
  const size_t count = std::min(limit, market->trades.size());
  for (auto trade = market->trades.end() - static_cast<ptrdiff_t>(count);
       trade != market->trades.end();
       ++trade) {
    list.push_back({{"id", trade->id},
                    {"price", PriceText(*market, trade->price)},
                    {"qty", QuantityText(*market, trade->quantity)},
                    {"quoteQty", Fixed8(trade->quote)},
                    {"time", trade->time_ms},
                    {"isBuyerMaker", trade->is_buyer_maker},
                    {"isBestMatch", true}});
  }
  return list;
}

Reply AggregateTrades(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Market* market, state.RequiredMarket(call.params));
  ASSIGN_OR_RETURN(const size_t limit, Limit(call.params, 500, kListMax));
  ASSIGN_OR_RETURN(const std::optional<int64_t> from_id, call.params.Integer("fromId"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> start, call.params.Integer("startTime"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> end, call.params.Integer("endTime"));
  if (from_id.has_value() && (start.has_value() || end.has_value())) {
    return VenueError{-1128, "Combination of optional parameters invalid."};
  }
  std::vector<const AggregateTrade*> chosen;
  for (const AggregateTrade& trade : market->aggregates) {
    if (trade.id >= from_id.value_or(0) && trade.time_ms >= start.value_or(0) &&
        trade.time_ms <= end.value_or(INT64_MAX)) {
      chosen.push_back(&trade);
    }
  }
  if (chosen.size() > limit) {
    // The oldest from a start, else the most recent.
    if (from_id.has_value() || start.has_value()) {
      chosen.resize(limit);
    } else {
      chosen.erase(chosen.begin(), chosen.end() - static_cast<ptrdiff_t>(limit));
    }
  }
  Json list = Json::array();
  for (const AggregateTrade* trade : chosen) {
    list.push_back({{"a", trade->id},
                    {"p", PriceText(*market, trade->price)},
                    {"q", QuantityText(*market, trade->quantity)},
                    {"f", trade->first_trade_id},
                    {"l", trade->last_trade_id},
                    {"T", trade->time_ms},
                    {"m", trade->is_buyer_maker},
                    {"M", true}});
  }
  return list;
}

Reply Klines(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Market * market, state.RequiredMarket(call.params));
  ASSIGN_OR_RETURN(const std::string interval, call.params.Required("interval"));
  ASSIGN_OR_RETURN(const size_t limit, Limit(call.params, 500, kListMax));
  ASSIGN_OR_RETURN(const std::optional<int64_t> start, call.params.Integer("startTime"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> end, call.params.Integer("endTime"));
  market->candles.RollTo(state.NowMs());
  const std::deque<Candle>* series = market->candles.Find(interval);
  if (series == nullptr) {
    return VenueError{-1120, "Invalid interval."};
  }
  std::vector<const Candle*> chosen;
  for (const Candle& candle : *series) {
    if (candle.open_time_ms >= start.value_or(0) &&
        candle.open_time_ms <= end.value_or(INT64_MAX)) {
      chosen.push_back(&candle);
    }
  }
  if (chosen.size() > limit) {
    if (start.has_value()) {
      chosen.resize(limit);
    } else {
      chosen.erase(chosen.begin(), chosen.end() - static_cast<ptrdiff_t>(limit));
    }
  }
  Json list = Json::array();
  for (const Candle* candle : chosen) {
    list.push_back(Json::array({candle->open_time_ms,
                                PriceText(*market, candle->open),
                                PriceText(*market, candle->high),
                                PriceText(*market, candle->low),
                                PriceText(*market, candle->close),
                                Fixed8(candle->volume),
                                candle->close_time_ms,
                                Fixed8(candle->quote_volume),
                                candle->trade_count,
                                Fixed8(candle->taker_buy_volume),
                                Fixed8(candle->taker_buy_quote_volume),
                                "0"}));
  }
  return list;
}

Reply AveragePrice(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Market* market, state.RequiredMarket(call.params));
  constexpr int kMinutes = 5;
  return Json{{"mins", kMinutes},
              {"price", Fixed8(market->AveragePrice(kMinutes, state.NowMs()))},
              {"closeTime", market->trades.empty() ? 0 : market->trades.back().time_ms}};
}

// One object for `symbol`, else an array.
template <typename Render>
Reply PerSymbol(VenueState& state, const EndpointCall& call, Render render) {
  ASSIGN_OR_RETURN(const std::vector<Market*> markets, state.SelectMarkets(call.params));
  if (call.params.Has("symbol")) {
    return Reply(render(*markets.front()));
  }
  Json list = Json::array();
  for (const Market* market : markets) {
    list.push_back(render(*market));
  }
  return list;
}

Reply DayTicker(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::string type, call.params.Text("type", "FULL"));
  if (type != "FULL" && type != "MINI") {
    return VenueError{-1130, "Data sent for parameter 'type' is not valid."};
  }
  const int64_t now_ms = state.NowMs();
  return PerSymbol(state, call, [&](const Market& market) {
    return type == "FULL" ? DayTickerJson(market, now_ms) : MiniDayTickerJson(market, now_ms);
  });
}

Reply PriceTicker(VenueState& state, const EndpointCall& call) {
  return PerSymbol(state, call, [](const Market& market) {
    return Json{{"symbol", market.symbol()}, {"price", PriceText(market, market.last_price())}};
  });
}

Reply BookTicker(VenueState& state, const EndpointCall& call) {
  return PerSymbol(state, call, [](const Market& market) {
    const TopOfBook top = TopOf(market);
    return Json{{"symbol", market.symbol()},
                {"bidPrice", PriceText(market, top.bid.price)},
                {"bidQty", QuantityText(market, top.bid.quantity)},
                {"askPrice", PriceText(market, top.ask.price)},
                {"askQty", QuantityText(market, top.ask.quantity)}};
  });
}

int WeighDayTicker(const Params& params) {
  if (params.Has("symbol")) {
    return 2;
  }
  const std::optional<std::string_view> symbols = params.Find("symbols");
  if (!symbols.has_value()) {
    return 80;
  }
  const auto count = std::count(symbols->begin(), symbols->end(), ',') + 1;
  return count <= 20 ? 2 : count <= 100 ? 40 : 80;
}

int WeighTicker(const Params& params) {
  return params.Has("symbol") ? 2 : 4;
}

constexpr Endpoint kEndpoints[] = {
    {"GET", "/api/v3/ping", "ping", Security::kNone, "", Weigh<1>, false, false, Ping},
    {"GET", "/api/v3/time", "time", Security::kNone, "", Weigh<1>, false, false, Time},
    {"GET",
     "/api/v3/exchangeInfo",
     "exchangeInfo",
     Security::kNone,
     "symbol symbols permissions showPermissionSets symbolStatus",
     Weigh<20>,
     false,
     false,
     ExchangeInfo},
    {"GET",
     "/api/v3/depth",
     "depth",
     Security::kNone,
     "symbol limit symbolStatus",
     WeighDepth,
     false,
     false,
     Depth},
    {"GET",
     "/api/v3/trades",
     "trades.recent",
     Security::kNone,
     "symbol limit",
     Weigh<25>,
     false,
     false,
     Trades},
    {"GET",
     "/api/v3/aggTrades",
     "trades.aggregate",
     Security::kNone,
     "symbol fromId startTime endTime limit",
     Weigh<4>,
     false,
     false,
     AggregateTrades},
    {"GET",
     "/api/v3/klines",
     "klines",
     Security::kNone,
     "symbol interval startTime endTime timeZone limit",
     Weigh<2>,
     false,
     false,
     Klines},
    {"GET",
     "/api/v3/avgPrice",
     "avgPrice",
     Security::kNone,
     "symbol",
     Weigh<2>,
     false,
     false,
     AveragePrice},
    {"GET",
     "/api/v3/ticker/24hr",
     "ticker.24hr",
     Security::kNone,
     "symbol symbols type symbolStatus",
     WeighDayTicker,
     false,
     false,
     DayTicker},
    {"GET",
     "/api/v3/ticker/price",
     "ticker.price",
     Security::kNone,
     "symbol symbols symbolStatus",
     WeighTicker,
     false,
     false,
     PriceTicker},
    {"GET",
     "/api/v3/ticker/bookTicker",
     "ticker.book",
     Security::kNone,
     "symbol symbols symbolStatus",
     WeighTicker,
     false,
     false,
     BookTicker},
};

}  // namespace

absl::Span<const Endpoint> MarketEndpoints() {
  return kEndpoints;
}

}  // namespace colibri::venue_sim::binance
