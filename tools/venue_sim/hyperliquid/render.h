// What the venue tells of orders, fills, accounts and funding, as JSON. Numbers are texts.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "tools/venue_sim/hyperliquid/venue_state.h"

namespace colibri::venue_sim::hyperliquid {

// As in openOrders and orderUpdates; cloid when it has one.
Json OrderJson(const OrderRecord& record);
// As in frontendOpenOrders, orderStatus and historicalOrders.
Json FullOrderJson(const OrderRecord& record);
// {"order":...,"status":...,"statusTimestamp":...} around either.
Json WithStatus(const OrderRecord& record, Json order);
Json OpenOrdersJson(const User& user, bool is_full);

Json FillJson(const Fill& fill);
// Newest first; fills of one order, price and time as one when aggregated.
Json FillsJson(const std::deque<Fill>& fills, size_t count_max, bool is_aggregated);

// As in userFunding; and as in the stream.
Json FundingJson(const FundingRow& row);
Json FundingEventJson(const FundingRow& row);

Json LedgerJson(const LedgerRow& row);

Json ClearinghouseJson(VenueState& state, const User& user);
Json ActiveAssetJson(VenueState& state, const User& user, const Asset& asset);
Json RateLimitJson(const VenueState& state, const User& user);
Json FeesJson(const VenueState& state);

// How many actions the account may have used: one for each USDC traded, and the first ones.
int64_t ActionsMax(const VenueState& state, const User& user);

}  // namespace colibri::venue_sim::hyperliquid
