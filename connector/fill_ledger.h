// Which fills were seen, and which wait for their order to become known.
//
//   if (ledger.Contains(fill)) return;       // counted before: by pair, trade id and side
//   ledger.Record(fill);
//
// Fills of unknown orders are parked for a while: their acknowledgement may be on its way. Those
// that outlive it, or overflow the bound, come out of TakeExpired as foreign, once. Thread: the
// loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/time/time.h"

#include "core/fill_key.h"
#include "core/order_update.h"

namespace colibri {

class FillLedger {
 public:
  // Trade ids of foreign fills that are remembered, so that each is reported once.
  static constexpr size_t kForeignMax = 100'000;

  FillLedger(size_t parked_max, absl::Duration parked_lifetime);

  bool Contains(const Fill& fill) const;
  // It was told as foreign; Record makes it an order's after all.
  bool IsForeign(const Fill& fill) const;
  void CountDuplicate() { ++duplicates_; }
  // The fill's client order id is set.
  void Record(const Fill& fill);
  // Counted by an earlier process.
  void Restore(const ClientOrderId& order, const FillKey& key);
  void RestoreForeign(const FillKey& key);
  // Of the fills that were recorded of an order.
  std::vector<TradeId> trade_ids(const ClientOrderId& order) const;
  // The order is forgotten, and its trade ids with it.
  void Forget(const ClientOrderId& id);

  void Park(const TradeUpdate& update, absl::Time now);
  std::vector<TradeUpdate> TakeParked(const TradingPair& pair, const ExchangeOrderId& id);
  // Those that may_be_ours go on waiting, unless there are too many.
  std::vector<TradeUpdate> TakeExpired(absl::Time now,
                                       absl::FunctionRef<bool(const Fill&)> may_be_ours);

  size_t parked_count() const { return parked_.size(); }
  int64_t duplicates() const { return duplicates_; }

 private:
  struct Parked {
    TradeUpdate update;
    absl::Time since;
  };

  void RememberForeign(FillKey key);

  size_t parked_max_;
  absl::Duration parked_lifetime_;
  absl::flat_hash_set<FillKey> seen_;
  absl::flat_hash_map<ClientOrderId, std::vector<FillKey>> keys_by_order_;
  std::deque<FillKey> foreign_;  // of seen_, oldest first
  absl::flat_hash_set<FillKey> foreign_set_;
  std::deque<Parked> parked_;  // oldest first
  int64_t duplicates_ = 0;
};

}  // namespace colibri
