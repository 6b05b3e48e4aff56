#include "core/order_state_machine.h"

#include <algorithm>
#include <utility>

namespace colibri {
namespace {

// What fills has triggered, whether the source says so or not.
bool ShowsTrigger(const OrderUpdate& update) {
  return update.is_triggered || update.state == OrderState::kPartiallyFilled ||
         update.state == OrderState::kFilled ||
         update.cumulative_filled.value_or(Quantity()).is_positive();
}

}  // namespace

OrderStateMachine::OrderStateMachine(Order order, Quantity quantity_step)
    : order_(std::move(order)), quantity_step_(quantity_step) {}

OrderStateMachine::OrderStateMachine(const RememberedOrder& remembered, Quantity quantity_step)
    : order_(remembered.order),
      quantity_step_(quantity_step),
      was_created_(remembered.was_created),
      has_ended_(remembered.has_ended()),
      is_incomplete_(remembered.is_incomplete) {
  order_.is_restored = true;
  order_.is_cancel_requested = false;  // whoever canceled it is gone
  order_.is_in_doubt = !has_ended_;    // much may have happened since
}

OrderEffects OrderStateMachine::ApplyStatus(const OrderUpdate& update) {
  OrderEffects effects;
  set_exchange_order_id(update.exchange_order_id, update.is_triggered);
  if (has_ended_) {
    ApplyStatusAfterEnd(update, effects);
    return effects;
  }
  if (update.state == OrderState::kPendingCreate) {
    return effects;  // an echo of our own request proves nothing
  }
  order_.is_in_doubt = false;
  order_.updated_at = std::max(order_.updated_at, update.venue_time);
  // An older status may come later, and carries the quantity of its time.
  const bool is_amended = update.quantity.has_value() && *update.quantity != order_.quantity &&
                          update.venue_time >= last_status_time_;
  last_status_time_ = std::max(last_status_time_, update.venue_time);
  if (is_amended) {
    previous_quantity_ = std::exchange(order_.quantity, *update.quantity);
  }
  if (IsTerminal(update.state)) {
    ApplyTerminal(update, effects);
    return effects;
  }
  NoteCreated(effects);
  if (ShowsTrigger(update)) {
    NoteTriggered(effects);
  }
  Raise(update.state);
  if (is_amended) {
    effects.push_back(OrderEffect::kAmended);
  }
  if (update.cumulative_filled.has_value() && !IsFilledTo(*update.cumulative_filled)) {
    effects.push_back(OrderEffect::kMissingFills);
  }
  return effects;
}

OrderEffects OrderStateMachine::ApplyFill(const Fill& fill) {
  OrderEffects effects;
  set_exchange_order_id(fill.exchange_order_id, /*is_since_trigger=*/true);
  const bool was_full = order_.quantity.is_positive() && is_full();
  order_.filled += fill.quantity;
  order_.filled_notional += fill.price * fill.quantity;
  for (const AssetAmount& fee : fill.fees) {
    AddFee(order_.fees, fee);
  }
  order_.updated_at = std::max(order_.updated_at, fill.venue_time);
  order_.is_in_doubt = false;
  if (has_ended_) {
    ApplyFillAfterEnd(effects);
    return effects;
  }
  NoteCreated(effects);
  NoteTriggered(effects);
  Raise(OrderState::kPartiallyFilled);
  effects.push_back(OrderEffect::kFilled);
  if (held_.has_value()) {
    if (IsFilledTo(held_->expected)) {
      End(held_->state, held_->reason, effects);
    }
  } else if (order_.quantity.is_positive() && is_full() && !was_full) {
    effects.push_back(OrderEffect::kFilledUp);
  }
  return effects;
}

OrderEffects OrderStateMachine::Reject(std::string_view reason) {
  OrderEffects effects;
  if (has_ended_ || was_created_) {
    effects.push_back(OrderEffect::kConflict);
    return effects;
  }
  End(OrderState::kRejected, reason, effects);
  return effects;
}

OrderEffects OrderStateMachine::Release() {
  OrderEffects effects;
  if (has_ended_) {
    return effects;
  }
  if (held_.has_value()) {
    is_incomplete_ = !IsFilledTo(held_->expected);
    End(held_->state, held_->reason, effects);
  } else if (order_.quantity.is_positive() && is_full()) {
    End(OrderState::kFilled, "", effects);
  }
  return effects;
}

OrderEffects OrderStateMachine::EndAsNotFound() {
  OrderEffects effects;
  if (!has_ended_) {
    is_unresolved_ = was_created_;
    End(was_created_ ? OrderState::kExpired : OrderState::kRejected,
        was_created_ ? "unresolved: the venue no longer knows this order"
                     : "not found at the venue",
        effects);
  }
  return effects;
}

void OrderStateMachine::set_exchange_order_id(const ExchangeOrderId& id, bool is_since_trigger) {
  const bool replaces = is_since_trigger && order_.trigger.has_value() && !id.empty();
  if (replaces || order_.exchange_order_id.empty()) {
    order_.exchange_order_id = id;
  }
}

bool OrderStateMachine::IsFilledTo(Quantity expected) const {
  const Quantity missing = expected - order_.filled;
  return !missing.is_positive() || missing < quantity_step_;
}

void OrderStateMachine::NoteCreated(OrderEffects& effects) {
  if (!was_created_) {
    was_created_ = true;
    effects.push_back(OrderEffect::kCreated);
  }
}

void OrderStateMachine::NoteTriggered(OrderEffects& effects) {
  if (order_.is_waiting()) {
    order_.is_triggered = true;
    effects.push_back(OrderEffect::kTriggered);
  }
}

void OrderStateMachine::Raise(OrderState state) {
  if (Rank(state) > Rank(order_.state)) {
    order_.state = state;
  }
}

void OrderStateMachine::End(OrderState state, std::string_view reason, OrderEffects& effects) {
  has_ended_ = true;
  order_.state = state;
  order_.is_in_doubt = false;
  order_.reason = std::string(reason);
  held_.reset();  // last: the reason may be its own
  effects.push_back(OrderEffect::kEnded);
}

void OrderStateMachine::ApplyTerminal(const OrderUpdate& update, OrderEffects& effects) {
  const bool never_showed = update.state == OrderState::kRejected && !was_created_ &&
                            order_.filled.is_zero() &&
                            !update.cumulative_filled.value_or(Quantity()).is_positive();
  if (never_showed) {
    End(OrderState::kRejected, update.reason, effects);
    return;
  }
  NoteCreated(effects);
  if (ShowsTrigger(update)) {
    NoteTriggered(effects);
  }
  // One that is refused when it triggers was there until then.
  const OrderState end = update.state == OrderState::kRejected && order_.trigger.has_value()
                             ? OrderState::kExpired
                             : update.state;
  // A full fill is the end, whatever a status says.
  const bool all_filled = order_.quantity.is_positive() && is_full();
  if (all_filled && end != OrderState::kFilled) {
    effects.push_back(OrderEffect::kConflict);
  }
  if (all_filled) {
    End(OrderState::kFilled, "", effects);
    return;
  }
  if (held_.has_value()) {
    if (held_->state != end) {
      effects.push_back(OrderEffect::kConflict);
    }
    return;
  }
  const Quantity expected = update.cumulative_filled.value_or(
      end == OrderState::kFilled ? order_.quantity : order_.filled);
  if (IsFilledTo(expected)) {
    End(end, update.reason, effects);
    return;
  }
  Raise(OrderState::kOpen);  // it exists, and is not at its end yet
  held_ = HeldEnd{end, expected, update.reason};
  effects.push_back(OrderEffect::kHeld);
}

void OrderStateMachine::ApplyStatusAfterEnd(const OrderUpdate& update, OrderEffects& effects) {
  if (order_.state == OrderState::kRejected && !was_created_ &&
      update.state != OrderState::kRejected && update.state != OrderState::kPendingCreate) {
    has_ended_ = false;
    order_.state = OrderState::kPendingCreate;
    order_.reason.clear();
    effects.push_back(OrderEffect::kReadopted);
    const OrderEffects rest = ApplyStatus(update);
    effects.insert(effects.end(), rest.begin(), rest.end());
    return;
  }
  if (IsTerminal(update.state) && update.state != order_.state) {
    effects.push_back(OrderEffect::kConflict);
  }
  // The venue's final amount tells of fills that the terminal event did not know.
  if (IsTerminal(update.state) && update.cumulative_filled.has_value() &&
      !IsFilledTo(*update.cumulative_filled)) {
    effects.push_back(OrderEffect::kMissingFills);
  }
}

void OrderStateMachine::ApplyFillAfterEnd(OrderEffects& effects) {
  if (order_.state == OrderState::kRejected && !was_created_) {
    has_ended_ = false;
    order_.state = OrderState::kPartiallyFilled;
    order_.reason.clear();
    effects.push_back(OrderEffect::kReadopted);
    NoteCreated(effects);
    NoteTriggered(effects);
    effects.push_back(OrderEffect::kFilled);
    if (is_full()) {
      effects.push_back(OrderEffect::kFilledUp);
    }
    return;
  }
  order_.is_triggered = order_.trigger.has_value();  // its end was the last news of it
  effects.push_back(OrderEffect::kFilledAfterTerminal);
  const bool is_full_now = order_.quantity.is_positive() && is_full();
  if (is_incomplete_ ? is_full_now : is_full_now && order_.state != OrderState::kFilled) {
    state_before_correction_ = order_.state;
    is_incomplete_ = false;
    order_.state = OrderState::kFilled;
    effects.push_back(OrderEffect::kCorrected);
  }
}

}  // namespace colibri
