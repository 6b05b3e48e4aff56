#include "connector/market_stream.h"

#include <utility>

#include "boost/asio/experimental/awaitable_operators.hpp"
#include "connector/heartbeat.h"
#include "connector/inflating_web_socket.h"
#include "connector/log.h"
#include "connector/silence_watchdog.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// By then the new connection has repeated what it will repeat.
constexpr absl::Duration kRepeatsMax = absl::Seconds(10);
// How often a handover is looked at while no frame comes.
constexpr absl::Duration kHandoverPeriod = absl::Milliseconds(500);
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
      policy_(environment.random()),
      moved_at_(instruments.size(), absl::InfiniteDuration()) {}

MarketStream::~MarketStream() {
  environment_.clock().CancelTimer(rollover_timer_);
  environment_.clock().CancelTimer(handover_timer_);
  environment_.clock().CancelTimer(quiet_timer_);
}

Task<void> MarketStream::Run() {
  Clock& clock = environment_.clock();
  while (true) {
    const std::string reason = co_await Serve();
    current_.reset();
    ++generation_;
    ++reconnects_;
    repeats_.Stop();
    clock.CancelTimer(std::exchange(rollover_timer_, 0));
    clock.CancelTimer(std::exchange(quiet_timer_, 0));
    if (options_.has_books) {
      books_.NoteLost(range(), StrCat("market stream: ", reason));
    }
    NoteState(absl::UnavailableError(reason));
    const absl::Duration delay = policy_.NextDelay(clock.monotonic());
    LogWarning("market_stream_lost",
               {{"venue", options_.venue},
                {"why", reason},
                {"retry_in", absl::FormatDuration(absl::Trunc(delay, absl::Milliseconds(1)))}});
    co_await environment_.Sleep(delay);
  }
}

Task<absl::StatusOr<MarketStream::ConnectionPtr>> MarketStream::Open() {
  std::vector<const Instrument*> all;
  for (InstrumentIndex i = range().begin; i < range().end; ++i) {
    all.push_back(&instruments_.at(i));
  }
  CO_ASSIGN_OR_RETURN(Url url, Url::Parse(source_.StreamUrl(all)));
  CO_ASSIGN_OR_RETURN(std::unique_ptr<WebSocket> socket,
                      co_await ConnectWebSocket(environment_.web_sockets(),
                                                {.url = std::move(url), .is_bulk = true},
                                                options_.frame_encoding));
  auto connection = std::make_shared<Connection>();
  connection->socket = std::move(socket);
  const absl::Duration spacing = source_.subscribe_spacing();
  for (std::string& frame : source_.SubscribeFrames(all)) {
    if (connection->subscriptions > 0 && spacing > absl::ZeroDuration()) {
      co_await environment_.Sleep(spacing);
    }
    ++connection->subscriptions;
    CO_RETURN_IF_ERROR(co_await connection->socket->Write(std::move(frame)));
  }
  connection->opened_at = environment_.clock().monotonic();
  co_return connection;
}

Task<std::string> MarketStream::Serve() {
  Clock& clock = environment_.clock();
  absl::StatusOr<ConnectionPtr> opened = co_await Open();
  if (!opened.ok()) {
    co_return std::string(Std(opened.status().message()));
  }
  current_ = *opened;
  if (options_.has_books) {
    books_.NoteConnected(range());
  }
  NoteState(absl::OkStatus());
  policy_.NoteConnected(clock.monotonic());
  LogInfo("market_stream_connected",
          {{"venue", options_.venue}, {"pairs", StrCat(range().size())}});
  moved_at_.assign(instruments_.size(), absl::InfiniteDuration());
  is_starting_ = options_.has_books && source_.quotes_number_books();
  quiet_timer_ = clock.ScheduleAfter(kQuietBookWait, [this] {
    quiet_timer_ = 0;
    is_starting_ = false;
    if (options_.has_books) {
      snapshots_.RequestMissing(range());
    }
  });
  ScheduleRollover();
  co_await Read(*std::move(opened));
  while (true) {
    if (!current_->has_ended) {
      co_await connection_ended_.Wait();  // another one reads on; it tells its end
    } else if (candidate_ != nullptr) {
      TakeOver();
    } else {
      co_return current_->end_reason;
    }
  }
}

