// Plays recorded market data of one pair through the venue's own parser, sequencer and book, on
// virtual time.
//
//   RecordedMarket market(venue, {.pair = pair, .files = files, .scale = {2, 5}}, clock, bus);
//   for (;;) {
//     ASSIGN_OR_RETURN(const bool has_more, market.Step());   // one line; the clock stands at its
//     receipt time if (!has_more) break;
//   }
//
// The clock never goes back: a line older than the one before is played at the later time. A gap in
// the diffs makes the book stale, as it would live; there is no venue to ask for another snapshot,
// so it stays stale until the recording holds one. Thread: the loop's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "connector/order_book_data_source.h"
#include "connector/order_book_tracker.h"
#include "connector/recording_reader.h"
#include "connector/registry.h"
#include "core/event_bus.h"
#include "core/simulated_clock.h"

namespace colibri {

struct Recording {
  TradingPair pair;
  std::vector<std::string> files;  // played as one stream, in this order
  BookScale scale;
  BookKind book = BookKind::kAuto;
};

struct RecordingTotals {
  int64_t lines = 0;
  int64_t depth_messages = 0;
  int64_t snapshots = 0;
  int64_t trades = 0;
  Decimal trade_quantity;  // base
  Decimal trade_notional;  // quote, exact
  int64_t best_quotes = 0;
};

class RecordedMarket final : private MarketMessageSink {
 public:
  // All references outlive the market. CHECKs that the venue has a market-data parser.
  RecordedMarket(const VenueEntry& venue,
                 Recording recording,
                 SimulatedClock& clock,
                 EventBus& events);
  ~RecordedMarket() override;

  // Plays the next line; false at the end. Errors as of RecordingReader and of the parser, each
  // with "file:line".
  absl::StatusOr<bool> Step();
  // "file:line" of the line played last.
  std::string Where() const { return reader_.Where(); }

  const TradingPair& pair() const { return recording_.pair; }
  const OrderBookTracker& books() const { return *books_; }
  const OrderBook& book() const { return books_->raw_book(0); }
  const BookSequencer& sequencer() const { return books_->sequencer(0); }
  const RecordingTotals& totals() const { return totals_; }
  const Health& health() const { return health_; }

 private:
  void OnBookDiff(InstrumentIndex instrument, const BookDiff& diff) override;
  void OnBookSnapshot(InstrumentIndex instrument, const BookSnapshot& snapshot) override;
  void OnTrade(InstrumentIndex instrument, const TradeMessage& trade) override;
  void OnBestQuote(InstrumentIndex instrument, const BestQuoteMessage& quote) override;
  void OnCandle(InstrumentIndex instrument, const CandleMessage& candle) override;
  void OnFunding(InstrumentIndex instrument, const FundingMessage& funding) override;
  void OnLiquidation(InstrumentIndex instrument, const LiquidationMessage& liquidation) override;
  void OnNotice(MarketNotice notice, std::string_view text) override;

  Recording recording_;
  SimulatedClock& clock_;
  InstrumentTable instruments_;
  Health health_;
  RecordingReader reader_;
  std::unique_ptr<OrderBookDataSource> source_;
  std::unique_ptr<OrderBookTracker> books_;
  RecordingTotals totals_;
};

}  // namespace colibri
