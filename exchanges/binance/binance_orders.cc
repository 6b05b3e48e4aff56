#include "exchanges/binance/binance_orders.h"

#include <algorithm>
#include <charconv>

#include "core/strings.h"

namespace colibri::binance {
namespace {

constexpr std::string_view kTradesMax = "1000";
// The venue's clock and ours may differ by a little.
constexpr absl::Duration kOrderTimeMargin = absl::Minutes(1);

std::string_view SideText(Side side) {
  return side == Side::kBuy ? "BUY" : "SELL";
}

std::string_view TypeText(OrderType type) {
  switch (type) {
    case OrderType::kLimit:
      return "LIMIT";
    case OrderType::kLimitMaker:
      return "LIMIT_MAKER";
    case OrderType::kMarket:
      return "MARKET";
  }
  return "LIMIT";
}

std::string_view TimeInForceText(TimeInForce time_in_force) {
  switch (time_in_force) {
    case TimeInForce::kGtc:
      return "GTC";
    case TimeInForce::kIoc:
      return "IOC";
    case TimeInForce::kFok:
      return "FOK";
  }
  return "GTC";
}

// What POST /order and cancelReplace share.
void AddOrder(const Order& order,
              const Instrument& instrument,
              std::string_view self_trade_prevention,
              RestRequest& request) {
  request.AddParameter("symbol", instrument.symbol);
  request.AddParameter("side", SideText(order.side));
  request.AddParameter("type", TypeText(order.type));
  // LIMIT_MAKER and MARKET take none: -1106.
  if (order.type == OrderType::kLimit) {
    request.AddParameter("timeInForce", TimeInForceText(order.time_in_force));
  }
  if (order.type == OrderType::kMarket && order.quote_quantity.has_value()) {
    request.AddParameter("quoteOrderQty", order.quote_quantity->ToString());
  } else {
    request.AddParameter("quantity", order.quantity.ToString());
  }
  if (order.type != OrderType::kMarket && order.price.has_value()) {
    request.AddParameter("price", order.price->ToString());
  }
  request.AddParameter("newClientOrderId", order.client_order_id.view());
  // Without it LIMIT_MAKER is answered by an acknowledgement that has no status.
  request.AddParameter("newOrderRespType", "FULL");
  if (!self_trade_prevention.empty()) {
    request.AddParameter("selfTradePreventionMode", self_trade_prevention);
  }
}

// By our id; by the venue's for an order that has none of ours.
void AddOrderId(const Order& order,
                std::string_view client_name,
                std::string_view exchange_name,
                RestRequest& request) {
  if (!order.client_order_id.empty()) {
    request.AddParameter(client_name, order.client_order_id.view());
  } else {
    request.AddParameter(exchange_name, order.exchange_order_id.view());
  }
}

std::string Milliseconds(absl::Time time) {
  return StrCat(std::max<int64_t>(absl::ToUnixMillis(time), 0));
}

// Trade ids are numbers that rise; nullopt for a text that is none.
std::optional<int64_t> NextTradeId(const TradeId& id) {
  int64_t value = 0;
  const std::string_view text = id.view();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value == INT64_MAX) {
    return std::nullopt;
  }
  return value + 1;
}

}  // namespace

RequestBuilder::RequestBuilder(const ExchangeConfig& config)
    : is_us_(config.domain == kUsDomain),
      weights_(Weights(config.domain)),
      self_trade_prevention_(config.self_trade_prevention) {
  if (config.receive_window > absl::ZeroDuration()) {
    receive_window_ = StrCat(absl::ToInt64Milliseconds(config.receive_window));
  }
}

VenueCall RequestBuilder::Call(HttpMethod method,
                               std::string_view path,
                               CallSecurity security,
                               CallPriority priority,
                               int64_t weight) const {
  VenueCall call;
  call.request.method = method;
  call.request.path = std::string(path);
  call.security = security;
  call.priority = priority;
  if (weight > 0) {
    call.charges.push_back({kRequestWeightPool, weight});
  }
  call.charges.push_back({kRawRequestsPool, 1});
  return call;
}

