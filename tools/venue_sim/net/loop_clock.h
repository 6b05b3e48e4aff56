// The real time, and timers on a loop's thread.
//
//   LoopClock clock(loop);
//   clock.ScheduleAfter(absl::Seconds(1), [] { ... });
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <utility>

#include "absl/time/clock.h"
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/clock.h"

namespace colibri::venue_sim {

class LoopClock final : public Clock {
 public:
  explicit LoopClock(boost::asio::io_context& loop) : loop_(loop) {}

  absl::Time now() const override { return absl::Now(); }
  absl::Duration monotonic() const override {
    return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
  }
  TimerId ScheduleAfter(absl::Duration delay, std::function<void()> callback) override {
    const TimerId id = next_id_++;
    boost::asio::steady_timer& timer = timers_.try_emplace(id, loop_).first->second;
    timer.expires_after(absl::ToChronoNanoseconds(delay));
    timer.async_wait([this, id, callback = std::move(callback)](boost::system::error_code error) {
      if (!error && timers_.erase(id) == 1) {
        callback();
      }
    });
    return id;
  }
  void CancelTimer(TimerId id) override { timers_.erase(id); }

 private:
  boost::asio::io_context& loop_;
  TimerId next_id_ = 1;
  std::map<TimerId, boost::asio::steady_timer> timers_;
};

}  // namespace colibri::venue_sim
