// Fetches one part of the account by REST: at start, when triggered (the private stream is back,
// something is unclear), and every so often. Between, the stream tells.
//
//   AccountKeeper balances(state, {.health = kBalancesHealth, .fetch = [this] { return Fetch();
//   }}); tasks.Spawn("balances", balances.Run());
//
// One failure among many successes is logged and tried again with backoff; the health falls only
// when the part was not known yet, or the venue refuses for good.
#pragma once

#include <functional>
#include <string_view>

#include "absl/status/status.h"

#include "connector/async_event.h"
#include "connector/exchange_state.h"
#include "connector/reconnect_policy.h"
#include "connector/task.h"

namespace colibri {

class AccountKeeper {
 public:
  struct Options {
    std::string_view health;  // a literal
    std::function<Task<absl::Status>()> fetch;
    absl::Duration period = absl::Seconds(120);
  };

  AccountKeeper(ExchangeState& state, Options options);
  ~AccountKeeper();

  void Trigger() { triggered_.Set(); }
  // At the latest so long from now: what comes often must not ask as often.
  void TriggerWithin(absl::Duration delay);
  Task<absl::Status> Fetch() { return options_.fetch(); }
  // Until canceled. Fetches at once.
  Task<void> Run();

 private:
  ExchangeState& state_;
  Options options_;
  ReconnectPolicy backoff_;
  AsyncEvent triggered_;
  TimerId trigger_timer_ = 0;
};

}  // namespace colibri
