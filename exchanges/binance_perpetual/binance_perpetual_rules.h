// Reads GET /fapi/v1/exchangeInfo: the trading rules of the perpetual contracts, and the rate
// limits (binance_common/binance_exchange_info.h).
//
//   ASSIGN_OR_RETURN(const VenueRules rules, ParseExchangeInfo(body));
//
// Perpetuals on traditional assets count too: they trade alike, and who does not name the pair does
// not trade it. Dated contracts, which share base and quote with them, and contracts margined in
// their base are left out without a word. Thread: any.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"

#include "connector/venue_protocol.h"

namespace colibri::binance::perpetual {

absl::StatusOr<VenueRules> ParseExchangeInfo(std::string_view body);

}  // namespace colibri::binance::perpetual
