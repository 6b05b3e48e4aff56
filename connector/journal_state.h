// What a journal says at its end: the orders, their fills, and how far trades were read.
//
//   JournalState state;
//   for (const ScannedRecord& scanned : scan.records) state.Apply(scanned.record);
//
// Pure. Orders that ended are kept for a day, as by ClientOrderTracker.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

#include "connector/journal_record.h"
#include "core/remembered_order.h"

namespace colibri {

class JournalState {
 public:
  struct Cursor {
    std::optional<TradeId> after;
    std::optional<absl::Time> since;
  };

  // Records of orders that no intent names are counted and left out.
  void Apply(const JournalRecord& record);

  // In order of placing.
  const std::vector<RememberedOrder>& orders() const { return orders_; }
  const std::map<TradingPair, Cursor>& cursors() const { return cursors_; }
  // Oldest first.
  const std::vector<std::pair<TradingPair, TradeId>>& foreign_fills() const {
    return foreign_fills_;
  }
  const RememberedOrder* Find(const ClientOrderId& id) const;
  int64_t orphans() const { return orphans_; }
  int sessions() const { return sessions_; }
  // Of the last record that has one; InfinitePast before.
  absl::Time last_time() const { return last_time_; }

 private:
  RememberedOrder* FindForChange(const ClientOrderId& id);

  std::vector<RememberedOrder> orders_;
  absl::flat_hash_map<ClientOrderId, size_t> index_;
  std::map<TradingPair, Cursor> cursors_;
  std::vector<std::pair<TradingPair, TradeId>> foreign_fills_;
  int64_t orphans_ = 0;
  int sessions_ = 0;
  absl::Time last_time_ = absl::InfinitePast();
};

}  // namespace colibri
