// Keeps the journal of a connector's orders, and brings them back after a restart.
//
//   OrderJournal journal(state);                              // before anybody else subscribes
//   RETURN_IF_ERROR(journal.Open());                          // reads what an earlier process left
//   journal.Restore();                                        // once the trading rules are known
//   RETURN_IF_ERROR(journal.NoteIntent(order));               // not OK: the order must not be sent
//
// Everything that strategies are told of orders goes to the file before they hear it, so that a
// restart says nothing twice. While the file can't be written, the health "journal" is down and no
// order is placed; cancels go out. It is tried again every kRetryPeriod, by writing all that is
// known to a new file. Without a configured path all of this does nothing. Thread: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "connector/exchange_state.h"
#include "connector/journal.h"
#include "connector/venue_protocol.h"

namespace colibri {

class OrderJournal {
 public:
  static constexpr absl::Duration kRetryPeriod = absl::Seconds(1);
  // Reported foreign fills that a new file remembers.
  static constexpr size_t kForeignFillsMax = 10'000;

  explicit OrderJournal(ExchangeState& state);
  ~OrderJournal();

  absl::Status Open();
  // The tracker knows afterwards what the earlier process knew. Gives the orders that were open:
  // what became of them, only the venue can say.
  std::vector<ClientOrderId> Restore();
  // Where the trades of a pair were read up to; nullopt: never.
  std::optional<TradeCursor> cursor(const TradingPair& pair) const;

  // Which funding payments were told; from `now` on when none ever was.
  FundingCursor funding_cursor(absl::Time now);
  void NoteFundingCursor(absl::Time since);

  // When an earlier process last wrote; InfinitePast: there was none.
  absl::Time earlier_until() const { return earlier_until_; }

  // Where signatures have nonces: no process has used one beyond this; InfinitePast: none at all.
  absl::Time nonce_mark() const { return nonce_mark_; }
  // Nonces up to there are about to be used.
  void NoteNonces(absl::Time until);

  absl::Status NoteIntent(const Order& order);
  void NoteCancel(const ClientOrderId& id);
  void NoteAmend(const ClientOrderId& id, const OrderAmendment& amendment);
  void NoteCursor(const TradingPair& pair, const TradeCursor& cursor);

  // Writes what is buffered and closes the file.
  void Close();

 private:
  void Subscribe();
  void Append(const JournalRecord& record);
  void NoteEnd(const Order& order, bool is_incomplete);
  void RotateSoon();
  std::vector<JournalRecord> AllThatIsKnown() const;
  void NoteTrouble(const absl::Status& status);
  void Retry();

  ExchangeState& state_;
  std::unique_ptr<Journal> journal_;  // null: not configured, or not open
  JournalState earlier_;              // until Restore
  std::map<TradingPair, TradeCursor> cursors_;
  std::deque<FillKey> foreign_fills_;
  FundingCursor funding_;
  absl::Time nonce_mark_ = absl::InfinitePast();
  absl::Time earlier_until_ = absl::InfinitePast();
  std::vector<Subscription> subscriptions_;
  bool is_incomplete_ = false;  // something known is not in the file
  TimerId retry_timer_ = 0;
  TimerId rotate_timer_ = 0;
};

}  // namespace colibri
