#include "tools/venue_sim/binance_perpetual/endpoints.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "tools/venue_sim/binance_common/endpoint_table.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

std::array<absl::Span<const Endpoint>, 7> AllTables() {
  return {MarketEndpoints(),
          OrderEndpoints(),
          AlgoEndpoints(),
          AccountEndpoints(),
          SettingEndpoints(),
          HistoryEndpoints(),
          SessionEndpoints()};
}

}  // namespace

const Endpoint* FindRestEndpoint(std::string_view method, std::string_view path) {
  return binance::FindRest(AllTables(), method, path);
}

const Endpoint* FindWsEndpoint(std::string_view ws_method) {
  return binance::FindWs(AllTables(), ws_method);
}

FaultSubject ClassOf(const Endpoint* endpoint) {
  return binance::SubjectOf(endpoint);
}

bool IsRestPath(std::string_view path) {
  return binance::HasPath(AllTables(), path);
}

Json RateLimitsJson(const VenueState& state) {
  const SimLimitOptions& limits = state.options.limits;
  return Json::array(
      {binance::LimitJson("REQUEST_WEIGHT", "MINUTE", 1, limits.request_weight_per_minute),
       binance::LimitJson("ORDERS", "MINUTE", 1, limits.orders_per_minute),
       binance::LimitJson("ORDERS", "SECOND", 10, limits.orders_per_10_seconds)});
}

Json UsedLimitsJson(const VenueState& state, std::string_view ip, const User* user) {
  const int64_t now_ms = state.NowMs();
  Json list = RateLimitsJson(state);
  list[0]["count"] = state.limits.used_weight(ip, now_ms);
  if (user == nullptr) {
    list.erase(list.begin() + 1, list.end());
    return list;
  }
  const binance::OrderCounts counts = state.limits.order_counts(user->account.id(), now_ms);
  list[1]["count"] = counts.in_minute;
  list[2]["count"] = counts.in_10_seconds;
  return list;
}

OrError<size_t> LimitOf(const Params& params, int64_t fallback, int64_t max) {
  ASSIGN_OR_RETURN(const int64_t limit, params.IntegerOr("limit", fallback, 1, INT64_MAX));
  return static_cast<size_t>(std::min(limit, max));
}

OrError<TimeRange> TimeRangeOf(const Params& params) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> start, params.Integer("startTime"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> end, params.Integer("endTime"));
  return TimeRange{.start_ms = start.value_or(0), .end_ms = end.value_or(INT64_MAX)};
}

}  // namespace colibri::venue_sim::binance_perpetual
