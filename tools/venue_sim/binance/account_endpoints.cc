// Balances, own trades, commission and the count of unfilled orders.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "tools/venue_sim/binance/endpoints.h"
#include "tools/venue_sim/binance/render.h"
#include "tools/venue_sim/binance_common/number_text.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr int64_t kDayMs = 24 * 3600 * 1000;
constexpr int64_t kListMax = 1000;

// Ten-thousandths, as the old integer fields of the account have them.
int64_t BasisPoints(Decimal rate) {
  const Decimal points = rate.RoundToMultiple(Decimal::FromScaled(1, 4), Rounding::kHalfEven);
  return points.ToScaled(4).value_or(0);
}

Reply AccountStatus(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const bool omits_zeros, call.params.Flag("omitZeroBalances", false));
  const Account& account = *call.account;
  Json balances = Json::array();
  for (const auto& [asset, balance] : account.balances()) {
    if (omits_zeros && balance.total().is_zero()) {
      continue;
    }
    balances.push_back(
        {{"asset", asset}, {"free", Fixed8(balance.free)}, {"locked", Fixed8(balance.locked)}});
  }
  return Json{{"makerCommission", BasisPoints(state.options.maker_fee)},
              {"takerCommission", BasisPoints(state.options.taker_fee)},
              {"buyerCommission", 0},
              {"sellerCommission", 0},
              {"commissionRates",
               {{"maker", Fixed8(state.options.maker_fee)},
                {"taker", Fixed8(state.options.taker_fee)},
                {"buyer", "0.00000000"},
                {"seller", "0.00000000"}}},
              {"canTrade", true},
              {"canWithdraw", true},
              {"canDeposit", true},
              {"brokered", false},
              {"requireSelfTradePrevention", false},
              {"preventSor", false},
              {"updateTime", account.balance_update_time_ms},
              {"accountType", "SPOT"},
              {"balances", std::move(balances)},
              {"permissions", Json::array({"SPOT"})},
              {"uid", 1'000'000 + account.id()}};
}

Reply OwnTrades(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Market * market, state.RequiredMarket(call.params));
  ASSIGN_OR_RETURN(const std::optional<int64_t> order_id, call.params.Integer("orderId"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> from_id, call.params.Integer("fromId"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> start, call.params.Integer("startTime"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> end, call.params.Integer("endTime"));
  ASSIGN_OR_RETURN(const int64_t limit, call.params.IntegerOr("limit", 500, 1, kListMax));
  if (start.has_value() && end.has_value() && *end - *start > kDayMs) {
    return VenueError{-1127, "More than 24 hours between startTime and endTime."};
  }
  std::vector<const VenueTrade*> chosen;
  for (const auto& [trade_id, trades] : call.account->orders(market->symbol()).trades) {
    for (const VenueTrade& trade : trades) {
      if (trade_id >= from_id.value_or(0) && trade.order_id == order_id.value_or(trade.order_id) &&
          trade.time_ms >= start.value_or(0) && trade.time_ms <= end.value_or(INT64_MAX)) {
        chosen.push_back(&trade);
      }
    }
  }
  const bool is_from_start = from_id.has_value() || start.has_value();
  const size_t count = std::min(chosen.size(), static_cast<size_t>(limit));
  const size_t first = is_from_start ? 0 : chosen.size() - count;
  Json list = Json::array();
  for (size_t i = first; i < first + count; ++i) {
    list.push_back(OwnTradeJson(*market, *chosen[i]));
  }
  return list;
}

int WeighOwnTrades(const Params& params) {
  return params.Has("orderId") ? 5 : 20;
}

Reply OrderCount(VenueState& state, const EndpointCall& call) {
  Json list = UsedLimitsJson(state, "", call.account);
  list.erase(list.end() - 1);  // the weight
  return list;
}

Reply Commission(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Market* market, state.RequiredMarket(call.params));
  const auto rates = [](Decimal maker, Decimal taker) {
    return Json{{"maker", Fixed8(maker)},
                {"taker", Fixed8(taker)},
                {"buyer", "0.00000000"},
                {"seller", "0.00000000"}};
  };
  return Json{{"symbol", market->symbol()},
              {"standardCommission", rates(state.options.maker_fee, state.options.taker_fee)},
              {"specialCommission", rates({}, {})},
              {"taxCommission", rates({}, {})},
              {"discount",
               {{"enabledForAccount", state.options.fees_in_bnb},
                {"enabledForSymbol", state.options.fees_in_bnb},
                {"discountAsset", "BNB"},
                {"discount", "1.00000000"}}}};
}

Reply OwnFilters(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Market* market, state.RequiredMarket(call.params));
  return Json{{"exchangeFilters", Json::array()},
              {"symbolFilters", SymbolJson(*market)["filters"]},
              {"assetFilters", Json::array()}};
}

constexpr Endpoint kEndpoints[] = {
    {"GET",
     "/api/v3/account",
     "account.status",
     Security::kSigned,
     "omitZeroBalances",
     Weigh<20>,
     false,
     false,
     AccountStatus},
    {"GET",
     "/api/v3/myTrades",
     "myTrades",
     Security::kSigned,
     "symbol orderId startTime endTime fromId limit",
     WeighOwnTrades,
     false,
     false,
     OwnTrades},
    {"GET",
     "/api/v3/rateLimit/order",
     "account.rateLimits.orders",
     Security::kSigned,
     "",
     Weigh<40>,
     false,
     false,
     OrderCount},
    {"GET",
     "/api/v3/account/commission",
     "account.commission",
     Security::kSigned,
     "symbol",
     Weigh<20>,
     false,
     false,
     Commission},
    {"GET",
     "/api/v3/myFilters",
     "myFilters",
     Security::kSigned,
     "symbol",
     Weigh<40>,
     false,
     false,
     OwnFilters},
};

}  // namespace

absl::Span<const Endpoint> AccountEndpoints() {
  return kEndpoints;
}

}  // namespace colibri::venue_sim::binance
