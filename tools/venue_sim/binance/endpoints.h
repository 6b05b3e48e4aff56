// The table of calls: each is a REST path, a WebSocket API method, or both, with its parameters,
// weight and handler.
//
//   const Endpoint* endpoint = FindRestEndpoint("GET", "/api/v3/depth");
//   Reply reply = endpoint->handler(state, call);
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/types/span.h"

#include "tools/venue_sim/binance/venue_state.h"
#include "tools/venue_sim/binance_common/error.h"
#include "tools/venue_sim/binance_common/json.h"
#include "tools/venue_sim/binance_common/params.h"
#include "tools/venue_sim/binance_common/reply.h"

namespace colibri::venue_sim::binance {

struct EndpointCall {
  const Params& params;
  Account* account = nullptr;  // whose call it is; null for public ones
  SessionId session = 0;       // of the WebSocket API; 0 for REST
};

using Handler = Reply (*)(VenueState& state, const EndpointCall& call);

struct Endpoint {
  std::string_view rest_method;  // empty: not on REST
  std::string_view path;
  std::string_view ws_method;  // empty: not on the WebSocket API
  Security security = Security::kNone;
  std::string_view params;  // names, space-separated
  WeightRule weight = nullptr;
  bool is_order = false;      // weighs nothing when it ends well, and order faults hit it
  bool places_order = false;  // the limit of unfilled orders applies
  Handler handler = nullptr;
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
absl::Span<const Endpoint> AccountEndpoints();
absl::Span<const Endpoint> WalletEndpoints();
absl::Span<const Endpoint> SessionEndpoints();

// The list of limits that exchangeInfo shows; with the counts of this moment where `ip` is given.
Json RateLimitsJson(const VenueState& state);
Json UsedLimitsJson(const VenueState& state, std::string_view ip, const Account* account);

}  // namespace colibri::venue_sim::binance
