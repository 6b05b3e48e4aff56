// Keeps the books of a connector: sequencer and book per instrument, events, health.
//
//   OrderBookTracker books(venue, instruments, GapRule::kContiguousIds, clock, events, health,
//   request_snapshot); source.Parse(frame, time, books);      // the tracker is a MarketMessageSink
//
// A gap, a lost connection, a wrong checksum or a crossed book makes the book stale within that
// message, publishes BookChanged with is_stale, and asks for a snapshot. Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

#include "connector/funding_rates.h"
#include "connector/health.h"
#include "connector/instrument.h"
#include "connector/instrument_range.h"
#include "connector/market_message.h"
#include "core/book_heat.h"
#include "core/book_sequencer.h"
#include "core/clock.h"
#include "core/event_bus.h"
#include "core/order_book.h"

namespace colibri {

class OrderBookTracker final : public MarketMessageSink {
 public:
  using SnapshotRequester = std::function<void(InstrumentIndex)>;
  using Checksum = std::function<uint32_t(const OrderBook&)>;

  // All references outlive the tracker. health may be null. request_snapshot is called when a
  // snapshot is needed (on the first diff, after a gap, when one was too old); it may be called
  // again before the last request ended.
  OrderBookTracker(std::string_view venue,
                   const InstrumentTable& instruments,
                   GapRule rule,
                   Clock& clock,
                   EventBus& events,
                   Health* health,
                   SnapshotRequester request_snapshot);

  // From now on a book whose checksum is not the one that came with a message is stale, and fetched
  // again. Without it checksums are not looked at.
  void set_checksum(Checksum checksum) { checksum_ = std::move(checksum); }

  // From now on; a hot book stays hot. Without it a book is kAuto.
  void SetKind(InstrumentIndex instrument, BookKind kind);

  void OnBookDiff(InstrumentIndex instrument, const BookDiff& diff) override;
  void OnBookSnapshot(InstrumentIndex instrument, const BookSnapshot& snapshot) override;
  void OnTrade(InstrumentIndex instrument, const TradeMessage& trade) override;
  void OnBestQuote(InstrumentIndex instrument, const BestQuoteMessage& quote) override;
  void OnCandle(InstrumentIndex instrument, const CandleMessage& candle) override;
  void OnFunding(InstrumentIndex instrument, const FundingMessage& funding) override;
  void OnLiquidation(InstrumentIndex instrument, const LiquidationMessage& liquidation) override;
  void OnNotice(MarketNotice notice, std::string_view text) override;

  // These books are stale from now on: their connection was lost. A snapshot that was asked for
  // before NoteConnected says that there is one again makes none of them right.
  void NoteLost(InstrumentRange books, std::string_view reason);
  void NoteConnected(InstrumentRange books);
  void MarkAllStale(std::string_view reason);
  // Its connection carries the changes of the book from that update id on, whose diffs may be yet
  // to come: asks for a snapshot unless it is synced.
  void NoteFollowed(InstrumentIndex instrument, int64_t update_id);
  // Which connection feeds the book, counted; nullopt while there is none.
  std::optional<int64_t> connection(InstrumentIndex instrument) const;
  // One book is, which was synced: its channel has gone quiet.
  void MarkStale(InstrumentIndex instrument, std::string_view reason);

  // Unavailable with the reason unless synced.
  absl::StatusOr<const OrderBook*> book(const TradingPair& pair) const;
  // Null unless synced.
  const OrderBook* FindSynced(InstrumentIndex instrument) const;
  const OrderBook& raw_book(InstrumentIndex instrument) const;  // whatever its state
  const BookSequencer& sequencer(InstrumentIndex instrument) const;
  bool all_synced() const;
  // Of perpetuals.
  FundingRates& funding() { return funding_; }
  const FundingRates& funding() const { return funding_; }
  GapRule gap_rule() const { return rule_; }

  int64_t diffs_applied() const { return diffs_applied_; }
  int64_t snapshots_applied() const { return snapshots_applied_; }
  int64_t level_changes() const { return level_changes_; }
  int64_t gaps() const;
  int64_t resyncs() const { return resyncs_; }  // syncs after the first of each book

 private:
  struct TrackedBook {
    OrderBook book;
    BookSequencer sequencer;
    BookHeat heat = {};
    BookKind kind = BookKind::kAuto;
    bool was_synced = false;
    bool is_connected = true;
    int64_t connection = 0;
  };

  // Hot books want half a megabyte each: so many become so by themselves, whatever happens.
  static constexpr int kHeatedBooksMax = 64;

  TrackedBook& at(InstrumentIndex instrument);
  // The book has become worth it. Nobody walks it between two messages.
  void Heat(InstrumentIndex instrument, TrackedBook& tracked);
  void BecomeStale(InstrumentIndex instrument, TrackedBook& tracked, std::string_view reason);
  // Tells what the sequencer has just decided.
  void NoteStale(InstrumentIndex instrument, TrackedBook& tracked);
  void RequestSnapshot(InstrumentIndex instrument);
  // What is wrong with the book as it is after a message with that checksum; empty: nothing.
  std::string FindFault(const OrderBook& book, std::optional<uint32_t> checksum) const;

  std::string_view venue_;
  const InstrumentTable& instruments_;
  GapRule rule_;
  Clock& clock_;
  EventBus& events_;
  Health* health_;
  SnapshotRequester request_snapshot_;
  Checksum checksum_;
  std::vector<std::unique_ptr<TrackedBook>> books_;
  FundingRates funding_;
  int64_t diffs_applied_ = 0;
  int64_t snapshots_applied_ = 0;
  int64_t level_changes_ = 0;
  int64_t resyncs_ = 0;
  int heated_books_ = 0;
};

}  // namespace colibri