Task<void> MarketStream::Read(ConnectionPtr connection) {
  if (options_.heartbeat_frame.empty()) {
    co_await ReadFrames(connection);
    co_return;
  }
  using boost::asio::experimental::awaitable_operators::operator||;
  Task<void> beating = Heartbeat(
      environment_, *connection->socket, options_.heartbeat_frame, options_.heartbeat_period);
  co_await (ReadFrames(connection) || std::move(beating));
}

Task<void> MarketStream::ReadFrames(ConnectionPtr connection) {
  SilenceWatchdog watchdog(environment_.clock(),
                           options_.silence_max,
                           [socket = connection->socket.get()] { socket->Close(); });
  while (true) {
    absl::StatusOr<WebSocketFrame> frame = co_await connection->socket->Read();
    const bool is_candidate = connection->handover != nullptr;
    if (!frame.ok()) {
      connection->end_reason =
          watchdog.has_fired() ? StrCat("silent for ", absl::FormatDuration(options_.silence_max))
                               : std::string(Std(frame.status().message()));
      break;
    }
    was_heartbeat_ = false;
    if (is_candidate) [[unlikely]] {
      if (!connection->handover->Keep(*frame)) {
        connection->end_reason = "it could not take over";
        break;
      }
    } else if (connection != current_) [[unlikely]] {
      break;  // succeeded, and closed
    } else {
      frame_at_ = environment_.clock().monotonic();
      ++frames_;
      ParseFrame(frame->text, frame->receive_time_ns);
    }
    if (!was_heartbeat_) [[likely]] {
      watchdog.Feed();
    }
    if (candidate_ != nullptr) [[unlikely]] {
      TryTakeOver();
    }
  }
  connection->has_ended = true;
  connection_ended_.Set();
}

void MarketStream::ParseFrame(std::string_view text, int64_t receive_time_ns) {
  if (is_traced_) [[unlikely]] {
    Log(LogLevel::kTrace, "market_frame", {{"venue", options_.venue}, {"text", std::string(text)}});
  }
  const absl::Status status = source_.Parse(text, receive_time_ns, *this);
  if (status.ok()) [[likely]] {
    return;
  }
  ++parse_errors_;
  if (parse_errors_ <= kErrorsTold || parse_errors_ % kErrorsPerLine == 0) {
    LogWarning(
        "market_frame_unreadable",
        {{"venue", options_.venue}, {"count", StrCat(parse_errors_)}, {"why", status.ToString()}});
  }
  if (options_.has_books && books_.gap_rule() == GapRule::kMonotonic) {
    // With every other rule the next message shows the hole, or fills it.
    for (InstrumentIndex i = range().begin; i < range().end; ++i) {
      books_.MarkStale(i, "a frame could not be read");
    }
    snapshots_.RequestMissing(range());
  }
}

void MarketStream::ScheduleRollover() {
  Clock& clock = environment_.clock();
  clock.CancelTimer(rollover_timer_);
  // Early enough to try several times before the venue closes.
  rollover_timer_ = clock.ScheduleAfter(options_.session_lifetime * 0.95, [this] {
    rollover_timer_ = 0;
    StartRollover("the venue will close this connection");
  });
}

void MarketStream::StartRollover(std::string_view reason) {
  if (rollover_generation_ == generation_) {
    return;  // under way
  }
  rollover_generation_ = generation_;
  LogInfo("market_rollover", {{"venue", options_.venue}, {"why", std::string(reason)}});
  tasks_.Spawn("market_rollover", Succeed(generation_));
}

