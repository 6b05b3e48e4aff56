// Who listens on a TCP port of this machine, as far as /proc tells.
//
//   if (std::optional<PortOwner> owner = FindPortOwner(8080)) { ... owner->process_name ... }
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace colibri::venue_sim {

struct PortOwner {
  int process_id = 0;
  std::string process_name;
};

// Nothing when nobody listens, or when the process belongs to someone else.
std::optional<PortOwner> FindPortOwner(uint16_t port);

}  // namespace colibri::venue_sim
