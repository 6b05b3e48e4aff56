// Reads: everything that is asked of /info.
//
//   Answer answer = AnswerInfo(state, {{"type", "l2Book"}, {"coin", "BTC"}});
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "tools/venue_sim/hyperliquid/answer.h"
#include "tools/venue_sim/hyperliquid/venue_state.h"

namespace colibri::venue_sim::hyperliquid {

// 422 for what cannot be read; 500 and null for a coin that does not exist.
Answer AnswerInfo(VenueState& state, const Json& request);
// Before it is answered; what `items` of the answer add comes after.
int InfoWeight(std::string_view type);
int ItemsWeight(std::string_view type, int items);
// Whether it is of an account.
bool IsPrivateInfo(std::string_view type);
// Empty when the request has none.
std::string_view InfoType(const Json& request);

}  // namespace colibri::venue_sim::hyperliquid
