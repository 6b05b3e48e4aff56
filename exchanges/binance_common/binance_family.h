// What the specs of all Binance venues are made of: pools, hosts, ids, words.
//
//   spec.limits = {WeightPool(6000), OrderPool(kOrdersPool, 50, absl::Seconds(10), "10s")};
//   VenueSpec spec = FamilySpec("binance", "Binance Spot");
//
// Thread: any; constant.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "auth/auth.h"
#include "auth/credentials.h"
#include "connector/exchange_config.h"
#include "connector/venue_spec.h"

namespace colibri::binance {

// Limit pools, as charges name them.
inline constexpr std::string_view kRequestWeightPool = "request_weight";
inline constexpr std::string_view kOrdersPool = "orders";
inline constexpr std::string_view kOrdersPerMinutePool = "orders_per_minute";
inline constexpr std::string_view kOrdersPerDayPool = "orders_per_day";
inline constexpr std::string_view kRawRequestsPool = "raw_requests";

RateLimitPool WeightPool(int64_t per_minute);
// interval_suffix: as the header has it, "10s".
RateLimitPool OrderPool(std::string_view name,
                        int64_t limit,
                        absl::Duration interval,
                        std::string_view interval_suffix);

// Name, id alphabet and length, sessions, hints: what no venue of the family changes.
VenueSpec FamilySpec(std::string_view name, std::string_view display_name);

// Rates in ten thousandths.
FeeSchema PercentFees(int64_t maker, int64_t taker, FeeCharge charge);

// "BTCUSDT" to "btcusdt", as stream names have it; letters outside ASCII stay.
std::string LowerAscii(std::string_view symbol);

// Symbol and stream symbol as the venues form them today. Connectors ask the venue; this serves
// recordings.
std::pair<std::string, std::string> DefaultSymbols(const TradingPair& pair);

absl::StatusOr<std::unique_ptr<Auth>> MakeAuth(const ExchangeConfig& config,
                                               const Credentials& credentials);

}  // namespace colibri::binance
