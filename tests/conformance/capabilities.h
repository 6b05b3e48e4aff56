// What a VenueSpec claims, by name: the rows of the capability table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connector/venue_spec.h"

namespace colibri::conformance {

struct Capability {
  std::string name;         // "hedge_mode"
  std::string description;  // of the table's row
  bool (*is_claimed)(const VenueSpec& spec) = nullptr;
};

const std::vector<Capability>& AllCapabilities();
// CHECKs the name.
bool Claims(const VenueSpec& spec, std::string_view name);

}  // namespace colibri::conformance
