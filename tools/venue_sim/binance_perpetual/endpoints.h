// The table of calls: each is a REST path, a WebSocket API method, or both, with its parameters,
// weight and handler.
//
//   const Endpoint* endpoint = FindRestEndpoint("GET", "/fapi/v1/depth");
//   Reply reply = endpoint->handler(state, call);
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"

#include "tools/venue_sim/binance_perpetual/common.h"
#include "tools/venue_sim/binance_perpetual/venue_state.h"

namespace colibri::venue_sim::binance_perpetual {

struct EndpointCall {
  const Params& params;
  User* user = nullptr;   // whose call it is; null for public ones
  SessionId session = 0;  // of the WebSocket API; 0 for REST
  std::string_view ip = {};
};

using Handler = Reply (*)(VenueState& state, const EndpointCall& call);

// How a call counts for the order limits of its account.
enum class OrderCount { kNone, kOne, kBatch };

struct Endpoint {
  std::string_view rest_method;  // empty: not on REST
  std::string_view path;
  std::string_view ws_method;  // empty: not on the WebSocket API
  Security security = Security::kNone;
  std::string_view params;  // names, space-separated
  binance::WeightRule weight = nullptr;
  Handler handler = nullptr;
  bool is_order = false;  // order faults hit it, and it may hold back its events
  OrderCount order_count = OrderCount::kNone;
  bool makes_order = false;  // newClientOrderId names a new order
};

// Null when there is none.
const Endpoint* FindRestEndpoint(std::string_view method, std::string_view path);
const Endpoint* FindWsEndpoint(std::string_view ws_method);
// Which faults of requests strike the call; public when it is unknown.
FaultSubject ClassOf(const Endpoint* endpoint);
// Whether any method is known at the path.
bool IsRestPath(std::string_view path);

absl::Span<const Endpoint> MarketEndpoints();
absl::Span<const Endpoint> OrderEndpoints();
absl::Span<const Endpoint> AlgoEndpoints();
absl::Span<const Endpoint> AccountEndpoints();
absl::Span<const Endpoint> SettingEndpoints();
absl::Span<const Endpoint> HistoryEndpoints();
absl::Span<const Endpoint> SessionEndpoints();

// The list of limits that exchangeInfo shows; the counts of this moment.
Json RateLimitsJson(const VenueState& state);
Json UsedLimitsJson(const VenueState& state, std::string_view ip, const User* user);

// `limit`, cut to `max`.
OrError<size_t> LimitOf(const Params& params, int64_t fallback, int64_t max);
// The weight with a symbol and without.
template <int kWithSymbol, int kWithout>
int WeighBySymbol(const Params& params) {
  return params.Has("symbol") ? kWithSymbol : kWithout;
}
// startTime and endTime, where absent open.
struct TimeRange {
  int64_t start_ms = 0;
  int64_t end_ms = INT64_MAX;

  bool Holds(int64_t time_ms) const { return time_ms >= start_ms && time_ms <= end_ms; }
};
OrError<TimeRange> TimeRangeOf(const Params& params);

// Orders that ended without a fill are gone after three days, all after ninety.
bool IsForgotten(const margin::MarginOrder& order, int64_t now_ms);

}  // namespace colibri::venue_sim::binance_perpetual
