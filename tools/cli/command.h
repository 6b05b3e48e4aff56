// What the commands share: how one adds itself to the program, tells an error, and prints a result.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "auth/credentials.h"
#include "connector/log.h"
#include "connector/registry.h"
#include "core/trading_pair.h"
#include "tools/cli/cli.h"

namespace CLI {
class App;
}  // namespace CLI

namespace colibri::cli {

struct CommandContext {
  CliIo& io;
  const Registry& registry;
  // Set by the command that was chosen: runs it, returns the exit code.
  std::function<int()> run;
};

void AddBalanceCommand(CLI::App& app, CommandContext& context);
void AddBookCommand(CLI::App& app, CommandContext& context);
void AddJournalCommand(CLI::App& app, CommandContext& context);
void AddKillCommand(CLI::App& app, CommandContext& context);
void AddQuickstartCommand(CLI::App& app, CommandContext& context);
void AddReplayCommand(CLI::App& app, CommandContext& context);
void AddRunCommand(CLI::App& app, CommandContext& context);
void AddSignCommand(CLI::App& app, CommandContext& context);
void AddSimCommand(CLI::App& app, CommandContext& context);
void AddVenuesCommand(CLI::App& app, CommandContext& context);

// "COLIBRI_BINANCE_API_KEY"; part is API_KEY or API_SECRET.
std::string CredentialVariable(std::string_view venue, std::string_view part);
// From the file, or from io's environment when it is empty; errors as of LoadCredentials.
absl::StatusOr<Credentials> ReadCredentials(const CliIo& io,
                                            const std::string& venue,
                                            const std::string& file);

// The log tells this and what is worse, unless COLIBRI_LOG asks for something else.
void LimitLog(const CliIo& io, LogLevel level);

// Prints "error: <message>" and returns 2 for InvalidArgument and NotFound (the user's words),
// else 1.
int Fail(CliIo& io, const absl::Status& status);

}  // namespace colibri::cli
