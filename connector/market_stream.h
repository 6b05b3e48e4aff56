// Runs a venue's public market data: connects, subscribes, reads, and comes back when the
// connection ends.
//
//   MarketStream stream(environment, tasks, instruments, source, books, snapshots, options);
//   tasks.Spawn("market_stream", stream.Run());
//
// A stream has one connection, which carries a range of the instruments; a connector with more of
// them than fit on one has several streams, each on its own.
// Every book of it is stale from the moment that the connection is lost. Silence of the connection
// counts as a loss, whatever pings it answers. A book that gets no diffs while its quotes or trades
// flow, here or on another stream (NoteMove), is stale, and a second connection is opened. A second
// connection is also opened before the venue's forced close, and when the venue announces one. The
// first goes on feeding until every book of the second joins where the book stands
// (market_handover.h); then the second takes over, and no strategy sees a stale book. A second that
// does not come about is tried again while the first lives; when the first is lost meanwhile, the
// second takes over with what it has, and only the books that it does not cover are stale. Trades,
// quotes and candles that both carried are published once.
// Thread: the loop's. The task group is joined before this is destroyed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/async_event.h"
#include "connector/environment.h"
#include "connector/instrument.h"
#include "connector/instrument_range.h"
#include "connector/log.h"
#include "connector/market_handover.h"
#include "connector/market_message.h"
#include "connector/order_book_data_source.h"
#include "connector/order_book_tracker.h"
#include "connector/reconnect_policy.h"
#include "connector/repeat_filter.h"
#include "connector/snapshot_fetcher.h"
#include "connector/task_group.h"

namespace colibri {

struct MarketStreamOptions {
  std::string venue;
  std::optional<InstrumentRange> instruments = std::nullopt;  // without: all
  absl::Duration silence_max = absl::Seconds(60);
  // A book without a diff while it trades for so long is taken to be cut off.
  absl::Duration book_silence_max = absl::Seconds(30);
  absl::Duration session_lifetime = absl::Hours(24);
  std::string heartbeat_frame = {};
  absl::Duration heartbeat_period = absl::InfiniteDuration();
  FrameEncoding frame_encoding = FrameEncoding::kText;
  // False: the books come on another connection, and its loss makes none of them stale.
  bool has_books = true;
  std::function<void(const absl::Status&)> on_state = {};
  // For each trade; of a stream without books.
  std::function<void(InstrumentIndex)> on_trade = {};
};

class MarketStream final : private MarketMessageSink {
 public:
  // A snapshot is asked for once something says that the connection carries the book: its first
  // diff, or its first quote where quotes have the book's numbers. Books that neither has come for
  // by then are quiet: fetch them too.
  static constexpr absl::Duration kQuietBookWait = absl::Seconds(1);

  MarketStream(Environment& environment,
               TaskGroup& tasks,
               const InstrumentTable& instruments,
               OrderBookDataSource& source,
               OrderBookTracker& books,
               SnapshotFetcher& snapshots,
               MarketStreamOptions options);
  ~MarketStream() override;

  // Until canceled.
  Task<void> Run();

  // Another stream has heard that the book of the instrument changes.
  void NoteMove(InstrumentIndex instrument);

  // What it carries.
  InstrumentRange range() const;
  bool is_connected() const { return current_ != nullptr; }
  int64_t frames() const { return frames_; }
  int64_t parse_errors() const { return parse_errors_; }
  int64_t reconnects() const { return reconnects_; }
  int64_t rollovers() const { return rollovers_; }

 private:
  struct Connection {
    std::unique_ptr<WebSocket> socket;
    absl::Duration opened_at;
    size_t subscriptions = 0;
    std::unique_ptr<MarketHandover> handover;  // until it has taken over from another one
    bool has_ended = false;
    std::string end_reason = {};
  };
  // The coroutine that reads a connection and the stream share it.
  using ConnectionPtr = std::shared_ptr<Connection>;

  Task<absl::StatusOr<ConnectionPtr>> Open();
  // One connection, and those that take over from it. Says why the last one ended.
  Task<std::string> Serve();
  // Until the connection ends, or another one has taken over.
  Task<void> Read(ConnectionPtr connection);
  Task<void> ReadFrames(ConnectionPtr connection);
  // Connects a second time and reads it, until `generation` is over or it has taken over and ended.
  Task<void> Succeed(int64_t generation);
  void NoteState(const absl::Status& status);
  void ScheduleRollover();
  void StartRollover(std::string_view reason);
  void WatchHandover();
  void TryTakeOver();
  void TakeOver();
  void ParseFrame(std::string_view text, int64_t receive_time_ns);
  // What has come at `now` changes the book: where diffs do not follow, they are cut off.
  void NoteMoveAt(InstrumentIndex instrument, absl::Duration now);
  void NoteBookSilent(InstrumentIndex instrument, absl::Duration now);

  void OnBookDiff(InstrumentIndex instrument, const BookDiff& diff) override;
  void OnBookSnapshot(InstrumentIndex instrument, const BookSnapshot& snapshot) override;
  void OnTrade(InstrumentIndex instrument, const TradeMessage& trade) override;
  void OnBestQuote(InstrumentIndex instrument, const BestQuoteMessage& quote) override;
  void OnCandle(InstrumentIndex instrument, const CandleMessage& candle) override;
  void OnFunding(InstrumentIndex instrument, const FundingMessage& funding) override;
  void OnLiquidation(InstrumentIndex instrument, const LiquidationMessage& liquidation) override;
  void OnNotice(MarketNotice notice, std::string_view text) override;

  Environment& environment_;
  TaskGroup& tasks_;
  const InstrumentTable& instruments_;
  OrderBookDataSource& source_;
  OrderBookTracker& books_;
  SnapshotFetcher& snapshots_;
  MarketStreamOptions options_;
  ReconnectPolicy policy_;

  ConnectionPtr current_;    // feeds the books; null while there is none
  ConnectionPtr candidate_;  // is about to take over
  // Of current_: an attempt to succeed another one is void.
  int64_t generation_ = 0;
  int64_t rollover_generation_ = -1;  // that already has such an attempt
  AsyncEvent connection_ended_;
  RepeatFilter repeats_;
  // By instrument: when it moved first since its last book message; infinite: it has not.
  std::vector<absl::Duration> moved_at_;
  absl::Duration frame_at_;                            // monotonic
  const bool is_traced_ = IsLogged(LogLevel::kTrace);  // not asked per frame
  TimerId rollover_timer_ = 0;
  TimerId handover_timer_ = 0;
  TimerId quiet_timer_ = 0;

  bool is_starting_ = false;    // the quiet books are not fetched yet
  bool was_heartbeat_ = false;  // the frame that was parsed last
  int64_t frames_ = 0;
  int64_t parse_errors_ = 0;
  int64_t reconnects_ = 0;
  int64_t rollovers_ = 0;
};

}  // namespace colibri