void RequestBuilder::Finish(VenueCall& call) const {
  if (!receive_window_.empty()) {
    call.request.AddParameter("recvWindow", receive_window_);
  }
}

VenueCall RequestBuilder::ServerTime() const {
  return Call(HttpMethod::kGet,
              "/api/v3/time",
              CallSecurity::kNone,
              CallPriority::kReconcile,
              weights_.time);
}

// All symbols: a pair that is not there is answered with the nearest that are.
VenueCall RequestBuilder::ExchangeInfo() const {
  return Call(HttpMethod::kGet,
              "/api/v3/exchangeInfo",
              CallSecurity::kNone,
              CallPriority::kReconcile,
              weights_.exchange_info);
}

// With zero balances: an asset that was sold out must be told so.
VenueCall RequestBuilder::Account() const {
  VenueCall call = Call(HttpMethod::kGet,
                        "/api/v3/account",
                        CallSecurity::kSigned,
                        CallPriority::kReconcile,
                        weights_.account);
  Finish(call);
  return call;
}

VenueCall RequestBuilder::Fees(const Instrument& instrument) const {
  if (is_us_) {
    return Account();
  }
  VenueCall call = Call(HttpMethod::kGet,
                        "/api/v3/account/commission",
                        CallSecurity::kSigned,
                        CallPriority::kReconcile,
                        weights_.commission);
  call.request.AddParameter("symbol", instrument.symbol);
  Finish(call);
  return call;
}

VenueCall RequestBuilder::Place(const Order& order, const Instrument& instrument) const {
  VenueCall call = Call(HttpMethod::kPost,
                        "/api/v3/order",
                        CallSecurity::kSigned,
                        CallPriority::kCreate,
                        weights_.place);
  call.charges.push_back({kOrdersPool, 1});
  call.charges.push_back({kOrdersPerDayPool, 1});
  AddOrder(order, instrument, self_trade_prevention_, call.request);
  Finish(call);
  return call;
}

VenueCall RequestBuilder::Cancel(const Order& order, const Instrument& instrument) const {
  VenueCall call = Call(HttpMethod::kDelete,
                        "/api/v3/order",
                        CallSecurity::kSigned,
                        CallPriority::kCancel,
                        weights_.cancel);
  call.request.AddParameter("symbol", instrument.symbol);
  AddOrderId(order, "origClientOrderId", "orderId", call.request);
  Finish(call);
  return call;
}

VenueCall RequestBuilder::CancelAll(const Instrument& instrument) const {
  VenueCall call = Call(HttpMethod::kDelete,
                        "/api/v3/openOrders",
                        CallSecurity::kSigned,
                        CallPriority::kCancel,
                        weights_.cancel_all);
  call.request.AddParameter("symbol", instrument.symbol);
  Finish(call);
  return call;
}

std::optional<VenueCall> RequestBuilder::Amend(const Order& order,
                                               const OrderAmendment& amendment,
                                               const Instrument& instrument) const {
  const bool is_price_kept = !amendment.price.has_value() || amendment.price == order.price;
  if (is_us_ || !is_price_kept || !amendment.quantity.has_value() ||
      *amendment.quantity >= order.quantity || *amendment.quantity <= order.filled) {
    return std::nullopt;
  }
  VenueCall call = Call(HttpMethod::kPut,
                        "/api/v3/order/amend/keepPriority",
                        CallSecurity::kSigned,
                        CallPriority::kReduceOnly,
                        weights_.amend);
  call.request.AddParameter("symbol", instrument.symbol);
  AddOrderId(order, "origClientOrderId", "orderId", call.request);
  call.request.AddParameter("newQty", amendment.quantity->ToString());
  // The venue would make up another id otherwise.
  if (!order.client_order_id.empty()) {
    call.request.AddParameter("newClientOrderId", order.client_order_id.view());
  }
  Finish(call);
  return call;
}

