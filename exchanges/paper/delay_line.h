// One way of a wire: hands on what is sent after a delay, in the order of sending.
//
//   DelayLine to_venue(clock, {.least = absl::Milliseconds(20)}, random);
//   to_venue.Send([&] { venue.Place(order); });
//
// Nothing is handed on within Send, not even with no delay. Thread: the loop's.
#pragma once

#include <deque>
#include <functional>

#include "core/clock.h"
#include "core/random.h"
#include "exchanges/paper/paper_config.h"

namespace colibri {

class DelayLine {
 public:
  DelayLine(Clock& clock, const PaperDelay& delay, Random& random);
  ~DelayLine();  // what is under way is lost
  DelayLine(const DelayLine&) = delete;
  DelayLine& operator=(const DelayLine&) = delete;

  void Send(std::function<void()> message);
  // Hands on all that is under way, now.
  void Flush();

  bool empty() const { return messages_.empty(); }

 private:
  struct Message {
    std::function<void()> deliver;
    TimerId timer = 0;
  };

  void DeliverNext();

  Clock& clock_;
  PaperDelay delay_;
  Random& random_;
  absl::Duration last_due_ = -absl::InfiniteDuration();  // monotonic
  std::deque<Message> messages_;
};

}  // namespace colibri
