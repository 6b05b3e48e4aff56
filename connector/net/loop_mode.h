// How a loop waits for what comes next.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace colibri {

struct LoopMode {
  enum class Kind : uint8_t {
    kBlocking,  // in the kernel: the least CPU at low rates
    kCoalesce,  // in the kernel, and not again for `pause` after each turn: one turn serves more
    kBusyPoll,  // not at all: the least latency, and a core for itself
  };
  Kind kind = Kind::kBlocking;
  absl::Duration pause = absl::Microseconds(100);  // of kCoalesce
};

}  // namespace colibri
