// An action as the venue reads it: members in the order in which they are hashed, unknown members
// left out, amounts in their canonical text, addresses in lower case.
//
//   std::optional<Json> action = ReadAction(request["action"]);   // nothing: HTTP 422
//
// A client that hashed anything else has signed something else: the recovered address is not its
// own.
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "tools/venue_sim/hyperliquid/common.h"

namespace colibri::venue_sim::hyperliquid {

// Of the types that this venue executes; anything else, or a member of the wrong kind, is nothing.
std::optional<Json> ReadAction(const Json& action);

bool IsKnownAction(std::string_view type);
// Whether it is signed as typed data of its own and not by its hash: transfers, approvals.
bool IsUserSigned(std::string_view type);
// The struct hash of such an action; nothing when a member is missing or of the wrong kind.
std::optional<std::string> UserSignedHash(const Json& action);

// How many orders, cancels or changes it holds; at least 1.
int BatchSize(const Json& action);

}  // namespace colibri::venue_sim::hyperliquid
