// The inside of ClientOrderTracker. Included by client_order_tracker*.cc only.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <memory_resource>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

#include "connector/client_order_tracker.h"
#include "connector/fill_ledger.h"
#include "connector/foreign_orders.h"
#include "core/order_state_machine.h"

namespace colibri {

struct ClientOrderTracker::Entry {
  Entry(const Order& order, Quantity step) : machine(order, step) {}
  Entry(const RememberedOrder& remembered, Quantity step) : machine(remembered, step) {}

  OrderStateMachine machine;
  bool is_cancel_queued = false;
  int not_founds = 0;
  absl::Time last_not_found = absl::InfinitePast();
  TimerId timer = 0;
  absl::Time ended_at;
};

struct ClientOrderTracker::Rep {
  // Orders come in blocks of many: an allocation for each would be one before the order is sent.
  struct EntryDeleter {
    std::pmr::polymorphic_allocator<Entry> allocator;

    void operator()(Entry* entry) {
      std::destroy_at(entry);
      allocator.deallocate(entry, 1);
    }
  };
  using EntryPtr = std::unique_ptr<Entry, EntryDeleter>;

  struct ExchangeIdKey {
    TradingPair pair;
    ExchangeOrderId id;

    bool operator==(const ExchangeIdKey&) const = default;
    template <typename H>
    friend H AbslHashValue(H state, const ExchangeIdKey& key) {
      return H::combine(std::move(state), key.pair, key.id);
    }
  };

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

  template <typename... Args>
  EntryPtr MakeEntry(Args&&... args) {
    std::pmr::polymorphic_allocator<Entry> allocator(&entry_memory);
    Entry* const entry = allocator.allocate(1);
    allocator.construct(entry, std::forward<Args>(args)...);
    return EntryPtr(entry, EntryDeleter{allocator});
  }

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
  void LearnExchangeId(Entry& entry, const ExchangeOrderId& id, bool is_since_trigger);
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
  std::pmr::unsynchronized_pool_resource entry_memory;  // outlives the entries
  absl::flat_hash_map<ClientOrderId, EntryPtr> entries;
  absl::flat_hash_map<ExchangeIdKey, ClientOrderId> by_exchange_id;
  std::vector<ClientOrderId> open_ids;  // in order of placing
  std::deque<ClientOrderId> ended_ids;  // oldest first
  TimerId parked_fill_timer = 0;
  ForeignOrders foreign_orders;
  int64_t status_conflicts = 0;
  int64_t foreign_fills = 0;
};

}  // namespace colibri
