// colibri run: a strategy by a configuration file, live, on paper, or on recorded data.
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "connector/net/asio_environment.h"
#include "connector/net/cpu_cores.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/paper/live_feed.h"
#include "exchanges/paper/paper_exchange.h"
#include "tools/cli/command.h"
#include "tools/cli/recorded_session.h"
#include "tools/cli/run_config.h"
#include "tools/cli/session_report.h"
#include "tools/cli/trade_session.h"
#include "tools/cli/venue_options.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;

struct RunOptions {
  std::string config_file;
  std::string fill_file;
  std::string event_file;
  double seconds = 0;
  bool is_json = false;
};

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    return absl::NotFoundError(StrCat("can't read ", path));
  }
  return text.str();
}

ordered_json Heading(const RunConfig& config) {
  return {{"mode", ToString(config.mode)},
          {"venue", config.venue->spec.name},
          {"pair", config.strategy.pair.ToString()},
          {"strategy", config.strategy.name}};
}

void AddEnd(ordered_json& summary, const SessionResult& result) {
  if (result.perpetual.has_value()) {
    const PerpetualResult& perpetual = *result.perpetual;
    summary["leverage"] = perpetual.leverage;
    summary["collateral"] = perpetual.collateral;
    summary["balance"] = perpetual.balance.total.ToString();
    summary["position_left"] = perpetual.position.ToString();
  } else {
    summary["base_balance"] = result.base.total.ToString();
    summary["quote_balance"] = result.quote.total.ToString();
  }
  summary["open_orders_left"] = result.shutdown.open_orders_left;
  summary["is_verified"] = result.shutdown.is_verified;
  summary["may_be_open"] = result.shutdown.may_be_open;
  summary["book_resyncs"] = result.counters.book_resyncs;
  summary["errors"] = result.counters.parse_errors + result.counters.request_errors;
  summary["seconds"] = absl::ToDoubleSeconds(result.elapsed);
}

int Tell(CliIo& io, ordered_json summary, const SessionResult& result, const RunOptions& options) {
  AddEnd(summary, result);
  if (options.is_json) {
    summary.update(ReportJson(result.report));
    if (options.fill_file.empty()) {
      ordered_json fills = ordered_json::array();
      for (const FillRecord& fill : result.fills) {
        fills.push_back(FillJson(fill));
      }
      summary["fill_list"] = std::move(fills);
    }
    io.out << summary.dump(1) << '\n';
  } else {
    io.out << '\n' << LinesText(summary) << ReportText(result.report);
  }
  bool is_fine = true;
  const auto require = [&](bool holds, std::string_view what) {
    if (!holds) {
      io.err << "error: " << what << '\n';
      is_fine = false;
    }
  };
  require(result.report.is_reconciled(), "balances and fills do not add up");
  require(result.shutdown.open_orders_left == 0, "orders of ours are still open at the venue");
  require(!result.perpetual.has_value() || result.perpetual->position.is_zero(),
          "the position is not closed");
  for (const std::string& id : result.shutdown.may_be_open) {
    require(false,
            StrCat("order ", id, " may still be open: the venue has not said what became of it"));
  }
  return is_fine ? kExitOk : kExitFailed;
}

// Live and on paper with live data: real time, real sockets.
absl::StatusOr<SessionResult> RunConnected(const RunConfig& config,
                                           SessionOptions session_options,
                                           CommandContext& context) {
  ASSIGN_OR_RETURN(std::string ca_pem, ReadCaFile(config.ca_file));
  Credentials credentials;
  if (config.mode == RunMode::kLive) {
    ASSIGN_OR_RETURN(credentials,
                     ReadCredentials(context.io, config.venue->spec.name, config.credential_file));
  }
  AsioEnvironment environment({.extra_ca_pem = std::move(ca_pem), .loop = config.loop.mode});
  if (config.loop.core.has_value()) {
    RETURN_IF_ERROR(PinThisThread(*config.loop.core));
  }
  std::unique_ptr<Connector> connector;
  if (config.mode == RunMode::kLive) {
    ASSIGN_OR_RETURN(connector,
                     config.venue->make_connector(environment, config.paper.market, &credentials));
  } else {
    ASSIGN_OR_RETURN(std::unique_ptr<LiveFeed> feed,
                     LiveFeed::Make(environment, *config.venue, config.paper));
    connector = std::make_unique<PaperExchange>(
        config.paper, config.venue->spec, std::move(feed), environment.clock());
  }
  const std::unique_ptr<Strategy> strategy = MakeStrategy(config.strategy);
  const auto kill_watch = session_options.kill_guard->Watch(environment);
  TradeSession session(environment, context.io, *connector, *strategy, std::move(session_options));
  return environment.Await(session.Run());
}

