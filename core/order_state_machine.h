// One order's life: takes statuses and fills in any order, and says what became true, once.
//
//   OrderStateMachine machine(order, /*quantity_step=*/rule.quantity_increment);
//   for (OrderEffect effect : machine.ApplyFill(fill)) { ... publish ... }
//
// A lower rank never overwrites a higher one. The end comes last, with amounts that equal the
// fills: a terminal status that runs ahead of its fills is held. Fills are deduplicated by the
// caller. Does no I/O and reads no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/inlined_vector.h"

#include "core/order.h"
#include "core/order_update.h"
#include "core/remembered_order.h"

namespace colibri {

// In the order in which they are to be published.
enum class OrderEffect : uint8_t {
  kReadopted,  // said to be rejected, yet the venue shows it live: warn
  kCreated,
  kTriggered,  // a conditional order waits no longer
  kFilled,
  kFilledAfterTerminal,  // late: it counts
  kAmended,              // the quantity changed: previous_quantity() tells from what
  kMissingFills,         // the venue states more filled than is known: fetch the trades
  kHeld,       // a terminal status waits for fills: fetch, and call Release at the deadline
  kFilledUp,   // the whole quantity is filled and no status says so: ask, and call Release after a
               // grace
  kEnded,      // publish the terminal event of order().state
  kCorrected,  // late fills changed what the terminal event said
  kConflict,   // contradicts a terminal state: dropped, for the log
};
using OrderEffects = absl::InlinedVector<OrderEffect, 4>;

class OrderStateMachine {
 public:
  // An order short of its quantity by less than quantity_step counts as full.
  OrderStateMachine(Order order, Quantity quantity_step);
  // As it was when it was last known, by what was published of it.
  OrderStateMachine(const RememberedOrder& remembered, Quantity quantity_step);

  OrderEffects ApplyStatus(const OrderUpdate& update);
  OrderEffects ApplyFill(const Fill& fill);
  // The venue refused the placement. Without effect but kConflict when there is evidence of
  // creation.
  OrderEffects Reject(std::string_view reason);
  // The fills of a held end did not come, or a filled-up order got no status: it ends now.
  OrderEffects Release();
  // The venue does not know the order and nothing is outstanding: rejected when it never showed,
  // expired otherwise.
  OrderEffects EndAsNotFound();

  // Keeps the first one, but for the one that a conditional order has since its trigger.
  void set_exchange_order_id(const ExchangeOrderId& id, bool is_since_trigger);
  void set_cancel_requested(bool requested) { order_.is_cancel_requested = requested; }
  void set_in_doubt(bool in_doubt) { order_.is_in_doubt = in_doubt; }

  const Order& order() const { return order_; }
  bool has_ended() const { return has_ended_; }
  // Ended because the venue does not know it any more, without its word.
  bool is_unresolved() const { return is_unresolved_; }
  Quantity previous_quantity() const { return previous_quantity_; }
  bool is_held() const { return held_.has_value(); }
  bool was_created() const { return was_created_; }
  // Ended as filled, with fills still missing.
  bool is_incomplete() const { return is_incomplete_; }
  OrderState state_before_correction() const { return state_before_correction_; }
  // All of the quantity, within a step.
  bool is_full() const { return IsFilledTo(order_.quantity); }

 private:
  struct HeldEnd {
    OrderState state;
    Quantity expected;
    std::string reason;
  };

  bool IsFilledTo(Quantity expected) const;
  void NoteCreated(OrderEffects& effects);
  void NoteTriggered(OrderEffects& effects);
  void Raise(OrderState state);
  void End(OrderState state, std::string_view reason, OrderEffects& effects);
  void ApplyTerminal(const OrderUpdate& update, OrderEffects& effects);
  void ApplyStatusAfterEnd(const OrderUpdate& update, OrderEffects& effects);
  void ApplyFillAfterEnd(OrderEffects& effects);

  Order order_;
  Quantity quantity_step_;
  bool was_created_ = false;
  bool has_ended_ = false;
  bool is_incomplete_ = false;
  bool is_unresolved_ = false;
  Quantity previous_quantity_;
  absl::Time last_status_time_ = absl::InfinitePast();  // the venue's clock
  OrderState state_before_correction_ = OrderState::kCanceled;
  std::optional<HeldEnd> held_;
};

}  // namespace colibri
