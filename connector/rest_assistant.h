// Makes a venue's REST calls: waits for the limit, signs, sends, and says what the outcome means.
//
//   RestResult result = co_await rest.Call(protocol.PlaceCall(order, instrument));
//   if (!result.status.ok() && result.error.outcome == Outcome::kUnknown) { /* ask the venue */ }
//   Task<RestResult> answer = rest.Start(std::move(call));    // on the wire already, if it can be
//
// Calls that the venue takes over a WebSocket go there while it is up and has room
// (order_socket.h), and mean the same. A call's timeout covers all of it; what has not been sent by
// then never is (kNotSent). A refusal for a wrong clock takes three quick samples of the venue's
// time and one more try. A GET that broke after it was sent is sent once more. A 429 stops
// everything until its Retry-After, or what is charged to the one pool that it names; a ban opens
// the circuit. Thread: the loop's. Errors never quote a signed URL, a header or a body.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "auth/auth.h"
#include "connector/environment.h"
#include "connector/task.h"
#include "connector/throttler.h"
#include "connector/time_synchronizer.h"
#include "connector/url.h"
#include "connector/venue_protocol.h"

namespace colibri {

class OrderSocket;
struct OrderSocketFrame;

struct RestResult {
  absl::Status status;    // OK: the venue answered with 2xx, and no refusal in it
  VenueError error;       // when not OK; its status is the one above
  HttpResponse response;  // when the venue answered at all
  absl::Duration sent;    // monotonic: handed to the transport, answered
  absl::Duration received;

  bool is_unknown() const { return !status.ok() && error.outcome == Outcome::kUnknown; }
  bool is_rejected() const { return !status.ok() && error.outcome == Outcome::kRejected; }
};

class RestAssistant {
 public:
  static constexpr int kSkewSamples = 3;
  // When the venue says to wait, and not for how long.
  static constexpr absl::Duration kRateLimitWaitMin = absl::Seconds(1);
  static constexpr absl::Duration kRateLimitWaitMax = absl::Seconds(60);
  static constexpr absl::Duration kBanWait = absl::Minutes(2);

  // All references outlive this; auth may be null.
  RestAssistant(Environment& environment,
                const VenueProtocol& protocol,
                Throttler& throttler,
                TimeSynchronizer& time,
                const Auth* auth,
                Url base_url);

  // Waiting for the rate limit is part of the call's timeout, but for limit_wait of it.
  Task<RestResult> Call(VenueCall call, absl::Duration limit_wait = absl::ZeroDuration());
  // The same, and written before this returns where limit and connection allow it: nothing else has
  // its turn before. Reports nothing to anybody; all outcomes are the task's, which must be run.
  Task<RestResult> Start(VenueCall call);
  // Asks for the venue's time so often. OK when one sample at least was taken.
  Task<absl::Status> SynchronizeTime(int samples, CallPriority priority);

  // Outlives the calls, or is taken back with null.
  void set_order_socket(OrderSocket* socket) { order_socket_ = socket; }
  // What it says of limits is obeyed.
  void NoteLateAnswer(const HttpResponse& response);
  // Called before each signature, with the venue's time.
  void set_before_signing(std::function<void(absl::Time venue_now)> before_signing) {
    before_signing_ = std::move(before_signing);
  }
  // What to tell a user whose region the venue refuses.
  void set_region_hint(std::string hint) { region_hint_ = std::move(hint); }
  // Failed calls, but for refusals that belong to trading: a lost race, a post-only that would
  // take.
  int64_t errors() const { return errors_; }

 private:
  // A call on its way.
  struct Sent {
    Throttler::Permit permit;
    absl::Duration at;
    Task<HttpResult> answer;
  };

  // first: the first try, if it was made already.
  Task<RestResult> Finish(VenueCall call,
                          absl::Duration deadline,
                          absl::Duration limit_wait,
                          std::optional<Sent> first);
  Task<RestResult> CallOnce(VenueCall call, absl::Duration deadline, absl::Duration limit_wait);
  Task<RestResult> TakeAnswer(VenueCall& call, Sent sent);
  // nullopt: nothing was sent, and CallOnce is the way.
  std::optional<Sent> SendNow(const VenueCall& call, absl::Duration now);
  // Not OK of these three: nothing may be sent. The first finds the key that a call needs.
  absl::Status BeginSigning(const VenueCall& call) const;
  absl::Status PrepareFrame(const VenueCall& call, OrderSocketFrame& frame) const;
  // Fills in url and headers.
  absl::Status Prepare(const VenueCall& call, absl::Duration timeout, HttpRequest& request);
  RestResult Judge(const VenueCall& call, HttpResult sent, Throttler::Permit permit);
  void ObeyLimits(const VenueError& error);

  Environment& environment_;
  const VenueProtocol& protocol_;
  Throttler& throttler_;
  TimeSynchronizer& time_;
  const Auth* auth_;
  Url base_url_;
  OrderSocket* order_socket_ = nullptr;
  std::function<void(absl::Time)> before_signing_;
  std::string region_hint_;
  absl::Duration rate_limit_wait_ = kRateLimitWaitMin;
  int64_t errors_ = 0;
  // For their room: of the request that was signed last, and of the one that was sent at once.
  RestRequest signed_;
  HttpRequest request_;
};

}  // namespace colibri
