// Wakes coroutines of one loop.
//
//   AsyncEvent changed;
//   changed.Set();                                                    // anywhere on the loop
//   const bool is_set = co_await changed.Wait(environment, absl::Seconds(30));   // false: time is
//   up
//
// Set wakes everybody who waits. When nobody does it is remembered, once, for the next Wait, which
// takes it. So a loop `while (!ready) co_await event.Wait(...)` misses nothing. A coroutine wakes
// after Set has returned, never inside it. Thread: the loop's.
#pragma once

#include <memory>

#include "absl/time/time.h"

#include "connector/task.h"
#include "core/clock.h"

namespace colibri {

class Environment;

class AsyncEvent {
 public:
  AsyncEvent();
  ~AsyncEvent();  // nobody may still wait, but for coroutines that die with their loop
  AsyncEvent(const AsyncEvent&) = delete;
  AsyncEvent& operator=(const AsyncEvent&) = delete;

  void Set();
  // Forgets a Set that nobody has taken.
  void Reset();
  bool is_set() const;

  // True when set, false when `timeout` passed on the clock. Ends by exception when canceled.
  Task<bool> Wait(Environment& environment, absl::Duration timeout);
  Task<bool> Wait(Clock& clock, absl::Duration timeout);
  Task<void> Wait();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace colibri
