#include "exchanges/binance/binance_orders.h"

namespace colibri::binance {
namespace {

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

}  // namespace

SpotRequests::SpotRequests(const ExchangeConfig& config)
    : Requests(config, SpotEndpoints(config.domain)),
      is_us_(config.domain == kUsDomain),
      replace_{"/api/v3/order/cancelReplace", is_us_ ? 1 : 0} {}

// What POST /order and cancelReplace share.
void SpotRequests::AddSpotOrder(const Order& order,
                                const Instrument& instrument,
                                RestRequest& request) const {
  // LIMIT_MAKER and MARKET take no time in force: -1106.
  AddOrder(order,
           instrument,
           TypeText(order.type),
           order.type == OrderType::kLimit ? TimeInForceText(order.time_in_force) : "",
           request);
  // Without it LIMIT_MAKER is answered by an acknowledgement that has no status.
  request.AddParameter("newOrderRespType", "FULL");
  AddSelfTradePrevention(request);
}

VenueCall SpotRequests::Fees(const Instrument& instrument) const {
  if (is_us_) {
    return Balances();
  }
  return Signed(HttpMethod::kGet,
                endpoints().fees,
                CallPriority::kReconcile,
                {{"symbol", instrument.symbol}});
}

VenueCall SpotRequests::Place(const Order& order, const Instrument& instrument) const {
  VenueCall call =
      Call(HttpMethod::kPost, endpoints().place, CallSecurity::kSigned, CallPriority::kCreate);
  ChargeOrder(call);
  AddSpotOrder(order, instrument, call.request);
  Finish(call);
  return call;
}

std::optional<VenueCall> SpotRequests::Amend(const Order& order,
                                             const OrderAmendment& amendment,
                                             const Instrument& instrument) const {
  if (is_us_ || !IsLoweringOnly(order, amendment)) {
    return std::nullopt;
  }
  VenueCall call =
      Call(HttpMethod::kPut, endpoints().amend, CallSecurity::kSigned, CallPriority::kReduceOnly);
  call.request.AddParameter("symbol", instrument.symbol);
  AddOrderId(order, "origClientOrderId", "orderId", call.request);
  call.request.AddParameter("newQty", amendment.quantity->value());
  // The venue would make up another id otherwise.
  if (!order.client_order_id.empty()) {
    call.request.AddParameter("newClientOrderId", order.client_order_id.view());
  }
  Finish(call);
  return call;
}

VenueCall SpotRequests::Replace(const Order& old_order,
                                const Order& new_order,
                                const Instrument& instrument) const {
  VenueCall call = Call(HttpMethod::kPost, replace_, CallSecurity::kSigned, CallPriority::kCreate);
  ChargeOrder(call);
  AddSpotOrder(new_order, instrument, call.request);
  call.request.AddParameter("cancelReplaceMode", "STOP_ON_FAILURE");
  AddOrderId(old_order, "cancelOrigClientOrderId", "cancelOrderId", call.request);
  Finish(call);
  return call;
}

VenueCall SpotRequests::KeepListenKey(std::string_view listen_key) const {
  VenueCall call =
      Call(HttpMethod::kPut, endpoints().listen_key, CallSecurity::kKey, CallPriority::kReconcile);
  call.request.AddParameter("listenKey", listen_key);
  return call;
}

}  // namespace colibri::binance