absl::StatusOr<int> RunChecked(RunConfig config,
                               const RunOptions& options,
                               CommandContext& context) {
  FillFile fills;
  RETURN_IF_ERROR(fills.Open(options.fill_file));
  ASSIGN_OR_RETURN(const std::unique_ptr<KillGuard> kill_guard,
                   KillGuard::Open(config.paper.market.state_directory, context.io));
  config.paper.market.risk.kill_switch = &kill_guard->kill();
  if (!kill_guard->is_persistent() && config.mode != RunMode::kRecorded) {
    context.io.err << "note: no state directory: a restart forgets the kill switch, and `colibri "
                      "kill` does not reach this run; write state: DIR into the file\n";
  }
  SessionOptions session_options;
  session_options.kill_guard = kill_guard.get();
  session_options.pair = config.strategy.pair;
  session_options.duration = options.seconds > 0 ? absl::Seconds(options.seconds) : config.duration;
  session_options.shows_status = !options.is_json;
  session_options.fill_writer = fills.writer();
  ordered_json summary = Heading(config);
  SessionResult result;
  if (config.mode == RunMode::kRecorded) {
    ASSIGN_OR_RETURN(
        RecordedResult recorded,
        RunRecorded(config, std::move(session_options), options.event_file, context.io));
    summary["event_log_hash"] = recorded.event_log_hash;
    summary["events"] = recorded.events;
    summary["lines"] = recorded.lines;
    summary["sequence_gaps"] = recorded.sequence_gaps;
    result = std::move(recorded.session);
  } else {
    ASSIGN_OR_RETURN(result, RunConnected(config, std::move(session_options), context));
  }
  RETURN_IF_ERROR(fills.Close());
  if (kill_guard->kill().is_engaged()) {
    summary["kill_switch"] = Describe(kill_guard->kill().record());
  }
  return Tell(context.io, std::move(summary), result, options);
}

int Run(const RunOptions& options, CommandContext& context) {
  const absl::StatusOr<std::string> text = ReadFile(options.config_file);
  if (!text.ok()) {
    return Fail(context.io, text.status());
  }
  const RunConfigReading reading =
      ReadRunConfig(*text, options.config_file, context.registry, context.io.environment);
  for (const std::string& problem : reading.problems) {
    context.io.err << problem << '\n';
  }
  if (!reading.problems.empty()) {
    context.io.err << "error: " << reading.problems.size()
                   << (reading.problems.size() == 1 ? " mistake" : " mistakes")
                   << " in the configuration; nothing was started\n";
    return kExitUsage;
  }
  if (!options.event_file.empty() && reading.config.mode != RunMode::kRecorded) {
    return Fail(context.io,
                absl::InvalidArgumentError("--events is for recorded data, and this is not"));
  }
  // With play money, what matters is on the screen.
  LimitLog(context.io,
           reading.config.mode == RunMode::kLive ? LogLevel::kWarning : LogLevel::kError);
  const absl::StatusOr<int> code = RunChecked(reading.config, options, context);
  if (code.ok()) {
    return *code;
  }
  // The command line was right; what went wrong later is a failure, whatever its code.
  Fail(context.io, code.status());
  return kExitFailed;
}

}  // namespace

void AddRunCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand(
      "run", "Run a strategy by a configuration file: live, on paper, or on recorded data");
  command->footer(
      "Ctrl-C cancels the open orders and ends; a second one quits at once.\n"
      "Example:\n  colibri run docs/examples/paper_recorded.yaml --fills fills.csv");
  command->add_option("CONFIG", options->config_file, "A YAML file; see docs/examples")->required();
  command->add_option("--fills", options->fill_file, "Write every fill to this CSV file");
  command->add_option(
      "--events", options->event_file, "Write every event of a recorded run to this file");
  command->add_option("--seconds", options->seconds, "End after this long, whatever the file says")
      ->check(CLI::PositiveNumber);
  command->add_flag("--json", options->is_json, "Only one JSON object, at the end");
  command->callback([options, &context] {
    context.run = [options, &context] { return Run(*options, context); };
  });
}

}  // namespace colibri::cli
