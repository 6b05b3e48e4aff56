#include "tools/venue_sim/hyperliquid/info.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "tools/venue_sim/hyperliquid/render.h"
#include "tools/venue_sim/hyperliquid/render_market.h"
#include "tools/venue_sim/hyperliquid/render_spot.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr size_t kRowsMax = 2000;
constexpr size_t kFundingRowsMax = 500;
constexpr size_t kBookDepth = 20;
constexpr size_t kRecentTrades = 10;
constexpr int kBookFiguresMin = 2;
constexpr int kBookFiguresMax = 5;

struct InfoCall {
  VenueState& state;
  const Json& request;

  std::optional<std::string> TextOf(const char* name) const {
    const auto given = request.find(name);
    return given != request.end() && given->is_string()
               ? std::optional<std::string>(given->get<std::string>())
               : std::nullopt;
  }
  std::optional<int64_t> NumberOf(const char* name) const {
    const auto given = request.find(name);
    return given != request.end() && given->is_number_integer()
               ? std::optional<int64_t>(given->get<int64_t>())
               : std::nullopt;
  }
  Asset* asset() const { return state.FindAsset(TextOf("coin").value_or("")); }
  Asset* perpetual() const { return state.FindPerpetual(TextOf("coin").value_or("")); }
  // An account nobody has is an empty one.
  User* user() const { return state.FindUser(TextOf("user").value_or("")); }
  // The dex of the venue itself; others have nothing.
  bool is_main_dex() const { return TextOf("dex").value_or("").empty(); }
  bool IsInTime(int64_t time_ms) const {
    return time_ms >= NumberOf("startTime").value_or(0) &&
           time_ms <= NumberOf("endTime").value_or(INT64_MAX);
  }
};

using Handler = Answer (*)(const InfoCall& call);

Answer Reply(const Json& json, size_t items = 0) {
  return {.text = Text(json), .items = static_cast<int>(items)};
}

Answer NoSuchCoin() {
  return {.status = 500, .text = "null"};
}

Json EmptyMeta() {
  return {{"universe", Json::array()}, {"marginTables", Json::array()}, {"collateralToken", 0}};
}

Answer Meta(const InfoCall& call) {
  return Reply(call.is_main_dex() ? MetaJson(call.state) : EmptyMeta());
}

Answer MetaAndContexts(const InfoCall& call) {
  return Reply(call.is_main_dex() ? Json::array({MetaJson(call.state), ContextsJson(call.state)})
                                  : Json::array({EmptyMeta(), Json::array()}));
}

Answer Mids(const InfoCall& call) {
  return Reply(call.is_main_dex() ? MidsJson(call.state) : Json::object());
}

Answer Book(const InfoCall& call) {
  const Asset* asset = call.asset();
  if (asset == nullptr) {
    return NoSuchCoin();
  }
  const std::optional<int64_t> figures = call.NumberOf("nSigFigs");
  const std::optional<int64_t> mantissa = call.NumberOf("mantissa");
  if ((figures && (*figures < kBookFiguresMin || *figures > kBookFiguresMax)) ||
      (mantissa && *mantissa != 1 && *mantissa != 2 && *mantissa != 5) ||
      (mantissa && figures != kBookFiguresMax)) {
    return Unreadable();
  }
  const auto narrow = [](std::optional<int64_t> value) {
    return value ? std::optional<int>(static_cast<int>(*value)) : std::nullopt;
  };
  return Reply(BookJson(call.state, *asset, narrow(figures), narrow(mantissa), kBookDepth));
}

Answer RecentTrades(const InfoCall& call) {
  const Asset* asset = call.asset();
  if (asset == nullptr) {
    return NoSuchCoin();
  }
  Json trades = Json::array();
  for (auto trade = asset->tape.rbegin();
       trade != asset->tape.rend() && trades.size() < kRecentTrades;
       ++trade) {
    trades.push_back(TradeJson(call.state, *asset, *trade));
  }
  return Reply(trades, trades.size());
}

