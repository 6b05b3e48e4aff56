#include "tools/venue_sim/binance_perpetual/render.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tools/venue_sim/binance_perpetual/order_words.h"

namespace colibri::venue_sim::binance_perpetual {

using margin::ExecutionKind;
using margin::ExecutionNote;
using margin::MarginOrder;
using margin::MarginTrade;
using margin::Origin;

namespace {

std::string_view ExecutionWord(ExecutionKind kind) {
  switch (kind) {
    case ExecutionKind::kNew:
      return "NEW";
    case ExecutionKind::kTrade:
      return "TRADE";
    case ExecutionKind::kCanceled:
      return "CANCELED";
    case ExecutionKind::kExpired:
      return "EXPIRED";
    case ExecutionKind::kAmended:
      return "AMENDMENT";
    case ExecutionKind::kForced:
      return "CALCULATED";
  }
  return "";
}

// Forced orders tell who stands on the other side in their status.
std::string_view StatusWord(const MarginOrder& order, const MarginTrade* trade) {
  if (trade != nullptr && order.origin == Origin::kInsurance) {
    return "NEW_INSURANCE";
  }
  if (trade != nullptr && order.origin == Origin::kDeleverage) {
    return "NEW_ADL";
  }
  return Word(order.status);
}

// Of market orders there is none.
std::string LimitPrice(const Contract& contract, const MarginOrder& order) {
  return order.ticket.type == OrderType::kMarket ? "0" : contract.PriceText(order.ticket.price);
}

std::string OriginalType(const MarginOrder& order, const OrderMemo& memo) {
  return memo.original_type.empty() ? std::string(TypeWord(order.ticket)) : memo.original_type;
}

}  // namespace

std::string AveragePrice(const Contract& contract, const MarginOrder& order) {
  if (order.executed == 0) {
    return "0.00";
  }
  const Decimal average = margin::DivideMoney(
      order.executed_quote, contract.instrument.QuantityOf(order.executed), Rounding::kHalfEven);
  return Rounded(average, std::max(contract.spec.price_precision, 5));
}

Json PlacedOrderJson(const Contract& contract, const MarginOrder& order) {
  const margin::Ticket& ticket = order.ticket;
  const OrderMemo memo = OrderMemo::FromText(ticket.memo);
  return {{"orderId", order.order_id},
          {"symbol", contract.symbol()},
          {"status", Word(order.status)},
          {"clientOrderId", ticket.client_order_id},
          {"price", LimitPrice(contract, order)},
          {"origQty", contract.QuantityText(ticket.quantity)},
          {"executedQty", contract.QuantityText(order.executed)},
          {"cumQty", contract.QuantityText(order.executed)},
          {"timeInForce", TimeInForceWord(ticket)},
          {"type", TypeWord(ticket)},
          {"reduceOnly", ticket.reduce_only},
          {"closePosition", memo.closes_position},
          {"side", Word(ticket.side)},
          {"positionSide", Word(ticket.position_side)},
          {"stopPrice", memo.stop_price},
          {"workingType", memo.working_type},
          {"priceProtect", false},
          {"origType", OriginalType(order, memo)},
          {"priceMatch", memo.price_match},
          {"selfTradePreventionMode", Word(ticket.prevention)},
          {"goodTillDate", ticket.good_till_ms},
          {"updateTime", order.update_time_ms}};
}

Json OrderJson(const Contract& contract, const MarginOrder& order) {
  Json json = PlacedOrderJson(contract, order);
  json.erase("cumQty");
  json["avgPrice"] = AveragePrice(contract, order);
  json["cumQuote"] = Money(order.executed_quote);
  json["time"] = order.time_ms;
  return json;
}

Json OwnTradeJson(const Contract& contract, const MarginTrade& trade) {
  return {{"symbol", contract.symbol()},
          {"id", trade.trade_id},
          {"orderId", trade.order_id},
          {"side", Word(trade.side)},
          {"price", contract.PriceText(trade.price)},
          {"qty", contract.QuantityText(trade.quantity)},
          {"realizedPnl", Money(trade.realized)},
          {"quoteQty", Money(trade.quote)},
          {"commission", Money(trade.fee)},
          {"commissionAsset", trade.fee_asset},
          {"time", trade.time_ms},
          {"positionSide", Word(trade.position_side)},
          {"buyer", trade.side == Side::kBuy},
          {"maker", trade.is_maker}};
}

Json OrderEventJson(const Contract& contract, const ExecutionNote& note, int64_t event_time_ms) {
  const MarginOrder& order = note.order;
  const margin::Ticket& ticket = order.ticket;
  const OrderMemo memo = OrderMemo::FromText(ticket.memo);
  const MarginTrade* trade = note.trade;
  Json o = {{"s", contract.symbol()},
            {"c", ticket.client_order_id},
            {"S", Word(ticket.side)},
            {"o", TypeWord(ticket)},
            {"f", TimeInForceWord(ticket)},
            {"q", contract.QuantityText(ticket.quantity)},
            {"p", LimitPrice(contract, order)},
            {"ap", AveragePrice(contract, order)},
            {"sp", memo.stop_price},
            {"x", ExecutionWord(note.kind)},
            {"X", StatusWord(order, trade)},
            {"i", order.order_id},
            {"l", trade == nullptr ? "0" : contract.QuantityText(trade->quantity)},
            {"z", contract.QuantityText(order.executed)},
            {"L", trade == nullptr ? "0" : contract.PriceText(trade->price)}};
  // Without a fee there is neither amount nor asset.
  if (trade != nullptr && !trade->fee.is_zero()) {
    o["N"] = trade->fee_asset;
    o["n"] = Money(trade->fee);
  }
  o["T"] = order.update_time_ms;
  o["t"] = trade == nullptr ? 0 : trade->trade_id;
  o["b"] = "0";
  o["a"] = "0";
  o["m"] = trade != nullptr && trade->is_maker;
  o["R"] = ticket.reduce_only;
  o["wt"] = memo.working_type;
  o["ot"] = OriginalType(order, memo);
  o["ps"] = Word(ticket.position_side);
  o["cp"] = memo.closes_position;
  o["rp"] = trade == nullptr ? "0" : Money(trade->realized);
  o["pP"] = false;
  o["si"] = 0;
  o["ss"] = 0;
  o["V"] = Word(ticket.prevention);
  o["pm"] = memo.price_match;
  o["gtd"] = ticket.good_till_ms;
  o["er"] = ReasonWord(order.end_reason);
  return {{"e", "ORDER_TRADE_UPDATE"},
          {"T", order.update_time_ms},
          {"E", event_time_ms},
          {"o", std::move(o)}};
}

Json TradeLiteJson(const Contract& contract, const ExecutionNote& note, int64_t event_time_ms) {
  const MarginOrder& order = note.order;
  const MarginTrade& trade = *note.trade;
  return {{"e", "TRADE_LITE"},
          {"E", event_time_ms},
          {"T", trade.time_ms},
          {"s", contract.symbol()},
          {"q", contract.QuantityText(order.ticket.quantity)},
          {"p", LimitPrice(contract, order)},
          {"m", trade.is_maker},
          {"c", order.ticket.client_order_id},
          {"S", Word(trade.side)},
          {"L", contract.PriceText(trade.price)},
          {"l", contract.QuantityText(trade.quantity)},
          {"t", trade.trade_id},
          {"i", order.order_id}};
}

namespace {

std::string_view ReasonOfAccount(const margin::AccountNote& note) {
  switch (note.reason) {
    case margin::AccountReason::kOrder:
      return "ORDER";
    case margin::AccountReason::kFunding:
      return "FUNDING_FEE";
    case margin::AccountReason::kTransfer:
      return note.changes.begin()->second.is_negative() ? "WITHDRAW" : "DEPOSIT";
    case margin::AccountReason::kMarginTransfer:
      return "MARGIN_TRANSFER";
    case margin::AccountReason::kMarginMode:
      return "MARGIN_TYPE_CHANGE";
    case margin::AccountReason::kInsurance:
      return "INSURANCE_CLEAR";
  }
  return "";
}

}  // namespace

Json AccountEventJson(const margin::MarginExchange& exchange,
                      const Contracts& contracts,
                      const margin::MarginAccount& account,
                      const margin::AccountNote& note,
                      int64_t event_time_ms) {
  Json balances = Json::array();
  for (const std::string& asset : note.assets) {
    const margin::MarginFigures figures = exchange.Figures(account, asset);
    const auto change = note.changes.find(asset);
    balances.push_back({{"a", asset},
                        {"wb", Money(figures.wallet)},
                        {"cw", Money(figures.cross_wallet)},
                        {"bc", change == note.changes.end() ? "0" : Money(change->second)}});
  }
  Json positions = Json::array();
  for (const margin::PositionKey& key : note.positions) {
    const Contract& contract = contracts.find(key.first)->second;
    const margin::Position& position = *account.FindPosition(key.first, key.second);
    const bool is_isolated = account.settings(contract.instrument).is_isolated;
    positions.push_back({{"s", key.first},
                         {"pa", contract.QuantityText(position.quantity)},
                         {"ep", margin::EntryPrice(contract.instrument, position).ToString()},
                         {"bep", margin::BreakEvenPrice(contract.instrument, position).ToString()},
                         {"cr", Money(position.realized)},
                         {"up", Money(margin::UnrealizedProfit(contract.instrument, position))},
                         {"mt", is_isolated ? "isolated" : "cross"},
                         {"iw", Money(position.isolated_wallet)},
                         {"ps", Word(key.second)},
                         {"ma", contract.spec.margin_asset}});
  }
  Json a = {{"m", ReasonOfAccount(note)}, {"B", std::move(balances)}, {"P", std::move(positions)}};
  return {{"e", "ACCOUNT_UPDATE"}, {"T", event_time_ms}, {"E", event_time_ms}, {"a", std::move(a)}};
}

Json MarginCallJson(const Contracts& contracts,
                    const margin::MarginExchange& exchange,
                    const margin::MarginAccount& account,
                    const std::set<margin::PositionKey>& open,
                    int64_t event_time_ms) {
  Json positions = Json::array();
  std::string wallet = "0";
  for (const margin::PositionKey& key : open) {
    const Contract& contract = contracts.find(key.first)->second;
    const margin::Position& position = *account.FindPosition(key.first, key.second);
    wallet = Money(exchange.Figures(account, contract.spec.margin_asset).cross_wallet);
    positions.push_back({{"s", key.first},
                         {"ps", Word(key.second)},
                         {"pa", contract.QuantityText(position.quantity)},
                         {"mt", "CROSSED"},
                         {"iw", "0"},
                         {"mp", Money(contract.instrument.mark)},
                         {"up", Money(margin::UnrealizedProfit(contract.instrument, position))},
                         {"mm", Money(margin::Maintenance(contract.instrument, position))}});
  }
  return {{"e", "MARGIN_CALL"}, {"E", event_time_ms}, {"cw", wallet}, {"p", std::move(positions)}};
}

Json LiquidationJson(const Contract& contract, const MarginOrder& order, int64_t event_time_ms) {
  return {{"e", "forceOrder"},
          {"E", event_time_ms},
          {"o",
           {{"s", contract.symbol()},
            {"S", Word(order.ticket.side)},
            {"o", "LIMIT"},
            {"f", "IOC"},
            {"q", contract.QuantityText(order.ticket.quantity)},
            {"p", contract.PriceText(order.ticket.price)},
            {"ap", AveragePrice(contract, order)},
            {"X", "FILLED"},
            {"l", contract.QuantityText(order.executed)},
            {"z", contract.QuantityText(order.executed)},
            {"T", order.update_time_ms}}},
          {"ps", contract.symbol()},
          {"st", 1}};
}

}  // namespace colibri::venue_sim::binance_perpetual
