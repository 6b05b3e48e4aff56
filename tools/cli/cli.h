// The program `colibri`, as a function that tests can call.
//
//   std::ostringstream out, err;
//   CliIo io{.out = out, .err = err};
//   int code = RunCli({"replay", "--venue", "binance", ...}, io);
//
// Exit codes: 0 fine, 1 failed, 2 wrong usage, 130 quit at once by a second Ctrl-C.
#pragma once

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace colibri::cli {

constexpr int kExitOk = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr int kExitQuit = 130;

struct CliIo {
  std::ostream& out;         // results
  std::ostream& err;         // errors, hints, progress
  bool is_terminal = false;  // out is one: screens may be redrawn
  // Value of an environment variable; nullptr: there are none.
  std::function<std::optional<std::string>(std::string_view name)> environment = nullptr;
};

// `arguments` without the program's name.
int RunCli(const std::vector<std::string>& arguments, CliIo& io);

}  // namespace colibri::cli
