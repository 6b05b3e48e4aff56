#include "connector/reconnect_policy.h"

#include <algorithm>

namespace colibri {

void ReconnectPolicy::NoteConnected(absl::Duration now) {
  connected_at_ = now;
}

void ReconnectPolicy::Reset() {
  attempts_ = 0;
  connected_at_ = absl::InfiniteDuration();
}

absl::Duration ReconnectPolicy::NextDelay(absl::Duration now) {
  if (now - connected_at_ >= kHealthyAfter) {
    attempts_ = 0;
  }
  connected_at_ = absl::InfiniteDuration();
  attempts_ = std::min(attempts_ + 1, 30);  // beyond, the bound stands at its maximum anyway
  const absl::Duration bound = std::min(kDelayMin * (int64_t{1} << attempts_), kDelayMax);
  return kDelayMin + (bound - kDelayMin) * random_.UniformReal();
}

}  // namespace colibri
