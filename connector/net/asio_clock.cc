#include "connector/net/asio_clock.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace colibri {

namespace {
// Far enough for every use, and no overflow of the steady clock.
constexpr absl::Duration kLongestDelay = absl::Hours(24 * 365);
}  // namespace

void AsioClock::Shutdown() {
  timer_.reset();
  armed_for_.reset();
  due_by_id_.clear();
  timers_.clear();
}

absl::Time AsioClock::now() const {
  return absl::Now();
}

absl::Duration AsioClock::monotonic() const {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

TimerId AsioClock::ScheduleAfter(absl::Duration delay, std::function<void()> callback) {
  if (!timer_.has_value()) {
    return 0;
  }
  const absl::Duration wait = std::clamp(delay, absl::ZeroDuration(), kLongestDelay);
  const TimePoint due = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(wait);
  const TimerId id = next_id_++;
  timers_.emplace(std::pair(due, id), std::move(callback));
  due_by_id_.emplace(id, due);
  Arm();
  return id;
}

void AsioClock::CancelTimer(TimerId id) {
  const auto due = due_by_id_.find(id);
  if (due == due_by_id_.end()) {
    return;
  }
  timers_.erase(std::pair(due->second, id));
  due_by_id_.erase(due);
}

void AsioClock::Arm() {
  if (!timer_.has_value() || timers_.empty()) {
    return;
  }
  const TimePoint earliest = timers_.begin()->first.first;
  if (armed_for_.has_value() && *armed_for_ <= earliest) {
    return;
  }
  armed_for_ = earliest;
  timer_->expires_at(earliest);
  timer_->async_wait([this](const boost::system::error_code& error) {
    if (!error) {
      armed_for_.reset();
      RunDue();
      Arm();
    }
  });
}

void AsioClock::RunDue() {
  // Timers that a callback sets to run at once wait for the next round: others get their turn.
  const TimePoint now = std::chrono::steady_clock::now();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    auto earliest = timers_.extract(timers_.begin());
    due_by_id_.erase(earliest.key().second);
    earliest.mapped()();
  }
}

}  // namespace colibri
