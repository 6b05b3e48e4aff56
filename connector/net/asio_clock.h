// The real time, with timers on an io_context.
//
//   AsioClock clock(context);
//   clock.ScheduleAfter(absl::Seconds(1), [&] { Refresh(); });
//
// One operating-system timer serves all: it stands at the earliest. Thread: the loop's, but for
// now() and monotonic().
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/clock.h"

namespace colibri {

class AsioClock final : public Clock {
 public:
  AsioClock() = default;

  // Timers run on `context` until Shutdown, which must come before its end. Until then, and after,
  // ScheduleAfter drops the callback.
  void Start(boost::asio::io_context& context) { timer_.emplace(context); }
  // Drops every timer; coroutines that wait on one end with the context.
  void Shutdown();
  // Runs what is due, sooner than the system's timer tells it.
  void RunDue();

  absl::Time now() const override;
  absl::Duration monotonic() const override;
  TimerId ScheduleAfter(absl::Duration delay, std::function<void()> callback) override;
  void CancelTimer(TimerId id) override;

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Sets the system's timer to the earliest due time, unless it stands there or before.
  void Arm();

  std::optional<boost::asio::steady_timer> timer_;
  std::optional<TimePoint> armed_for_;
  TimerId next_id_ = 1;
  std::map<std::pair<TimePoint, TimerId>, std::function<void()>> timers_;
  absl::flat_hash_map<TimerId, TimePoint> due_by_id_;
};

}  // namespace colibri
