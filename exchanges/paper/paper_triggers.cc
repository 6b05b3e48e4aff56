#include "exchanges/paper/paper_triggers.h"

#include <algorithm>

namespace colibri {

std::optional<Order> PaperTriggers::Take(const ClientOrderId& id) {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const Order& order) {
    return order.client_order_id == id;
  });
  if (found == waiting_.end()) {
    return std::nullopt;
  }
  std::optional<Order> taken = *found;
  waiting_.erase(found);
  return taken;
}

std::vector<Order> PaperTriggers::TakeDue(const TradingPair& pair,
                                          TriggerSource source,
                                          Price price) {
  std::vector<Order> due;
  std::erase_if(waiting_, [&](const Order& order) {
    const OrderTrigger& trigger = *order.trigger;
    const bool is_met =
        WaitsForRise(order.side, trigger.kind) ? price >= trigger.price : price <= trigger.price;
    const bool is_due = is_met && trigger.source == source && order.pair == pair;
    if (is_due) {
      due.push_back(order);
    }
    return is_due;
  });
  return due;
}

}  // namespace colibri
