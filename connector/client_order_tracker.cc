#include "connector/client_order_tracker.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "connector/fill_ledger.h"
#include "core/check.h"
#include "core/order_state_machine.h"
#include "core/strings.h"

namespace colibri {
namespace {

// Fills completed the order and no status says so: ask after the first, end it after the second.
constexpr absl::Duration kFilledUpQuery = absl::Milliseconds(500);
constexpr absl::Duration kFilledUpGrace = absl::Seconds(2);
// Beyond this many ended orders the oldest are forgotten before their 24 h are over.
constexpr size_t kRememberedMax = 50'000;

struct ExchangeIdKey {
  TradingPair pair;
  ExchangeOrderId id;

  bool operator==(const ExchangeIdKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, const ExchangeIdKey& key) {
    return H::combine(std::move(state), key.pair, key.id);
  }
};

}  // namespace

struct ClientOrderTracker::Entry {
  Entry(const Order& order, Quantity step) : machine(order, step) {}

  OrderStateMachine machine;
  bool is_cancel_queued = false;
  int not_founds = 0;
  absl::Time last_not_found = absl::InfinitePast();
  TimerId timer = 0;
  absl::Time ended_at;
};

struct ClientOrderTracker::Rep {
  Rep(std::string_view venue_name,
      Clock& the_clock,
      EventBus& the_events,
      Actions the_actions,
      std::function<Quantity(const TradingPair&)> step)
      : venue(venue_name),
        clock(the_clock),
        events(the_events),
        actions(std::move(the_actions)),
        quantity_step(std::move(step)),
        ledger(kParkedFillsMax, kUnknownFillLifetime) {}

  Entry* Find(const ClientOrderId& id) {
    const auto it = entries.find(id);
    return it == entries.end() ? nullptr : it->second.get();
  }

  Entry* FindByExchangeId(const TradingPair& pair, const ExchangeOrderId& id) {
    const auto it = by_exchange_id.find(ExchangeIdKey{pair, id});
    return it == by_exchange_id.end() ? nullptr : Find(it->second);
  }

  Entry* Find(const ClientOrderId& id,
              const TradingPair& pair,
              const ExchangeOrderId& exchange_id) {
    Entry* entry = id.empty() ? nullptr : Find(id);
    return entry != nullptr || exchange_id.empty() ? entry : FindByExchangeId(pair, exchange_id);
  }

  EventHeader Header(absl::Time venue_time, Source source) const {
    return {
        .venue = venue, .venue_time = venue_time, .receive_time = clock.now(), .source = source};
  }

  void ApplyFill(Entry& entry, const Fill& fill, Source source);
  void Carry(Entry& entry, const OrderEffects& effects, EventHeader header, const Fill* fill);
  void PublishEnd(const Entry& entry, EventHeader header);
  void NoteEvidence(Entry& entry);
  void LearnExchangeId(Entry& entry, const ExchangeOrderId& id);
  void SendQueuedCancel(Entry& entry);
  void ArmRelease(Entry& entry, absl::Duration delay);
  void ArmFilledUp(Entry& entry);
  void DisarmTimer(Entry& entry);
  void ForgetOldOrders();
  void ReportForeignFills();
  void ArmParkedFillTimer();

  std::string venue;
  Clock& clock;
  EventBus& events;
  Actions actions;
  std::function<Quantity(const TradingPair&)> quantity_step;
  FillLedger ledger;
  absl::flat_hash_map<ClientOrderId, std::unique_ptr<Entry>> entries;
  absl::flat_hash_map<ExchangeIdKey, ClientOrderId> by_exchange_id;
  std::vector<ClientOrderId> open_ids;  // in order of placing
  std::deque<ClientOrderId> ended_ids;  // oldest first
  TimerId parked_fill_timer = 0;
  int64_t status_conflicts = 0;
  int64_t foreign_fills = 0;
};

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
  auto entry = std::make_unique<Entry>(order, rep_->quantity_step(order.pair));
  Entry& tracked = *entry;
  const bool is_new = rep_->entries.emplace(order.client_order_id, std::move(entry)).second;
  CHECK(is_new);
  rep_->open_ids.push_back(order.client_order_id);
  rep_->LearnExchangeId(tracked, order.exchange_order_id);
}

void ClientOrderTracker::Apply(const OrderUpdate& update) {
  Entry* entry = rep_->Find(update.client_order_id, update.pair, update.exchange_order_id);
  if (entry == nullptr) {
    return;  // somebody else's order on this account
  }
  rep_->LearnExchangeId(*entry, update.exchange_order_id);
  const OrderEffects effects = entry->machine.ApplyStatus(update);
  if (update.state != OrderState::kPendingCreate) {
    rep_->NoteEvidence(*entry);
  }
  rep_->Carry(*entry, effects, rep_->Header(update.venue_time, update.source), nullptr);
  rep_->SendQueuedCancel(*entry);
}

void ClientOrderTracker::Apply(const TradeUpdate& update) {
  const Fill& fill = update.fill;
  if (rep_->ledger.Contains(fill)) {
    rep_->ledger.CountDuplicate();
    return;
  }
  Entry* entry = rep_->Find(fill.client_order_id, fill.pair, fill.exchange_order_id);
  if (entry != nullptr) {
    rep_->LearnExchangeId(*entry, fill.exchange_order_id);
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

int64_t ClientOrderTracker::duplicate_fills() const {
  return rep_->ledger.duplicates();
}

int64_t ClientOrderTracker::foreign_fills() const {
  return rep_->foreign_fills;
}

int64_t ClientOrderTracker::status_conflicts() const {
  return rep_->status_conflicts;
}

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
      case OrderEffect::kFilled:
        events.Publish(OrderFilled{header, order, *fill, /*is_after_terminal=*/false});
        break;
      case OrderEffect::kFilledAfterTerminal:
        events.Publish(OrderFilled{header, order, *fill, /*is_after_terminal=*/true});
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
      events.Publish(OrderExpired{header, order});
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
// told it.
void ClientOrderTracker::Rep::LearnExchangeId(Entry& entry, const ExchangeOrderId& id) {
  const Order& order = entry.machine.order();
  if (id.empty() ||
      !by_exchange_id.emplace(ExchangeIdKey{order.pair, id}, order.client_order_id).second) {
    return;
  }
  entry.machine.set_exchange_order_id(id);
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
  for (const TradeUpdate& update : ledger.TakeExpired(clock.now())) {
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
