// Public market data: ping to open interest.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance_perpetual/endpoints.h"
#include "tools/venue_sim/binance_perpetual/render.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

constexpr int64_t kListMax = 1000;
constexpr int64_t kKlinesMax = 1500;
constexpr int64_t kDepths[] = {5, 10, 20, 50, 100, 500, 1000};

Reply Ping(VenueState&, const EndpointCall&) {
  return Json::object();
}

Reply Time(VenueState& state, const EndpointCall&) {
  return Json{{"serverTime", state.NowMs()}};
}

Reply ExchangeInfo(VenueState& state, const EndpointCall&) {
  Json symbols = Json::array();
  Json assets = Json::array();
  std::set<std::string> collaterals;
  for (const auto& [symbol, contract] : state.contracts) {
    symbols.push_back(SymbolJson(contract));
    collaterals.insert(contract.spec.margin_asset);
  }
  for (const ListedSymbol& listed : state.options.listed) {
    symbols.push_back(SymbolJson(listed));
  }
  for (const std::string& asset : collaterals) {
    assets.push_back({{"asset", asset}, {"marginAvailable", true}, {"autoAssetExchange", "0"}});
  }
  return Json{{"timezone", "UTC"},
              {"serverTime", state.NowMs()},
              {"futuresType", "U_MARGINED"},
              {"rateLimits", RateLimitsJson(state)},
              {"exchangeFilters", Json::array()},
              {"assets", std::move(assets)},
              {"symbols", std::move(symbols)}};
}

Json LevelsJson(const Contract& contract, Side side, size_t limit) {
  Json list = Json::array();
  for (const BookLevel& level : contract.market.engine.Levels(side, limit)) {
    list.push_back({contract.PriceText(level.price), contract.QuantityText(level.quantity)});
  }
  return list;
}

Reply Depth(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Contract* contract, state.RequiredContract(call.params));
  ASSIGN_OR_RETURN(const int64_t limit, call.params.IntegerOr("limit", 500, 0, INT64_MAX));
  if (std::find(std::begin(kDepths), std::end(kDepths), limit) == std::end(kDepths)) {
    return VenueError{-4021, StrCat("Invalid depth limit: ", limit, ".")};
  }
  const int64_t now_ms = state.NowMs();
  return Json{{"lastUpdateId", contract->market.last_update_id()},
              {"E", now_ms},
              {"T", now_ms - 1},
              {"bids", LevelsJson(*contract, Side::kBuy, static_cast<size_t>(limit))},
              {"asks", LevelsJson(*contract, Side::kSell, static_cast<size_t>(limit))}};
}

int WeighDepth(const Params& params) {
  const OrError<int64_t> limit = params.IntegerOr("limit", 500, 0, INT64_MAX);
  const int64_t depth = limit.ok() ? *limit : 500;
  return depth <= 50 ? 2 : depth <= 100 ? 5 : depth <= 500 ? 10 : 20;
}

Reply Trades(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Contract* contract, state.RequiredContract(call.params));
  ASSIGN_OR_RETURN(const size_t limit, LimitOf(call.params, 500, kListMax));
  const std::deque<PublicTrade>& trades = contract->market.trades;
  Json list = Json::array();
  for (size_t i = trades.size() - std::min(limit, trades.size()); i < trades.size(); ++i) {
    const PublicTrade& trade = trades[i];
    list.push_back({{"id", trade.id},
                    {"price", contract->PriceText(trade.price)},
                    {"qty", contract->QuantityText(trade.quantity)},
                    {"quoteQty", Rounded(trade.quote, 2)},
                    {"time", trade.time_ms},
                    {"isBuyerMaker", trade.is_buyer_maker},
                    {"isRPITrade", false}});
  }
  return list;
}

Reply AggregateTrades(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Contract* contract, state.RequiredContract(call.params));
  ASSIGN_OR_RETURN(const size_t limit, LimitOf(call.params, 500, kListMax));
  ASSIGN_OR_RETURN(const std::optional<int64_t> from_id, call.params.Integer("fromId"));
  ASSIGN_OR_RETURN(const TimeRange range, TimeRangeOf(call.params));
  std::vector<const AggregateTrade*> chosen;
  for (const AggregateTrade& trade : contract->market.aggregates) {
    if (trade.id >= from_id.value_or(0) && range.Holds(trade.time_ms)) {
      chosen.push_back(&trade);
    }
  }
  if (chosen.size() > limit) {
    // The oldest from a start, else the most recent.
    if (from_id.has_value() || range.start_ms != 0) {
      chosen.resize(limit);
    } else {
      chosen.erase(chosen.begin(), chosen.end() - static_cast<ptrdiff_t>(limit));
    }
  }
  Json list = Json::array();
  for (const AggregateTrade* trade : chosen) {
    list.push_back({{"a", trade->id},
                    {"p", contract->PriceText(trade->price)},
                    {"q", contract->QuantityText(trade->quantity)},
                    {"nq", contract->QuantityText(trade->quantity)},
                    {"f", trade->first_trade_id},
                    {"l", trade->last_trade_id},
                    {"T", trade->time_ms},
                    {"m", trade->is_buyer_maker}});
  }
  return list;
}

