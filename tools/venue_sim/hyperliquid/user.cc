#include "tools/venue_sim/hyperliquid/user.h"

#include <utility>

namespace colibri::venue_sim::hyperliquid {

OrderRecord& OrderRecords::Add(OrderRecord record) {
  const int64_t oid = record.oid;
  if (!record.cloid.empty()) {
    newest_by_cloid_[record.cloid] = oid;
  }
  OrderRecord& kept = records_.insert_or_assign(oid, std::move(record)).first->second;
  if (kept.is_open()) {
    open_.insert(oid);
  } else {
    Close(kept);
  }
  return kept;
}

OrderRecord* OrderRecords::Find(int64_t oid) {
  const auto found = records_.find(oid);
  return found == records_.end() ? nullptr : &found->second;
}

OrderRecord* OrderRecords::FindByCloid(std::string_view cloid) {
  const auto found = newest_by_cloid_.find(cloid);
  return found == newest_by_cloid_.end() ? nullptr : Find(found->second);
}

void OrderRecords::Close(const OrderRecord& record) {
  open_.erase(record.oid);
  closed_.push_back(record.oid);
  while (closed_.size() > kClosedKept) {
    const auto oldest = records_.find(closed_.front());
    const auto by_cloid = newest_by_cloid_.find(oldest->second.cloid);
    if (by_cloid != newest_by_cloid_.end() && by_cloid->second == oldest->first) {
      newest_by_cloid_.erase(by_cloid);
    }
    records_.erase(oldest);
    closed_.pop_front();
  }
}

}  // namespace colibri::venue_sim::hyperliquid
