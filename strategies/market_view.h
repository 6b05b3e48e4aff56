// What a market maker reads of an exchange before it quotes.
//
//   ASSIGN_OR_RETURN(QuoteMarket market, ReadMarket(exchange, pair, own_orders));
//
// The reference price leaves out our own orders: at the top of a thin book they would make the
// price that they follow. A venue shows our orders in its book, a simulated one may not: a level
// that holds exactly as much as we have there is ours, any other has someone else in it.
#pragma once

#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"

#include "connector/exchange.h"
#include "core/order.h"
#include "core/order_book.h"
#include "core/trading_pair.h"
#include "core/units.h"
#include "strategies/quote_plan.h"

namespace colibri {

// Limit orders that are open; none is null.
using OwnOrders = absl::InlinedVector<const Order*, 16>;

// Mid of the best bid and ask of others; nullopt when they leave a side empty.
std::optional<Price> ReferenceOf(const OrderBook& book, const OwnOrders& own_orders);

// Unavailable, with the reason, when there is no quoting now: rules unknown, pair halted, exchange
// unhealthy, book stale, crossed, or one-sided. The budgets are what is free plus what own_orders
// lock.
absl::StatusOr<QuoteMarket> ReadMarket(const Exchange& exchange,
                                       const TradingPair& pair,
                                       const OwnOrders& own_orders);

}  // namespace colibri
