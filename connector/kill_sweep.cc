#include "connector/kill_sweep.h"

#include <algorithm>
#include <utility>

#include "connector/log.h"
#include "connector/reconnect_policy.h"
#include "core/strings.h"

namespace colibri {

KillSweep::KillSweep(Environment& environment,
                     const KillSwitch& kill,
                     const std::vector<Connector*>& connectors,
                     std::function<void()> on_change)
    : environment_(environment),
      kill_(kill),
      connectors_(connectors),
      on_change_(std::move(on_change)),
      tasks_(environment.executor()) {
  for (const Connector* connector : connectors_) {
    states_.push_back({.venue = std::string(connector->name()), .last = {}});
    changed_.emplace_back();
  }
}

void KillSweep::Start() {
  for (size_t i = 0; i < connectors_.size(); ++i) {
    tasks_.Spawn("kill_sweep", Watch(i));
  }
}

void KillSweep::Notify() {
  for (AsyncEvent& changed : changed_) {
    changed.Set();
  }
}

Task<void> KillSweep::Stop() {
  return tasks_.CancelAndJoin();
}

bool KillSweep::is_done() const {
  return std::all_of(
      states_.begin(), states_.end(), [](const State& state) { return state.is_done; });
}

Task<void> KillSweep::Watch(size_t index) {
  State& state = states_[index];
  while (true) {
    while (!kill_.is_engaged()) {
      co_await changed_[index].Wait();
    }
    const int64_t resets = kill_.resets();
    while (kill_.is_engaged() && kill_.resets() == resets) {
      if (!state.is_done || !connectors_[index]->open_orders().empty()) {
        co_await Sweep(index);
      } else {
        co_await changed_[index].Wait(environment_, kLookPeriod);
      }
    }
    state.attempts = 0;
    state.last = {};
    state.is_done = false;
    on_change_();
  }
}

Task<void> KillSweep::Sweep(size_t index) {
  State& state = states_[index];
  ReconnectPolicy backoff(environment_.random());
  const int64_t resets = kill_.resets();
  while (true) {
    state.last = co_await connectors_[index]->CancelEverything(kAttemptTimeout);
    ++state.attempts;
    state.is_done = state.last.is_verified && state.last.open_orders_left == 0 &&
                    connectors_[index]->open_orders().empty();
    Log(state.is_done ? LogLevel::kInfo : LogLevel::kWarning,
        "kill_sweep",
        {{"venue", state.venue},
         {"attempt", StrCat(state.attempts)},
         {"verified", state.last.is_verified ? "yes" : "no"},
         {"open_orders_left", StrCat(state.last.open_orders_left)}});
    on_change_();
    if (state.is_done || !kill_.is_engaged() || kill_.resets() != resets) {
      co_return;
    }
    co_await environment_.Sleep(backoff.NextDelay(environment_.clock().monotonic()));
  }
}

}  // namespace colibri
