#include "tools/venue_sim/binance/endpoints.h"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "tools/venue_sim/binance_common/endpoint_table.h"

namespace colibri::venue_sim::binance {
namespace {

std::array<absl::Span<const Endpoint>, 5> AllTables() {
  return {MarketEndpoints(),
          OrderEndpoints(),
          AccountEndpoints(),
          WalletEndpoints(),
          SessionEndpoints()};
}

}  // namespace

const Endpoint* FindRestEndpoint(std::string_view method, std::string_view path) {
  return FindRest(AllTables(), method, path);
}

const Endpoint* FindWsEndpoint(std::string_view ws_method) {
  return FindWs(AllTables(), ws_method);
}

FaultSubject ClassOf(const Endpoint* endpoint) {
  return SubjectOf(endpoint);
}

bool IsRestPath(std::string_view path) {
  return HasPath(AllTables(), path);
}

Json RateLimitsJson(const VenueState& state) {
  const SimLimitOptions& limits = state.options.limits;
  return Json::array({LimitJson("REQUEST_WEIGHT", "MINUTE", 1, limits.request_weight_per_minute),
                      LimitJson("ORDERS", "SECOND", 10, limits.orders_per_10_seconds),
                      LimitJson("ORDERS", "DAY", 1, limits.orders_per_day),
                      LimitJson("RAW_REQUESTS", "MINUTE", 5, limits.raw_requests_per_5_minutes)});
}

Json UsedLimitsJson(const VenueState& state, std::string_view ip, const Account* account) {
  const SimLimitOptions& limits = state.options.limits;
  const int64_t now_ms = state.NowMs();
  Json list = Json::array();
  if (account != nullptr) {
    const OrderCounts counts = state.limits.order_counts(account->id(), now_ms);
    list.push_back(LimitJson("ORDERS", "SECOND", 10, limits.orders_per_10_seconds));
    list.back()["count"] = counts.in_10_seconds;
    list.push_back(LimitJson("ORDERS", "DAY", 1, limits.orders_per_day));
    list.back()["count"] = counts.in_day;
  }
  list.push_back(LimitJson("REQUEST_WEIGHT", "MINUTE", 1, limits.request_weight_per_minute));
  list.back()["count"] = state.limits.used_weight(ip, now_ms);
  return list;
}

}  // namespace colibri::venue_sim::binance
