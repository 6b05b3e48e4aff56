#include "connector/client_order_tracker.h"

#include <algorithm>
#include <utility>

#include "connector/client_order_tracker_rep.h"
#include "core/check.h"

namespace colibri {

ClientOrderTracker::ClientOrderTracker(std::string_view venue,
                                       Clock& clock,
                                       EventBus& events,
                                       Actions actions,
                                       std::function<Quantity(const TradingPair&)> quantity_step)
    : rep_(std::make_unique<Rep>(
          venue, clock, events, std::move(actions), std::move(quantity_step))) {}

ClientOrderTracker::~ClientOrderTracker() {
  for (auto& [id, entry] : rep_->entries) {
    rep_->DisarmTimer(*entry);
  }
  rep_->clock.CancelTimer(rep_->parked_fill_timer);
}

void ClientOrderTracker::StartTracking(const Order& order) {
  rep_->ForgetOldOrders();
  auto entry = rep_->MakeEntry(order, rep_->quantity_step(order.pair));
  Entry& tracked = *entry;
  const bool is_new = rep_->entries.emplace(order.client_order_id, std::move(entry)).second;
  CHECK(is_new);
  rep_->open_ids.push_back(order.client_order_id);
  rep_->LearnExchangeId(tracked, order.exchange_order_id, /*is_since_trigger=*/false);
}

void ClientOrderTracker::Restore(const RememberedOrder& remembered) {
  const Order& order = remembered.order;
  auto entry = rep_->MakeEntry(remembered, rep_->quantity_step(order.pair));
  entry->ended_at = remembered.ended_at;
  const bool is_new = rep_->entries.emplace(order.client_order_id, std::move(entry)).second;
  CHECK(is_new);
  if (remembered.has_ended()) {
    // By the time of the end, which is not the order of placing.
    const auto later = std::find_if(
        rep_->ended_ids.rbegin(), rep_->ended_ids.rend(), [&](const ClientOrderId& id) {
          return rep_->Find(id)->ended_at <= remembered.ended_at;
        });
    rep_->ended_ids.insert(later.base(), order.client_order_id);
  } else {
    rep_->open_ids.push_back(order.client_order_id);
  }
  if (!order.exchange_order_id.empty()) {
    rep_->by_exchange_id.emplace(Rep::ExchangeIdKey{order.pair, order.exchange_order_id},
                                 order.client_order_id);
  }
  for (const TradeId& trade_id : remembered.trade_ids) {
    rep_->ledger.Restore(order.client_order_id, {order.pair, trade_id, order.side});
  }
}

void ClientOrderTracker::RestoreForeignFill(const FillKey& key) {
  rep_->ledger.RestoreForeign(key);
}

std::vector<RememberedOrder> ClientOrderTracker::remembered_orders() const {
  std::vector<RememberedOrder> remembered;
  remembered.reserve(rep_->entries.size());
  const auto add = [&](const ClientOrderId& id) {
    const Entry& entry = *rep_->Find(id);
    remembered.push_back(
        {.order = entry.machine.order(),
         .was_created = entry.machine.was_created(),
         .is_incomplete = entry.machine.is_incomplete(),
         .ended_at = entry.machine.has_ended() ? entry.ended_at : absl::InfiniteFuture(),
         .trade_ids = rep_->ledger.trade_ids(id)});
  };
  std::for_each(rep_->ended_ids.begin(), rep_->ended_ids.end(), add);
  std::for_each(rep_->open_ids.begin(), rep_->open_ids.end(), add);
  return remembered;
}

void ClientOrderTracker::Apply(const OrderUpdate& update) {
  Entry* entry = rep_->Find(update.client_order_id, update.pair, update.exchange_order_id);
  if (entry == nullptr) {
    if (rep_->foreign_orders.IsNews(update)) {
      rep_->events.Publish(ForeignOrder{rep_->Header(update.venue_time, update.source), update});
    }
    return;
  }
  rep_->LearnExchangeId(*entry, update.exchange_order_id, update.is_triggered);
  const OrderEffects effects = entry->machine.ApplyStatus(update);
  if (update.state != OrderState::kPendingCreate) {
    rep_->NoteEvidence(*entry);
  }
  rep_->Carry(*entry, effects, rep_->Header(update.venue_time, update.source), nullptr);
  rep_->SendQueuedCancel(*entry);
}

void ClientOrderTracker::Apply(const TradeUpdate& update) {
  const Fill& fill = update.fill;
  Entry* entry = rep_->Find(fill.client_order_id, fill.pair, fill.exchange_order_id);
  // One that was told as foreign may turn out to be of an order that was in doubt for long.
  const bool was_foreign = entry != nullptr && rep_->ledger.IsForeign(fill);
  if (rep_->ledger.Contains(fill) && !was_foreign) {
    rep_->ledger.CountDuplicate();
    return;
  }
  if (entry != nullptr) {
    rep_->LearnExchangeId(*entry, fill.exchange_order_id, /*is_since_trigger=*/true);
    rep_->ApplyFill(*entry, fill, update.source);
    rep_->SendQueuedCancel(*entry);
    return;
  }
  // The order may be ours with its acknowledgement still on the way.
  rep_->ledger.Park(update, rep_->clock.now());
  rep_->ReportForeignFills();
  rep_->ArmParkedFillTimer();
}

void ClientOrderTracker::MarkRejected(const ClientOrderId& id, std::string_view reason) {
  Entry* entry = rep_->Find(id);
  if (entry == nullptr) {
    return;
  }
  const OrderEffects effects = entry->machine.Reject(reason);
  const bool contradicted = !effects.empty() && effects[0] == OrderEffect::kConflict;
  rep_->Carry(*entry, effects, rep_->Header(absl::InfinitePast(), Source::kRest), nullptr);
  if (contradicted && !entry->machine.has_ended() && rep_->actions.need_status) {
    rep_->actions.need_status(entry->machine.order());
  }
}

void ClientOrderTracker::MarkInDoubt(const ClientOrderId& id, std::string_view reason) {
  Entry* entry = rep_->Find(id);
  if (entry == nullptr || entry->machine.has_ended() || entry->machine.was_created() ||
      entry->machine.order().is_in_doubt) {
    return;
  }
  entry->machine.set_in_doubt(true);
  const Order order = entry->machine.order();
  rep_->events.Publish(
      OrderInDoubt{rep_->Header(absl::InfinitePast(), Source::kLocal), order, std::string(reason)});
  if (rep_->actions.need_status) {
    rep_->actions.need_status(order);
  }
}

void ClientOrderTracker::NoteNotFound(const ClientOrderId& id, bool absent_elsewhere) {
  Entry* entry = rep_->Find(id);
  if (entry == nullptr || entry->machine.has_ended()) {
    return;
  }
  const Order& order = entry->machine.order();
  if (!order.is_in_doubt && !entry->machine.was_created()) {
    return;  // the placement is still on its way: "not found" proves nothing
  }
  if (!absent_elsewhere) {
    entry->not_founds = 0;
    return;
  }
  const absl::Time now = rep_->clock.now();
  if (entry->not_founds > 0 && now - entry->last_not_found < kNotFoundSpacing) {
    return;
  }
  ++entry->not_founds;
  entry->last_not_found = now;
  if (entry->not_founds >= kNotFoundsNeeded) {
    rep_->Carry(*entry,
                entry->machine.EndAsNotFound(),
                rep_->Header(absl::InfinitePast(), Source::kRest),
                nullptr);
  }
}

bool ClientOrderTracker::MarkCancelRequested(const ClientOrderId& id,
                                             bool can_cancel_by_client_order_id) {
  Entry* entry = rep_->Find(id);
  if (entry == nullptr || entry->machine.has_ended()) {
    return false;
  }
  entry->machine.set_cancel_requested(true);
  if (can_cancel_by_client_order_id || !entry->machine.order().exchange_order_id.empty()) {
    return true;
  }
  entry->is_cancel_queued = true;
  return false;
}

void ClientOrderTracker::MarkCancelRejected(const ClientOrderId& id, std::string_view reason) {
  Entry* entry = rep_->Find(id);
  if (entry == nullptr || entry->machine.has_ended()) {
    return;  // late, and not an error
  }
  entry->machine.set_cancel_requested(false);
  entry->is_cancel_queued = false;
  rep_->events.Publish(CancelRejected{rep_->Header(absl::InfinitePast(), Source::kRest),
                                      entry->machine.order(),
                                      std::string(reason)});
}

void ClientOrderTracker::MarkAmendRejected(const ClientOrderId& id, std::string_view reason) {
  const Entry* entry = rep_->Find(id);
  if (entry != nullptr && !entry->machine.has_ended()) {
    rep_->events.Publish(AmendRejected{rep_->Header(absl::InfinitePast(), Source::kRest),
                                       entry->machine.order(),
                                       std::string(reason)});
  }
}

const Order* ClientOrderTracker::Find(const ClientOrderId& id) const {
  const Entry* entry = rep_->Find(id);
  return entry == nullptr ? nullptr : &entry->machine.order();
}

const Order* ClientOrderTracker::FindByExchangeId(const TradingPair& pair,
                                                  const ExchangeOrderId& id) const {
  const Entry* entry = rep_->FindByExchangeId(pair, id);
  return entry == nullptr ? nullptr : &entry->machine.order();
}

std::vector<const Order*> ClientOrderTracker::open_orders() const {
  std::vector<const Order*> orders;
  orders.reserve(rep_->open_ids.size());
  for (const ClientOrderId& id : rep_->open_ids) {
    orders.push_back(&rep_->Find(id)->machine.order());
  }
  return orders;
}

std::vector<const Order*> ClientOrderTracker::in_doubt() const {
  std::vector<const Order*> orders = open_orders();
  std::erase_if(orders, [](const Order* order) { return !order->is_in_doubt; });
  return orders;
}

size_t ClientOrderTracker::open_count() const {
  return rep_->open_ids.size();
}

bool ClientOrderTracker::is_awaiting_fills(const ClientOrderId& id) const {
  const Entry* entry = rep_->Find(id);
  return entry != nullptr && entry->machine.is_held();
}

bool ClientOrderTracker::has_seen(const Fill& fill) const {
  return rep_->ledger.Contains(fill);
}

size_t ClientOrderTracker::parked_fills() const {
  return rep_->ledger.parked_count();
}

int64_t ClientOrderTracker::duplicate_fills() const {
  return rep_->ledger.duplicates();
}

int64_t ClientOrderTracker::foreign_fills() const {
  return rep_->foreign_fills;
}

int64_t ClientOrderTracker::foreign_orders() const {
  return rep_->foreign_orders.count();
}

int64_t ClientOrderTracker::status_conflicts() const {
  return rep_->status_conflicts;
}

}  // namespace colibri
