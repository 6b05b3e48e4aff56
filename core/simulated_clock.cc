#include "core/simulated_clock.h"

#include <algorithm>

namespace colibri {

SimulatedClock::SimulatedClock(absl::Time start) : start_(start), now_(start) {}

TimerId SimulatedClock::ScheduleAfter(absl::Duration delay, std::function<void()> callback) {
  const TimerId id = next_id_++;
  const absl::Duration due = monotonic() + std::max(delay, absl::ZeroDuration());
  timers_.emplace(std::pair(due, id), std::move(callback));
  due_by_id_.emplace(id, due);
  return id;
}

void SimulatedClock::CancelTimer(TimerId id) {
  const auto due = due_by_id_.find(id);
  if (due == due_by_id_.end()) {
    return;
  }
  timers_.erase(std::pair(due->second, id));
  due_by_id_.erase(due);
}

void SimulatedClock::AdvanceTo(absl::Time time) {
  const absl::Duration target = monotonic() + (time - now_);
  while (!timers_.empty() && timers_.begin()->first.first <= target) {
    RunEarliest();
  }
  // A callback that advanced may have gone further.
  now_ += std::max(target - monotonic(), absl::ZeroDuration());
}

bool SimulatedClock::AdvanceToNextTimer() {
  if (timers_.empty()) {
    return false;
  }
  RunEarliest();
  return true;
}

absl::Time SimulatedClock::next_timer_at() const {
  if (timers_.empty()) {
    return absl::InfiniteFuture();
  }
  const absl::Duration wait = timers_.begin()->first.first - monotonic();
  return now_ + std::max(wait, absl::ZeroDuration());
}

void SimulatedClock::StepWallClock(absl::Duration step) {
  now_ += step;
  wall_shift_adjustment_ -= step;
}

void SimulatedClock::RunEarliest() {
  auto earliest = timers_.extract(timers_.begin());
  const auto [due, id] = earliest.key();
  due_by_id_.erase(id);
  now_ += std::max(due - monotonic(), absl::ZeroDuration());
  earliest.mapped()();
}

}  // namespace colibri
