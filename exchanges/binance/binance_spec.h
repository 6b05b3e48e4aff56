// Binance as data: hosts per domain, capabilities, limits, weights, fees, ids.
//
//   const VenueSpec& spec = BinanceSpec();
//   const VenueHosts hosts = ResolveHosts(spec, config);     // the configuration's overrides win
//   Weights(config.domain).depth_1000;                        // request weight of one call
//
// Thread: any; constant after first use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "connector/exchange_config.h"
#include "connector/venue_spec.h"

namespace colibri::binance {

// Limit pools, as charges name them.
inline constexpr std::string_view kRequestWeightPool = "request_weight";
inline constexpr std::string_view kOrdersPool = "orders";
inline constexpr std::string_view kOrdersPerDayPool = "orders_per_day";
inline constexpr std::string_view kRawRequestsPool = "raw_requests";

// The domain whose API is an older one: listen keys, other weights, no amendments.
inline constexpr std::string_view kUsDomain = "us";

// Spot.
const VenueSpec& BinanceSpec();
// USD-M futures: market data and signing only, until its connector exists.
const VenueSpec& BinancePerpetualSpec();

// The hosts of the configured domain (live when the domain is unknown), each replaced by the
// configuration's where that is not empty.
VenueHosts ResolveHosts(const VenueSpec& spec, const ExchangeConfig& config);

// "BTCUSDT" to "btcusdt", as stream names have it; letters outside ASCII stay.
std::string LowerAscii(std::string_view symbol);

// Request weight per endpoint. Placements and cancels weigh nothing when they succeed on the live
// venue, and 1 when they fail: the used-weight header brings the difference in.
struct EndpointWeights {
  int64_t time = 1;
  int64_t exchange_info = 20;
  int64_t depth_100 = 5;
  int64_t depth_500 = 25;
  int64_t depth_1000 = 50;
  int64_t depth_5000 = 250;
  int64_t place = 0;
  int64_t cancel = 0;
  int64_t cancel_all = 0;
  int64_t replace = 0;
  int64_t amend = 4;
  int64_t order = 4;
  int64_t open_orders = 6;
  int64_t account = 20;
  int64_t commission = 20;
  int64_t order_trades = 5;
  int64_t trades = 20;
  int64_t listen_key = 2;

  // Of GET /depth with this limit.
  int64_t depth(int limit) const;
};

const EndpointWeights& Weights(std::string_view domain);

}  // namespace colibri::binance
