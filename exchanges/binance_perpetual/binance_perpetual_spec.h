// Binance USD-M futures as data: hosts per domain, capabilities, limits, endpoints with their
// weights, fees.
//
//   const VenueSpec& spec = PerpetualSpec();
//   PerpetualEndpoints().order.weight;                        // request weight of one call
//
// Thread: any; constant after first use.
#pragma once

#include "exchanges/binance_common/binance_family.h"
#include "exchanges/binance_common/binance_order_book_data_source.h"
#include "exchanges/binance_common/binance_order_socket_source.h"
#include "exchanges/binance_common/binance_requests.h"

namespace colibri::binance::perpetual {

const VenueSpec& PerpetualSpec();

const Endpoints& PerpetualEndpoints();

// The venue serves books and quotes on one path and the rest on another; a stream that is
// subscribed on the wrong one is acknowledged and stays silent.
MarketDialect BookDialect();
MarketDialect TradeDialect();
// Of hosts without such paths: all on one socket.
MarketDialect WholeDialect();

const OrderSocketDialect& SocketDialect();

}  // namespace colibri::binance::perpetual