VenueCall RequestBuilder::Replace(const Order& old_order,
                                  const Order& new_order,
                                  const Instrument& instrument) const {
  VenueCall call = Call(HttpMethod::kPost,
                        "/api/v3/order/cancelReplace",
                        CallSecurity::kSigned,
                        CallPriority::kCreate,
                        weights_.replace);
  call.charges.push_back({kOrdersPool, 1});
  call.charges.push_back({kOrdersPerDayPool, 1});
  AddOrder(new_order, instrument, self_trade_prevention_, call.request);
  call.request.AddParameter("cancelReplaceMode", "STOP_ON_FAILURE");
  AddOrderId(old_order, "cancelOrigClientOrderId", "cancelOrderId", call.request);
  Finish(call);
  return call;
}

VenueCall RequestBuilder::QueryOrder(const Order& order, const Instrument& instrument) const {
  VenueCall call = Call(HttpMethod::kGet,
                        "/api/v3/order",
                        CallSecurity::kSigned,
                        CallPriority::kReconcile,
                        weights_.order);
  call.request.AddParameter("symbol", instrument.symbol);
  AddOrderId(order, "origClientOrderId", "orderId", call.request);
  Finish(call);
  return call;
}

VenueCall RequestBuilder::OpenOrders(const Instrument& instrument) const {
  VenueCall call = Call(HttpMethod::kGet,
                        "/api/v3/openOrders",
                        CallSecurity::kSigned,
                        CallPriority::kReconcile,
                        weights_.open_orders);
  call.request.AddParameter("symbol", instrument.symbol);
  Finish(call);
  return call;
}

// Without the venue's id: all trades since the order was made, of which the order's are taken.
VenueCall RequestBuilder::OrderTrades(const Order& order, const Instrument& instrument) const {
  if (order.exchange_order_id.empty()) {
    return Trades({.after = std::nullopt, .since = order.created_at - kOrderTimeMargin},
                  instrument);
  }
  VenueCall call = Call(HttpMethod::kGet,
                        "/api/v3/myTrades",
                        CallSecurity::kSigned,
                        CallPriority::kReconcile,
                        weights_.order_trades);
  call.request.AddParameter("symbol", instrument.symbol);
  call.request.AddParameter("orderId", order.exchange_order_id.view());
  call.request.AddParameter("limit", kTradesMax);
  Finish(call);
  return call;
}

VenueCall RequestBuilder::Trades(const TradeCursor& cursor, const Instrument& instrument) const {
  VenueCall call = Call(HttpMethod::kGet,
                        "/api/v3/myTrades",
                        CallSecurity::kSigned,
                        CallPriority::kReconcile,
                        weights_.trades);
  call.request.AddParameter("symbol", instrument.symbol);
  const std::optional<int64_t> next =
      cursor.after.has_value() ? NextTradeId(*cursor.after) : std::nullopt;
  // The venue takes an id or a time, not both.
  if (next.has_value()) {
    call.request.AddParameter("fromId", StrCat(*next));
  } else if (cursor.since.has_value()) {
    call.request.AddParameter("startTime", Milliseconds(*cursor.since));
  }
  call.request.AddParameter("limit", kTradesMax);
  Finish(call);
  return call;
}

VenueCall RequestBuilder::CreateListenKey() const {
  return Call(HttpMethod::kPost,
              "/api/v3/userDataStream",
              CallSecurity::kKey,
              CallPriority::kReconcile,
              weights_.listen_key);
}

VenueCall RequestBuilder::KeepListenKey(std::string_view listen_key) const {
  VenueCall call = Call(HttpMethod::kPut,
                        "/api/v3/userDataStream",
                        CallSecurity::kKey,
                        CallPriority::kReconcile,
                        weights_.listen_key);
  call.request.AddParameter("listenKey", listen_key);
  return call;
}

}  // namespace colibri::binance
