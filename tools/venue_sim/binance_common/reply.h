// Answers of a call, and the way of an HTTP call through the faults.
//
//   Reply Ping(...) { return Json::object(); }
//   Reply Refuse(...) { return VenueError{-1121, "Invalid symbol."}; }
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "core/random.h"
#include "tools/venue_sim/binance_common/error.h"
#include "tools/venue_sim/binance_common/json.h"
#include "tools/venue_sim/binance_common/params.h"
#include "tools/venue_sim/binance_common/rate_limits.h"
#include "tools/venue_sim/binance_common/traffic.h"
#include "tools/venue_sim/request_faults.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::venue_sim::binance {

// A body, or the venue's refusal; status 200 or the refusal's. Copies share the body.
struct Reply {
  // NOLINTBEGIN(google-explicit-constructor): converts as absl::StatusOr does
  Reply(Json json);
  Reply(const VenueError& error);
  // NOLINTEND(google-explicit-constructor)

  bool ok() const { return status == 200; }
  Json& body() const { return *content; }

  int status = 200;
  std::shared_ptr<Json> content;
};

enum class Security {
  kNone,
  kKey,  // a key, no signature
  kSigned,
  kSession,  // WebSocket API only: needs the connection, not a signature
};

// What a call that ends well weighs.
using WeightRule = int (*)(const Params& params);

template <int kWeight>
int Weigh(const Params&) {
  return kWeight;
}

struct Target {
  std::string_view path;
  std::string_view query;
};
// A prefix before the first of `roots` is ignored, as clients keep the real host name there.
Target SplitTarget(std::string_view target, std::initializer_list<std::string_view> roots);

// Empty when the call has none.
std::string HeaderOf(const HttpCall& call, std::string_view lower_name);
HttpReply JsonReply(int status, const Json& body);

// The same words whether it was executed or not: nobody can tell.
VenueError UnknownOutcome(int http_status);
// 429 or 418 of a limit of the venue's, or of a fault.
Json RefusalJson(const Refusal& refusal, int request_weight_per_minute);
Refusal RefusalOf(const RequestFate& fate, int64_t now_ms);
// 404 or 405.
HttpReply NoSuchCall(bool is_known_path);

// An id of a WebSocket request: int64, a string of up to 36 bytes, or null.
bool IsUsableId(const Json& id);
// Strings as they are, everything else as its JSON text: what is signed is what was written.
OrError<Params> ParamsOf(const Json& request);

// Letters and digits; as the venue makes client order ids (22) and listen keys (64).
std::string RandomId(Random& random, size_t length);

// {"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100}
Json LimitJson(const char* type, const char* interval, int interval_count, int64_t limit);

// What has come in, for who checks a client from outside of this process: free, untouched by faults
// and not counted itself. `?since=N` leaves out the calls before number N.
inline constexpr std::string_view kTrafficPath = "/colibri-sim/traffic";  // no path of the venue's
HttpReply TrafficReply(const Traffic& traffic, const RateLimits& limits, std::string_view query);

// The reply as the faults of its class leave it.
HttpReply AnswerThroughFaults(RequestFaults& faults,
                              FaultSubject request_class,
                              const std::function<HttpReply()>& execute,
                              const std::function<HttpReply(const RequestFate&)>& refuse,
                              const std::function<HttpReply(const VenueError&)>& fail);

}  // namespace colibri::venue_sim::binance
