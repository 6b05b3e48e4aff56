// What has come in at a simulated venue, for whoever checks a client against it.
//
//   EXPECT_EQ(sim.traffic().requests.at("POST /api/v3/order"), 1);
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "absl/time/time.h"

namespace colibri::venue_sim {

// What has reached the venue since it began, whether it was refused or lost to a fault or not; and
// what it refused for its own limits, not for a fault. Calls through AdminCall do not count.
struct SimCallView {
  absl::Time at = absl::InfinitePast();  // by the venue's unskewed clock
  std::string name = {};                 // "POST /api/v3/order", "WS order.place"
  std::string client_order_id = {};      // that it names: of a new order, or of one asked for

  bool operator==(const SimCallView&) const = default;
};

struct SimTrafficView {
  static constexpr size_t kClientIdsKept = 200'000;
  static constexpr size_t kCallsKept = 20'000;

  std::map<std::string, int64_t> requests = {};  // "POST /api/v3/order", "WS order.place"
  // Client order ids that came in more than one placing call of an account, and in how many; of
  // the last kClientIdsKept ids.
  std::map<std::string, int> repeated_client_order_ids = {};
  // The last kCallsKept calls of known endpoints, oldest first; the first of them is number
  // call_count - calls.size().
  std::deque<SimCallView> calls = {};
  int64_t call_count = 0;
  int64_t overuse_refusals = 0;         // 429 by request weight or raw requests
  int64_t overuse_bans = 0;             // 418
  int64_t order_overuse_refusals = 0;   // 429 with -1015
  int64_t stream_overuse_closings = 0;  // market connections that sent too many messages

  int64_t overuse_count() const {
    return overuse_refusals + overuse_bans + order_overuse_refusals + stream_overuse_closings;
  }
};

}  // namespace colibri::venue_sim