Answer CandleSnapshot(const InfoCall& call) {
  const auto given = call.request.find("req");
  if (given == call.request.end() || !given->is_object()) {
    return Unreadable();
  }
  const InfoCall inner{.state = call.state, .request = *given};
  Asset* asset = inner.asset();
  if (asset == nullptr) {
    return NoSuchCoin();
  }
  const std::string interval = inner.TextOf("interval").value_or("");
  asset->market.candles.RollTo(call.state.BlockMs());
  const std::deque<Candle>* series = asset->market.candles.Find(interval);
  if (series == nullptr || interval == "1s" || interval == "6h") {
    return Unreadable();
  }
  Json candles = Json::array();
  for (const Candle& candle : *series) {
    if (candle.close_time_ms >= inner.NumberOf("startTime").value_or(0) &&
        candle.open_time_ms <= inner.NumberOf("endTime").value_or(INT64_MAX)) {
      candles.push_back(CandleJson(*asset, interval, candle));
    }
  }
  return Reply(candles, candles.size());
}

Answer OpenOrders(const InfoCall& call) {
  const User* user = call.user();
  const bool is_full = InfoType(call.request) == "frontendOpenOrders";
  return Reply(user != nullptr && call.is_main_dex() ? OpenOrdersJson(*user, is_full)
                                                     : Json::array());
}

Answer OrderStatus(const InfoCall& call) {
  const auto oid = call.request.find("oid");
  const bool is_number = oid != call.request.end() && oid->is_number_integer();
  const bool is_cloid =
      oid != call.request.end() && oid->is_string() && IsHex(oid->get<std::string>(), 32);
  if (!is_number && !is_cloid) {
    return Unreadable();
  }
  User* user = call.user();
  const OrderRecord* record = nullptr;
  if (user != nullptr) {
    record = is_number ? user->orders.Find(oid->get<int64_t>())
                       : user->orders.FindByCloid(oid->get<std::string>());
  }
  if (record == nullptr) {
    return Reply({{"status", "unknownOid"}});
  }
  return Reply({{"status", "order"}, {"order", WithStatus(*record, FullOrderJson(*record))}});
}

Answer HistoricalOrders(const InfoCall& call) {
  std::vector<const OrderRecord*> records;
  if (User* user = call.user()) {
    const std::deque<int64_t>& closed = user->orders.closed();
    for (auto oid = closed.rbegin(); oid != closed.rend() && records.size() < kRowsMax; ++oid) {
      records.push_back(user->orders.Find(*oid));
    }
    for (const int64_t oid : user->orders.open()) {
      records.push_back(user->orders.Find(oid));
    }
  }
  std::sort(records.begin(), records.end(), [](const OrderRecord* a, const OrderRecord* b) {
    return a->status_ms == b->status_ms ? a->oid > b->oid : a->status_ms > b->status_ms;
  });
  Json orders = Json::array();
  for (const OrderRecord* record : records) {
    if (orders.size() < kRowsMax) {
      orders.push_back(WithStatus(*record, FullOrderJson(*record)));
    }
  }
  return Reply(orders, orders.size());
}

Answer UserFills(const InfoCall& call) {
  const auto aggregate = call.request.find("aggregateByTime");
  const bool is_aggregated = aggregate != call.request.end() && *aggregate == true;
  const User* user = call.user();
  const Json fills =
      user == nullptr ? Json::array() : FillsJson(user->fills, kRowsMax, is_aggregated);
  return Reply(fills, fills.size());
}

// From the start on, oldest first, so that a reader advances by the last time.
Answer UserFillsByTime(const InfoCall& call) {
  if (!call.NumberOf("startTime").has_value()) {
    return Unreadable();
  }
  Json fills = Json::array();
  if (const User* user = call.user()) {
    for (const Fill& fill : user->fills) {
      if (call.IsInTime(fill.time_ms) && fills.size() < kRowsMax) {
        fills.push_back(FillJson(fill));
      }
    }
  }
  return Reply(fills, fills.size());
}