Reply KlinesOf(VenueState& state, Contract& contract, const Params& params) {
  ASSIGN_OR_RETURN(const std::string interval, params.Required("interval"));
  ASSIGN_OR_RETURN(const size_t limit, LimitOf(params, 500, kKlinesMax));
  ASSIGN_OR_RETURN(const TimeRange range, TimeRangeOf(params));
  const std::deque<Candle>* series = contract.market.candles.Find(interval);
  if (series == nullptr || interval == "1s") {
    return VenueError{-1120, "Invalid interval."};
  }
  contract.market.candles.RollTo(state.NowMs());
  std::vector<const Candle*> chosen;
  for (const Candle& candle : *series) {
    if (range.Holds(candle.open_time_ms)) {
      chosen.push_back(&candle);
    }
  }
  if (chosen.size() > limit) {
    if (range.start_ms != 0) {
      chosen.resize(limit);
    } else {
      chosen.erase(chosen.begin(), chosen.end() - static_cast<ptrdiff_t>(limit));
    }
  }
  const int precision = contract.spec.quantity_precision;
  Json list = Json::array();
  for (const Candle* candle : chosen) {
    list.push_back(Json::array({candle->open_time_ms,
                                contract.PriceText(candle->open),
                                contract.PriceText(candle->high),
                                contract.PriceText(candle->low),
                                contract.PriceText(candle->close),
                                Rounded(candle->volume, precision),
                                candle->close_time_ms,
                                Rounded(candle->quote_volume, 5),
                                candle->trade_count,
                                Rounded(candle->taker_buy_volume, precision),
                                Rounded(candle->taker_buy_quote_volume, 5),
                                "0"}));
  }
  return list;
}

Reply Klines(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Contract * contract, state.RequiredContract(call.params));
  return KlinesOf(state, *contract, call.params);
}

Reply ContinuousKlines(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::string pair, call.params.Required("pair"));
  ASSIGN_OR_RETURN(const std::string type, call.params.Required("contractType"));
  const auto found = state.contracts.find(pair);
  if (found == state.contracts.end() || type != "PERPETUAL") {
    return VenueError{-1121, "Invalid symbol."};
  }
  return KlinesOf(state, found->second, call.params);
}

int WeighKlines(const Params& params) {
  const OrError<int64_t> limit = params.IntegerOr("limit", 500, 0, INT64_MAX);
  const int64_t count = limit.ok() ? *limit : 500;
  return count < 100 ? 1 : count < 500 ? 2 : count <= 1000 ? 5 : 10;
}

Json PremiumIndexJson(const Contract& contract, int64_t now_ms) {
  const margin::Instrument& instrument = contract.instrument;
  return {{"symbol", contract.symbol()},
          {"markPrice", Money(instrument.mark)},
          {"indexPrice", Money(instrument.index)},
          {"estimatedSettlePrice", Money(instrument.index)},
          {"lastFundingRate", Money(instrument.funding_rate)},
          {"interestRate", Money(instrument.spec().interest_rate)},
          {"nextFundingTime", instrument.next_funding_ms},
          {"time", now_ms}};
}

Reply PremiumIndex(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::vector<Contract*> contracts, state.SelectContracts(call.params));
  const int64_t now_ms = state.NowMs();
  if (!state.WantsListed(call.params)) {
    return PremiumIndexJson(*contracts.front(), now_ms);
  }
  Json list = Json::array();
  for (const Contract* contract : contracts) {
    list.push_back(PremiumIndexJson(*contract, now_ms));
  }
  for (const ListedSymbol& listed : state.options.listed) {
    list.push_back({{"symbol", listed.symbol},
                    {"markPrice", Money(listed.price)},
                    {"indexPrice", Money(listed.price)},
                    {"estimatedSettlePrice", Money(listed.price)},
                    {"lastFundingRate", ""},
                    {"interestRate", ""},
                    {"nextFundingTime", 0},
                    {"time", now_ms}});
  }
  return list;
}

// The history of funding has a limit of its own.
std::optional<VenueError> ChargeFunding(VenueState& state, const EndpointCall& call) {
  if (state.funding_limits.Charge(call.ip, 0, state.NowMs()).has_value()) {
    return VenueError{
        -1003, "Too many requests; current limit is 500 requests per 5 MINUTES.", 429};
  }
  return std::nullopt;
}

