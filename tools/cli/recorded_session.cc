#include "tools/cli/recorded_session.h"

#include <chrono>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

#include "connector/net/asio_environment.h"
#include "connector/position_closer.h"
#include "core/simulated_clock.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/paper/paper_exchange.h"
#include "exchanges/paper/recorded_feed.h"
#include "strategies/event_log.h"
#include "tools/cli/status_screen.h"
#include "tools/cli/stop_signal.h"

namespace colibri::cli {
namespace {

constexpr size_t kFillsKept = 100'000;
constexpr int64_t kLinesPerLook = 256;  // at signals and at the real time
constexpr std::chrono::milliseconds kRedraw(250);
constexpr absl::Duration kFlattenStep = absl::Milliseconds(100);  // virtual
constexpr absl::Duration kFlattenTimeout = absl::Minutes(30);     // longer than any delays

// Looks after Ctrl-C and the screen while the recording plays. Neither touches virtual time.
class Attendant {
 public:
  Attendant(CliIo& io,
            const PaperExchange& exchange,
            const TradingPair& pair,
            bool shows_status,
            KillGuard* kill_guard)
      : stop_(environment_, io, [&exchange] { return exchange.open_orders(); }),
        kill_watch_(kill_guard == nullptr ? nullptr : kill_guard->Watch(environment_)),
        screen_(io, exchange, pair),
        is_shown_(shows_status && io.is_terminal) {}

  bool MustStop() {
    environment_.io_context().poll();
    return stop_.is_requested();
  }

  // Time to draw: four times a real second, on a terminal.
  bool IsDue() {
    const auto now = std::chrono::steady_clock::now();
    if (!is_shown_ || now < next_draw_) {
      return false;
    }
    next_draw_ = now + kRedraw;
    return true;
  }
  void Draw(const StatusView& view) { screen_.Draw(view); }
  bool is_shown() const { return is_shown_; }

 private:
  AsioEnvironment environment_;
  StopSignal stop_;
  std::unique_ptr<KillGuard::Watcher, KillGuard::EndWatch> kill_watch_;
  StatusScreen screen_;
  bool is_shown_;
  std::chrono::steady_clock::time_point next_draw_;
};

// What KillSweep does on a real loop: cancels until nothing is left.
class RecordedSweep {
 public:
  RecordedSweep(PaperExchange& exchange, KillGuard* guard) : exchange_(exchange), guard_(guard) {}

  void Continue() {
    if (guard_ == nullptr || !guard_->kill().is_engaged()) {
      is_told_ = false;
      return;
    }
    if (!exchange_.open_orders().empty()) {
      is_told_ = false;
      exchange_.CancelAll(std::nullopt).IgnoreError();  // tried again after the next line
    } else if (!is_told_) {
      is_told_ = true;
      guard_->Finish(std::string(exchange_.name()), {.is_verified = true, .may_be_open = {}});
    }
  }

 private:
  PaperExchange& exchange_;
  KillGuard* guard_;
  bool is_told_ = false;
};

// Orders away, then positions, at the book as it stands: time goes on for the wire's delays, and no
// market with it.
void Flatten(PaperExchange& exchange, SimulatedClock& clock, CliIo& io) {
  if (exchange.perpetual() == nullptr) {
    return;
  }
  absl::Status refused;
  const absl::Time deadline = clock.now() + kFlattenTimeout;
  const auto is_done = [&] {
    return exchange.open_orders().empty() && exchange.perpetual()->positions().empty();
  };
  exchange.CancelAll(std::nullopt).IgnoreError();
  while (!is_done() && clock.now() < deadline) {
    clock.AdvanceBy(kFlattenStep);
    if (!exchange.open_orders().empty()) {
      continue;
    }
    for (const Position& position : exchange.perpetual()->positions()) {
      refused = exchange.Place(ClosingOrder(position)).status();
    }
  }
  if (!is_done()) {
    io.err << "error: positions are not closed"
           << (refused.ok() ? "" : StrCat(": ", Std(refused.message()))) << '\n';
  }
}

absl::StatusOr<EventLog::LineWriter> OpenEventFile(const std::string& path, std::ofstream& file) {
  if (path.empty()) {
    return EventLog::LineWriter();
  }
  file.open(path, std::ios::trunc);
  if (!file.good()) {
    return absl::InvalidArgumentError(StrCat("can't write ", path, " (--events)"));
  }
  return EventLog::LineWriter([&file](std::string_view line) { file << line << '\n'; });
}

}  // namespace

absl::StatusOr<RecordedResult> RunRecorded(const RunConfig& config,
                                           SessionOptions options,
                                           const std::string& event_file,
                                           CliIo& io) {
  ASSIGN_OR_RETURN(const absl::Time start, RecordedFeed::StartTime(config.paper.recording));
  SimulatedClock clock(start);
  ASSIGN_OR_RETURN(std::unique_ptr<RecordedFeed> feed,
                   RecordedFeed::Make(*config.venue, config.paper, clock));
  RecordedFeed& recording = *feed;
  PaperExchange exchange(config.paper, config.venue->spec, std::move(feed), clock);
  RETURN_IF_ERROR(exchange.Open());
  std::ofstream events;
  ASSIGN_OR_RETURN(EventLog::LineWriter writer, OpenEventFile(event_file, events));
  EventLog log(exchange.events(), std::move(writer));
  PerformanceTracker performance(
      exchange, options.pair, kFillsKept, std::move(options.fill_writer));
  const std::unique_ptr<Strategy> strategy = MakeStrategy(config.strategy);
  RETURN_IF_ERROR(strategy->Start({exchange, clock}));
  Attendant attendant(io, exchange, options.pair, options.shows_status, options.kill_guard);
  RecordedSweep sweep(exchange, options.kill_guard);
  const auto view = [&] {
    return StatusView{strategy->status(), performance.Report(), clock.now() - start};
  };
  for (int64_t line = 1; clock.now() - start < options.duration; ++line) {
    ASSIGN_OR_RETURN(const bool has_more, recording.Step());
    sweep.Continue();
    if (!has_more || (line % kLinesPerLook == 0 && attendant.MustStop())) {
      break;
    }
    if (line % kLinesPerLook == 0 && attendant.IsDue()) {
      attendant.Draw(view());
    }
  }
  strategy->Stop();
  Flatten(exchange, clock, io);
  RecordedResult result;
  result.session.shutdown = exchange.Close();
  result.session.report = performance.Report();
  result.session.fills = performance.fills();
  result.session.counters = exchange.counters();
  result.session.base = exchange.balance(options.pair.base);
  result.session.quote = exchange.balance(options.pair.quote);
  result.session.perpetual = ReadPerpetual(exchange, options.pair);
  result.session.elapsed = clock.now() - start;
  result.event_log_hash = log.hash();
  result.events = log.event_count();
  result.lines = recording.market().totals().lines;
  result.sequence_gaps = recording.market().books().gaps();
  if (attendant.is_shown()) {
    attendant.Draw(view());
  }
  if (result.sequence_gaps > 0) {
    io.err << "warning: the recording has " << result.sequence_gaps
           << " gaps; nothing was quoted while the book was stale\n";
  }
  if (!event_file.empty() && !events.flush().good()) {
    return absl::UnavailableError(StrCat("not all events could be written to ", event_file));
  }
  return result;
}

}  // namespace colibri::cli
