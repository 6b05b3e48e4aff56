// Suspends a coroutine until somebody resumes it: what Sleep, AsyncEvent and TaskGroup are made of.
//
//   co_await Suspend([&clock, delay](Resumer resume) -> OnCancel {
//     const TimerId id = clock.ScheduleAfter(delay, resume);
//     return [&clock, id] { clock.CancelTimer(id); };
//   });
//
// Whoever holds a Resumer keeps the coroutine alive; when the last one goes without a call, the
// coroutine is destroyed. So the coroutine itself must not own its Resumer: that would be a cycle.
// Thread: the loop's.
#pragma once

#include <functional>
#include <memory>

#include "connector/task.h"

namespace colibri {

// Resumes the coroutine from the loop, never inside the call. Later calls have no effect.
class Resumer {
 public:
  struct State;
  explicit Resumer(std::shared_ptr<State> state) : state_(std::move(state)) {}

  void operator()() const;

 private:
  std::shared_ptr<State> state_;
};

// Runs when the task is canceled while suspended; takes back what StartSuspension set up. May be
// empty. It must not hold a Resumer.
using OnCancel = std::function<void()>;
using StartSuspension = std::function<OnCancel(Resumer)>;

// Ends by exception when the task is canceled.
Task<void> Suspend(StartSuspension start);

}  // namespace colibri
