#include "exchanges/paper/taken_depth.h"

#include <algorithm>

namespace colibri {

Quantity TakenDepth::Available(const PriceLevel& level, int64_t update_id) const {
  const auto found = taken_by_price_.find(level.price);
  if (found == taken_by_price_.end() || IsOutdated(found->second, level.quantity, update_id)) {
    return level.quantity;
  }
  return std::max(level.quantity - found->second.quantity, Quantity());
}

void TakenDepth::Take(const PriceLevel& level, Quantity quantity, int64_t update_id) {
  Taken& taken = taken_by_price_[level.price];
  if (IsOutdated(taken, level.quantity, update_id)) {
    taken.quantity = Quantity();
  }
  taken.quantity += quantity;
  if (update_id >= taken.update_id) {
    taken.displayed = level.quantity;
    taken.update_id = update_id;
  }
}

void TakenDepth::Forget(Side side, const OrderBook& book) {
  std::erase_if(taken_by_price_, [&](const auto& entry) {
    return IsOutdated(entry.second, book.QuantityAt(side, entry.first), book.last_update_id());
  });
}

}  // namespace colibri
