#include "tools/cli/loop_config.h"

#include <algorithm>
#include <string>
#include <utility>

#include "connector/net/cpu_cores.h"
#include "core/strings.h"

namespace colibri::cli {
namespace {

// Below, the pause costs more than it saves; above, orders wait longer than a person would notice.
constexpr absl::Duration kPauseMin = absl::Microseconds(10);
constexpr absl::Duration kPauseMax = absl::Milliseconds(10);

constexpr std::pair<std::string_view, LoopMode::Kind> kModes[] = {
    {"blocking", LoopMode::Kind::kBlocking},
    {"coalesce", LoopMode::Kind::kCoalesce},
    {"busy_poll", LoopMode::Kind::kBusyPoll}};

void ReadMode(ConfigSection& section, LoopMode& mode) {
  std::string text;
  if (!section.Read("mode", text)) {
    return;
  }
  const auto* const found = std::find_if(
      std::begin(kModes), std::end(kModes), [&](const auto& entry) { return entry.first == text; });
  if (found == std::end(kModes)) {
    section.Tell("mode",
                 StrCat("is \"",
                        text,
                        "\": write blocking (waits in the kernel), coalesce (wakes up less often) "
                        "or busy_poll (never waits, and keeps a core busy)"));
    return;
  }
  mode.kind = found->second;
}

}  // namespace

LoopConfig ReadLoop(ConfigSection section, const std::vector<int>& cores) {
  LoopConfig config;
  ReadMode(section, config.mode);
  if (config.mode.kind == LoopMode::Kind::kBusyPoll && cores.size() < 2) {
    section.Tell("mode",
                 StrCat("is busy_poll, which keeps a core busy, and this process may use core ",
                        CoresText(cores),
                        " only: the journal and the system would wait for it; write blocking or "
                        "coalesce, or allow more cores"));
  }
  if (section.Read("coalesce", config.mode.pause)) {
    if (config.mode.pause < kPauseMin || config.mode.pause > kPauseMax) {
      section.Tell("coalesce",
                   StrCat("is ",
                          absl::FormatDuration(config.mode.pause),
                          ": write a duration from 10us to 10ms"));
    }
    if (config.mode.kind != LoopMode::Kind::kCoalesce) {
      section.Tell("coalesce", "is the pause of mode: coalesce, and the mode is another");
    }
  }
  int core = 0;
  if (section.Read("core", core)) {
    if (std::find(cores.begin(), cores.end(), core) == cores.end()) {
      section.Tell("core",
                   StrCat("is ",
                          core,
                          ", which is not there, or not for this process: it may use ",
                          CoresText(cores)));
    } else {
      config.core = core;
    }
  }
  section.TellUnknownKeys();
  return config;
}

}  // namespace colibri::cli
