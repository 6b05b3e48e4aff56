// From the parameters of an order call to a ticket that has passed the symbol's rules.
//
//   ASSIGN_OR_RETURN(margin::Ticket ticket, ParseTicket(state, user, contract, params));
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/venue_sim/binance_perpetual/venue_state.h"

namespace colibri::venue_sim::binance_perpetual {

// The parameters that place an order, space-separated.
inline constexpr char kOrderParams[] =
    "symbol side positionSide type timeInForce quantity price reduceOnly newClientOrderId "
    "priceMatch selfTradePreventionMode goodTillDate newOrderRespType closePosition workingType "
    "priceProtect stopPrice activationPrice callbackRate";

// The client order id is made when there is none.
OrError<margin::Ticket> ParseTicket(VenueState& state,
                                    User& user,
                                    const Contract& contract,
                                    const Params& params);

// A quantity on the lot rule, in units.
OrError<int64_t> ParseQuantity(const Contract& contract, Decimal quantity, bool is_market);
// A price on the price rule, in units; against the mark price when asked.
OrError<int64_t> ParsePrice(const Contract& contract, Decimal price);
MaybeError CheckPercentPrice(const Contract& contract, Side side, int64_t price);
MaybeError CheckNotional(const Contract& contract, Decimal notional);
// [.A-Z:/a-z0-9_-]{1,36}; empty when absent.
OrError<std::string> ParseClientId(const Params& params, std::string_view name);
OrError<Decimal> RequiredAmount(const Params& params, std::string_view name);
// What the account's mode allows: -4060 for no word, -4061 where it does not fit.
OrError<margin::PositionSide> ParseSideOfPosition(const User& user, const Params& params);
// The price that priceMatch takes from the book.
OrError<int64_t> MatchedPrice(const Contract& contract, Side side, std::string_view mode);

}  // namespace colibri::venue_sim::binance_perpetual
