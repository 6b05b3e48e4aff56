// Places, cancels and amends orders: local checks first, then the wire, then what the answer means.
//
//   ASSIGN_OR_RETURN(ClientOrderId id, entry.Place(request));     // refusals of ours are errors
//   here RETURN_IF_ERROR(entry.Cancel(id));
//
// The order is in the journal before the request is built, and tracked with its cost reserved
// before anything can be heard of it. Place and Cancel return with the request on the wire, where
// limit and connection allow it. "Rejected" is said on the venue's word or when the request
// certainly never left; everything else is in doubt, and asked for. Nothing is ever placed twice;
// cancels are, because a second one does no harm. Thread: the loop's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "connector/client_order_id_generator.h"
#include "connector/exchange_state.h"
#include "connector/order_cost.h"
#include "connector/order_inquiry.h"
#include "core/order.h"

namespace colibri {

class OrderEntry {
 public:
  static constexpr absl::Duration kOrderTimeout = absl::Seconds(5);
  static constexpr int kCancelAttempts = 4;
  static constexpr absl::Duration kCancelDelay = absl::Milliseconds(500);

  OrderEntry(ExchangeState& state, OrderInquiry& inquiry, ClientOrderIdGenerator ids);

  absl::StatusOr<ClientOrderId> Place(const OrderRequest& request);
  absl::Status Cancel(const ClientOrderId& id);
  // Every pair when nullopt. only_ours: orders of this account that we do not track stay.
  absl::Status CancelAll(const std::optional<TradingPair>& pair, bool only_ours);
  absl::StatusOr<ClientOrderId> Amend(const ClientOrderId& id, const OrderAmendment& amendment);
  // A cancel that waited for the exchange order id can go out.
  void SendCancel(const ClientOrderId& id);
  // The order exists: a cancel that was asked for meanwhile, and that the venue did not understand
  // yet, is sent again.
  void NoteCreated(const Order& order);

  const ClientOrderIdGenerator& ids() const { return ids_; }

 private:
  // What an order is for, looked up once.
  struct Market {
    const Instrument& instrument;
    const TradingRule* rule;  // null: not known
    const OrderBook* book;    // null: not synced
  };

  // What every order needs, whatever it is.
  absl::StatusOr<Market> CheckReady(const TradingPair& pair, PositionAction action) const;
  // Makes it passive and exact; OK when it is within the venue's rules.
  absl::Status Quantise(const Market& market, OrderRequest& request) const;
  // Spot: what is spent. Perpetuals: the margin of what the order opens.
  absl::StatusOr<OrderCost> Cost(const OrderRequest& request, const Market& market) const;
  // The side that it works on, and the worst price where the venue wants one.
  absl::StatusOr<Order> MakeOrder(const OrderRequest& request,
                                  const ClientOrderId& id,
                                  const Market& market) const;
  // released: what an order that is replaced gives back first.
  absl::Status CheckBalance(const OrderCost& cost, Decimal released) const;
  // replaced: the order that an amendment to this request takes the place of, or null.
  absl::Status CheckRisk(const OrderRequest& request, const OrderBook* book, const Order* replaced);
  absl::StatusOr<ClientOrderId> ChooseId(const std::optional<ClientOrderId>& wanted);
  void Track(const Order& order, const OrderCost& cost, const OrderBook* book);

  VenueCall PlaceCall(const Order& order, const Instrument& instrument) const;
  Task<void> AwaitPlaced(Order order, Task<RestResult> answer);
  void ApplyPlaced(const ClientOrderId& id, PlaceAnswer answer);
  void NotePlaceFailure(const ClientOrderId& id, const VenueError& error);
  void FinishPlacing(const ClientOrderId& id);
  void NoteLatency(const RestResult& result);

  enum class CancelStep : uint8_t { kDone, kTryAgain };
  VenueCall CancelCall(const Order& order) const;
  // answer: to the first try.
  Task<void> CancelOne(Order order, Task<RestResult> answer);
  Task<CancelStep> AwaitCanceled(Order order, Task<RestResult> answer, std::string& why);
  Task<CancelStep> AskAfterCancel(ClientOrderId id);
  // The venue has canceled it, and may not have said with what filled.
  void NoteCanceled(const Order& order, OrderUpdate update);
  Task<void> AskForEnd(ClientOrderId id);
  Task<void> CancelAtOnce(InstrumentIndex instrument, std::optional<VenueCall> call);
  Task<void> CancelPair(InstrumentIndex instrument, std::vector<ClientOrderId> ids, bool is_bulk);

  Task<void> AmendInPlace(Order order, VenueCall call);
  Task<void> Replace(Order old_order, Order new_order, VenueCall call);
  void ApplyReplaced(const Order& old_order, const Order& new_order, ReplaceAnswer answer);

  ExchangeState& state_;
  OrderInquiry& inquiry_;
  ClientOrderIdGenerator ids_;
  absl::flat_hash_set<ClientOrderId> placing_;  // sent, not answered
  absl::flat_hash_set<ClientOrderId> cancel_after_placing_;
  absl::flat_hash_set<ClientOrderId> canceling_;
};

}  // namespace colibri
