// colibri balance: what the account at a venue holds.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/cli/command.h"
#include "tools/cli/stop_signal.h"
#include "tools/cli/venue_options.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;

constexpr absl::Duration kStopTimeout = absl::Seconds(5);
constexpr absl::Duration kRetryMin = absl::Milliseconds(250);
constexpr absl::Duration kRetryMax = absl::Seconds(4);

struct BalanceOptions {
  VenueOptions venue;
  bool is_json = false;
};

// Neither a refusal nor a mistake: worth another try.
bool IsMendable(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsAborted(status) || absl::IsResourceExhausted(status);
}

Task<absl::Status> Fetch(AsioEnvironment& environment,
                         Connector& connector,
                         BalanceOptions options,
                         CliIo& io) {
  StopSignal stop(environment, io, [] { return std::vector<const Order*>(); });
  stop.set_message("stopping");
  const absl::Duration end =
      environment.clock().monotonic() + absl::Seconds(options.venue.timeout_seconds);
  absl::Duration delay = kRetryMin;
  absl::Status status;
  while (true) {
    const std::optional<absl::Status> fetched = co_await stop.OrStop(connector.RefreshBalances());
    status = fetched.value_or(absl::CancelledError("stopped before the venue had answered"));
    const absl::Duration left = end - environment.clock().monotonic();
    if (!IsMendable(status) || left <= delay) {
      break;
    }
    io.err << status.message() << "; trying again in " << absl::FormatDuration(delay) << '\n'
           << std::flush;
    if (co_await stop.Wait(delay)) {
      break;
    }
    delay = std::min(2 * delay, kRetryMax);
  }
  co_await connector.Stop(kStopTimeout);
  co_return status;
}

void Print(CliIo& io, const Connector& connector, const BalanceOptions& options) {
  std::vector<std::pair<std::string, Balance>> balances = connector.balances();
  std::erase_if(balances, [](const auto& entry) { return entry.second.total.is_zero(); });
  std::sort(balances.begin(), balances.end(), [](const auto& a, const auto& b) {
    return a.first < b.first;
  });
  if (options.is_json) {
    ordered_json all = ordered_json::array();
    for (const auto& [asset, balance] : balances) {
      all.push_back({{"asset", asset},
                     {"total", balance.total.ToString()},
                     {"available", balance.available.ToString()}});
    }
    io.out << ordered_json{{"venue", options.venue.venue},
                           {"domain", options.venue.domain},
                           {"balances", std::move(all)}}
                  .dump(1)
           << '\n';
    return;
  }
  io.out << absl::StrFormat("%-10s %24s %24s\n", "asset", "total", "available");
  for (const auto& [asset, balance] : balances) {
    io.out << absl::StrFormat(
        "%-10s %24s %24s\n", asset, balance.total.ToString(), balance.available.ToString());
  }
  if (balances.empty()) {
    io.out << "the account holds nothing\n";
  }
}

absl::StatusOr<int> ShowBalance(const BalanceOptions& options, CommandContext& context) {
  LimitLog(context.io, LogLevel::kError);
  ASSIGN_OR_RETURN(const VenueAccess access,
                   OpenVenue(options.venue, {}, Keys::kRequired, context));
  RETURN_IF_ERROR(access.environment->Await(
      Fetch(*access.environment, *access.connector, options, context.io)));
  Print(context.io, *access.connector, options);
  return kExitOk;
}

}  // namespace

void AddBalanceCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<BalanceOptions>();
  CLI::App* command = app.add_subcommand("balance", "Print what the account at a venue holds");
  command->footer(
      "Keys come from the environment (see `colibri venues`) or from --credentials.\n"
      "Example:\n  colibri balance binance --domain testnet");
  AddVenueOptions(*command, options->venue, Keys::kRequired);
  command->add_flag("--json", options->is_json, "One JSON object instead of a table");
  command->callback([options, &context] {
    context.run = [options, &context] {
      const absl::StatusOr<int> code = ShowBalance(*options, context);
      return code.ok() ? *code : Fail(context.io, code.status());
    };
  });
}

}  // namespace colibri::cli
