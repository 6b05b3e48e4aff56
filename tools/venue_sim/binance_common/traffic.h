// Counts what reaches the venue, for whoever checks a client against it.
//
//   traffic.CountRequest("POST /api/v3/order");
//   traffic.CountClientId(api_key, "mine-1");
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "tools/venue_sim/sim_traffic.h"

namespace colibri::venue_sim::binance {

class Traffic {
 public:
  // By a name among a bounded number of them.
  void CountRequest(std::string_view name) { ++view_.requests[std::string(name)]; }
  void KeepCall(SimCallView call);
  // Of a call that places an order.
  void CountClientId(std::string_view api_key, std::string_view client_order_id);
  void CountOrderOveruse() { ++view_.order_overuse_refusals; }
  void CountStreamOveruse() { ++view_.stream_overuse_closings; }

  const SimTrafficView& view() const { return view_; }

 private:
  SimTrafficView view_;
  std::map<std::string, int> client_ids_;  // by key and id
  std::deque<std::string> oldest_first_;   // the keys of client_ids_
};

}  // namespace colibri::venue_sim::binance
