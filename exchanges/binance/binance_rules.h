// Reads GET /api/v3/exchangeInfo: the trading rules of every pair, and the venue's rate limits
// (binance_common/binance_exchange_info.h).
//
//   ASSIGN_OR_RETURN(const VenueRules rules, ParseExchangeInfo(body));
//
// Thread: any.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"

#include "connector/venue_protocol.h"

namespace colibri::binance {

absl::StatusOr<VenueRules> ParseExchangeInfo(std::string_view body);

}  // namespace colibri::binance
