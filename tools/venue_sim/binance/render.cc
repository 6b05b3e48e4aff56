#include "tools/venue_sim/binance/render.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "tools/venue_sim/binance/order_request.h"
#include "tools/venue_sim/binance_common/number_text.h"

namespace colibri::venue_sim::binance {
namespace {

std::string PriceText(const Market& market, int64_t price) {
  return Fixed8(price, market.price_decimals());
}
std::string QuantityText(const Market& market, int64_t quantity) {
  return Fixed8(quantity, market.quantity_decimals());
}

// A market order by quote has the quantity that it got.
int64_t OriginalQuantity(const VenueOrder& order) {
  return order.ticket.quantity == 0 ? order.executed : order.ticket.quantity;
}

// What every full order reply shares, from price to side.
void AddOrderBody(const Market& market, const VenueOrder& order, Json& json) {
  const OrderTicket& ticket = order.ticket;
  json["price"] = PriceText(market, ticket.price);
  json["origQty"] = QuantityText(market, OriginalQuantity(order));
  json["executedQty"] = QuantityText(market, order.executed);
  json["origQuoteOrderQty"] = Fixed8(ticket.quote_quantity);
  json["cummulativeQuoteQty"] = Fixed8(order.executed_quote);
  json["status"] = Word(order.status);
  json["timeInForce"] = Word(ticket.time_in_force);
  json["type"] = Word(ticket.type);
  json["side"] = Word(ticket.side);
}

void AddOptionalBody(const Market& market, const VenueOrder& order, Json& json) {
  const OrderTicket& ticket = order.ticket;
  if (ticket.is_stop()) {
    json["stopPrice"] = PriceText(market, ticket.stop_price);
  }
  if (ticket.strategy_id.has_value()) {
    json["strategyId"] = *ticket.strategy_id;
  }
  if (ticket.strategy_type.has_value()) {
    json["strategyType"] = *ticket.strategy_type;
  }
  if (order.prevented > 0) {
    json["preventedQuantity"] = QuantityText(market, order.prevented);
  }
}

std::string_view ExecutionWord(ExecutionType type) {
  switch (type) {
    case ExecutionType::kNew:
      return "NEW";
    case ExecutionType::kTrade:
      return "TRADE";
    case ExecutionType::kCanceled:
      return "CANCELED";
    case ExecutionType::kReplaced:
      return "REPLACED";
    case ExecutionType::kExpired:
      return "EXPIRED";
    case ExecutionType::kTradePrevention:
      return "TRADE_PREVENTION";
  }
  return "";
}

}  // namespace

Json PlacedOrderJson(const Market& market, const PlaceResult& placed, ReplyDetail detail) {
  const VenueOrder& order = placed.order;
  Json json = {{"symbol", market.symbol()},
               {"orderId", order.order_id},
               {"orderListId", -1},
               {"clientOrderId", order.ticket.client_order_id},
               {"transactTime", order.update_time_ms}};
  if (detail == ReplyDetail::kAck) {
    return json;
  }
  AddOrderBody(market, order, json);
  json["workingTime"] = order.working_time_ms;
  json["selfTradePreventionMode"] = Word(order.ticket.prevention);
  AddOptionalBody(market, order, json);
  if (detail == ReplyDetail::kResult) {
    return json;
  }
  json["fills"] = Json::array();
  for (const VenueTrade& trade : placed.fills) {
    json["fills"].push_back({{"price", PriceText(market, trade.price)},
                             {"qty", QuantityText(market, trade.quantity)},
                             {"commission", Fixed8(trade.fee)},
                             {"commissionAsset", trade.fee_asset},
                             {"tradeId", trade.trade_id}});
  }
  return json;
}

Json CanceledOrderJson(const Market& market,
                       const VenueOrder& order,
                       std::string_view request_client_id) {
  Json json = {{"symbol", market.symbol()},
               {"origClientOrderId", order.ticket.client_order_id},
               {"orderId", order.order_id},
               {"orderListId", -1},
               {"clientOrderId", request_client_id},
               {"transactTime", order.update_time_ms}};
  AddOrderBody(market, order, json);
  AddOptionalBody(market, order, json);
  json["selfTradePreventionMode"] = Word(order.ticket.prevention);
  return json;
}

Json OrderJson(const Market& market, const VenueOrder& order) {
  Json json = {{"symbol", market.symbol()},
               {"orderId", order.order_id},
               {"orderListId", -1},
               {"clientOrderId", order.ticket.client_order_id}};
  AddOrderBody(market, order, json);
  json["stopPrice"] = PriceText(market, order.ticket.stop_price);
  json["icebergQty"] = "0.00000000";
  json["time"] = order.time_ms;
  json["updateTime"] = order.update_time_ms;
  json["isWorking"] = order.is_working;
  json["workingTime"] = order.working_time_ms;
  json["selfTradePreventionMode"] = Word(order.ticket.prevention);
  AddOptionalBody(market, order, json);
  if (!order.expiry_reason.empty()) {
    json["expiryReason"] = order.expiry_reason;
  }
  return json;
}

Json AmendedOrderJson(const Market& market,
                      const VenueOrder& order,
                      std::string_view original_client_id,
                      int64_t execution_id) {
  return {{"transactTime", order.update_time_ms},
          {"executionId", execution_id},
          {"amendedOrder",
           {{"symbol", market.symbol()},
            {"orderId", order.order_id},
            {"orderListId", -1},
            {"origClientOrderId", original_client_id},
            {"clientOrderId", order.ticket.client_order_id},
            {"price", PriceText(market, order.ticket.price)},
            {"qty", QuantityText(market, order.ticket.quantity)},
            {"executedQty", QuantityText(market, order.executed)},
            {"preventedQty", QuantityText(market, order.prevented)},
            {"quoteOrderQty", "0.00000000"},
            {"cumulativeQuoteQty", Fixed8(order.executed_quote)},
            {"status", Word(order.status)},
            {"timeInForce", Word(order.ticket.time_in_force)},
            {"type", Word(order.ticket.type)},
            {"side", Word(order.ticket.side)},
            {"workingTime", order.working_time_ms},
            {"selfTradePreventionMode", Word(order.ticket.prevention)}}}};
}

Json OwnTradeJson(const Market& market, const VenueTrade& trade) {
  return {{"symbol", market.symbol()},
          {"id", trade.trade_id},
          {"orderId", trade.order_id},
          {"orderListId", -1},
          {"price", PriceText(market, trade.price)},
          {"qty", QuantityText(market, trade.quantity)},
          {"quoteQty", Fixed8(trade.quote)},
          {"commission", Fixed8(trade.fee)},
          {"commissionAsset", trade.fee_asset},
          {"time", trade.time_ms},
          {"isBuyer", trade.is_buyer},
          {"isMaker", trade.is_maker},
          {"isBestMatch", true}};
}

Json SymbolJson(const Market& market) {
  const SimSymbol& spec = market.spec();
  Json filters = Json::array();
  filters.push_back({{"filterType", "PRICE_FILTER"},
                     {"minPrice", Fixed8(spec.min_price)},
                     {"maxPrice", Fixed8(spec.max_price)},
                     {"tickSize", Fixed8(spec.tick_size)}});
  filters.push_back({{"filterType", "LOT_SIZE"},
                     {"minQty", Fixed8(spec.min_quantity)},
                     {"maxQty", Fixed8(spec.max_quantity)},
                     {"stepSize", Fixed8(spec.step_size)}});
  filters.push_back({{"filterType", "ICEBERG_PARTS"}, {"limit", 10}});
  filters.push_back({{"filterType", "MARKET_LOT_SIZE"},
                     {"minQty", "0.00000000"},
                     {"maxQty", Fixed8(spec.max_market_quantity)},
                     {"stepSize", "0.00000000"}});
  filters.push_back({{"filterType", "PERCENT_PRICE_BY_SIDE"},
                     {"bidMultiplierUp", "5"},
                     {"bidMultiplierDown", "0.2"},
                     {"askMultiplierUp", "5"},
                     {"askMultiplierDown", "0.2"},
                     {"avgPriceMins", kAveragePriceMinutes}});
  filters.push_back({{"filterType", "NOTIONAL"},
                     {"minNotional", Fixed8(spec.min_notional)},
                     {"applyMinToMarket", true},
                     {"maxNotional", Fixed8(spec.max_notional)},
                     {"applyMaxToMarket", false},
                     {"avgPriceMins", kAveragePriceMinutes}});
  filters.push_back({{"filterType", "MAX_NUM_ORDERS"}, {"maxNumOrders", spec.max_num_orders}});
  filters.push_back({{"filterType", "MAX_NUM_ALGO_ORDERS"}, {"maxNumAlgoOrders", kMaxStopOrders}});
  filters.push_back({{"filterType", "MAX_NUM_ORDER_AMENDS"}, {"maxNumOrderAmends", kMaxAmends}});
  return {
      {"symbol", spec.symbol},
      {"status", spec.status},
      {"baseAsset", spec.base_asset},
      {"baseAssetPrecision", kVenueDecimals},
      {"quoteAsset", spec.quote_asset},
      {"quotePrecision", kVenueDecimals},
      {"quoteAssetPrecision", kVenueDecimals},
      {"baseCommissionPrecision", kVenueDecimals},
      {"quoteCommissionPrecision", kVenueDecimals},
      {"orderTypes", {"LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"}},
      {"icebergAllowed", false},
      {"ocoAllowed", false},
      {"otoAllowed", false},
      {"opoAllowed", false},
      {"quoteOrderQtyMarketAllowed", true},
      {"allowTrailingStop", false},
      {"cancelReplaceAllowed", true},
      {"amendAllowed", true},
      {"pegInstructionsAllowed", false},
      {"isSpotTradingAllowed", true},
      {"isMarginTradingAllowed", false},
      {"filters", std::move(filters)},
      {"permissions", Json::array()},
      {"permissionSets", Json::array({Json::array({"SPOT"})})},
      {"defaultSelfTradePreventionMode", "NONE"},
      {"allowedSelfTradePreventionModes", {"NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"}}};
}

Json ExecutionReportJson(const Market& market, const ExecutionNote& note, int64_t event_time_ms) {
  const VenueOrder& order = note.order;
  const OrderTicket& ticket = order.ticket;
  const VenueTrade* trade = note.trade;
  Json json = {{"e", "executionReport"},
               {"E", event_time_ms},
               {"s", market.symbol()},
               {"c", note.request_client_id},
               {"S", Word(ticket.side)},
               {"o", Word(ticket.type)},
               {"f", Word(ticket.time_in_force)},
               {"q", QuantityText(market, ticket.quantity)},
               {"p", PriceText(market, ticket.price)},
               {"P", PriceText(market, ticket.stop_price)},
               {"F", "0.00000000"},
               {"g", -1},
               {"C", note.original_client_id},
               {"x", ExecutionWord(note.type)},
               {"X", Word(order.status)},
               {"r", "NONE"},
               {"i", order.order_id}};
  json["l"] = QuantityText(market, trade == nullptr ? 0 : trade->quantity);
  json["z"] = QuantityText(market, order.executed);
  json["L"] = PriceText(market, trade == nullptr ? 0 : trade->price);
  json["n"] = trade == nullptr ? "0" : Fixed8(trade->fee);
  json["N"] = trade == nullptr || trade->fee_asset.empty() ? Json() : Json(trade->fee_asset);
  json["T"] = order.update_time_ms;
  json["t"] = trade == nullptr ? -1 : trade->trade_id;
  if (note.type == ExecutionType::kTradePrevention) {
    json["v"] = note.prevented_match_id;
  }
  json["I"] = note.execution_id;
  json["w"] = order.is_working && order.is_open() && ticket.type != VenueOrderType::kMarket;
  json["m"] = trade != nullptr && trade->is_maker;
  json["M"] = trade != nullptr;
  json["O"] = order.time_ms;
  json["Z"] = Fixed8(order.executed_quote);
  json["Y"] = Fixed8(trade == nullptr ? Decimal() : trade->quote);
  json["Q"] = Fixed8(ticket.quote_quantity);
  if (order.is_working) {
    json["W"] = order.working_time_ms;
  }
  json["V"] = Word(ticket.prevention);
  if (note.type == ExecutionType::kTradePrevention) {
    json["A"] = QuantityText(market, order.prevented);
    json["B"] = QuantityText(market, note.prevented_quantity);
    json["u"] = order.account;
    json["U"] = note.counter_order_id;
    json["Cs"] = market.symbol();
  }
  if (ticket.strategy_id.has_value()) {
    json["j"] = *ticket.strategy_id;
  }
  if (ticket.strategy_type.has_value()) {
    json["J"] = *ticket.strategy_type;
  }
  if (!order.expiry_reason.empty()) {
    json["eR"] = order.expiry_reason;
  }
  return json;
}

Json AccountPositionJson(const Account& account,
                         const std::set<std::string>& assets,
                         int64_t event_time_ms) {
  Json balances = Json::array();
  for (const std::string& asset : assets) {
    const SimBalance& balance = account.balances().at(asset);
    balances.push_back({{"a", asset}, {"f", Fixed8(balance.free)}, {"l", Fixed8(balance.locked)}});
  }
  return {{"e", "outboundAccountPosition"},
          {"E", event_time_ms},
          {"u", account.balance_update_time_ms},
          {"B", std::move(balances)}};
}

Json LevelsJson(const Market& market, const std::vector<BookLevel>& levels) {
  Json list = Json::array();
  for (const BookLevel& level : levels) {
    list.push_back(
        Json::array({PriceText(market, level.price), QuantityText(market, level.quantity)}));
  }
  return list;
}

}  // namespace colibri::venue_sim::binance
