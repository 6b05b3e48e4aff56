// The time, and timers: the only way to either.
//
//   TimerId id = clock.ScheduleAfter(absl::Seconds(1), [&] { Refresh(); });
//
// now() is the wall clock, for what venues and people see; monotonic() never steps and serves
// limits, deadlines and latencies. Timers run on the loop, in order of their time, then of their
// scheduling.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/time/time.h"

namespace colibri {

using TimerId = uint64_t;  // 0 is none

class Clock {
 public:
  virtual ~Clock() = default;

  virtual absl::Time now() const = 0;
  // Since an arbitrary start.
  virtual absl::Duration monotonic() const = 0;

  virtual TimerId ScheduleAfter(absl::Duration delay, std::function<void()> callback) = 0;
  // No effect when the timer has run or was canceled.
  virtual void CancelTimer(TimerId id) = 0;
};

}  // namespace colibri
