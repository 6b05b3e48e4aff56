// JSON as MessagePack, in the encoding that the venue hashes: members in their order, every length
// and integer in its shortest form, texts as texts.
//
//   Msgpack({{"type", "noop"}});    // 81 a4 74797065 a4 6e6f6f70
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "tools/venue_sim/hyperliquid/common.h"

namespace colibri::venue_sim::hyperliquid {

std::string Msgpack(const Json& json);

// `count` bytes, most significant first.
void AppendBigEndian(std::string& bytes, uint64_t value, int count);

}  // namespace colibri::venue_sim::hyperliquid
