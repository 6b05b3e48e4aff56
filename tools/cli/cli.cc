#include "tools/cli/cli.h"

#include <algorithm>
#include <exception>

#include "core/strings.h"
#include "exchanges/registry.h"
#include "tools/cli/command.h"
#include <CLI/CLI.hpp>

namespace colibri::cli {
namespace {

// Names of options and commands that a mistyped word could mean.
std::vector<std::string> KnownWords(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands({})) {
    words.push_back(command->get_name());
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      words.push_back(StrCat("--", name));
    }
  }
  return words;
}

// The command that was being read when parsing failed.
const CLI::App& Innermost(const CLI::App& app) {
  const std::vector<CLI::App*> parsed = app.get_subcommands();
  return parsed.empty() ? app : *parsed.back();
}

int TellWrongUsage(const CLI::App& app,
                   const std::vector<std::string>& arguments,
                   const CLI::ParseError& error,
                   CliIo& io) {
  const CLI::App& command = Innermost(app);
  io.err << "error: " << error.what() << '\n';
  const std::vector<std::string> known = KnownWords(command);
  for (const std::string& argument : arguments) {
    const std::string word = argument.substr(0, argument.find('='));
    const bool is_candidate =
        word.starts_with("--") || (&command == &app && !word.starts_with("-"));
    if (!is_candidate || std::find(known.begin(), known.end(), word) != known.end()) {
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
  app.require_subcommand(1);
  app.set_version_flag("--version", "colibri 0.1.0");
  AddQuickstartCommand(app, context);
  AddReplayCommand(app, context);
  AddSignCommand(app, context);
  AddVenuesCommand(app, context);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    io.out << Innermost(app).help();
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

int Fail(CliIo& io, const absl::Status& status) {
  io.err << "error: " << status.message() << '\n';
  const bool is_usage = status.code() == absl::StatusCode::kInvalidArgument ||
                        status.code() == absl::StatusCode::kNotFound;
  return is_usage ? kExitUsage : kExitFailed;
}

}  // namespace colibri::cli
