#include "tests/simulation/order_checker.h"

#include <algorithm>
#include <utility>

#include "core/strings.h"

namespace colibri::simulation {

void OrderChecker::Watch(EventBus& events) {
  balances_at_.clear();
  subscription_ = events.SubscribeAll([this](const Event& event) { See(event); });
}

void OrderChecker::See(const Event& event) {
  if (const auto* created = std::get_if<OrderCreated>(&event)) {
    SeeCreated(created->order);
  } else if (const auto* triggered = std::get_if<OrderTriggered>(&event)) {
    SeeTriggered(triggered->order);
  } else if (const auto* fill = std::get_if<OrderFilled>(&event)) {
    SeeFill(*fill);
  } else if (const auto* completed = std::get_if<OrderCompleted>(&event)) {
    SeeEnd(completed->order, completed->is_incomplete);
  } else if (const auto* canceled = std::get_if<OrderCanceled>(&event)) {
    SeeEnd(canceled->order, false);
  } else if (const auto* rejected = std::get_if<OrderRejected>(&event)) {
    SeeEnd(rejected->order, false);
  } else if (const auto* expired = std::get_if<OrderExpired>(&event)) {
    if (expired->is_unresolved) {
      Violate(expired->order.client_order_id,
              "ended as unresolved, though the venue knows every order");
    }
    SeeEnd(expired->order, false);
  } else if (std::holds_alternative<OrderInDoubt>(event)) {
    ++doubts_;
  } else if (const auto* foreign = std::get_if<ForeignFill>(&event)) {
    SeeForeignFill(foreign->fill);
  } else if (std::holds_alternative<ForeignOrder>(event)) {
    ++foreign_;
  } else if (const auto* balance = std::get_if<BalanceChanged>(&event)) {
    SeeBalance(*balance);
  }
}

void OrderChecker::SeeForeignFill(const Fill& fill) {
  ++foreign_;
  if (!foreign_fills_.insert(FillKey::Of(fill)).second) {
    reporter_(StrCat("the foreign trade ", fill.trade_id, " was told twice"));
  }
}

void OrderChecker::SeeBalance(const BalanceChanged& event) {
  absl::Time& at = balances_at_.try_emplace(event.asset, absl::InfinitePast()).first->second;
  absl::Time& told = balances_told_.try_emplace(event.asset, absl::InfinitePast()).first->second;
  // A venue that sets its clock back is believed when it is asked long after its last news.
  const bool is_clock_set_back =
      event.header.source == Source::kRest && event.header.receive_time - told > absl::Seconds(30);
  told = event.header.receive_time;
  if (event.header.venue_time < at && !is_clock_set_back) {
    reporter_(StrCat("the balance of ",
                     event.asset,
                     " went back by ",
                     absl::FormatDuration(at - event.header.venue_time)));
  }
  at = event.header.venue_time;
}

void OrderChecker::CompareEnd(const Order& order) {
  const std::optional<AtVenue> theirs = find_at_venue_(order.client_order_id);
  if (!theirs.has_value()) {
    return;
  }
  if (theirs->is_open) {
    Violate(order.client_order_id,
            StrCat("ended as ", ToString(order.state), ", and is open at the venue"));
  } else if (theirs->filled != order.filled && theirs->age < kHeldMin) {
    Violate(order.client_order_id,
            StrCat("ended as ",
                   ToString(order.state),
                   " with ",
                   order.filled,
                   " filled, ",
                   absl::FormatDuration(theirs->age),
                   " after the venue had filled ",
                   theirs->filled));
  }
}

void OrderChecker::SeeCreated(const Order& order) {
  Seen& seen = orders_[order.client_order_id];
  if (++seen.created > 1) {
    Violate(order.client_order_id, StrCat("was created ", seen.created, " times"));
  }
  if (seen.ended > 0) {
    Violate(order.client_order_id, StrCat("was created after it had ended as ", seen.how));
  }
}

void OrderChecker::SeeTriggered(const Order& order) {
  Seen& seen = orders_[order.client_order_id];
  ++triggers_;
  if (++seen.triggered > 1 || !order.trigger.has_value()) {
    Violate(order.client_order_id, StrCat("was triggered ", seen.triggered, " times"));
  }
  if (seen.created == 0 || seen.ended > 0 || seen.filled.is_positive()) {
    Violate(order.client_order_id, "was triggered before it was created, or too late");
  }
}

void OrderChecker::SeeFill(const OrderFilled& event) {
  const ClientOrderId& id = event.order.client_order_id;
  Seen& seen = orders_[id];
  ++fills_;
  if (!trades_.insert(FillKey::Of(event.fill)).second) {
    Violate(id, StrCat("trade ", event.fill.trade_id, " was counted twice"));
  }
  if (seen.created == 0) {
    Violate(id, "was filled before it was created");
  }
  if (event.order.is_waiting() ||
      (event.order.trigger.has_value() && seen.triggered == 0 && !event.is_after_terminal)) {
    Violate(id, "was filled before it was triggered");
  }
  seen.filled += event.fill.quantity;
  if (event.is_after_terminal) {
    ++late_fills_;
  }
  if (event.is_after_terminal != (seen.ended > 0)) {
    Violate(id, "a fill misstates whether the order has ended");
  }
  if (seen.filled != event.order.filled) {
    Violate(id, StrCat("fills add up to ", seen.filled, ", the order says ", event.order.filled));
  }
}

void OrderChecker::SeeEnd(const Order& order, bool is_incomplete) {
  const ClientOrderId& id = order.client_order_id;
  Seen& seen = orders_[id];
  if (++seen.ended > 1) {
    Violate(id, StrCat("ended as ", ToString(order.state), " after it had ended as ", seen.how));
  }
  seen.how = std::string(ToString(order.state));
  seen.is_incomplete = is_incomplete;
  if (seen.created == 0 && order.state != OrderState::kRejected) {
    Violate(id, StrCat("ended as ", seen.how, " and was never created"));
  }
  if (seen.created > 0 && order.state == OrderState::kRejected) {
    Violate(id, "was rejected after it had been created");
  }
  if (seen.filled != order.filled) {
    Violate(id, StrCat("ended with ", order.filled, " filled, its fills are ", seen.filled));
  }
  CompareEnd(order);
}

void OrderChecker::CompareWith(const JournalState& journal) {
  int unsaid = 0;
  for (const RememberedOrder& remembered : journal.orders()) {
    const ClientOrderId& id = remembered.order.client_order_id;
    Seen& seen = orders_[id];
    unsaid += (remembered.was_created && seen.created == 0 ? 1 : 0) +
              (remembered.order.is_triggered && seen.triggered == 0 ? 1 : 0) +
              (remembered.has_ended() && seen.ended == 0 ? 1 : 0) +
              (remembered.order.filled != seen.filled ? 1 : 0);
    if ((seen.created > 0 && !remembered.was_created) ||
        (seen.triggered > 0 && !remembered.order.is_triggered) ||
        (seen.ended > 0 && !remembered.has_ended()) || remembered.order.filled < seen.filled) {
      Violate(id, "the journal lacks what was said of it");
    }
    seen.created = std::max(seen.created, remembered.was_created ? 1 : 0);
    seen.triggered = std::max(seen.triggered, remembered.order.is_triggered ? 1 : 0);
    seen.ended = std::max(seen.ended, remembered.has_ended() ? 1 : 0);
    seen.filled = remembered.order.filled;
    for (const TradeId& trade_id : remembered.trade_ids) {
      trades_.insert({remembered.order.pair, trade_id, remembered.order.side});
    }
  }
  for (const FillKey& key : journal.foreign_fills()) {
    unsaid += foreign_fills_.insert(key).second ? 1 : 0;
  }
  if (unsaid > 1) {
    reporter_(StrCat("the journal has ", unsaid, " things that were never said"));
  }
}

void OrderChecker::CheckEnd() {
  for (const auto& [id, seen] : orders_) {
    if (seen.ended == 0) {
      Violate(id, "never ended");
    }
  }
}

void OrderChecker::Violate(const ClientOrderId& id, std::string_view what) {
  reporter_(StrCat("order ", id, ": ", what));
}

}  // namespace colibri::simulation
