// Fetches the balances by REST: at start, when triggered (the private stream is back, something is
// unclear), and every 120 s. Between, the stream tells.
//
//   BalanceKeeper balances(state);
//   tasks.Spawn("balances", balances.Run());
#pragma once

#include "absl/status/status.h"

#include "connector/async_event.h"
#include "connector/exchange_state.h"
#include "connector/reconnect_policy.h"
#include "connector/task.h"

namespace colibri {

class BalanceKeeper {
 public:
  static constexpr absl::Duration kPeriod = absl::Seconds(120);

  explicit BalanceKeeper(ExchangeState& state);

  void Trigger() { triggered_.Set(); }
  Task<absl::Status> Fetch();
  // Until canceled. Fetches at once.
  Task<void> Run();

 private:
  ExchangeState& state_;
  ReconnectPolicy backoff_;
  AsyncEvent triggered_;
};

}  // namespace colibri
