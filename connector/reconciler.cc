#include "connector/reconciler.h"

#include <algorithm>
#include <utility>

#include "connector/log.h"
#include "connector/order_journal.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {

Reconciler::Reconciler(ExchangeState& state, OrderInquiry& inquiry)
    : state_(state),
      inquiry_(inquiry),
      backoff_(state.environment.random()),
      started_at_(state.time.venue_now()) {}

void Reconciler::Trigger(std::string_view reason) {
  ++triggers_;
  stream_began_at_ = state_.time.venue_now();
  if (state_.health.is_healthy(kOrdersHealth)) {
    state_.SetHealth(kOrdersHealth,
                     absl::UnavailableError(StrCat("not reconciled since: ", reason)));
  }
  triggered_.Set();
}

void Reconciler::TriggerQuietly() {
  triggered_.Set();
}

// Looks again each shorter period, since the first order may come at any time of an idle one.
Task<void> Reconciler::WaitForTurn() {
  const absl::Duration idle_until = state_.clock.monotonic() + Jittered(kPeriodIdle);
  while (!co_await triggered_.Wait(state_.environment, Jittered(kPeriodWithOrders))) {
    if (state_.tracker->open_count() > 0 || state_.clock.monotonic() >= idle_until) {
      co_return;
    }
  }
}

absl::Duration Reconciler::Jittered(absl::Duration period) {
  return period * (1 - kJitter + 2 * kJitter * state_.environment.random().UniformReal());
}

Task<void> Reconciler::Run() {
  while (true) {
    co_await WaitForTurn();
    while (true) {
      const int64_t triggers = triggers_;
      const absl::Status status = co_await Cycle();
      ++cycles_;
      if (status.ok()) {
        has_succeeded_ = true;
        backoff_.Reset();
        // One that began before the last trigger may not have seen what it is about.
        if (triggers == triggers_) {
          state_.SetHealth(kOrdersHealth, status);
        }
        break;
      }
      // One failure among many successes takes trading away only where it was not given yet.
      if (!state_.health.is_healthy(kOrdersHealth)) {
        state_.SetHealth(kOrdersHealth, status);
      }
      LogWarning("reconcile_failed", {{"venue", state_.spec.name}, {"why", status.ToString()}});
      co_await state_.environment.Sleep(backoff_.NextDelay(state_.clock.monotonic()));
    }
  }
}

Task<absl::Status> Reconciler::Cycle() {
  for (InstrumentIndex i = static_cast<InstrumentIndex>(cursors_.size());
       i < state_.instruments.size();
       ++i) {
    // From where an earlier process left off; noted at once, so that a later one finds it.
    const TradingPair& pair = state_.instruments.at(i).pair;
    const std::optional<TradeCursor> earlier = state_.journal->cursor(pair);
    cursors_.push_back(earlier.value_or(TradeCursor{.after = std::nullopt, .since = started_at_}));
    if (!earlier.has_value()) {
      state_.journal->NoteCursor(pair, cursors_.back());
    }
  }
  open_at_venue_.resize(state_.instruments.size());
  absl::Status first_failure;
  for (const Instrument& instrument : state_.instruments) {
    first_failure.Update(co_await ReconcilePair(instrument.index));
  }
  co_return first_failure;
}

Task<absl::Status> Reconciler::ReconcilePair(InstrumentIndex index) {
  const TradingPair& pair = state_.instruments.at(index).pair;
  // Only what was acknowledged before the list was asked for must be on it.
  std::vector<ClientOrderId> expected;
  for (const Order* order : state_.tracker->open_orders()) {
    if (order->pair == pair && order->state != OrderState::kPendingCreate) {
      expected.push_back(order->client_order_id);
    }
  }
  CO_ASSIGN_OR_RETURN(const std::vector<OrderUpdate> open,
                      co_await inquiry_.FetchOpenOrders(index));
  open_at_venue_[index] = open;
  CO_RETURN_IF_ERROR(co_await ReadTrades(index));
  for (const ClientOrderId& id : expected) {
    const Order* order = state_.tracker->Find(id);
    if (order == nullptr || !order->is_open() || state_.tracker->is_awaiting_fills(id)) {
      continue;
    }
    const bool is_listed = std::any_of(open.begin(), open.end(), [&](const OrderUpdate& update) {
      return update.client_order_id == id || (!update.exchange_order_id.empty() &&
                                              update.exchange_order_id == order->exchange_order_id);
    });
    if (!is_listed) {
      LogInfo("order_missing_from_open_orders", {{"id", id.ToString()}});
      inquiry_.Resolve(id);
    }
  }
  co_return absl::OkStatus();
}

const std::vector<OrderUpdate>& Reconciler::open_at_venue(InstrumentIndex instrument) const {
  static const std::vector<OrderUpdate> kNone;
  return instrument < open_at_venue_.size() ? open_at_venue_[instrument] : kNone;
}

void Reconciler::NoteMismatch(const Fill& fill) {
  const bool should_be_known = state_.health.is_healthy(kUserStreamHealth) &&
                               fill.venue_time > stream_began_at_ &&
                               state_.time.venue_now() - fill.venue_time > kStreamLagMax;
  if (should_be_known && on_mismatch_ && !state_.tracker->has_seen(fill)) {
    on_mismatch_(StrCat("trade ", fill.trade_id, " was found by asking, and never told"));
  }
}

Task<absl::Status> Reconciler::ReadTrades(InstrumentIndex index) {
  const Instrument& instrument = state_.instruments.at(index);
  for (int page = 0; page < kTradePagesMax; ++page) {
    const RestResult result =
        co_await state_.rest->Call(state_.protocol.TradesCall(cursors_[index], instrument));
    CO_RETURN_IF_ERROR(result.status);
    CO_ASSIGN_OR_RETURN(std::vector<TradeUpdate> trades,
                        state_.protocol.ParseTrades(result.response.body));
    for (TradeUpdate& trade : trades) {
      trade.source = Source::kRest;
      NoteMismatch(trade.fill);
      state_.Apply(trade);
    }
    const TradeCursor before = cursors_[index];
    if (!trades.empty()) {
      const Fill& last = trades.back().fill;
      cursors_[index] = {.after = last.trade_id, .since = last.venue_time};
    }
    NoteCursor(index);
    if (trades.size() < kTradePageMin || cursors_[index].after == before.after) {
      break;
    }
  }
  co_return absl::OkStatus();
}

// A fill of an unknown order waits before it is told: until then a new process has to find it
// again.
void Reconciler::NoteCursor(InstrumentIndex index) {
  const TradingPair& pair = state_.instruments.at(index).pair;
  const std::optional<TradeCursor> noted = state_.journal->cursor(pair);
  const bool is_news = !noted.has_value() || noted->after != cursors_[index].after;
  if (is_news && state_.tracker->parked_fills() == 0) {
    state_.journal->NoteCursor(pair, cursors_[index]);
  }
}

}  // namespace colibri
