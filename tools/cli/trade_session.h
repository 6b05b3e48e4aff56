// One strategy on one connector, from start to an orderly end.
//
//   TradeSession session(environment, io, connector, strategy, options);
//   absl::StatusOr<SessionResult> result = environment.Await(session.Run());
//
// Run starts the connector and the strategy, shows the status, and ends after `duration` or at a
// stop signal: the strategy cancels its orders, positions of perpetuals are closed, the connector
// asks the venue what is left. Thread: the loop's.
#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/connector.h"
#include "connector/net/asio_environment.h"
#include "connector/task.h"
#include "strategies/performance.h"
#include "strategies/strategy.h"
#include "tools/cli/cli.h"
#include "tools/cli/kill_guard.h"

namespace colibri::cli {

struct SessionOptions {
  TradingPair pair;
  absl::Duration duration = absl::InfiniteDuration();
  bool shows_status = true;
  absl::Duration start_timeout = absl::Seconds(30);
  // An order that the venue never got is known to be none after 10 s (see OrderInquiry).
  absl::Duration stop_timeout = absl::Seconds(25);
  PerformanceTracker::FillWriter fill_writer = {};  // told of each fill
  KillGuard* kill_guard = nullptr;  // null: nobody can stop the orders without ending the run
};

// What there is at the end of a venue of perpetuals.
struct PerpetualResult {
  std::string collateral;
  Balance balance;
  Quantity position = {};  // both sides of hedge mode together
  int leverage = 0;
};

// nullopt on spot.
std::optional<PerpetualResult> ReadPerpetual(const Connector& connector, const TradingPair& pair);

struct SessionResult {
  PerformanceReport report;
  std::deque<FillRecord> fills;  // the last ones
  ShutdownReport shutdown;
  ConnectorCounters counters;
  Balance base;
  Balance quote;
  std::optional<PerpetualResult> perpetual = std::nullopt;
  absl::Duration elapsed;
};

class TradeSession {
 public:
  // All references outlive the session.
  TradeSession(AsioEnvironment& environment,
               CliIo& io,
               Connector& connector,
               Strategy& strategy,
               SessionOptions options);

  Task<absl::StatusOr<SessionResult>> Run();

 private:
  Task<ShutdownReport> StopConnector();
  // Orders away, then positions.
  Task<void> Flatten();

  AsioEnvironment& environment_;
  CliIo& io_;
  Connector& connector_;
  Strategy& strategy_;
  SessionOptions options_;
};

}  // namespace colibri::cli