Task<void> MarketStream::Succeed(int64_t generation) {
  ReconnectPolicy policy(environment_.random());
  while (generation == generation_) {
    repeats_.Record();  // what comes from here on may come on the new one too
    absl::StatusOr<ConnectionPtr> opened = co_await Open();
    if (generation != generation_) {
      co_return;
    }
    std::string why(Std(opened.status().message()));
    if (opened.ok()) {
      const ConnectionPtr mine = *std::move(opened);
      mine->handover =
          std::make_unique<MarketHandover>(source_, books_, range(), mine->subscriptions);
      candidate_ = mine;
      WatchHandover();
      co_await Read(mine);
      if (generation != generation_) {
        co_return;  // it has taken over, or there is nothing left to take over from
      }
      candidate_.reset();
      why = mine->end_reason;
    }
    repeats_.Stop();
    LogWarning("market_rollover_failed", {{"venue", options_.venue}, {"why", why}});
    co_await environment_.Sleep(policy.NextDelay(environment_.clock().monotonic()));
  }
}

// Looks at the candidate also while neither connection has a frame.
void MarketStream::WatchHandover() {
  Clock& clock = environment_.clock();
  clock.CancelTimer(handover_timer_);
  handover_timer_ = clock.ScheduleAfter(kHandoverPeriod, [this] {
    handover_timer_ = 0;
    if (candidate_ == nullptr) {
      return;
    }
    TryTakeOver();
    if (candidate_ == nullptr) {
      return;
    }
    if (environment_.clock().monotonic() - candidate_->opened_at >= MarketHandover::kOverlapMax) {
      candidate_->socket->Close();  // ends its Read; tried again later
    }
    WatchHandover();
  });
}

void MarketStream::TryTakeOver() {
  const absl::Duration open_for = environment_.clock().monotonic() - candidate_->opened_at;
  if (!candidate_->has_ended && candidate_->handover->IsComplete(open_for)) {
    TakeOver();
  }
}

void MarketStream::TakeOver() {
  Clock& clock = environment_.clock();
  const ConnectionPtr old = std::exchange(current_, std::move(candidate_));
  candidate_.reset();
  const std::unique_ptr<MarketHandover> handover = std::move(current_->handover);
  ++generation_;
  ++rollovers_;
  if (old->has_ended && options_.has_books) {
    // The first was lost before the second was ready: what is not known to follow on is stale.
    const absl::Duration open_for = clock.monotonic() - current_->opened_at;
    for (InstrumentIndex i = range().begin; i < range().end; ++i) {
      if (!handover->IsCovered(i, open_for)) {
        books_.MarkStale(i, StrCat("market stream: ", old->end_reason));
      }
    }
  }
  if (!old->has_ended) {
    old->socket->Close();  // ends its Read
  }
  LogInfo("market_stream_rolled_over",
          {{"venue", options_.venue}, {"kept_frames", StrCat(handover->frames().size())}});
  policy_.NoteConnected(clock.monotonic());
  ScheduleRollover();
  repeats_.Filter();
  clock.CancelTimer(quiet_timer_);
  quiet_timer_ = clock.ScheduleAfter(kRepeatsMax, [this] {
    quiet_timer_ = 0;
    repeats_.Stop();
    if (options_.has_books) {
      snapshots_.RequestMissing(range());
    }
  });
  frame_at_ = clock.monotonic();
  for (const MarketHandover::KeptFrame& frame : handover->frames()) {
    ++frames_;
    ParseFrame(frame.text, frame.receive_time_ns);
  }
}

InstrumentRange MarketStream::range() const {
  return options_.instruments.value_or(
      InstrumentRange{.begin = 0, .end = static_cast<InstrumentIndex>(instruments_.size())});
}

void MarketStream::NoteMove(InstrumentIndex instrument) {
  if (is_connected()) {
    NoteMoveAt(instrument, environment_.clock().monotonic());
  }
}

