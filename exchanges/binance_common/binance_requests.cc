#include "exchanges/binance_common/binance_requests.h"

#include <algorithm>
#include <charconv>

#include "core/check.h"
#include "core/strings.h"
#include "core/text_pool.h"
#include "exchanges/binance_common/binance_conditional_orders.h"
#include "exchanges/binance_common/binance_family.h"

namespace colibri::binance {
namespace {

constexpr std::string_view kTradesMax = "1000";
// The venue's clock and ours may differ by a little.
constexpr absl::Duration kOrderTimeMargin = absl::Minutes(1);

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

std::string_view SideText(Side side) {
  return side == Side::kBuy ? "BUY" : "SELL";
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

std::string MillisecondsText(absl::Time time) {
  return StrCat(std::max<int64_t>(absl::ToUnixMillis(time), 0));
}

bool IsLoweringOnly(const Order& order, const OrderAmendment& amendment) {
  const bool is_price_kept = !amendment.price.has_value() || amendment.price == order.price;
  return is_price_kept && amendment.quantity.has_value() && *amendment.quantity < order.quantity &&
         *amendment.quantity > order.filled;
}

void AddOrderId(const Order& order,
                std::string_view client_name,
                std::string_view exchange_name,
                RestRequest& request) {
  const bool has_other_id = order.trigger.has_value() && !order.exchange_order_id.empty() &&
                            !IsOfAlgoService(order.exchange_order_id);
  if (!order.client_order_id.empty() && !has_other_id) {
    request.AddParameter(client_name, order.client_order_id.view());
  } else {
    request.AddParameter(exchange_name, order.exchange_order_id.view());
  }
}

Requests::Requests(const ExchangeConfig& config, const Endpoints& endpoints)
    : endpoints_(endpoints), self_trade_prevention_(config.self_trade_prevention) {
  if (config.receive_window > absl::ZeroDuration()) {
    receive_window_ = StrCat(absl::ToInt64Milliseconds(config.receive_window));
  }
}

VenueCall Requests::Call(HttpMethod method,
                         const Endpoint& endpoint,
                         CallSecurity security,
                         CallPriority priority) const {
  VenueCall call;
  call.request.method = method;
  call.request.path = std::string(endpoint.path);
  call.request.query = TakeText();
  call.security = security;
  call.priority = priority;
  if (endpoint.weight > 0) {
    call.charges.push_back({kRequestWeightPool, endpoint.weight});
  }
  call.charges.insert(call.charges.end(), endpoints_.each.begin(), endpoints_.each.end());
  return call;
}

VenueCall Requests::MarketData(const Endpoint& endpoint, const Instrument& instrument) const {
  VenueCall call = Call(HttpMethod::kGet, endpoint, CallSecurity::kNone, CallPriority::kMarketData);
  call.request.AddParameter("symbol", instrument.symbol);
  return call;
}

VenueCall Requests::Signed(HttpMethod method,
                           const Endpoint& endpoint,
                           CallPriority priority,
                           Parameters parameters) const {
  VenueCall call = Call(method, endpoint, CallSecurity::kSigned, priority);
  for (const auto& [name, value] : parameters) {
    call.request.AddParameter(name, value);
  }
  Finish(call);
  return call;
}

void Requests::AddKind(const Order& order,
                       const Instrument& instrument,
                       std::string_view type,
                       std::string_view time_in_force,
                       RestRequest& request) {
  request.AddParameter("symbol", instrument.symbol);
  request.AddParameter("side", SideText(order.side));
  request.AddParameter("type", type);
  if (!time_in_force.empty()) {
    request.AddParameter("timeInForce", time_in_force);
  }
}

const std::string& Requests::KindOf(const Order& order,
                                    const Instrument& instrument,
                                    std::string_view type,
                                    std::string_view time_in_force) const {
  if (kinds_.size() <= instrument.index) {
    kinds_.resize(instrument.index + 1);
  }
  std::string& text =
      kinds_[instrument.index][static_cast<size_t>(order.side)][static_cast<size_t>(order.type)]
            [static_cast<size_t>(order.time_in_force)];
  if (text.empty()) {
    RestRequest request;
    AddKind(order, instrument, type, time_in_force, request);
    text = std::move(request.query);
  }
  return text;
}

void Requests::AddOrder(const Order& order,
                        const Instrument& instrument,
                        std::string_view type,
                        std::string_view time_in_force,
                        RestRequest& request) const {
  const bool is_conditional = order.trigger.has_value();
  if (is_conditional) {
    request.AddParameter("algoType", "CONDITIONAL");
    AddKind(order, instrument, ConditionalTypeText(order), time_in_force, request);
  } else {
    CHECK(request.query.empty());
    request.query.append(KindOf(order, instrument, type, time_in_force));
  }
  if (order.type == OrderType::kMarket && order.quote_quantity.has_value()) {
    request.AddParameter("quoteOrderQty", order.quote_quantity->value());
  } else {
    request.AddParameter("quantity", order.quantity.value());
  }
  if (order.type != OrderType::kMarket && order.price.has_value()) {
    request.AddParameter("price", order.price->value());
  }
  if (is_conditional) {
    request.AddParameter("triggerPrice", order.trigger->price.value());
    request.AddParameter("workingType", WorkingTypeText(order.trigger->source));
  }
  request.AddParameter(is_conditional ? "clientAlgoId" : "newClientOrderId",
                       order.client_order_id.view());
}

void Requests::AddSelfTradePrevention(RestRequest& request) const {
  if (!self_trade_prevention_.empty()) {
    request.AddParameter("selfTradePreventionMode", self_trade_prevention_);
  }
}

void Requests::ChargeOrder(VenueCall& call) const {
  call.charges.insert(call.charges.end(), endpoints_.orders.begin(), endpoints_.orders.end());
}

void Requests::Finish(VenueCall& call) const {
  if (!receive_window_.empty()) {
    call.request.AddParameter("recvWindow", receive_window_);
  }
}

VenueCall Requests::ServerTime() const {
  return Call(HttpMethod::kGet, endpoints_.time, CallSecurity::kNone, CallPriority::kReconcile);
}

VenueCall Requests::ExchangeInfo() const {
  return Call(
      HttpMethod::kGet, endpoints_.exchange_info, CallSecurity::kNone, CallPriority::kReconcile);
}

VenueCall Requests::Balances() const {
  return Signed(HttpMethod::kGet, endpoints_.balances, CallPriority::kReconcile, {});
}

VenueCall Requests::Cancel(const Order& order, const Instrument& instrument) const {
  if (order.is_waiting()) {
    return Signed(HttpMethod::kDelete,
                  endpoints_.conditional_order,
                  CallPriority::kCancel,
                  {{"clientAlgoId", order.client_order_id.view()}});
  }
  VenueCall call =
      Call(HttpMethod::kDelete, endpoints_.cancel, CallSecurity::kSigned, CallPriority::kCancel);
  call.request.AddParameter("symbol", instrument.symbol);
  AddOrderId(order, "origClientOrderId", "orderId", call.request);
  Finish(call);
  return call;
}

VenueCall Requests::CancelAll(const Instrument& instrument) const {
  return Signed(HttpMethod::kDelete,
                endpoints_.cancel_all,
                CallPriority::kCancel,
                {{"symbol", instrument.symbol}});
}

std::optional<VenueCall> Requests::CancelAllConditional(const Instrument& instrument) const {
  const Endpoint& endpoint = endpoints_.cancel_all_conditional;
  return endpoint.path.empty() ? std::nullopt
                               : std::optional(Signed(HttpMethod::kDelete,
                                                      endpoint,
                                                      CallPriority::kCancel,
                                                      {{"symbol", instrument.symbol}}));
}

std::optional<VenueCall> Requests::OpenConditionalOrders(const Instrument& instrument) const {
  const Endpoint& endpoint = endpoints_.open_conditional_orders;
  return endpoint.path.empty() ? std::nullopt
                               : std::optional(Signed(HttpMethod::kGet,
                                                      endpoint,
                                                      CallPriority::kReconcile,
                                                      {{"symbol", instrument.symbol}}));
}

VenueCall Requests::QueryOrder(const Order& order, const Instrument& instrument) const {
  if (order.is_waiting()) {
    return Signed(HttpMethod::kGet,
                  endpoints_.conditional_order,
                  CallPriority::kReconcile,
                  {{"clientAlgoId", order.client_order_id.view()}});
  }
  VenueCall call =
      Call(HttpMethod::kGet, endpoints_.order, CallSecurity::kSigned, CallPriority::kReconcile);
  call.request.AddParameter("symbol", instrument.symbol);
  AddOrderId(order, "origClientOrderId", "orderId", call.request);
  Finish(call);
  return call;
}

VenueCall Requests::OpenOrders(const Instrument& instrument) const {
  return Signed(HttpMethod::kGet,
                endpoints_.open_orders,
                CallPriority::kReconcile,
                {{"symbol", instrument.symbol}});
}

VenueCall Requests::OrderTrades(const Order& order, const Instrument& instrument) const {
  if (order.exchange_order_id.empty() || IsOfAlgoService(order.exchange_order_id)) {
    return Trades({.after = std::nullopt, .since = order.created_at - kOrderTimeMargin},
                  instrument);
  }
  return Signed(HttpMethod::kGet,
                endpoints_.order_trades,
                CallPriority::kReconcile,
                {{"symbol", instrument.symbol},
                 {"orderId", order.exchange_order_id.view()},
                 {"limit", kTradesMax}});
}

VenueCall Requests::Trades(const TradeCursor& cursor, const Instrument& instrument) const {
  VenueCall call =
      Call(HttpMethod::kGet, endpoints_.trades, CallSecurity::kSigned, CallPriority::kReconcile);
  call.request.AddParameter("symbol", instrument.symbol);
  const std::optional<int64_t> next =
      cursor.after.has_value() ? NextTradeId(*cursor.after) : std::nullopt;
  // The venue takes an id or a time, not both.
  if (next.has_value()) {
    call.request.AddParameter("fromId", StrCat(*next));
  } else if (cursor.since.has_value()) {
    call.request.AddParameter("startTime", MillisecondsText(*cursor.since));
  }
  call.request.AddParameter("limit", kTradesMax);
  Finish(call);
  return call;
}

VenueCall Requests::CreateListenKey() const {
  return Call(
      HttpMethod::kPost, endpoints_.listen_key, CallSecurity::kKey, CallPriority::kReconcile);
}

}  // namespace colibri::binance
