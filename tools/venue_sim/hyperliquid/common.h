// The names that this venue takes from what all simulated venues have.
#pragma once

#include <string>
#include <string_view>

#include "core/decimal.h"
#include "tools/venue_sim/binance_common/json.h"
#include "tools/venue_sim/binance_common/market.h"

namespace colibri::venue_sim::hyperliquid {

using binance::Candle;
using binance::Json;
using binance::Market;
using binance::ParseText;
using binance::PublicTrade;
using binance::Text;
using binance::TopOf;
using binance::TopOfBook;

using Address = std::string;  // 0x and 40 hex digits, lower case

inline constexpr char kCollateral[] = "USDC";

// As the venue writes numbers: shortest, with at least one decimal. "100.0", "0.0147".
std::string NumberText(Decimal value);
// Likewise rounded to at most this many decimals.
std::string NumberText(Decimal value, int decimals);

// Whether it is 0x and `digits` hex digits.
bool IsHex(std::string_view text, size_t digits);

}  // namespace colibri::venue_sim::hyperliquid
