#include "connector/market_stream.h"

#include <algorithm>
#include <utility>

#include "connector/log.h"
#include "connector/silence_watchdog.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// By then the new connection has repeated what it will repeat.
constexpr absl::Duration kRepeatsMax = absl::Seconds(10);
constexpr size_t kOverlapTradesMax = 10'000;
// The first errors are told, then every thousandth.
constexpr int64_t kErrorsTold = 5;
constexpr int64_t kErrorsPerLine = 1000;

}  // namespace

MarketStream::MarketStream(Environment& environment,
                           TaskGroup& tasks,
                           const InstrumentTable& instruments,
                           OrderBookDataSource& source,
                           OrderBookTracker& books,
                           SnapshotFetcher& snapshots,
                           MarketStreamOptions options)
    : environment_(environment),
      tasks_(tasks),
      instruments_(instruments),
      source_(source),
      books_(books),
      snapshots_(snapshots),
      options_(std::move(options)),
      policy_(environment.random()) {}

MarketStream::~MarketStream() {
  environment_.clock().CancelTimer(rollover_timer_);
  environment_.clock().CancelTimer(quiet_timer_);
}

Task<void> MarketStream::Run() {
  Clock& clock = environment_.clock();
  while (true) {
    const std::string reason = co_await Serve();
    socket_.reset();
    successor_.reset();
    ++generation_;
    ++reconnects_;
    clock.CancelTimer(std::exchange(rollover_timer_, 0));
    clock.CancelTimer(std::exchange(quiet_timer_, 0));
    books_.MarkAllStale(StrCat("market stream: ", reason));
    const absl::Duration delay = policy_.NextDelay(clock.monotonic());
    LogWarning("market_stream_lost",
               {{"venue", options_.venue},
                {"why", reason},
                {"retry_in", absl::FormatDuration(absl::Trunc(delay, absl::Milliseconds(1)))}});
    co_await environment_.Sleep(delay);
  }
}

Task<absl::StatusOr<std::unique_ptr<WebSocket>>> MarketStream::Open() {
  std::vector<const Instrument*> all;
  for (const Instrument& instrument : instruments_) {
    all.push_back(&instrument);
  }
  CO_ASSIGN_OR_RETURN(Url url, Url::Parse(source_.StreamUrl(all)));
  CO_ASSIGN_OR_RETURN(std::unique_ptr<WebSocket> socket,
                      co_await environment_.web_sockets().Connect(
                          WebSocketRequest{.url = std::move(url), .headers = {}}));
  for (std::string& frame : source_.SubscribeFrames(all)) {
    CO_RETURN_IF_ERROR(co_await socket->Write(std::move(frame)));
  }
  co_return socket;
}

Task<std::string> MarketStream::Serve() {
  Clock& clock = environment_.clock();
  absl::StatusOr<std::unique_ptr<WebSocket>> opened = co_await Open();
  if (!opened.ok()) {
    co_return std::string(Std(opened.status().message()));
  }
  socket_ = *std::move(opened);
  policy_.NoteConnected(clock.monotonic());
  LogInfo("market_stream_connected",
          {{"venue", options_.venue}, {"pairs", StrCat(instruments_.size())}});
  quiet_timer_ = clock.ScheduleAfter(kQuietBookWait, [this] {
    quiet_timer_ = 0;
    snapshots_.RequestMissing();
  });
  while (true) {
    ScheduleRollover();
    std::string reason = co_await Read();
    if (!TakeOver()) {
      co_return reason;
    }
  }
}

Task<std::string> MarketStream::Read() {
  is_shutdown_announced_ = false;
  SilenceWatchdog watchdog(
      environment_.clock(), options_.silence_max, [socket = socket_.get()] { socket->Close(); });
  while (true) {
    absl::StatusOr<WebSocketFrame> frame = co_await socket_->Read();
    if (!frame.ok()) {
      co_return watchdog.has_fired()
          ? StrCat("silent for ", absl::FormatDuration(options_.silence_max))
          : std::string(Std(frame.status().message()));
    }
    watchdog.Feed();
    ++frames_;
    ParseFrame(*frame);
    if (is_shutdown_announced_) {
      co_return "the venue announced the end of this connection";
    }
  }
}

