#include "tools/venue_sim/binance/order_request.h"

#include <algorithm>
#include <optional>

#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr Decimal kPercentUp = Decimal::FromInteger(5);
constexpr Decimal kPercentDown = Decimal::FromScaled(2, 1);
constexpr int64_t kStrategyTypeMin = 1'000'000;

VenueError FilterFailure(std::string_view filter) {
  return {-1013, StrCat("Filter failure: ", filter)};
}

// A tick or step that the value must be a multiple of, and a range where 0 means no bound.
bool IsWithin(Decimal value, Decimal min, Decimal max, Decimal step) {
  return (min.is_zero() || value >= min) && (max.is_zero() || value <= max) &&
         (step.is_zero() || value.IsMultipleOf(step));
}

int64_t Scaled(Decimal value, int decimals) {
  const absl::StatusOr<int64_t> scaled = value.ToScaled(decimals);
  CHECK(scaled.ok());  // the filters bound it
  return *scaled;
}

OrError<int64_t> ParsePrice(const Market& market, Decimal price) {
  if (!price.is_positive()) {
    return VenueError{-1013, "Invalid price."};
  }
  const SimSymbol& spec = market.spec();
  if (!IsWithin(price, spec.min_price, spec.max_price, spec.tick_size)) {
    return FilterFailure("PRICE_FILTER");
  }
  return Scaled(price, market.price_decimals());
}

OrError<Decimal> RequiredAmount(const Params& params, std::string_view name) {
  ASSIGN_OR_RETURN(const std::optional<Decimal> amount, params.Amount(name));
  if (!amount.has_value()) {
    return MissingParameter(name);
  }
  return *amount;
}

MaybeError RefuseExtras(const Params& params, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (params.Has(name)) {
      return VenueError{-1106, StrCat("Parameter '", name, "' sent when not required.")};
    }
  }
  return std::nullopt;
}

MaybeError ParseTimeInForce(const Params& params, OrderTicket& ticket) {
  ASSIGN_OR_RETURN(const std::string word, params.Required("timeInForce"));
  const std::optional<TimeInForce> time_in_force = ParseVenueTimeInForce(word);
  if (!time_in_force.has_value()) {
    return VenueError{-1115, "Invalid timeInForce."};
  }
  ticket.time_in_force = *time_in_force;
  return std::nullopt;
}

MaybeError ParseLimit(const Params& params, const Market& market, OrderTicket& ticket) {
  RETURN_IF_VENUE_ERROR(RefuseExtras(params, {"quoteOrderQty"}));
  if (ticket.type == VenueOrderType::kLimitMaker) {
    RETURN_IF_VENUE_ERROR(RefuseExtras(params, {"timeInForce"}));
  } else {
    RETURN_IF_VENUE_ERROR(ParseTimeInForce(params, ticket));
  }
  if (ticket.is_stop()) {
    ASSIGN_OR_RETURN(const Decimal stop, RequiredAmount(params, "stopPrice"));
    ASSIGN_OR_RETURN(ticket.stop_price, ParsePrice(market, stop));
  } else {
    RETURN_IF_VENUE_ERROR(RefuseExtras(params, {"stopPrice"}));
  }
  ASSIGN_OR_RETURN(const Decimal quantity, RequiredAmount(params, "quantity"));
  ASSIGN_OR_RETURN(const Decimal price, RequiredAmount(params, "price"));
  ASSIGN_OR_RETURN(ticket.price, ParsePrice(market, price));
  ASSIGN_OR_RETURN(ticket.quantity, ParseQuantity(market, quantity));
  return std::nullopt;
}

