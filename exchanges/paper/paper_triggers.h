// The conditional orders of the paper venue that wait for their trigger.
//
//   triggers.Add(order);
//   for (const Order& order : triggers.TakeDue(pair, TriggerSource::kLast, trade.price)) ...
//
// A price that is already beyond the trigger when the order comes triggers it with the next one.
// Thread: the loop's.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/order.h"

namespace colibri {

class PaperTriggers {
 public:
  void Add(const Order& order) { waiting_.push_back(order); }
  // nullopt: it does not wait here.
  std::optional<Order> Take(const ClientOrderId& id);
  // Those that this price triggers, in the order of their coming.
  std::vector<Order> TakeDue(const TradingPair& pair, TriggerSource source, Price price);

  const std::vector<Order>& waiting() const { return waiting_; }

 private:
  std::vector<Order> waiting_;
};

}  // namespace colibri
