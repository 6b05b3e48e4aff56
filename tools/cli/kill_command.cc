// colibri kill: stops all orders of a run, and keeps new ones out until it is reset.
#include <csignal>
#include <filesystem>
#include <pwd.h>
#include <string>
#include <system_error>
#include <unistd.h>

#include "absl/time/clock.h"
#include <nlohmann/json.hpp>

#include "connector/kill_switch_file.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/cli/command.h"
#include "tools/cli/session_report.h"
#include "tools/cli/state_directory.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

using nlohmann::ordered_json;

constexpr absl::Duration kPoll = absl::Milliseconds(50);
constexpr absl::Duration kResetNoticedWithin = absl::Seconds(2);

struct KillOptions {
  std::string directory;
  std::string reason = "none given";
  double timeout_seconds = 30;
  bool is_reset = false;
  bool is_json = false;
};

std::string UserName() {
  const passwd* user = getpwuid(geteuid());
  return user == nullptr ? StrCat("user ", geteuid()) : StrCat("user ", user->pw_name);
}

// What the run has said at last.
void AddReport(ordered_json& answer, const KillReport& report) {
  for (const KillReport::Venue& venue : report.venues) {
    answer["venues"].push_back({{"name", venue.name},
                                {"attempts", venue.attempts},
                                {"open_orders_left", venue.open_orders_left},
                                {"verified", venue.is_verified},
                                {"may_be_open", venue.may_be_open}});
  }
}

// Until the run says that all is canceled, ends, or time is up. What it said, and whether it lives.
std::optional<KillReport> AwaitReport(StateDirectory& state,
                                      int64_t process,
                                      absl::Duration timeout,
                                      bool& is_running) {
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    is_running = state.holder() == process;  // asked first: a run reports before it ends
    std::optional<KillReport> report = state.ReadReport();
    if (report.has_value() && report->process != process) {
      report.reset();
    }
    if ((report.has_value() && report->is_done) || !is_running || absl::Now() >= deadline) {
      return report;
    }
    absl::SleepFor(kPoll);
  }
}

int Print(CliIo& io, const KillOptions& options, const ordered_json& answer, int exit_code) {
  if (options.is_json) {
    io.out << answer.dump(1) << '\n';
    return exit_code;
  }
  io.out << answer["says"].get<std::string>() << '\n';
  for (const ordered_json& venue : answer.value("venues", ordered_json::array())) {
    io.out << "  " << venue["name"].get<std::string>() << ": "
           << venue["open_orders_left"].get<int>() << " open orders left, "
           << (venue["verified"].get<bool>() ? "verified by the venue" : "not verified") << '\n';
    for (const ordered_json& id : venue["may_be_open"]) {
      io.out << "    may be open: " << id.get<std::string>() << '\n';
    }
  }
  io.out << answer["next"].get<std::string>() << '\n';
  return exit_code;
}

absl::StatusOr<int> Engage(const KillOptions& options, StateDirectory& state, CliIo& io) {
  KillSwitchFile file(state.files(), options.directory);
  std::optional<KillRecord> record = file.Load(absl::Now());
  const bool was_engaged = record.has_value();
  if (!was_engaged) {
    record = KillRecord{
        .by = StrCat("colibri kill, ", UserName()), .reason = options.reason, .at = absl::Now()};
    RETURN_IF_ERROR(file.Save(*record));
  }
  ordered_json answer = {{"engaged", true},
                         {"was_engaged", was_engaged},
                         {"by", record->by},
                         {"reason", record->reason},
                         {"at", absl::FormatTime(record->at, absl::UTCTimeZone())}};
  const std::string reset = StrCat("Reset it with: colibri kill --reset --state ", state.path());
  answer["next"] = reset;
  const std::string engaged =
      StrCat("kill switch ", was_engaged ? "was already " : "", Describe(*record), "\n");
  const std::optional<int64_t> process = state.holder();
  answer["process"] = process.has_value() ? ordered_json(*process) : ordered_json(nullptr);
  answer["confirmed"] = false;
  if (!process.has_value()) {
    answer["says"] = StrCat(engaged,
                            "no run holds ",
                            state.path(),
                            ": nothing was canceled, and orders of an earlier run may be open at "
                            "the venue; the next run on it starts killed and cancels them");
    return Print(io, options, answer, kExitOk);
  }
  ::kill(static_cast<pid_t>(*process), SIGUSR1);  // not heard: it looks at the file
  bool is_running = false;
  const std::optional<KillReport> report =
      AwaitReport(state, *process, absl::Seconds(options.timeout_seconds), is_running);
  if (report.has_value()) {
    AddReport(answer, *report);
  }
  const bool is_confirmed = report.has_value() && report->is_done;
  answer["confirmed"] = is_confirmed;
  answer["says"] =
      StrCat(engaged,
             is_confirmed ? StrCat("process ",
                                   *process,
                                   " confirmed: all canceled, verified by the "
                                   "venue")
             : is_running ? StrCat("NOT CONFIRMED: process ",
                                   *process,
                                   " has not said within ",
                                   options.timeout_seconds,
                                   " s that all is canceled; it goes on trying")
                          : StrCat("NOT CONFIRMED: process ",
                                   *process,
                                   " ended before all was canceled: look at the venue"));
  return Print(io, options, answer, is_confirmed ? kExitOk : kExitFailed);
}

