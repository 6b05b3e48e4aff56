#include "tools/cli/trade_session.h"

#include <utility>

#include "connector/log.h"
#include "connector/perpetual_exchange.h"
#include "connector/position_closer.h"
#include "core/strings.h"
#include "tools/cli/status_screen.h"
#include "tools/cli/stop_signal.h"
#include "tools/cli/venue_options.h"

namespace colibri::cli {
namespace {

constexpr absl::Duration kRedraw = absl::Seconds(1);
constexpr size_t kFillsKept = 100'000;

}  // namespace

std::optional<PerpetualResult> ReadPerpetual(const Connector& connector, const TradingPair& pair) {
  const PerpetualExchange* perpetual = connector.perpetual();
  const TradingRule* rule = connector.rules(pair);
  if (perpetual == nullptr || rule == nullptr) {
    return std::nullopt;
  }
  PerpetualResult result{.collateral = rule->collateral,
                         .balance = connector.balance(rule->collateral),
                         .leverage = perpetual->leverage(pair).leverage};
  for (const Position& position : perpetual->positions()) {
    if (position.pair == pair) {
      result.position += position.quantity;
    }
  }
  return result;
}

TradeSession::TradeSession(AsioEnvironment& environment,
                           CliIo& io,
                           Connector& connector,
                           Strategy& strategy,
                           SessionOptions options)
    : environment_(environment),
      io_(io),
      connector_(connector),
      strategy_(strategy),
      options_(std::move(options)) {}

Task<absl::StatusOr<SessionResult>> TradeSession::Run() {
  StopSignal stop(environment_, io_, [this] { return connector_.open_orders(); });
  std::optional<StartProgress> progress(std::in_place, io_, connector_);
  if (options_.kill_guard != nullptr) {
    options_.kill_guard->Sweep(environment_, {&connector_});
  }
  const absl::Status started =
      (co_await stop.OrStop(connector_.Start(options_.start_timeout)))
          .value_or(absl::CancelledError("stopped before trading had begun: nothing was placed"));
  progress.reset();
  if (!started.ok()) {
    co_await StopConnector();
    co_return started;
  }
  PerformanceTracker performance(
      connector_, options_.pair, kFillsKept, std::move(options_.fill_writer));
  StatusScreen screen(io_, connector_, options_.pair);
  const absl::Duration begun = environment_.clock().monotonic();
  const auto elapsed = [&] { return environment_.clock().monotonic() - begun; };
  const absl::Status running =
      strategy_.Start({connector_, environment_.clock(), [](std::string_view line) {
                         LogDebug("strategy", {{"says", std::string(line)}});
                       }});
  while (running.ok() && elapsed() < options_.duration) {
    if (options_.shows_status) {
      screen.Draw({strategy_.status(), performance.Report(), elapsed()});
    }
    if (co_await stop.Wait(std::min(kRedraw, options_.duration - elapsed()))) {
      break;
    }
  }
  strategy_.Stop();
  co_await Flatten();
  SessionResult result;
  result.shutdown = co_await StopConnector();
  result.report = performance.Report();
  result.fills = performance.fills();
  result.counters = connector_.counters();
  result.base = connector_.balance(options_.pair.base);
  result.quote = connector_.balance(options_.pair.quote);
  result.perpetual = ReadPerpetual(connector_, options_.pair);
  result.elapsed = elapsed();
  if (options_.shows_status) {
    screen.Draw({strategy_.status(), result.report, result.elapsed});
  }
  if (!running.ok()) {
    co_return running;
  }
  co_return result;
}

Task<void> TradeSession::Flatten() {
  if (connector_.perpetual() == nullptr) {
    co_return;
  }
  connector_.CancelAll(std::nullopt).IgnoreError();
  const absl::Duration deadline = environment_.clock().monotonic() + options_.stop_timeout;
  while (!connector_.open_orders().empty() && environment_.clock().monotonic() < deadline) {
    co_await environment_.Sleep(absl::Milliseconds(20));
  }
  const absl::Status closed =
      co_await ClosePositions(environment_, connector_, options_.stop_timeout);
  if (!closed.ok()) {
    io_.err << "error: " << Std(closed.message()) << '\n';
  }
}

Task<ShutdownReport> TradeSession::StopConnector() {
  KillGuard* guard = options_.kill_guard;
  if (guard != nullptr) {
    co_await guard->StopSweep();
  }
  ShutdownReport report = co_await connector_.Stop(options_.stop_timeout);
  if (guard != nullptr) {
    guard->Finish(std::string(connector_.name()), report);
  }
  co_return report;
}

}  // namespace colibri::cli
