// Numbers as the venue writes them: plain, with 8 decimals.
//
//   Fixed8(Decimal::FromScaled(15, 1));     // "1.50000000"
//   std::string text; AppendFixed8(text, 6183763, 2);   // "61837.63000000"
#pragma once

#include <cstdint>
#include <string>

#include "core/decimal.h"

namespace colibri::venue_sim::binance {

inline constexpr int kVenueDecimals = 8;

// CHECKs that the value is not finer than 8 decimals.
std::string Fixed8(Decimal value);
std::string Fixed8(int64_t scaled, int decimals);
void AppendFixed8(std::string& text, int64_t scaled, int decimals);

}  // namespace colibri::venue_sim::binance
