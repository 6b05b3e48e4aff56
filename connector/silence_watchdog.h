// Notices that a connection has gone quiet: pongs do not feed it, only frames with content do.
//
//   SilenceWatchdog watchdog(clock, absl::Seconds(60), [&] { socket.Close(); });
//   while (read a frame) watchdog.Feed();
//
// Feed costs a read of the clock; no timer is set anew per frame. Thread: the loop's.
#pragma once

#include <functional>
#include <utility>

#include "absl/time/time.h"

#include "core/clock.h"

namespace colibri {

class SilenceWatchdog {
 public:
  // on_silence is called once, when nothing fed this for `limit`.
  SilenceWatchdog(Clock& clock, absl::Duration limit, std::function<void()> on_silence)
      : clock_(clock), limit_(limit), on_silence_(std::move(on_silence)) {
    Feed();
    Arm(limit_);
  }
  ~SilenceWatchdog() { clock_.CancelTimer(timer_); }
  SilenceWatchdog(const SilenceWatchdog&) = delete;
  SilenceWatchdog& operator=(const SilenceWatchdog&) = delete;

  // When it is, by the monotonic clock.
  absl::Duration Feed() { return fed_at_ = clock_.monotonic(); }
  bool has_fired() const { return has_fired_; }

 private:
  void Arm(absl::Duration delay) {
    timer_ = clock_.ScheduleAfter(delay, [this] { Look(); });
  }
  void Look() {
    timer_ = 0;
    const absl::Duration left = fed_at_ + limit_ - clock_.monotonic();
    if (left > absl::ZeroDuration()) {
      Arm(left);
      return;
    }
    has_fired_ = true;
    on_silence_();
  }

  Clock& clock_;
  absl::Duration limit_;
  std::function<void()> on_silence_;
  absl::Duration fed_at_;
  TimerId timer_ = 0;
  bool has_fired_ = false;
};

}  // namespace colibri
