// Which orders on our account that are not ours were told of already.
//
//   if (foreign.IsNews(update)) events.Publish(ForeignOrder{...});
//
// An order is news when first seen and at its end. The oldest are forgotten beyond kOrdersMax.
// Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "absl/container/flat_hash_map.h"

#include "core/order_update.h"

namespace colibri {

class ForeignOrders {
 public:
  static constexpr size_t kOrdersMax = 10'000;

  bool IsNews(const OrderUpdate& update) {
    if (update.exchange_order_id.empty()) {
      return false;  // nothing to tell it by
    }
    const bool is_end = IsTerminal(update.state);
    const Key key{update.pair, update.exchange_order_id};
    const auto [found, is_first] = has_ended_.emplace(key, is_end);
    if (!is_first) {
      return is_end && !std::exchange(found->second, true);
    }
    ++count_;
    oldest_first_.push_back(key);
    if (oldest_first_.size() > kOrdersMax) {
      has_ended_.erase(oldest_first_.front());
      oldest_first_.pop_front();
    }
    return true;
  }

  // Its end was told.
  bool HasEnded(const TradingPair& pair, const ExchangeOrderId& id) const {
    const auto found = has_ended_.find(Key{pair, id});
    return found != has_ended_.end() && found->second;
  }

  int64_t count() const { return count_; }

 private:
  using Key = std::pair<TradingPair, ExchangeOrderId>;

  absl::flat_hash_map<Key, bool> has_ended_;
  std::deque<Key> oldest_first_;
  int64_t count_ = 0;
};

}  // namespace colibri
