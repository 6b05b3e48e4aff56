#include "connector/balance_keeper.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "connector/log.h"
#include "core/status_macros.h"

namespace colibri {
namespace {

// Keys that the venue refuses are not tried again sooner.
constexpr absl::Duration kRefusedDelayMin = absl::Seconds(30);

}  // namespace

BalanceKeeper::BalanceKeeper(ExchangeState& state)
    : state_(state), backoff_(state.environment.random()) {}

Task<absl::Status> BalanceKeeper::Fetch() {
  const absl::Time asked_at = state_.time.venue_now();
  const RestResult result = co_await state_.rest->Call(state_.protocol.BalancesCall());
  CO_RETURN_IF_ERROR(result.status);
  CO_ASSIGN_OR_RETURN(const std::vector<BalanceUpdate> updates,
                      state_.protocol.ParseBalances(result.response.body));
  state_.balances.ApplySnapshot(updates, asked_at);
  co_return absl::OkStatus();
}

Task<void> BalanceKeeper::Run() {
  while (true) {
    const absl::Status status = co_await Fetch();
    if (status.ok()) {
      backoff_.Reset();
      state_.SetHealth(kBalancesHealth, status);
      co_await triggered_.Wait(state_.environment, kPeriod);
      continue;
    }
    LogWarning("balances_not_fetched", {{"venue", state_.spec.name}, {"why", status.ToString()}});
    // The stream goes on telling what changes: one failure does not make the balances unknown.
    if (!state_.health.is_healthy(kBalancesHealth)) {
      state_.SetHealth(kBalancesHealth, status);
    }
    absl::Duration wait = backoff_.NextDelay(state_.clock.monotonic());
    if (IsPermanent(status)) {
      state_.SetHealth(kBalancesHealth, status);
      state_.NoteFatal(status);
      wait = std::max(wait, kRefusedDelayMin);
    }
    co_await state_.environment.Sleep(wait);
  }
}

}  // namespace colibri
