// How a connector ends: orders canceled, the venue asked what is left, everything taken down.
#include <algorithm>
#include <utility>

#include "connector/deadline.h"
#include "connector/exchange_base_rep.h"
#include "connector/log.h"
#include "core/status_macros.h"

namespace colibri {
namespace {

// How long one round of cancels is waited for before the venue is asked.
constexpr absl::Duration kCancelRound = absl::Seconds(5);
constexpr int kCancelRounds = 5;

}  // namespace

Task<void> ExchangeBase::Rep::WaitForEnds(absl::Duration until) {
  while (state.tracker->open_count() > 0) {
    const absl::Duration left = until - state.clock.monotonic();
    if (left <= absl::ZeroDuration()) {
      co_return;
    }
    co_await state.progress.Wait(state.environment, left);
  }
}

int ExchangeBase::Rep::CountAtVenue(bool only_ours) const {
  int count = 0;
  for (const Instrument& instrument : state.instruments) {
    for (const OrderUpdate& open : reconciler->open_at_venue(instrument.index)) {
      const bool is_ours =
          entry->ids().IsOurs(open.client_order_id) ||
          state.tracker->Find(open.client_order_id) != nullptr ||
          state.tracker->FindByExchangeId(instrument.pair, open.exchange_order_id) != nullptr;
      count += is_ours || !only_ours ? 1 : 0;
    }
  }
  return count;
}

Task<ShutdownReport> ExchangeBase::Rep::CloseOrders(absl::Duration timeout, bool only_ours) {
  ShutdownReport report;
  if (!reconciler.has_value()) {
    // Nothing can have been placed by this process.
    report.is_verified = only_ours || !has_account();
    co_return report;
  }
  Clock& clock = state.clock;
  const absl::Duration deadline = clock.monotonic() + timeout;
  for (int round = 0; round < kCancelRounds && clock.monotonic() < deadline; ++round) {
    const absl::Status canceling = entry->CancelAll(std::nullopt, only_ours);
    if (!canceling.ok()) {
      LogWarning("cancel_all_failed", {{"why", canceling.ToString()}});
    }
    co_await WaitForEnds(std::min(deadline, clock.monotonic() + kCancelRound));
    const std::optional<absl::Status> asked =
        co_await WithTimeout(state.environment,
                             std::max(deadline - clock.monotonic(), absl::Milliseconds(1)),
                             reconciler->Cycle());
    report.is_verified = asked.has_value() && asked->ok();
    report.open_orders_left = report.is_verified ? CountAtVenue(only_ours) : 0;
    if (report.is_verified && report.open_orders_left == 0 && state.tracker->open_count() == 0) {
      break;
    }
  }
  // Also when the venue lists nothing: it may not know yet of an order that is in doubt.
  const bool was_reached = report.is_verified;
  for (const Order* order : state.tracker->open_orders()) {
    if (!was_reached || order->is_in_doubt) {
      report.may_be_open.push_back(order->client_order_id.ToString());
    }
  }
  report.is_verified = was_reached && report.may_be_open.empty();
  if (!was_reached) {
    co_return report;
  }
  const absl::Duration left = std::max(deadline - clock.monotonic(), absl::Milliseconds(1));
  const std::optional<absl::Status> balances =
      co_await WithTimeout(state.environment, left, balance_keeper.Fetch());
  if (!balances.has_value() || !balances->ok()) {
    LogWarning("last_balances_not_fetched", {{"venue", state.spec.name}});
  }
  if (perpetual != nullptr) {
    co_await WithTimeout(state.environment, left, FinishPerpetual());
  }
  co_return report;
}

Task<absl::Status> ExchangeBase::Rep::FinishPerpetual() {
  const absl::Status fetched = co_await perpetual->FetchPositions();
  if (state.tracker->open_count() == 0) {
    co_await perpetual->EndDeadMansSwitch();
  }
  co_return fetched;
}

void ExchangeBase::Rep::Dismantle() {
  state.is_stopped = true;
  past = owner.counters();
  if (state.rest.has_value()) {
    state.rest->set_order_socket(nullptr);
  }
  order_socket.reset();
  user_stream.reset();
  market_streams.clear();
  trade_streams.clear();
  snapshots.reset();
  if (state.books != nullptr) {
    state.books->MarkAllStale("the connector is stopped");
  }
  if (has_account()) {
    state.SetHealth(kUserStreamHealth, absl::UnavailableError("the connector is stopped"));
  }
}

}  // namespace colibri
