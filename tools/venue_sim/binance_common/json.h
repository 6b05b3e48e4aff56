// The JSON that the venue writes: members stay in the order in which the documentation lists them.
// Files that read or write it include nlohmann/json.hpp themselves.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace colibri::venue_sim::binance {

using Json = nlohmann::ordered_json;

// Discarded when it is no JSON, longer than 64 KiB, or nested deeper than 16 levels: copies and
// writers of JSON recurse, and a client must not choose how deep.
Json ParseText(std::string_view text);

// Bytes that a client made and that are no UTF-8 are replaced: nothing here throws.
std::string Text(const Json& json);

}  // namespace colibri::venue_sim::binance
