// Binance Spot as data: hosts per domain, capabilities, limits, endpoints with their weights, fees.
//
//   const VenueSpec& spec = BinanceSpec();
//   SpotEndpoints(config.domain).order.weight;                // request weight of one call
//
// Thread: any; constant after first use.
#pragma once

#include <string_view>
#include <vector>

#include "exchanges/binance_common/binance_family.h"
#include "exchanges/binance_common/binance_order_book_data_source.h"
#include "exchanges/binance_common/binance_order_socket_source.h"
#include "exchanges/binance_common/binance_requests.h"

namespace colibri::binance {

// The domain whose API is an older one: listen keys, other weights, no amendments.
inline constexpr std::string_view kUsDomain = "us";

const VenueSpec& BinanceSpec();

const Endpoints& SpotEndpoints(std::string_view domain);
MarketDialect SpotDialect(std::string_view domain);
const OrderSocketDialect& SpotSocketDialect();

}  // namespace colibri::binance