void MarketStream::ParseFrame(const WebSocketFrame& frame) {
  if (is_traced_) [[unlikely]] {
    Log(LogLevel::kTrace,
        "market_frame",
        {{"venue", options_.venue}, {"text", std::string(frame.text)}});
  }
  const absl::Status status = source_.Parse(frame.text, frame.receive_time_ns, *this);
  if (status.ok()) [[likely]] {
    return;
  }
  ++parse_errors_;
  if (parse_errors_ <= kErrorsTold || parse_errors_ % kErrorsPerLine == 0) {
    LogWarning(
        "market_frame_unreadable",
        {{"venue", options_.venue}, {"count", StrCat(parse_errors_)}, {"why", status.ToString()}});
  }
}

void MarketStream::ScheduleRollover() {
  Clock& clock = environment_.clock();
  clock.CancelTimer(rollover_timer_);
  // Early enough to try several times before the venue closes.
  rollover_timer_ =
      clock.ScheduleAfter(options_.session_lifetime * 0.95, [this, generation = generation_] {
        rollover_timer_ = 0;
        tasks_.Spawn("market_rollover", OpenSuccessor(generation));
      });
}

Task<void> MarketStream::OpenSuccessor(int64_t generation) {
  ReconnectPolicy policy(environment_.random());
  while (generation == generation_) {
    is_overlapping_ = true;  // what comes from here on may come on the new one too
    overlap_trades_.clear();
    absl::StatusOr<std::unique_ptr<WebSocket>> opened = co_await Open();
    if (generation != generation_) {
      co_return;
    }
    if (opened.ok()) {
      co_await environment_.Sleep(kOverlap);
      if (generation == generation_) {
        successor_ = *std::move(opened);
        socket_->Close();  // ends Read, and TakeOver follows
      }
      co_return;
    }
    LogWarning("market_rollover_failed",
               {{"venue", options_.venue}, {"why", opened.status().ToString()}});
    is_overlapping_ = false;
    overlap_trades_.clear();
    co_await environment_.Sleep(policy.NextDelay(environment_.clock().monotonic()));
  }
}

bool MarketStream::TakeOver() {
  is_overlapping_ = false;
  if (successor_ == nullptr) {
    overlap_trades_.clear();
    return false;
  }
  socket_ = std::move(successor_);
  ++generation_;
  ++rollovers_;
  LogInfo("market_stream_rolled_over", {{"venue", options_.venue}});
  environment_.clock().CancelTimer(quiet_timer_);
  quiet_timer_ = environment_.clock().ScheduleAfter(kRepeatsMax, [this] {
    quiet_timer_ = 0;
    overlap_trades_.clear();
    snapshots_.RequestMissing();
  });
  return true;
}

void MarketStream::OnBookDiff(InstrumentIndex instrument, const BookDiff& diff) {
  books_.OnBookDiff(instrument, diff);
}

void MarketStream::OnBookSnapshot(InstrumentIndex instrument, const BookSnapshot& snapshot) {
  books_.OnBookSnapshot(instrument, snapshot);
}

void MarketStream::OnTrade(InstrumentIndex instrument, const TradeMessage& trade) {
  if (is_overlapping_) [[unlikely]] {
    if (overlap_trades_.size() < kOverlapTradesMax) {
      overlap_trades_.emplace_back(instrument, trade.trade_id);
    }
  } else if (!overlap_trades_.empty()) [[unlikely]] {
    const auto repeated =
        std::find_if(overlap_trades_.begin(), overlap_trades_.end(), [&](const auto& known) {
          return known.first == instrument && known.second == trade.trade_id;
        });
    if (repeated != overlap_trades_.end()) {
      overlap_trades_.erase(repeated);
      return;
    }
  }
  books_.OnTrade(instrument, trade);
}

void MarketStream::OnBestQuote(InstrumentIndex instrument, const BestQuoteMessage& quote) {
  books_.OnBestQuote(instrument, quote);
}

void MarketStream::OnCandle(InstrumentIndex instrument, const CandleMessage& candle) {
  books_.OnCandle(instrument, candle);
}

void MarketStream::OnNotice(MarketNotice notice, std::string_view text) {
  switch (notice) {
    case MarketNotice::kServerShutdown:
      is_shutdown_announced_ = true;
      break;
    case MarketNotice::kRefused:
      LogError("subscription_refused",
               {{"venue", options_.venue}, {"why", std::string(text.substr(0, 200))}});
      break;
    case MarketNotice::kSubscribed:
    case MarketNotice::kIgnored:
      break;
  }
  books_.OnNotice(notice, text);
}

}  // namespace colibri
