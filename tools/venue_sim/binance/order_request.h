// From the parameters of an order call to a ticket that has passed the symbol's filters.
//
//   ASSIGN_OR_RETURN(const OrderTicket ticket, ParseTicket(params, market));
//   RETURN_IF_VENUE_ERROR(CheckFilters(market, account, ticket, now_ms));
#pragma once

#include <cstdint>
#include <string>

#include "tools/venue_sim/binance/ledger.h"
#include "tools/venue_sim/binance/venue_order.h"
#include "tools/venue_sim/binance_common/error.h"
#include "tools/venue_sim/binance_common/market.h"
#include "tools/venue_sim/binance_common/params.h"

namespace colibri::venue_sim::binance {

// The parameters that place an order, space-separated, as Params::CheckNames wants them.
inline constexpr char kOrderParams[] =
    "symbol side type timeInForce quantity quoteOrderQty price newClientOrderId strategyId "
    "strategyType stopPrice icebergQty newOrderRespType selfTradePreventionMode";

inline constexpr int kMaxAmends = 10;
inline constexpr int kMaxStopOrders = 5;
inline constexpr int kAveragePriceMinutes = 5;

// Refuses what is missing (-1102), not wanted (-1106), unknown (-1115 to -1117), illegal (-1100),
// too precise (-1111) or off the price and lot filters (-1013). The client order id is empty when
// not given.
OrError<OrderTicket> ParseTicket(const Params& params, const Market& market);

// The filters that look at the market and the account: percent price, notional, numbers of orders.
MaybeError CheckFilters(const Market& market,
                        Account& account,
                        const OrderTicket& ticket,
                        int64_t now_ms);

// A quantity for an amendment: positive and on the lot filter.
OrError<int64_t> ParseQuantity(const Market& market, Decimal quantity);

}  // namespace colibri::venue_sim::binance
