// The two forms of our order ids.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/ids.h"

namespace colibri::hyperliquid {

// The venue's client order ids are 128 bits, "0x" and 32 hex digits. Ours, up to 24 lower-case
// letters and digits, are the same number in another base, so that either gives the other without a
// table: after a restart an order is known again from what the venue says alone, and our prefix
// still tells our orders from those of others, which 32 hex digits (no letter beyond f) would not.
//
//   CloidOf(ClientOrderId("clbm8r2k5w17f30001"))   // "0x000000002b6c...": base 37, digit 0 unused
//   ClientOrderIdOf("0x0000...")                   // back; a cloid of another making stays as it
//   is
//
// InvalidArgument never: what is no such text goes through unchanged, and the venue refuses it.
inline constexpr std::string_view kIdAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
inline constexpr size_t kIdLengthMax = 24;
std::string CloidOf(const ClientOrderId& id);
// Empty for a text that is too long to be an id.
ClientOrderId ClientOrderIdOf(std::string_view cloid);

}  // namespace colibri::hyperliquid
