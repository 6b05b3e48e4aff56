// The JSON that the venue writes: members stay in the order in which the documentation lists them.
// Files that read or write it include nlohmann/json.hpp themselves.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace colibri::venue_sim::binance {

using Json = nlohmann::ordered_json;

}  // namespace colibri::venue_sim::binance
