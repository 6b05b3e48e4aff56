#include "connector/journal_state.h"

#include <algorithm>

namespace colibri {
namespace {

// `order` with the fill; nullopt when a sum leaves the range of decimals.
std::optional<Order> WithFill(const Order& order, const Fill& fill) {
  const absl::StatusOr<Quantity> filled = CheckedAdd(order.filled, fill.quantity);
  const absl::StatusOr<Notional> value = CheckedMultiply(fill.price, fill.quantity);
  if (!filled.ok() || !value.ok()) {
    return std::nullopt;
  }
  const absl::StatusOr<Notional> notional = CheckedAdd(order.filled_notional, *value);
  if (!notional.ok()) {
    return std::nullopt;
  }
  Order changed = order;
  changed.filled = *filled;
  changed.filled_notional = *notional;
  for (const AssetAmount& fee : fill.fees) {
    if (!AddFee(changed.fees, fee)) {
      return std::nullopt;
    }
  }
  return changed;
}

void LearnExchangeId(Order& order, const ExchangeOrderId& id) {
  if (order.exchange_order_id.empty()) {
    order.exchange_order_id = id;
  }
}

void Raise(Order& order, OrderState state) {
  if (Rank(state) > Rank(order.state)) {
    order.state = state;
  }
}

absl::Time TimeOf(const JournalIntent& intent) {
  return intent.order.created_at;
}
absl::Time TimeOf(const JournalOrder&) {
  return absl::InfinitePast();  // tells of what was earlier
}
absl::Time TimeOf(const JournalCursor&) {
  return absl::InfinitePast();
}
absl::Time TimeOf(const JournalFundingPayment& payment) {
  return payment.paid_at;
}
absl::Time TimeOf(const JournalFundingCursor&) {
  return absl::InfinitePast();
}
absl::Time TimeOf(const JournalNonceMark&) {
  return absl::InfinitePast();  // lies ahead
}
template <typename Record>
absl::Time TimeOf(const Record& record) {
  return record.at;
}

}  // namespace

void JournalState::Apply(const JournalRecord& record) {
  std::visit(
      [this](const auto& kind) {
        const absl::Time at = TimeOf(kind);
        if (at != absl::InfinitePast()) {
          last_time_ = at;
        }
        Take(kind);
      },
      record);
  ForgetOldOrders();
}

const RememberedOrder* JournalState::Find(const ClientOrderId& id) const {
  const auto it = index_.find(id);
  return it == index_.end() ? nullptr : &orders_[it->second];
}

RememberedOrder* JournalState::FindForChange(const ClientOrderId& id) {
  const auto it = index_.find(id);
  if (it == index_.end()) {
    ++orphans_;
    return nullptr;
  }
  return &orders_[it->second];
}

void JournalState::Add(const RememberedOrder& remembered) {
  index_.emplace(remembered.order.client_order_id, orders_.size());
  orders_.push_back(remembered);
}

void JournalState::Take(const JournalSession& /*session*/) {
  ++sessions_;
}

void JournalState::Take(const JournalIntent& intent) {
  if (intent.order.client_order_id.empty() || index_.contains(intent.order.client_order_id)) {
    ++orphans_;
    return;
  }
  RememberedOrder remembered;
  remembered.order = intent.order;
  Add(remembered);
}

void JournalState::Take(const JournalCancelIntent& intent) {
  RememberedOrder* const remembered = FindForChange(intent.client_order_id);
  if (remembered != nullptr && !remembered->has_ended()) {
    remembered->order.is_cancel_requested = true;
  }
}

void JournalState::Take(const JournalAmendIntent& intent) {
  FindForChange(intent.client_order_id);
}

void JournalState::Take(const JournalInDoubt& in_doubt) {
  RememberedOrder* const remembered = FindForChange(in_doubt.client_order_id);
  if (remembered != nullptr && !remembered->has_ended() && !remembered->was_created) {
    remembered->order.is_in_doubt = true;
  }
}

void JournalState::Take(const JournalCreated& created) {
  RememberedOrder* const remembered = FindForChange(created.client_order_id);
  if (remembered == nullptr) {
    return;
  }
  Order& order = remembered->order;
  // Said to be rejected, yet the venue showed it live: the tracker took it back.
  if (remembered->has_ended() && order.state == OrderState::kRejected && !remembered->was_created) {
    remembered->ended_at = absl::InfiniteFuture();
    order.state = OrderState::kPendingCreate;
    order.reason.clear();
  }
  LearnExchangeId(order, created.exchange_order_id);
  order.is_in_doubt = false;
  remembered->was_created = true;
  Raise(order, OrderState::kOpen);
}

void JournalState::Take(const JournalAmended& amended) {
  RememberedOrder* const remembered = FindForChange(amended.client_order_id);
  if (remembered != nullptr) {
    remembered->order.quantity = amended.quantity;
  }
}

void JournalState::Take(const JournalFill& record) {
  const Fill& fill = record.fill;
  RememberedOrder* const remembered = FindForChange(fill.client_order_id);
  if (remembered == nullptr || seen_fills_.contains({fill.client_order_id, fill.trade_id})) {
    return;
  }
  std::optional<Order> changed = WithFill(remembered->order, fill);
  if (!changed.has_value()) {
    ++orphans_;
    return;
  }
  Order& order = remembered->order;
  order = *std::move(changed);
  LearnExchangeId(order, fill.exchange_order_id);
  order.is_in_doubt = false;
  order.updated_at = std::max(order.updated_at, fill.venue_time);
  Raise(order, OrderState::kPartiallyFilled);
  remembered->trade_ids.push_back(fill.trade_id);
  seen_fills_.insert({fill.client_order_id, fill.trade_id});
  ++fills_;
}

void JournalState::Take(const JournalEnded& ended) {
  RememberedOrder* const remembered = FindForChange(ended.client_order_id);
  if (remembered == nullptr || !IsTerminal(ended.state)) {
    return;
  }
  Order& order = remembered->order;
  LearnExchangeId(order, ended.exchange_order_id);
  order.state = ended.state;
  order.is_in_doubt = false;
  order.reason = ended.reason;
  remembered->is_incomplete = ended.is_incomplete;
  if (!remembered->has_ended()) {
    remembered->ended_at = ended.at;
    ++ended_since_forgetting_;
  }
}

void JournalState::Take(const JournalForeignFill& fill) {
  foreign_fills_.push_back(fill.key);
  if (foreign_fills_.size() > 2 * kForeignFillsMax) {
    foreign_fills_.erase(foreign_fills_.begin(), foreign_fills_.begin() + kForeignFillsMax);
  }
}

void JournalState::Take(const JournalCursor& cursor) {
  cursors_[cursor.pair] = {.after = cursor.after, .since = cursor.since};
}

void JournalState::Take(const JournalFundingPayment& payment) {
  funding_.told.insert({payment.paid_at, payment.pair, payment.payment_id});
}

void JournalState::Take(const JournalFundingCursor& cursor) {
  funding_.MoveTo(cursor.since);
}

void JournalState::Take(const JournalNonceMark& mark) {
  nonce_mark_ = std::max(nonce_mark_, mark.until);
}

void JournalState::Take(const JournalTriggered& triggered) {
  RememberedOrder* const remembered = FindForChange(triggered.client_order_id);
  if (remembered == nullptr || !remembered->order.trigger.has_value()) {
    return;
  }
  Order& order = remembered->order;
  order.is_triggered = true;
  if (!triggered.exchange_order_id.empty()) {
    order.exchange_order_id = triggered.exchange_order_id;
  }
}

void JournalState::Take(const JournalOrder& record) {
  const ClientOrderId& id = record.remembered.order.client_order_id;
  if (id.empty()) {
    ++orphans_;
    return;
  }
  const auto it = index_.find(id);
  RememberedOrder* remembered = nullptr;
  if (it == index_.end()) {
    Add(record.remembered);
    remembered = &orders_.back();
    remembered->trade_ids.clear();
    ended_since_forgetting_ += remembered->has_ended() ? 1 : 0;
  } else {
    remembered = &orders_[it->second];
    std::vector<TradeId> trade_ids = std::move(remembered->trade_ids);
    *remembered = record.remembered;
    remembered->trade_ids = std::move(trade_ids);
  }
  for (const TradeId& trade_id : record.remembered.trade_ids) {
    if (seen_fills_.insert({id, trade_id}).second) {
      remembered->trade_ids.push_back(trade_id);
      ++fills_;
    }
  }
}

// Now and then, because each time costs as much as there are orders.
void JournalState::ForgetOldOrders() {
  constexpr absl::Duration kInterval = absl::Hours(1);
  if (last_time_ - last_forgetting_ < kInterval && ended_since_forgetting_ < kEndedMax) {
    return;
  }
  last_forgetting_ = last_time_;
  ended_since_forgetting_ = 0;
  std::vector<absl::Time> ends;
  for (const RememberedOrder& remembered : orders_) {
    if (remembered.has_ended()) {
      ends.push_back(remembered.ended_at);
    }
  }
  absl::Time limit = last_time_ - kEndedLifetime;
  if (ends.size() > kEndedMax) {
    const auto oldest_kept = ends.end() - kEndedMax;
    std::nth_element(ends.begin(), oldest_kept, ends.end());
    limit = std::max(limit, *oldest_kept);
  }
  std::vector<RememberedOrder> kept;
  index_.clear();
  for (RememberedOrder& remembered : orders_) {
    if (remembered.ended_at < limit) {
      for (const TradeId& trade_id : remembered.trade_ids) {
        seen_fills_.erase({remembered.order.client_order_id, trade_id});
      }
      continue;
    }
    index_.emplace(remembered.order.client_order_id, kept.size());
    kept.push_back(std::move(remembered));
  }
  orders_ = std::move(kept);
}

}  // namespace colibri
