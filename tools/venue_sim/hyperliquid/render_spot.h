// What the venue tells of spot: its tokens and pairs, and the balances of an account, as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "tools/venue_sim/hyperliquid/venue_state.h"

namespace colibri::venue_sim::hyperliquid {

// The tokens, and the pairs in the order of their list, which is not that of their indices.
Json SpotMetaJson(const VenueState& state);
Json SpotContextJson(const VenueState& state, const Asset& asset);
// By index of the pair. Where no pair is listed, one that never traded stands.
Json SpotContextsJson(const VenueState& state);

// Tokens that the account has never had are left out, but for USDC.
Json SpotClearinghouseJson(const VenueState& state, const User& user);
// Of an account that does not exist.
Json NoBalancesJson();

}  // namespace colibri::venue_sim::hyperliquid
