#include "tools/cli/cli.h"

#include <algorithm>
#include <exception>

#include "absl/strings/str_join.h"

#include "core/strings.h"
#include "exchanges/registry.h"
#include "tools/cli/command.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> OptionNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back(StrCat("--", name));
    }
  }
  return names;
}

// The command that was being read when parsing failed.
const CLI::App& Innermost(const CLI::App& app) {
  const std::vector<CLI::App*> parsed = app.get_subcommands();
  return parsed.empty() ? app : *parsed.back();
}

bool Contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Nothing when there is a command.
std::string TellUnknownCommand(const CLI::App& app, const std::vector<std::string>& arguments) {
  const std::vector<std::string> names = CommandNames(app);
  if (arguments.empty() || arguments.front().starts_with("-")) {
    return app.get_subcommands().empty()
               ? StrCat("no command given; use one of ", absl::StrJoin(names, ", "))
               : "";
  }
  const std::string& word = arguments.front();
  if (Contains(names, word)) {
    return "";
  }
  const std::vector<std::string> nearest = NearestNames(word, names);
  return StrCat("unknown command \"", word, "\"; did you mean ", nearest.front(), "?");
}

int TellWrongUsage(const CLI::App& app,
                   const std::vector<std::string>& arguments,
                   const CLI::ParseError& error,
                   CliIo& io) {
  const std::string unknown = TellUnknownCommand(app, arguments);
  if (!unknown.empty()) {
    io.err << "error: " << unknown << "\n  see `colibri --help`\n";
    return kExitUsage;
  }
  const CLI::App& command = Innermost(app);
  io.err << "error: " << error.what() << '\n';
  const std::vector<std::string> known = OptionNames(command);
  for (const std::string& argument : arguments) {
    const std::string word = argument.substr(0, argument.find('='));
    if (!word.starts_with("--") || word == "--" || Contains(known, word)) {
      continue;
    }
    const std::vector<std::string> nearest = NearestNames(word, known);
    if (!nearest.empty()) {
      io.err << "  did you mean " << nearest.front() << " instead of " << word << "?\n";
    }
  }
  io.err << "  see `colibri" << (&command == &app ? "" : " " + command.get_name()) << " --help`\n";
  return kExitUsage;
}

int Dispatch(const std::vector<std::string>& arguments, CliIo& io) {
  const Registry registry = MakeRegistry();
  CommandContext context{.io = io, .registry = registry, .run = nullptr};
  CLI::App app(
      "Colibri: one connector API over every venue; strategies unchanged in backtest, on paper and "
      "live",
      "colibri");
  app.footer("Start with:\n  colibri quickstart\n`colibri COMMAND --help` has an example of each.");
  app.require_subcommand(1);
  app.set_version_flag("--version", "colibri 0.1.0");
  AddQuickstartCommand(app, context);
  AddRunCommand(app, context);
  AddKillCommand(app, context);
  AddReplayCommand(app, context);
  AddJournalCommand(app, context);
  AddSimCommand(app, context);
  AddBookCommand(app, context);
  AddBalanceCommand(app, context);
  AddVenuesCommand(app, context);
  AddSignCommand(app, context);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    const CLI::App& command = Innermost(app);
    io.out << command.help(&command == &app ? "" : app.get_name());
    return kExitOk;
  } catch (const CLI::CallForAllHelp&) {
    io.out << app.help("", CLI::AppFormatMode::All);
    return kExitOk;
  } catch (const CLI::CallForVersion& version) {
    io.out << version.what() << '\n';
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    return TellWrongUsage(app, arguments, error, io);
  }
  return context.run();
}

}  // namespace

int RunCli(const std::vector<std::string>& arguments, CliIo& io) {
  try {
    return Dispatch(arguments, io);
  } catch (const std::exception& error) {
    io.err << "error: " << error.what() << '\n';
    return kExitFailed;
  }
}

void LimitLog(const CliIo& io, LogLevel level) {
  if (io.environment == nullptr || !io.environment("COLIBRI_LOG").has_value()) {
    SetLogLevel(level);
  }
}

int Fail(CliIo& io, const absl::Status& status) {
  io.err << "error: " << status.message() << '\n';
  const bool is_usage = status.code() == absl::StatusCode::kInvalidArgument ||
                        status.code() == absl::StatusCode::kNotFound;
  return is_usage ? kExitUsage : kExitFailed;
}

}  // namespace colibri::cli
