// What a journal says at its end: the orders, their fills, and how far trades were read.
//
//   JournalState state;
//   for (const ScannedRecord& scanned : scan.records) state.Apply(scanned.record);
//
// Applying a record twice changes nothing more. Orders that ended are kept for a day, or somewhat
// longer, and the newest kEndedMax of them, as by ClientOrderTracker. An amendment that was only
// intended changes nothing. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"

#include "connector/funding_cursor.h"
#include "connector/journal_record.h"
#include "connector/trade_cursor.h"
#include "core/remembered_order.h"

namespace colibri {

class JournalState {
 public:
  static constexpr absl::Duration kEndedLifetime = absl::Hours(24);
  static constexpr size_t kEndedMax = 50'000;
  static constexpr size_t kForeignFillsMax = 100'000;

  // Records of orders that no intent names, second intents for one id, and fills that leave the
  // range of decimals are counted as orphans and left out.
  void Apply(const JournalRecord& record);

  // In order of placing.
  const std::vector<RememberedOrder>& orders() const { return orders_; }
  const std::map<TradingPair, TradeCursor>& cursors() const { return cursors_; }
  // Oldest first; the newest kForeignFillsMax at least.
  const std::vector<FillKey>& foreign_fills() const { return foreign_fills_; }
  const FundingCursor& funding() const { return funding_; }
  // InfinitePast: no signature had a nonce.
  absl::Time nonce_mark() const { return nonce_mark_; }
  const RememberedOrder* Find(const ClientOrderId& id) const;
  int64_t orphans() const { return orphans_; }
  int sessions() const { return sessions_; }
  // Counted once each by (order, trade id).
  int64_t fills() const { return fills_; }
  // Of the last record that has one; InfinitePast before.
  absl::Time last_time() const { return last_time_; }

 private:
  RememberedOrder* FindForChange(const ClientOrderId& id);

  void Take(const JournalSession& session);
  void Take(const JournalIntent& intent);
  void Take(const JournalCancelIntent& intent);
  void Take(const JournalAmendIntent& intent);
  void Take(const JournalInDoubt& in_doubt);
  void Take(const JournalCreated& created);
  void Take(const JournalAmended& amended);
  void Take(const JournalFill& fill);
  void Take(const JournalEnded& ended);
  void Take(const JournalForeignFill& fill);
  void Take(const JournalCursor& cursor);
  void Take(const JournalOrder& order);
  void Take(const JournalFundingPayment& payment);
  void Take(const JournalFundingCursor& cursor);
  void Take(const JournalNonceMark& mark);
  void Take(const JournalTriggered& triggered);
  void Add(const RememberedOrder& remembered);
  void ForgetOldOrders();

  std::vector<RememberedOrder> orders_;
  absl::flat_hash_map<ClientOrderId, size_t> index_;
  absl::flat_hash_set<std::pair<ClientOrderId, TradeId>> seen_fills_;
  std::map<TradingPair, TradeCursor> cursors_;
  std::vector<FillKey> foreign_fills_;
  FundingCursor funding_;
  absl::Time nonce_mark_ = absl::InfinitePast();
  int64_t orphans_ = 0;
  int64_t fills_ = 0;
  int sessions_ = 0;
  size_t ended_since_forgetting_ = 0;
  absl::Time last_forgetting_ = absl::InfinitePast();
  absl::Time last_time_ = absl::InfinitePast();
};

}  // namespace colibri
