// A clock that moves only when told: for tests, simulation, backtests and recorded data.
//
//   SimulatedClock clock(absl::FromUnixSeconds(1'700'000'000));
//   clock.AdvanceTo(next_message_time);  // runs the timers that fall due, each at its own time
//
// Callbacks may schedule, cancel, step the wall clock and advance. Thread: one.
#pragma once

#include <functional>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"

#include "core/clock.h"

namespace colibri {

class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(absl::Time start);

  absl::Time now() const override { return now_; }
  absl::Duration monotonic() const override { return now_ - start_ + wall_shift_adjustment_; }
  // A negative delay counts as none.
  TimerId ScheduleAfter(absl::Duration delay, std::function<void()> callback) override;
  void CancelTimer(TimerId id) override;

  // Runs every timer due at or before `time`, then stands at `time`. A time in the past is a no-op.
  // A callback that steps the wall clock moves the place where this ends by as much: the time that
  // passes stays the same.
  void AdvanceTo(absl::Time time);
  void AdvanceBy(absl::Duration duration) { AdvanceTo(now_ + duration); }
  // Runs the earliest timer. False when there is none.
  bool AdvanceToNextTimer();
  // When the earliest timer is due; InfiniteFuture when there is none.
  absl::Time next_timer_at() const;

  // Steps the wall clock without moving the monotonic one, as NTP does.
  void StepWallClock(absl::Duration step);

 private:
  // Sets both clocks to where the earliest timer is due, and runs it.
  void RunEarliest();

  absl::Time start_;
  absl::Time now_;
  absl::Duration wall_shift_adjustment_;
  TimerId next_id_ = 1;
  // Due time on the monotonic clock, then id.
  std::map<std::pair<absl::Duration, TimerId>, std::function<void()>> timers_;
  absl::flat_hash_map<TimerId, absl::Duration> due_by_id_;
};

}  // namespace colibri
