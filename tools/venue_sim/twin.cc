#include "tools/venue_sim/twin.h"

#include "core/check.h"

namespace colibri::venue_sim {

const TwinEntry* FindTwin(std::string_view name) {
  for (const TwinEntry& entry : AllTwins()) {
    if (entry.name == name) {
      return &entry;
    }
  }
  return nullptr;
}

TwinSim::TwinSim(Clock& clock, const TwinOptions& options) {
  const TwinEntry* const entry = FindTwin(options.name);
  CHECK(entry != nullptr);
  twin_ = entry->make(clock, options.seed);
}

}  // namespace colibri::venue_sim
