// The truth about our orders: takes what is learned of them, from any source, in any order, and
// says it once as events.
//
//   tracker.StartTracking(order);                     // PendingCreate, before the request is sent
//   tracker.Apply(OrderUpdate{...});                  // acknowledgements, statuses
//   tracker.Apply(TradeUpdate{...});                  // fills, counted once each by FillKey
//   tracker.MarkInDoubt(id, "timed out");             // sent, outcome unknown
//
// Promises: exactly one OrderCreated, first; fills add up; exactly one terminal event, last, whose
// amounts equal the fills. A terminal status that runs ahead of its fills is held: need_fills is
// called at once, and after kFillDeadline the order completes as incomplete. Rank rules as in
// core/order.h. Orders that end stay known for 24 h in compact form.
//
// Sans I/O: what to do next is told through Actions; the owner (ExchangeBase, PaperExchange) does
// it. Thread: the loop's.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

#include "core/clock.h"
#include "core/event_bus.h"
#include "core/fill_key.h"
#include "core/order.h"
#include "core/order_update.h"
#include "core/remembered_order.h"

namespace colibri {

class ClientOrderTracker {
 public:
  static constexpr absl::Duration kFillDeadline = absl::Seconds(10);
  static constexpr absl::Duration kTerminalOrderLifetime = absl::Hours(24);
  static constexpr absl::Duration kUnknownFillLifetime = absl::Seconds(30);
  // A clean "not found" ends a doubt only when seen this often, this far apart.
  static constexpr int kNotFoundsNeeded = 2;
  static constexpr absl::Duration kNotFoundSpacing = absl::Seconds(10);
  static constexpr size_t kParkedFillsMax = 1000;

  // What the owner is asked to do. Each may be empty.
  struct Actions {
    std::function<void(const Order&)> need_fills;   // fetch the trades of this order now
    std::function<void(const Order&)> need_status;  // query this order now
    std::function<void(const Order&)>
        send_cancel;  // a queued cancel can go out: the exchange id is known
  };

  // quantity_step(pair) is the lot size: an order short by less than one step is full.
  ClientOrderTracker(std::string_view venue,
                     Clock& clock,
                     EventBus& events,
                     Actions actions,
                     std::function<Quantity(const TradingPair&)> quantity_step);
  ~ClientOrderTracker();

  // CHECKs that the client order id is new.
  void StartTracking(const Order& order);
  // An order of an earlier process, as its journal tells: what was published of it then is not
  // published again. One that was open is in doubt until the venue tells. CHECKs as StartTracking.
  void Restore(const RememberedOrder& remembered);
  // A foreign fill that was reported by an earlier process.
  void RestoreForeignFill(const FillKey& key);
  // All that Restore needs, in order of placing; what an order that is open and not in the venue's
  // word yet may still bring is not in it.
  std::vector<RememberedOrder> remembered_orders() const;

  void Apply(const OrderUpdate& update);
  void Apply(const TradeUpdate& update);

  // The venue refused the placement.
  void MarkRejected(const ClientOrderId& id, std::string_view reason);
  // Nobody knows whether the venue has it. Published once; ends by evidence (an update, a fill) or
  // by NoteNotFound.
  void MarkInDoubt(const ClientOrderId& id, std::string_view reason);
  // The venue answered a query of this order with a clean "not found". absent_elsewhere: it is in
  // neither the open orders nor the trades. Connectivity errors must not come here.
  void NoteNotFound(const ClientOrderId& id, bool absent_elsewhere);

  // A cancel was asked for. Returns whether it may be sent now; false: it waits for the exchange id
  // (send_cancel).
  bool MarkCancelRequested(const ClientOrderId& id, bool can_cancel_by_client_order_id);
  // The cancel failed by the venue's word; the order stays as it is.
  void MarkCancelRejected(const ClientOrderId& id, std::string_view reason);
  // Likewise an amendment.
  void MarkAmendRejected(const ClientOrderId& id, std::string_view reason);

  const Order* Find(const ClientOrderId& id) const;  // open or remembered
  const Order* FindByExchangeId(const TradingPair& pair, const ExchangeOrderId& id) const;
  std::vector<const Order*> open_orders() const;
  std::vector<const Order*> in_doubt() const;
  size_t open_count() const;
  // Open orders whose final status waits for fills.
  bool is_awaiting_fills(const ClientOrderId& id) const;

  // Counted, or waiting for its order to be known.
  bool has_seen(const Fill& fill) const;
  // Fills of orders that are not known: told as foreign after kUnknownFillLifetime.
  size_t parked_fills() const;
  int64_t duplicate_fills() const;
  int64_t foreign_fills() const;
  int64_t foreign_orders() const;
  int64_t status_conflicts()
      const;  // S39: statuses that contradict a terminal one, logged and dropped

 private:
  struct Entry;
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

}  // namespace colibri
