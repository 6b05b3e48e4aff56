// Keccak-256, the hash of Ethereum: the padding of the competition, not the one that SHA3-256 got.
//
//   const Hash256 digest = Keccak256("abc");   // 4e03657a...12d6c45; SHA3-256 begins with 3a985da7
//
// Thread: any. No state, no allocation.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace colibri {

using Hash256 = std::array<uint8_t, 32>;

[[nodiscard]] Hash256 Keccak256(std::string_view bytes);

}  // namespace colibri
