// What can go wrong at a venue, on demand: one call each, or any Fault as a plan has it.
//
//   server->faults().FailOrders(1, FailWhen::kAfterExecuting);  // it lives; the client reads 503
//   server->faults().DropDepthEvents("BTCUSDT", 1);             // a hole in the update ids
//   server->faults().Apply(*ParseFault({"all", "half_open"}));
//
// Thread: any when the venue is served by a SimServer (the call runs on the venue's thread and has
// taken effect when it returns); the venue's own otherwise. Durations are on the monotonic clock.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

#include "core/clock.h"
#include "tools/venue_sim/fault.h"
#include "tools/venue_sim/frame_faults.h"
#include "tools/venue_sim/request_faults.h"

namespace colibri::venue_sim {

enum class FailWhen { kBeforeExecuting, kAfterExecuting };

// What a venue does for its faults; the subjects are channels, or groups of them.
class FaultTarget {
 public:
  virtual ~FaultTarget() = default;
  // The open sessions that carry any of it, oldest first.
  virtual std::vector<SessionId> SessionsOf(FaultSubject channel) const = 0;
  // The venue's side of the session is over; nothing is to be sent for it.
  virtual void ForgetSession(SessionId session) = 0;
  // Announces the end, then closes.
  virtual void ShutDownSessions(FaultSubject channel) = 0;
  // Ends every subscription to private events, with the venue's event for it.
  virtual void TerminateUserEvents() = 0;
  // Raises the last update id, as if changes of nothing had happened; empty: of every symbol.
  virtual void SkipDepthIds(std::string_view symbol, int count) = 0;
};

class Faults {
 public:
  // Runs its argument on the venue's thread and returns when it has run.
  using Runner = std::function<void(std::function<void()>)>;

  // The target outlives it, and may be constructed after it.
  Faults(Clock& clock, FaultTarget& target, uint64_t seed);
  void set_runner(Runner runner) { runner_ = std::move(runner); }

  // The fault takes effect now.
  void Apply(const Fault& fault);
  // Ends every fault that lasts or waits. Connections that are half open stay so.
  void Clear();

  // The next `count` diff messages of the symbol, over all connections, are not sent: clients see
  // a gap of ids.
  void DropDepthEvents(std::string symbol, int count = 1);
  // Closes the TCP connections, without a close frame.
  void CutUserStreams();
  void CutMarketStreams();
  // Announces the end with a serverShutdown event, then closes all connections properly (1001).
  void ShutDownStreams();
  // Every request is answered 429 for a time; Retry-After is sent when given.
  void RefuseRequests(absl::Duration duration, std::optional<int> retry_after_seconds);
  // Every request is answered 418 with Retry-After for a time.
  void BanRequests(absl::Duration duration);
  // The next `count` calls that place, cancel, replace or amend are answered `http_status`.
  void FailOrders(int count, FailWhen when, int http_status = 503);
  // The next `count` calls that place, cancel, replace or amend are executed, then the connection
  // is closed unanswered.
  void HangUpOrders(int count);
  // Every later answer comes this much later; zero ends it.
  void DelayAnswers(absl::Duration delay);
  // The venue's clock runs this far ahead (or behind when negative) of the real one.
  void SkewClock(absl::Duration skew);
  // User events of this time are lost. Subscriptions stay.
  void WithholdUserEvents(absl::Duration duration);
  // Market streams are silent for this time, then send at once what they held back.
  void StallMarketStreams(absl::Duration duration);

  // On the venue's thread.
  FrameFaults& frames() { return frames_; }
  RequestFaults& requests() { return requests_; }
  // How far the venue's clock is ahead of the real one.
  absl::Duration clock_offset() const;

 private:
  struct ClockFault {
    absl::Duration step = absl::ZeroDuration();
    int parts_per_million = 0;
    absl::Duration since = absl::ZeroDuration();
    absl::Duration until = absl::InfiniteDuration();
  };

  void Run(std::function<void()> change);
  void ApplyHere(const Fault& fault);

  Clock& clock_;
  FaultTarget& target_;
  FrameFaults frames_;
  RequestFaults requests_;
  ClockFault skew_;
  ClockFault drift_;
  Runner runner_;
};

}  // namespace colibri::venue_sim
