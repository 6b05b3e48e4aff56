// The JSON that the venue writes: members stay in the order in which the documentation lists them.
#pragma once

#include "nlohmann/json.hpp"

namespace colibri::venue_sim::binance {

using Json = nlohmann::ordered_json;

}  // namespace colibri::venue_sim::binance
