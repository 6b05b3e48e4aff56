#include "connector/client_order_tracker_rep.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/strings.h"

namespace colibri {
namespace {

// Fills completed the order and no status says so: ask after the first, end it after the second.
constexpr absl::Duration kFilledUpQuery = absl::Milliseconds(500);
constexpr absl::Duration kFilledUpGrace = absl::Seconds(2);
// Beyond this many ended orders the oldest are forgotten before their 24 h are over.
constexpr size_t kRememberedMax = 50'000;

}  // namespace

void ClientOrderTracker::Rep::ApplyFill(Entry& entry, const Fill& fill, Source source) {
  Fill named = fill;
  named.client_order_id = entry.machine.order().client_order_id;
  ledger.Record(named);
  const OrderEffects effects = entry.machine.ApplyFill(named);
  NoteEvidence(entry);
  Carry(entry, effects, Header(named.venue_time, source), &named);
}

// Publishes what became true and does what it asks for. The bus queues events that handlers cause,
// so nothing here is overtaken; entries are stable in memory.
void ClientOrderTracker::Rep::Carry(Entry& entry,
                                    const OrderEffects& effects,
                                    EventHeader header,
                                    const Fill* fill) {
  const Order order = entry.machine.order();
  for (const OrderEffect effect : effects) {
    switch (effect) {
      case OrderEffect::kReadopted:
        std::erase(ended_ids, order.client_order_id);
        open_ids.push_back(order.client_order_id);
        break;
      case OrderEffect::kCreated:
        events.Publish(OrderCreated{header, order});
        break;
      case OrderEffect::kTriggered:
        events.Publish(OrderTriggered{header, order});
        break;
      case OrderEffect::kFilled:
        events.Publish(OrderFilled{header, order, *fill, /*is_after_terminal=*/false});
        break;
      case OrderEffect::kFilledAfterTerminal:
        events.Publish(OrderFilled{header, order, *fill, /*is_after_terminal=*/true});
        break;
      case OrderEffect::kAmended:
        events.Publish(OrderAmended{header, order, entry.machine.previous_quantity()});
        break;
      case OrderEffect::kHeld:
        ArmRelease(entry, kFillDeadline);
        [[fallthrough]];
      case OrderEffect::kMissingFills:
        if (actions.need_fills) {
          actions.need_fills(order);
        }
        break;
      case OrderEffect::kFilledUp:
        ArmFilledUp(entry);
        break;
      case OrderEffect::kEnded:
        DisarmTimer(entry);
        entry.ended_at = clock.now();
        std::erase(open_ids, order.client_order_id);
        ended_ids.push_back(order.client_order_id);
        PublishEnd(entry, header);
        break;
      case OrderEffect::kCorrected:
        events.Publish(OrderCorrected{header, order, entry.machine.state_before_correction()});
        break;
      case OrderEffect::kConflict:
        ++status_conflicts;
        break;
    }
  }
}

void ClientOrderTracker::Rep::PublishEnd(const Entry& entry, EventHeader header) {
  const Order& order = entry.machine.order();
  switch (order.state) {
    case OrderState::kFilled:
      events.Publish(OrderCompleted{header, order, entry.machine.is_incomplete()});
      return;
    case OrderState::kCanceled:
      events.Publish(OrderCanceled{header, order});
      return;
    case OrderState::kRejected:
      events.Publish(OrderRejected{header, order});
      return;
    case OrderState::kExpired:
      events.Publish(OrderExpired{header, order, entry.machine.is_unresolved()});
      return;
    case OrderState::kPendingCreate:
    case OrderState::kOpen:
    case OrderState::kPartiallyFilled:
      CHECK(IsTerminal(order.state));
  }
}

void ClientOrderTracker::Rep::NoteEvidence(Entry& entry) {
  entry.not_founds = 0;
  entry.last_not_found = absl::InfinitePast();
}

// The first time an exchange id is known, fills that named only it come in, ahead of the news that
// told it. A trigger may bring a second id: statuses that named only that were nobody's until now.
void ClientOrderTracker::Rep::LearnExchangeId(Entry& entry,
                                              const ExchangeOrderId& id,
                                              bool is_since_trigger) {
  const Order& order = entry.machine.order();
  if (id.empty() ||
      !by_exchange_id.emplace(ExchangeIdKey{order.pair, id}, order.client_order_id).second) {
    return;
  }
  const ExchangeOrderId before = order.exchange_order_id;
  entry.machine.set_exchange_order_id(id, is_since_trigger);
  if (!before.empty() && order.exchange_order_id != before) {
    by_exchange_id.erase(ExchangeIdKey{order.pair, before});
  }
  const bool is_end_unheard = foreign_orders.HasEnded(order.pair, id) && !entry.machine.has_ended();
  if (is_end_unheard && actions.need_status) {
    actions.need_status(order);
  }
  for (const TradeUpdate& parked : ledger.TakeParked(order.pair, id)) {
    ApplyFill(entry, parked.fill, parked.source);
  }
}

void ClientOrderTracker::Rep::SendQueuedCancel(Entry& entry) {
  const Order& order = entry.machine.order();
  if (!entry.is_cancel_queued || order.exchange_order_id.empty()) {
    return;
  }
  entry.is_cancel_queued = false;
  if (!entry.machine.has_ended() && actions.send_cancel) {
    actions.send_cancel(order);
  }
}

void ClientOrderTracker::Rep::ArmRelease(Entry& entry, absl::Duration delay) {
  DisarmTimer(entry);
  entry.timer = clock.ScheduleAfter(delay, [this, &entry] {
    entry.timer = 0;
    Carry(entry, entry.machine.Release(), Header(absl::InfinitePast(), Source::kLocal), nullptr);
  });
}

void ClientOrderTracker::Rep::ArmFilledUp(Entry& entry) {
  DisarmTimer(entry);
  entry.timer = clock.ScheduleAfter(kFilledUpQuery, [this, &entry] {
    ArmRelease(entry, kFilledUpGrace - kFilledUpQuery);
    if (actions.need_status) {
      actions.need_status(entry.machine.order());
    }
  });
}

void ClientOrderTracker::Rep::DisarmTimer(Entry& entry) {
  clock.CancelTimer(std::exchange(entry.timer, 0));
}

void ClientOrderTracker::Rep::ForgetOldOrders() {
  const absl::Time now = clock.now();
  while (!ended_ids.empty()) {
    const auto it = entries.find(ended_ids.front());
    if (ended_ids.size() <= kRememberedMax && now - it->second->ended_at < kTerminalOrderLifetime) {
      return;
    }
    const Order& order = it->second->machine.order();
    by_exchange_id.erase(ExchangeIdKey{order.pair, order.exchange_order_id});
    ledger.Forget(order.client_order_id);
    entries.erase(it);
    ended_ids.pop_front();
  }
}

void ClientOrderTracker::Rep::ReportForeignFills() {
  // Nobody knows the exchange id of an order whose answer was lost.
  const auto may_be_ours = [this](const Fill& fill) {
    return std::any_of(open_ids.begin(), open_ids.end(), [&](const ClientOrderId& id) {
      const Order& order = Find(id)->machine.order();
      return order.exchange_order_id.empty() && order.side == fill.side && order.pair == fill.pair;
    });
  };
  for (const TradeUpdate& update : ledger.TakeExpired(clock.now(), may_be_ours)) {
    ++foreign_fills;
    events.Publish(ForeignFill{Header(update.fill.venue_time, update.source), update.fill});
  }
}

void ClientOrderTracker::Rep::ArmParkedFillTimer() {
  if (parked_fill_timer != 0 || ledger.parked_count() == 0) {
    return;
  }
  parked_fill_timer = clock.ScheduleAfter(kUnknownFillLifetime, [this] {
    parked_fill_timer = 0;
    ReportForeignFills();
    ArmParkedFillTimer();
  });
}

}  // namespace colibri
