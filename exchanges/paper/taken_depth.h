// What own orders took out of one side of a displayed book, which goes on displaying it.
//
//   taken.Take(level, quantity, book.last_update_id());
//   taken.Available(level, book.last_update_id());     // level.quantity - quantity
//   taken.Forget(Side::kSell, book);                   // levels that have changed stand anew
//
// Without it, two orders could buy the same quantity twice. A level is whole again once the venue
// shows another quantity there. Holds at most one entry a displayed level. Thread: the loop's.
#pragma once

#include <cstdint>
#include <map>

#include "core/order_book.h"

namespace colibri {

class TakenDepth {
 public:
  // update_id: of the book or quote that shows the level.
  Quantity Available(const PriceLevel& level, int64_t update_id) const;
  void Take(const PriceLevel& level, Quantity quantity, int64_t update_id);
  // Drops what the book contradicts. side: of the levels.
  void Forget(Side side, const OrderBook& book);
  void Clear() { taken_by_price_.clear(); }

  bool empty() const { return taken_by_price_.empty(); }

 private:
  struct Taken {
    Quantity displayed;  // when it was taken
    Quantity quantity;
    int64_t update_id = 0;  // of what displayed it
  };

  static bool IsOutdated(const Taken& taken, Quantity displayed, int64_t update_id) {
    return displayed != taken.displayed && update_id >= taken.update_id;
  }

  std::map<Price, Taken> taken_by_price_;
};

}  // namespace colibri
