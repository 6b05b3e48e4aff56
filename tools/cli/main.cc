#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <unistd.h>

#include "connector/net/background_log.h"
#include "tools/cli/cli.h"

int main(int argc, char** argv) {
  const colibri::BackgroundLog background_log;
  colibri::cli::CliIo io{.out = std::cout,
                         .err = std::cerr,
                         .is_terminal = isatty(STDOUT_FILENO) == 1,
                         .environment = [](std::string_view name) -> std::optional<std::string> {
                           const char* value = std::getenv(std::string(name).c_str());
                           return value == nullptr ? std::nullopt
                                                   : std::optional<std::string>(value);
                         }};
  return colibri::cli::RunCli({argv + 1, argv + argc}, io);
}
