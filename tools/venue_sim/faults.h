// What can go wrong at a venue, on demand.
//
//   server->faults().FailOrders(1, FailWhen::kAfterExecuting);   // the order lives, the client
//   reads 503 server->faults().DropDepthEvents("BTCUSDT", 1);              // a hole in the update
//   ids
//
// Thread: any when the venue is served by a SimServer (the call runs on the venue's thread and has
// taken effect when it returns); the venue's own otherwise. Durations are on the venue's clock.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace colibri::venue_sim {

enum class FailWhen { kBeforeExecuting, kAfterExecuting };

// What the venue reads; changed through Faults only.
struct FaultState {
  std::map<std::string, int> depth_events_to_drop;  // by symbol
  std::optional<absl::Time> refuse_until;           // 429
  std::optional<int> refuse_retry_after;            // seconds; none: no header
  std::optional<absl::Time> ban_until;              // 418
  int orders_to_fail = 0;
  FailWhen fail_when = FailWhen::kBeforeExecuting;
  int fail_status = 503;
  int replies_to_hang_up = 0;
  absl::Duration answer_delay = absl::ZeroDuration();
  absl::Duration clock_skew = absl::ZeroDuration();
  std::optional<absl::Time> withhold_user_events_until;
  std::optional<absl::Time> stall_market_streams_until;
};

class Faults {
 public:
  // Runs its argument on the venue's thread and returns when it has run.
  using Runner = std::function<void(std::function<void()>)>;
  struct Hooks {
    std::function<absl::Time()> now;  // the venue's unskewed clock
    std::function<void()> cut_user_streams;
    std::function<void()> cut_market_streams;
    std::function<void()> shut_down_streams;
  };

  explicit Faults(Hooks hooks) : hooks_(std::move(hooks)) {}
  void set_runner(Runner runner) { runner_ = std::move(runner); }

  // The next `count` diff messages of the symbol, at either speed, are not sent: clients see a gap
  // of ids.
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
  // Market streams are silent for this time, then go on; diffs of the time are conflated, not lost.
  void StallMarketStreams(absl::Duration duration);
  // Ends every fault that lasts.
  void Clear();

  // On the venue's thread.
  FaultState& state() { return state_; }
  const FaultState& state() const { return state_; }

 private:
  void Run(std::function<void()> change);

  Hooks hooks_;
  Runner runner_;
  FaultState state_;
};

}  // namespace colibri::venue_sim
