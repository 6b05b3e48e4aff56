// The section loop of a configuration: how the thread that trades waits, and where it runs.
//
//   loop: {mode: busy_poll, core: 3}            # or mode: blocking, which is the default
//   loop: {mode: coalesce, coalesce: 200us}
//
// Thread: any.
#pragma once

#include <optional>
#include <vector>

#include "connector/net/loop_mode.h"
#include "tools/cli/config_section.h"

namespace colibri::cli {

struct LoopConfig {
  LoopMode mode;
  std::optional<int> core;  // without: wherever the system puts it
};

// cores: those that this process may use. Any other is told as a mistake, and so is polling when
// there is only one.
LoopConfig ReadLoop(ConfigSection section, const std::vector<int>& cores);

}  // namespace colibri::cli
