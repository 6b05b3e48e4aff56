#include "connector/async_event.h"

#include <cstdint>
#include <map>
#include <utility>

#include "connector/environment.h"
#include "connector/suspension.h"

namespace colibri {

// Timers outlive the event when it goes first; they share this.
struct AsyncEvent::State : std::enable_shared_from_this<AsyncEvent::State> {
  struct Waiter {
    Resumer resume;
    bool* was_set;  // in the suspended frame, which lives as long as `resume`
    Clock* clock;   // null without a timeout
    TimerId timer;
  };

  bool is_set = false;
  uint64_t next_id = 1;
  std::map<uint64_t, Waiter> waiters;  // in the order of their coming

  OnCancel Add(Resumer resume, bool* was_set, Clock* clock, absl::Duration timeout) {
    const uint64_t id = next_id++;
    TimerId timer = 0;
    if (clock != nullptr && timeout < absl::InfiniteDuration()) {
      timer = clock->ScheduleAfter(timeout, [state = shared_from_this(), id, resume] {
        state->waiters.erase(id);
        resume();
      });
    }
    waiters.emplace(id, Waiter{std::move(resume), was_set, clock, timer});
    return [weak = weak_from_this(), clock, timer, id] {
      if (timer != 0) {
        clock->CancelTimer(timer);
      }
      if (const std::shared_ptr<State> state = weak.lock()) {
        state->waiters.erase(id);
      }
    };
  }

  void WakeAll() {
    for (auto& [id, waiter] : std::exchange(waiters, {})) {
      if (waiter.timer != 0) {
        waiter.clock->CancelTimer(waiter.timer);
      }
      *waiter.was_set = true;
      waiter.resume();
    }
  }
};

AsyncEvent::AsyncEvent() : state_(std::make_shared<State>()) {}

AsyncEvent::~AsyncEvent() = default;

void AsyncEvent::Set() {
  if (state_->waiters.empty()) {
    state_->is_set = true;
  } else {
    state_->WakeAll();
  }
}

void AsyncEvent::Reset() {
  state_->is_set = false;
}

bool AsyncEvent::is_set() const {
  return state_->is_set;
}

namespace {
// Suspends with a pointer to the state: a shared one in the suspended frame would be a cycle.
template <typename State>
Task<bool> WaitOn(State* state, Clock* clock, absl::Duration timeout) {
  if (std::exchange(state->is_set, false)) {
    co_return true;
  }
  bool was_set = false;
  co_await Suspend([state, clock, timeout, was_set = &was_set](Resumer resume) {
    return state->Add(std::move(resume), was_set, clock, timeout);
  });
  co_return was_set;
}
}  // namespace

Task<bool> AsyncEvent::Wait(Environment& environment, absl::Duration timeout) {
  return WaitOn(state_.get(), &environment.clock(), timeout);
}

Task<bool> AsyncEvent::Wait(Clock& clock, absl::Duration timeout) {
  return WaitOn(state_.get(), &clock, timeout);
}

Task<void> AsyncEvent::Wait() {
  co_await WaitOn(state_.get(), nullptr, absl::InfiniteDuration());
}

}  // namespace colibri