MaybeError ParseMarket(const Params& params, const Market& market, OrderTicket& ticket) {
  RETURN_IF_VENUE_ERROR(RefuseExtras(params, {"timeInForce", "price", "stopPrice", "icebergQty"}));
  ticket.time_in_force = TimeInForce::kGtc;
  ASSIGN_OR_RETURN(const std::optional<Decimal> quantity, params.Amount("quantity"));
  ASSIGN_OR_RETURN(const std::optional<Decimal> quote, params.Amount("quoteOrderQty"));
  if (quantity.has_value() == quote.has_value()) {
    if (quantity.has_value()) {
      return VenueError{-1128, "Combination of optional parameters invalid."};
    }
    return MissingParameter("quantity");
  }
  if (quote.has_value()) {
    if (!quote->is_positive()) {
      return VenueError{-1013, "Invalid quoteOrderQty."};
    }
    ticket.quote_quantity = *quote;
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(ticket.quantity, ParseQuantity(market, *quantity));
  if (!market.spec().max_market_quantity.is_zero() &&
      *quantity > market.spec().max_market_quantity) {
    return FilterFailure("MARKET_LOT_SIZE");
  }
  return std::nullopt;
}

MaybeError ParseStrategy(const Params& params, OrderTicket& ticket) {
  ASSIGN_OR_RETURN(ticket.strategy_id, params.Integer("strategyId"));
  ASSIGN_OR_RETURN(ticket.strategy_type, params.Integer("strategyType"));
  if (ticket.strategy_type.has_value() && *ticket.strategy_type < kStrategyTypeMin) {
    return VenueError{-1130, "Data sent for parameter 'strategyType' is not valid."};
  }
  return std::nullopt;
}

MaybeError CheckPercentPrice(const Market& market, const OrderTicket& ticket, int64_t now_ms) {
  const Decimal average = market.AveragePrice(kAveragePriceMinutes, now_ms);
  const absl::StatusOr<Decimal> up = Multiply(average, kPercentUp, Rounding::kHalfEven);
  const absl::StatusOr<Decimal> down = Multiply(average, kPercentDown, Rounding::kHalfEven);
  const Decimal price = market.PriceOf(ticket.price);
  if (!up.ok() || !down.ok() || price > *up || price < *down) {
    return FilterFailure("PERCENT_PRICE_BY_SIDE");
  }
  return std::nullopt;
}

// A market order counts at the average price; its maximum does not apply.
MaybeError CheckNotional(const Market& market, const OrderTicket& ticket, int64_t now_ms) {
  const SimSymbol& spec = market.spec();
  Decimal notional = ticket.quote_quantity;
  if (ticket.type != VenueOrderType::kMarket) {
    notional = market.NotionalOf(ticket.price, ticket.quantity);
    if (!spec.max_notional.is_zero() && notional > spec.max_notional) {
      return FilterFailure("NOTIONAL");
    }
  } else if (ticket.quantity != 0) {
    const absl::StatusOr<Decimal> value =
        Multiply(market.AveragePrice(kAveragePriceMinutes, now_ms),
                 market.QuantityOf(ticket.quantity),
                 Rounding::kDown);
    notional = value.value_or(spec.min_notional);
  }
  if (notional < spec.min_notional) {
    return FilterFailure("NOTIONAL");
  }
  return std::nullopt;
}

}  // namespace

OrError<int64_t> ParseQuantity(const Market& market, Decimal quantity) {
  if (!quantity.is_positive()) {
    return VenueError{-1013, "Invalid quantity."};
  }
  const SimSymbol& spec = market.spec();
  if (!IsWithin(quantity, spec.min_quantity, spec.max_quantity, spec.step_size)) {
    return FilterFailure("LOT_SIZE");
  }
  return Scaled(quantity, market.quantity_decimals());
}

OrError<OrderTicket> ParseTicket(const Params& params, const Market& market) {
  OrderTicket ticket;
  ASSIGN_OR_RETURN(const std::string side_word, params.Required("side"));
  const std::optional<Side> side = ParseVenueSide(side_word);
  if (!side.has_value()) {
    return VenueError{-1117, "Invalid side."};
  }
  ASSIGN_OR_RETURN(const std::string type_word, params.Required("type"));
  const std::optional<VenueOrderType> type = ParseVenueOrderType(type_word);
  if (!type.has_value()) {
    return VenueError{-1116, "Invalid orderType."};
  }
  ticket.side = *side;
  ticket.type = *type;
  if (ticket.type == VenueOrderType::kMarket) {
    RETURN_IF_VENUE_ERROR(ParseMarket(params, market, ticket));
  } else {
    RETURN_IF_VENUE_ERROR(ParseLimit(params, market, ticket));
  }
  ASSIGN_OR_RETURN(const std::string prevention_word,
                   params.Text("selfTradePreventionMode", "NONE"));
  const std::optional<SelfTradePrevention> prevention = ParseVenuePrevention(prevention_word);
  if (!prevention.has_value()) {
    return VenueError{-1013,
                      "This symbol does not allow the specified self-trade prevention mode."};
  }
  ticket.prevention = *prevention;
  RETURN_IF_VENUE_ERROR(ParseStrategy(params, ticket));
  ASSIGN_OR_RETURN(const std::optional<std::string> client_id, params.ClientId("newClientOrderId"));
  ticket.client_order_id = client_id.value_or("");
  if (params.Has("icebergQty")) {
    return VenueError{-1013, "Iceberg orders are not supported for this symbol."};
  }
  return ticket;
}

MaybeError CheckFilters(const Market& market,
                        Account& account,
                        const OrderTicket& ticket,
                        int64_t now_ms) {
  if (ticket.type != VenueOrderType::kMarket) {
    RETURN_IF_VENUE_ERROR(CheckPercentPrice(market, ticket, now_ms));
  }
  RETURN_IF_VENUE_ERROR(CheckNotional(market, ticket, now_ms));
  const SymbolOrders& orders = account.orders(market.symbol());
  if (static_cast<int>(orders.open.size()) >= market.spec().max_num_orders) {
    return FilterFailure("MAX_NUM_ORDERS");
  }
  if (ticket.is_stop()) {
    const auto stops = std::count_if(orders.open.begin(), orders.open.end(), [&](int64_t order_id) {
      const VenueOrder& order = orders.orders.at(order_id);
      return order.ticket.is_stop() && !order.is_working;
    });
    if (stops >= kMaxStopOrders) {
      return FilterFailure("MAX_NUM_ALGO_ORDERS");
    }
  }
  return std::nullopt;
}

}  // namespace colibri::venue_sim::binance
