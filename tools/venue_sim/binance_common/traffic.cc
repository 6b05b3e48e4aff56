#include "tools/venue_sim/binance_common/traffic.h"

#include <utility>

#include "core/strings.h"

namespace colibri::venue_sim::binance {

void Traffic::KeepCall(SimCallView call) {
  ++view_.call_count;
  view_.calls.push_back(std::move(call));
  if (view_.calls.size() > SimTrafficView::kCallsKept) {
    view_.calls.pop_front();
  }
}

void Traffic::CountClientId(std::string_view api_key, std::string_view client_order_id) {
  std::string key = StrCat(api_key, "/", client_order_id);
  const int count = ++client_ids_[key];
  if (count > 1) {
    view_.repeated_client_order_ids[std::string(client_order_id)] = count;
    return;
  }
  oldest_first_.push_back(std::move(key));
  if (oldest_first_.size() > SimTrafficView::kClientIdsKept) {
    client_ids_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
}

}  // namespace colibri::venue_sim::binance
