// What the specs of Hyperliquid's venues are made of: names, pools, hosts, sessions, keys.
//
//   VenueSpec spec = FamilySpec("hyperliquid_perpetual", "Hyperliquid perpetuals");
//
// Thread: any; constant.
#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"

#include "auth/auth.h"
#include "auth/credentials.h"
#include "connector/exchange_config.h"
#include "connector/venue_spec.h"

namespace colibri::hyperliquid {

inline constexpr std::string_view kVenueWords = "Hyperliquid";  // in messages
inline constexpr std::string_view kCollateral = "USDC";
inline constexpr std::string_view kQuote = "USD";  // of our pairs of perpetuals: BTC-USD
inline constexpr std::string_view kWeightPool = "request_weight";
// Of actions but cancels. Its size is the venue's secret; it is here to be closed when the venue
// says that an address has used up its actions.
inline constexpr std::string_view kActionPool = "actions";
inline constexpr std::string_view kTestnet = "testnet";

// Domains, ids, limits, sessions, hints: what no venue of the family changes.
VenueSpec FamilySpec(std::string_view name, std::string_view display_name);

absl::StatusOr<std::unique_ptr<Auth>> MakeAuth(const ExchangeConfig& config,
                                               const Credentials& credentials);

}  // namespace colibri::hyperliquid