void MarketStream::NoteMoveAt(InstrumentIndex instrument, absl::Duration now) {
  if (moved_at_[instrument] == absl::InfiniteDuration()) {
    moved_at_[instrument] = now;
  } else if (now - moved_at_[instrument] >= options_.book_silence_max) [[unlikely]] {
    NoteBookSilent(instrument, now);
  }
}

void MarketStream::NoteBookSilent(InstrumentIndex instrument, absl::Duration now) {
  moved_at_[instrument] = now;  // looked at again after as long
  const std::string reason = StrCat("market stream: no book message for ",
                                    absl::FormatDuration(options_.book_silence_max),
                                    " while quotes or trades flow");
  LogWarning("book_silent",
             {{"venue", options_.venue},
              {"pair", instruments_.at(instrument).pair.ToString()},
              {"why", reason}});
  books_.MarkStale(instrument, reason);
  StartRollover(reason);
}

void MarketStream::OnBookDiff(InstrumentIndex instrument, const BookDiff& diff) {
  moved_at_[instrument] = absl::InfiniteDuration();
  books_.OnBookDiff(instrument, diff);
}

void MarketStream::OnBookSnapshot(InstrumentIndex instrument, const BookSnapshot& snapshot) {
  if (repeats_.is_on() && repeats_.IsRepeat(instrument, snapshot)) [[unlikely]] {
    return;
  }
  books_.OnBookSnapshot(instrument, snapshot);
  // One that was too old says nothing new: a book that gets only such is cut off.
  if (books_.sequencer(instrument).last_update_id() == snapshot.last_update_id) {
    moved_at_[instrument] = absl::InfiniteDuration();
  }
}

void MarketStream::OnTrade(InstrumentIndex instrument, const TradeMessage& trade) {
  if (repeats_.is_on() && repeats_.IsRepeat(instrument, trade)) [[unlikely]] {
    return;
  }
  if (options_.has_books) {
    NoteMoveAt(instrument, frame_at_);
  } else if (options_.on_trade) {
    options_.on_trade(instrument);
  }
  books_.OnTrade(instrument, trade);
}

void MarketStream::OnBestQuote(InstrumentIndex instrument, const BestQuoteMessage& quote) {
  if (repeats_.is_on() && repeats_.IsRepeat(instrument, quote)) [[unlikely]] {
    return;
  }
  if (options_.has_books) {
    NoteMoveAt(instrument, frame_at_);
    if (is_starting_) [[unlikely]] {
      books_.NoteFollowed(instrument, quote.update_id);
    }
  }
  books_.OnBestQuote(instrument, quote);
}

void MarketStream::OnCandle(InstrumentIndex instrument, const CandleMessage& candle) {
  if (repeats_.is_on() && repeats_.IsRepeat(instrument, candle)) [[unlikely]] {
    return;
  }
  books_.OnCandle(instrument, candle);
}

void MarketStream::OnFunding(InstrumentIndex instrument, const FundingMessage& funding) {
  books_.OnFunding(instrument, funding);
}

void MarketStream::OnLiquidation(InstrumentIndex instrument,
                                 const LiquidationMessage& liquidation) {
  books_.OnLiquidation(instrument, liquidation);
}

void MarketStream::NoteState(const absl::Status& status) {
  if (options_.on_state) {
    options_.on_state(status);
  }
}

void MarketStream::OnNotice(MarketNotice notice, std::string_view text) {
  switch (notice) {
    case MarketNotice::kServerShutdown:
      StartRollover("the venue announced the end of this connection");
      break;
    case MarketNotice::kRefused:
      LogError("subscription_refused",
               {{"venue", options_.venue}, {"why", std::string(text.substr(0, 200))}});
      break;
    case MarketNotice::kHeartbeat:
      was_heartbeat_ = true;
      break;
    case MarketNotice::kSubscribed:
    case MarketNotice::kIgnored:
      break;
  }
  books_.OnNotice(notice, text);
}

}  // namespace colibri