Answer ClearinghouseState(const InfoCall& call) {
  if (const User* user = call.user(); user != nullptr && call.is_main_dex()) {
    return Reply(ClearinghouseJson(call.state, *user));
  }
  const Json nothing = {{"accountValue", "0.0"},
                        {"totalNtlPos", "0.0"},
                        {"totalRawUsd", "0.0"},
                        {"totalMarginUsed", "0.0"}};
  return Reply({{"marginSummary", nothing},
                {"crossMarginSummary", nothing},
                {"crossMaintenanceMarginUsed", "0.0"},
                {"withdrawable", "0.0"},
                {"assetPositions", Json::array()},
                {"time", call.state.BlockMs()}});
}

Answer SpotClearinghouseState(const InfoCall& call) {
  const User* user = call.user();
  return Reply(user == nullptr ? NoBalancesJson() : SpotClearinghouseJson(call.state, *user));
}

Answer FundingHistory(const InfoCall& call) {
  const Asset* asset = call.perpetual();
  if (asset == nullptr) {
    return NoSuchCoin();
  }
  if (!call.NumberOf("startTime").has_value()) {
    return Unreadable();
  }
  Json rows = Json::array();
  for (const PaidFunding& paid : asset->fundings) {
    if (call.IsInTime(paid.time_ms) && rows.size() < kFundingRowsMax) {
      rows.push_back({{"coin", asset->name()},
                      {"fundingRate", NumberText(paid.rate)},
                      {"premium", NumberText(paid.premium)},
                      {"time", paid.time_ms}});
    }
  }
  return Reply(rows, rows.size());
}

Answer UserFunding(const InfoCall& call) {
  Json rows = Json::array();
  if (const User* user = call.user()) {
    for (const FundingRow& row : user->fundings) {
      if (call.IsInTime(row.time_ms) && rows.size() < kFundingRowsMax) {
        rows.push_back(FundingJson(row));
      }
    }
  }
  return Reply(rows, rows.size());
}

Answer LedgerUpdates(const InfoCall& call) {
  Json rows = Json::array();
  if (const User* user = call.user()) {
    for (const LedgerRow& row : user->ledger) {
      if (call.IsInTime(row.time_ms)) {
        rows.push_back(LedgerJson(row));
      }
    }
  }
  return Reply(rows, rows.size());
}

Answer PredictedFundings(const InfoCall& call) {
  Json rows = Json::array();
  for (const Asset& asset : call.state.assets) {
    if (asset.coin.is_delisted) {
      continue;
    }
    rows.push_back(Json::array(
        {asset.name(),
         Json::array({Json::array({"HlPerp",
                                   {{"fundingRate", NumberText(asset.instrument.funding_rate)},
                                    {"nextFundingTime", asset.instrument.next_funding_ms}}})})}));
  }
  return Reply(rows);
}

Answer UserRole(const InfoCall& call) {
  const std::string address = call.TextOf("user").value_or("");
  if (const User* user = call.user()) {
    return Reply(user->master.empty()
                     ? Json{{"role", "user"}}
                     : Json{{"role", "subAccount"}, {"data", {{"master", user->master}}}});
  }
  if (const User* owner = call.state.UserOfSigner(address)) {
    return Reply({{"role", "agent"}, {"data", {{"user", owner->address}}}});
  }
  return Reply({{"role", "missing"}});
}

Answer UserRateLimit(const InfoCall& call) {
  const User* user = call.user();
  return Reply(user != nullptr ? RateLimitJson(call.state, *user)
                               : Json{{"cumVlm", "0.0"},
                                      {"nRequestsUsed", 0},
                                      {"nRequestsCap", call.state.options.limits.initial_actions}});
}

Answer ActiveAssetData(const InfoCall& call) {
  const Asset* asset = call.perpetual();
  const User* user = call.user();
  return asset == nullptr || user == nullptr ? NoSuchCoin()
                                             : Reply(ActiveAssetJson(call.state, *user, *asset));
}

