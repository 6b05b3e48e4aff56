// A configuration file may hold anything: reading it ends, and what is wrong is told by lines of
// the file; what is not told wrong can run.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/check.h"
#include "exchanges/registry.h"
#include "tools/cli/run_config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const colibri::Registry& registry = *new colibri::Registry(colibri::MakeRegistry());
  const std::string text(reinterpret_cast<const char*>(data), size);
  const colibri::cli::RunConfigReading reading = colibri::cli::ReadRunConfig(
      text, "f", registry, [](std::string_view) { return std::optional<std::string>("x"); });
  for (const std::string& problem : reading.problems) {
    CHECK(problem.starts_with("f:"));
  }
  if (reading.problems.empty()) {
    CHECK(reading.config.venue != nullptr);
    CHECK(reading.config.loop.mode.pause > absl::ZeroDuration());
    CHECK(!reading.config.paper.market.pairs.empty());
    CHECK(colibri::cli::MakeStrategy(reading.config.strategy) != nullptr);
  }
  return 0;
}
