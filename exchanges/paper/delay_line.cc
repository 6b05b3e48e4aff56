#include "exchanges/paper/delay_line.h"

#include <algorithm>
#include <utility>

namespace colibri {

DelayLine::DelayLine(Clock& clock, const PaperDelay& delay, Random& random)
    : clock_(clock), delay_(delay), random_(random) {}

DelayLine::~DelayLine() {
  for (const Message& message : messages_) {
    clock_.CancelTimer(message.timer);
  }
}

void DelayLine::Send(std::function<void()> message) {
  absl::Duration delay = delay_.least;
  if (const int64_t jitter_ns = absl::ToInt64Nanoseconds(delay_.jitter); jitter_ns > 0) {
    delay += absl::Nanoseconds(random_.Uniform(static_cast<uint64_t>(jitter_ns) + 1));
  }
  const absl::Duration now = clock_.monotonic();
  last_due_ = std::max(last_due_, now + delay);
  // Each message has a timer; equal times run in order of scheduling, so each finds itself first.
  const TimerId timer = clock_.ScheduleAfter(last_due_ - now, [this] { DeliverNext(); });
  messages_.push_back({std::move(message), timer});
}

void DelayLine::Flush() {
  while (!messages_.empty()) {
    clock_.CancelTimer(messages_.front().timer);
    DeliverNext();
  }
}

void DelayLine::DeliverNext() {
  const Message message = std::move(messages_.front());
  messages_.pop_front();
  message.deliver();
}

}  // namespace colibri
