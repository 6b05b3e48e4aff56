// Reads GET /api/v3/exchangeInfo: the trading rules of every pair, and the venue's rate limits.
//
//   ASSIGN_OR_RETURN(const VenueRules rules, ParseExchangeInfo(body));
//
// Symbols are mapped here and nowhere else: BASE-QUOTE is baseAsset-quoteAsset, never a split of
// the symbol. An entry that can't be read is skipped and counted, an unknown filter is ignored.
// Thread: any. DataLoss when the answer as a whole can't be read.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"

#include "connector/venue_protocol.h"

namespace colibri::binance {

absl::StatusOr<VenueRules> ParseExchangeInfo(std::string_view body);

}  // namespace colibri::binance