Answer ExchangeStatus(const InfoCall& call) {
  return Reply({{"time", call.state.BlockMs()}, {"specialStatuses", Json()}});
}

struct InfoKind {
  Handler handler;
  int weight = 20;
  bool is_private = false;
  int items_per_weight = 0;  // 0: items add nothing
};

const std::map<std::string_view, InfoKind>& Kinds() {
  static const auto& kinds = *new std::map<std::string_view, InfoKind>{
      {"meta", {Meta}},
      {"metaAndAssetCtxs", {MetaAndContexts}},
      {"allPerpMetas",
       {[](const InfoCall& call) { return Reply(Json::array({MetaJson(call.state)})); }}},
      {"perpDexs", {[](const InfoCall&) { return Reply(Json::array({Json()})); }}},
      {"spotMeta", {[](const InfoCall& call) { return Reply(SpotMetaJson(call.state)); }}},
      {"spotMetaAndAssetCtxs", {[](const InfoCall& call) {
         return Reply(Json::array({SpotMetaJson(call.state), SpotContextsJson(call.state)}));
       }}},
      {"allMids", {Mids, 2}},
      {"l2Book", {Book, 2}},
      {"recentTrades", {RecentTrades, 20, false, 20}},
      {"candleSnapshot", {CandleSnapshot, 20, false, 60}},
      {"fundingHistory", {FundingHistory, 20, false, 20}},
      {"predictedFundings", {PredictedFundings}},
      {"exchangeStatus", {ExchangeStatus, 2}},
      {"openOrders", {OpenOrders, 20, true}},
      {"frontendOpenOrders", {OpenOrders, 20, true}},
      {"orderStatus", {OrderStatus, 2, true}},
      {"historicalOrders", {HistoricalOrders, 20, true, 20}},
      {"userFills", {UserFills, 20, true, 20}},
      {"userFillsByTime", {UserFillsByTime, 20, true, 20}},
      {"clearinghouseState", {ClearinghouseState, 2, true}},
      {"spotClearinghouseState", {SpotClearinghouseState, 2, true}},
      {"userFunding", {UserFunding, 20, true, 20}},
      {"userNonFundingLedgerUpdates", {LedgerUpdates, 20, true, 20}},
      {"userFees", {[](const InfoCall& call) { return Reply(FeesJson(call.state)); }, 20, true}},
      {"userRateLimit", {UserRateLimit, 20, true}},
      {"userRole", {UserRole, 60, true}},
      {"userAbstraction", {[](const InfoCall&) { return Reply("default"); }, 20, true}},
      {"activeAssetData", {ActiveAssetData, 20, true}}};
  return kinds;
}

const InfoKind* KindOf(std::string_view type) {
  const auto found = Kinds().find(type);
  return found == Kinds().end() ? nullptr : &found->second;
}

}  // namespace

std::string_view InfoType(const Json& request) {
  if (!request.is_object()) {
    return "";
  }
  const auto type = request.find("type");
  return type != request.end() && type->is_string() ? type->get_ref<const std::string&>()
                                                    : std::string_view();
}

Answer AnswerInfo(VenueState& state, const Json& request) {
  const InfoKind* kind = KindOf(InfoType(request));
  const InfoCall call{.state = state, .request = request};
  if (kind == nullptr || (kind->is_private && !IsHex(call.TextOf("user").value_or(""), 40))) {
    return Unreadable();
  }
  return kind->handler(call);
}

int InfoWeight(std::string_view type) {
  const InfoKind* kind = KindOf(type);
  return kind == nullptr ? 1 : kind->weight;
}

int ItemsWeight(std::string_view type, int items) {
  const InfoKind* kind = KindOf(type);
  return kind == nullptr || kind->items_per_weight == 0 ? 0 : items / kind->items_per_weight;
}

bool IsPrivateInfo(std::string_view type) {
  const InfoKind* kind = KindOf(type);
  return kind != nullptr && kind->is_private;
}

}  // namespace colibri::venue_sim::hyperliquid
