// Runs a venue's public market data: connects, subscribes, reads, and comes back when the
// connection ends.
//
//   MarketStream stream(environment, tasks, instruments, source, books, snapshots, options);
//   tasks.Spawn("market_stream", stream.Run());
//
// Every book is stale from the moment that the connection is lost. Silence counts as a loss. Before
// the venue's forced close a second connection is opened and subscribed, then takes over; the books
// stay in order, and trades that both carried are published once. Thread: the loop's. The task
// group is joined before this is destroyed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "connector/environment.h"
#include "connector/instrument.h"
#include "connector/log.h"
#include "connector/market_message.h"
#include "connector/order_book_data_source.h"
#include "connector/order_book_tracker.h"
#include "connector/reconnect_policy.h"
#include "connector/snapshot_fetcher.h"
#include "connector/task_group.h"

namespace colibri {

struct MarketStreamOptions {
  std::string venue;
  absl::Duration silence_max = absl::Seconds(60);
  absl::Duration session_lifetime = absl::Hours(24);
};

class MarketStream final : private MarketMessageSink {
 public:
  // How long both connections are open at a rollover.
  static constexpr absl::Duration kOverlap = absl::Seconds(1);
  // Books that no diff has asked a snapshot for by then are quiet: fetch them too.
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

  bool is_connected() const { return socket_ != nullptr; }
  int64_t frames() const { return frames_; }
  int64_t parse_errors() const { return parse_errors_; }
  int64_t reconnects() const { return reconnects_; }
  int64_t rollovers() const { return rollovers_; }

 private:
  Task<absl::StatusOr<std::unique_ptr<WebSocket>>> Open();
  // One connection, and those that take over from it. Says why the last one ended.
  Task<std::string> Serve();
  Task<std::string> Read();
  Task<void> OpenSuccessor(int64_t generation);
  void ScheduleRollover();
  bool TakeOver();
  void ParseFrame(const WebSocketFrame& frame);

  void OnBookDiff(InstrumentIndex instrument, const BookDiff& diff) override;
  void OnBookSnapshot(InstrumentIndex instrument, const BookSnapshot& snapshot) override;
  void OnTrade(InstrumentIndex instrument, const TradeMessage& trade) override;
  void OnBestQuote(InstrumentIndex instrument, const BestQuoteMessage& quote) override;
  void OnCandle(InstrumentIndex instrument, const CandleMessage& candle) override;
  void OnNotice(MarketNotice notice, std::string_view text) override;

  Environment& environment_;
  TaskGroup& tasks_;
  const InstrumentTable& instruments_;
  OrderBookDataSource& source_;
  OrderBookTracker& books_;
  SnapshotFetcher& snapshots_;
  MarketStreamOptions options_;
  ReconnectPolicy policy_;

  std::unique_ptr<WebSocket> socket_;
  std::unique_ptr<WebSocket> successor_;  // subscribed, not read yet
  int64_t generation_ = 0;                // of socket_: an attempt to succeed another one is void
  bool is_shutdown_announced_ = false;
  const bool is_traced_ = IsLogged(LogLevel::kTrace);  // not asked per frame
  // Trades of the old connection while both are open; the new one repeats them.
  bool is_overlapping_ = false;
  std::vector<std::pair<InstrumentIndex, std::string>> overlap_trades_;
  TimerId rollover_timer_ = 0;
  TimerId quiet_timer_ = 0;

  int64_t frames_ = 0;
  int64_t parse_errors_ = 0;
  int64_t reconnects_ = 0;
  int64_t rollovers_ = 0;
};

}  // namespace colibri