absl::StatusOr<int> Reset(const KillOptions& options, StateDirectory& state, CliIo& io) {
  KillSwitchFile file(state.files(), options.directory);
  const std::optional<KillRecord> record = file.Load(absl::Now());
  RETURN_IF_ERROR(file.Clear());
  const std::optional<int64_t> process = state.holder();
  ordered_json answer = {
      {"engaged", false},
      {"was_engaged", record.has_value()},
      {"process", process.has_value() ? ordered_json(*process) : ordered_json(nullptr)}};
  answer["says"] = record.has_value() ? StrCat("kill switch reset; it was ", Describe(*record))
                                      : "the kill switch was not engaged";
  if (!process.has_value()) {
    answer["next"] = StrCat("no run holds ", state.path(), "; the next one takes orders");
    return Print(io, options, answer, kExitOk);
  }
  const absl::Time deadline = absl::Now() + kResetNoticedWithin;
  while (state.ReadReport().has_value() && absl::Now() < deadline && state.holder() == process) {
    absl::SleepFor(kPoll);
  }
  const bool is_noticed = !state.ReadReport().has_value();
  answer["confirmed"] = is_noticed;
  answer["next"] = is_noticed
                       ? StrCat("process ", *process, " takes orders")
                       : StrCat("process ", *process, " has not noticed yet: look at what it says");
  return Print(io, options, answer, is_noticed ? kExitOk : kExitFailed);
}

int Run(const KillOptions& options, CommandContext& context) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(options.directory, ignored)) {
    return Fail(context.io,
                absl::NotFoundError(StrCat(options.directory,
                                           " (--state) is no directory; write what the run's file "
                                           "has as state")));
  }
  StateDirectory state(options.directory);
  const absl::StatusOr<int> code =
      options.is_reset ? Reset(options, state, context.io) : Engage(options, state, context.io);
  if (code.ok()) {
    return *code;
  }
  Fail(context.io, code.status());
  return kExitFailed;
}

}  // namespace

void AddKillCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<KillOptions>();
  CLI::App* command = app.add_subcommand(
      "kill", "Cancel all orders of a run, verify, and keep new ones out until --reset");
  command->footer(
      "The run notices within a second, cancels everything on its pairs, orders placed by hand\n"
      "included, and asks the venue until nothing is left. It stays engaged across restarts.\n"
      "Ends with 0 when the run confirmed, or when there is no run; with 1 when it did not.\n"
      "Examples:\n"
      "  colibri kill --state var/state --reason \"wrong prices\"\n"
      "  colibri kill --reset --state var/state");
  command->add_option("--state", options->directory, "The run's state directory")->required();
  CLI::Option* reason =
      command->add_option("--reason", options->reason, "Why; every refused order will say it");
  command->add_flag("--reset", options->is_reset, "Take orders again")->excludes(reason);
  command
      ->add_option(
          "--timeout", options->timeout_seconds, "Seconds to wait for the run's confirmation")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--json", options->is_json, "One JSON object instead of text");
  command->callback([options, &context] {
    context.run = [options, &context] { return Run(*options, context); };
  });
}

}  // namespace colibri::cli