Reply FundingRate(VenueState& state, const EndpointCall& call) {
  RETURN_IF_VENUE_ERROR(ChargeFunding(state, call));
  ASSIGN_OR_RETURN(const std::vector<Contract*> contracts, state.SelectContracts(call.params));
  ASSIGN_OR_RETURN(const size_t limit, LimitOf(call.params, 100, kListMax));
  ASSIGN_OR_RETURN(const TimeRange range, TimeRangeOf(call.params));
  std::vector<std::pair<const Contract*, margin::FundingSettlement>> chosen;
  for (const Contract* contract : contracts) {
    for (const margin::FundingSettlement& paid : contract->instrument.settlements) {
      if (range.Holds(paid.time_ms)) {
        chosen.emplace_back(contract, paid);
      }
    }
  }
  std::sort(chosen.begin(), chosen.end(), [](const auto& a, const auto& b) {
    return a.second.id < b.second.id;
  });
  if (chosen.size() > limit) {
    if (range.start_ms != 0) {
      chosen.resize(limit);
    } else {
      chosen.erase(chosen.begin(), chosen.end() - static_cast<ptrdiff_t>(limit));
    }
  }
  Json list = Json::array();
  for (const auto& [contract, paid] : chosen) {
    list.push_back({{"symbol", contract->symbol()},
                    {"fundingTime", paid.time_ms},
                    {"fundingRate", Money(paid.rate)},
                    {"markPrice", Money(paid.mark_price)},
                    {"rateType", "Regular"}});
  }
  return list;
}

// Only what differs from the usual eight hours is told.
Reply FundingInfo(VenueState& state, const EndpointCall& call) {
  RETURN_IF_VENUE_ERROR(ChargeFunding(state, call));
  constexpr int64_t kHourMs = 3'600'000;
  Json list = Json::array();
  for (const auto& [symbol, contract] : state.contracts) {
    const margin::InstrumentSpec& spec = contract.instrument.spec();
    if (spec.funding_interval_ms == 8 * kHourMs) {
      continue;
    }
    list.push_back(
        {{"symbol", symbol},
         {"adjustedFundingRateCap", Money(spec.funding_cap)},
         {"adjustedFundingRateFloor", Money(-spec.funding_cap)},
         {"fundingIntervalHours", std::max<int64_t>(spec.funding_interval_ms / kHourMs, 1)},
         {"disclaimer", false}});
  }
  return list;
}

Json DayTickerJson(const Contract& contract, int64_t now_ms) {
  const binance::DayStatistics day = contract.market.Statistics(now_ms);
  return {{"symbol", contract.symbol()},
          {"priceChange", contract.PriceText(day.last - day.open)},
          {"priceChangePercent", ChangePercent(day)},
          {"weightedAvgPrice", contract.PriceText(day.weighted_average)},
          {"lastPrice", contract.PriceText(day.last)},
          {"lastQty", contract.QuantityText(day.last_quantity)},
          {"openPrice", contract.PriceText(day.open)},
          {"highPrice", contract.PriceText(day.high)},
          {"lowPrice", contract.PriceText(day.low)},
          {"volume", Rounded(day.volume, contract.spec.quantity_precision)},
          {"quoteVolume", Rounded(day.quote_volume, 2)},
          {"openTime", day.open_time_ms},
          {"closeTime", day.close_time_ms},
          {"firstId", day.first_trade_id},
          {"lastId", day.last_trade_id},
          {"count", day.trade_count}};
}

Json PriceJson(const Contract& contract, int64_t now_ms) {
  return {{"symbol", contract.symbol()},
          {"price", contract.PriceText(contract.instrument.last_price)},
          {"time", now_ms}};
}

Json BookJson(const Contract& contract, int64_t now_ms) {
  const TopOfBook top = TopOf(contract.market);
  return {{"lastUpdateId", contract.market.last_update_id()},
          {"symbol", contract.symbol()},
          {"bidPrice", contract.PriceText(top.bid.price)},
          {"bidQty", contract.QuantityText(top.bid.quantity)},
          {"askPrice", contract.PriceText(top.ask.price)},
          {"askQty", contract.QuantityText(top.ask.quantity)},
          {"time", now_ms}};
}

// One object with a symbol, a list without.
template <Json (*kRender)(const Contract&, int64_t)>
Reply PerSymbol(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::vector<Contract*> contracts, state.SelectContracts(call.params));
  if (call.params.Has("symbol")) {
    return kRender(*contracts.front(), state.NowMs());
  }
  Json list = Json::array();
  for (const Contract* contract : contracts) {
    list.push_back(kRender(*contract, state.NowMs()));
  }
  return list;
}

