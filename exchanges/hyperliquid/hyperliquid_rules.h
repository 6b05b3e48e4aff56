// What Hyperliquid Spot's spotMeta says of its pairs and tokens. Pure, but for the names learned.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"

#include "connector/venue_protocol.h"
#include "exchanges/hyperliquid/token_names.h"

namespace colibri::hyperliquid {

// Each pair is BASE-QUOTE by the names of its tokens, its symbol the venue's coin ("PURR/USDC",
// "@107"), its venue_id the asset of orders. `names` learns all tokens first. Left out, with a
// reason: what can't be read, a token whose name another one has, two pairs of the same tokens, a
// coin that is not the one of its number. DataLoss where nobody can say which token is which.
absl::StatusOr<VenueRules> ParseRules(std::string_view body, TokenNames& names);

}  // namespace colibri::hyperliquid
