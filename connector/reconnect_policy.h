// How long to wait before connecting, or trying, again. Sans I/O.
//
//   ReconnectPolicy policy(environment.random());
//   co_await environment.Sleep(policy.NextDelay(clock.monotonic()));
//   ... policy.NoteConnected(clock.monotonic());
//
// Full jitter: each delay is random between 0.1 s and a bound that doubles from 0.2 s to 30 s, so
// that many clients of a venue that went down do not come back at the same instant. A connection
// that held for 60 s starts the bound over.
#pragma once

#include "absl/time/time.h"

#include "core/random.h"

namespace colibri {

class ReconnectPolicy {
 public:
  static constexpr absl::Duration kDelayMin = absl::Milliseconds(100);
  static constexpr absl::Duration kDelayMax = absl::Seconds(30);
  static constexpr absl::Duration kHealthyAfter = absl::Seconds(60);

  explicit ReconnectPolicy(Random& random) : random_(random) {}

  // Times are the monotonic clock's.
  void NoteConnected(absl::Duration now);
  absl::Duration NextDelay(absl::Duration now);
  void Reset();

  int attempts() const { return attempts_; }

 private:
  Random& random_;
  int attempts_ = 0;
  absl::Duration connected_at_ = absl::InfiniteDuration();
};

}  // namespace colibri