// What is held long, over all accounts.
Decimal OpenInterestOf(const VenueState& state, const Contract& contract) {
  int64_t quantity = 0;
  for (const auto& account : state.exchange.accounts()) {
    for (const auto& [key, position] : account->positions()) {
      if (key.first == contract.symbol() && position.quantity > 0) {
        quantity += position.quantity;
      }
    }
  }
  return contract.instrument.QuantityOf(quantity);
}

Reply OpenInterest(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Contract* contract, state.RequiredContract(call.params));
  return Json{{"symbol", contract->symbol()},
              {"openInterest",
               Rounded(OpenInterestOf(state, *contract), contract->spec.quantity_precision)},
              {"time", state.NowMs()}};
}

// The past is not kept: what there is, is of now.
Reply OpenInterestHistory(VenueState& state, const EndpointCall& call) {
  if (state.data_limits.Charge(call.ip, 0, state.NowMs()).has_value()) {
    return VenueError{
        -1003, "Too many requests; current limit is 1000 requests per 5 MINUTES.", 429};
  }
  ASSIGN_OR_RETURN(const Contract* contract, state.RequiredContract(call.params));
  const Decimal held = OpenInterestOf(state, *contract);
  const Decimal value = margin::MultiplyMoney(held, contract->instrument.mark, Rounding::kHalfEven);
  return Json::array({{{"symbol", contract->symbol()},
                       {"sumOpenInterest", Money(held)},
                       {"sumOpenInterestValue", Money(value)},
                       {"timestamp", state.NowMs()}}});
}

constexpr Endpoint kEndpoints[] = {
    {"GET", "/fapi/v1/ping", "", Security::kNone, "", Weigh<1>, Ping},
    {"GET", "/fapi/v1/time", "", Security::kNone, "", Weigh<1>, Time},
    {"GET", "/fapi/v1/exchangeInfo", "", Security::kNone, "", Weigh<1>, ExchangeInfo},
    {"GET", "/fapi/v1/depth", "depth", Security::kNone, "symbol limit", WeighDepth, Depth},
    {"GET", "/fapi/v1/trades", "", Security::kNone, "symbol limit", Weigh<5>, Trades},
    {"GET", "/fapi/v1/historicalTrades", "", Security::kKey, "symbol limit", Weigh<200>, Trades},
    {"GET",
     "/fapi/v1/aggTrades",
     "",
     Security::kNone,
     "symbol fromId startTime endTime limit",
     Weigh<20>,
     AggregateTrades},
    {"GET",
     "/fapi/v1/klines",
     "",
     Security::kNone,
     "symbol interval startTime endTime limit",
     WeighKlines,
     Klines},
    {"GET",
     "/fapi/v1/continuousKlines",
     "",
     Security::kNone,
     "pair contractType interval startTime endTime limit",
     WeighKlines,
     ContinuousKlines},
    {"GET",
     "/fapi/v1/premiumIndex",
     "",
     Security::kNone,
     "symbol",
     WeighBySymbol<1, 10>,
     PremiumIndex},
    {"GET",
     "/fapi/v1/fundingRate",
     "",
     Security::kNone,
     "symbol startTime endTime limit",
     Weigh<0>,
     FundingRate},
    {"GET", "/fapi/v1/fundingInfo", "", Security::kNone, "", Weigh<0>, FundingInfo},
    {"GET",
     "/fapi/v1/ticker/24hr",
     "",
     Security::kNone,
     "symbol",
     WeighBySymbol<1, 40>,
     PerSymbol<DayTickerJson>},
    {"GET",
     "/fapi/v1/ticker/price",
     "",
     Security::kNone,
     "symbol",
     WeighBySymbol<1, 2>,
     PerSymbol<PriceJson>},
    {"GET",
     "/fapi/v2/ticker/price",
     "ticker.price",
     Security::kNone,
     "symbol",
     WeighBySymbol<1, 2>,
     PerSymbol<PriceJson>},
    {"GET",
     "/fapi/v1/ticker/bookTicker",
     "ticker.book",
     Security::kNone,
     "symbol",
     WeighBySymbol<2, 5>,
     PerSymbol<BookJson>},
    {"GET", "/fapi/v1/openInterest", "", Security::kNone, "symbol", Weigh<1>, OpenInterest},
    {"GET",
     "/futures/data/openInterestHist",
     "",
     Security::kNone,
     "symbol period limit startTime endTime",
     Weigh<0>,
     OpenInterestHistory},
};

}  // namespace

absl::Span<const Endpoint> MarketEndpoints() {
  return kEndpoints;
}

}  // namespace colibri::venue_sim::binance_perpetual
