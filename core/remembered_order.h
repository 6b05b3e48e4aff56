// An order as it is kept across a restart, and for a day after its end.
#pragma once

#include <vector>

#include "absl/time/time.h"

#include "core/order.h"

namespace colibri {

struct RememberedOrder {
  Order order;
  bool was_created = false;                      // OrderCreated was published
  bool is_incomplete = false;                    // ended as filled with fills missing
  absl::Time ended_at = absl::InfiniteFuture();  // ours; InfiniteFuture while it is open
  std::vector<TradeId> trade_ids;                // of the fills that order.filled adds up

  bool has_ended() const { return ended_at != absl::InfiniteFuture(); }
};

}  // namespace colibri
