// Once the kill switch is engaged: cancels everything on every connector, again and again, until
// each venue has said that nothing is left.
//
//   KillSweep sweep(environment, kill, {&binance, &other}, [&] { Tell(sweep.states()); });
//   sweep.Start();
//   kill.set_listener([&] { sweep.Notify(); });
//   ...
//   co_await sweep.Stop();
//
// The connectors are swept side by side, so that one that can't be reached holds up no other; each
// is tried again after a delay that grows to half a minute. What turns up later is swept again,
// until the reset. Thread: the loop's.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

#include "connector/async_event.h"
#include "connector/connector.h"
#include "connector/environment.h"
#include "connector/kill_switch.h"
#include "connector/task_group.h"

namespace colibri {

class KillSweep {
 public:
  static constexpr absl::Duration kAttemptTimeout = absl::Seconds(10);
  static constexpr absl::Duration kLookPeriod = absl::Seconds(1);

  struct State {
    std::string venue;
    int attempts = 0;  // of the present engagement
    ShutdownReport last;
    bool is_done = false;  // all canceled, verified by the venue
  };

  // All outlive the sweep. on_change: after every attempt, and at a reset.
  KillSweep(Environment& environment,
            const KillSwitch& kill,
            const std::vector<Connector*>& connectors,
            std::function<void()> on_change);

  void Start();
  // The switch was engaged or reset.
  void Notify();
  Task<void> Stop();

  const std::vector<State>& states() const { return states_; }
  bool is_done() const;

 private:
  Task<void> Watch(size_t index);
  Task<void> Sweep(size_t index);

  Environment& environment_;
  const KillSwitch& kill_;
  std::vector<Connector*> connectors_;
  std::function<void()> on_change_;
  std::vector<State> states_;
  std::deque<AsyncEvent> changed_;
  TaskGroup tasks_;
};

}  // namespace colibri
