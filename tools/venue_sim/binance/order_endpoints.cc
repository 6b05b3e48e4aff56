// Placing, testing, canceling, replacing, amending and asking for orders.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance/endpoints.h"
#include "tools/venue_sim/binance/order_request.h"
#include "tools/venue_sim/binance/render.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr int64_t kDayMs = 24 * 3600 * 1000;
constexpr int64_t kListMax = 1000;

VenueError UnknownOrder() {
  return {-2011, "Unknown order sent."};
}

OrError<ReplyDetail> Detail(const Params& params, VenueOrderType type) {
  const bool is_full = type == VenueOrderType::kMarket || type == VenueOrderType::kLimit;
  ASSIGN_OR_RETURN(const std::string word,
                   params.Text("newOrderRespType", is_full ? "FULL" : "ACK"));
  if (word == "ACK") {
    return ReplyDetail::kAck;
  }
  if (word == "RESULT") {
    return ReplyDetail::kResult;
  }
  if (word == "FULL") {
    return ReplyDetail::kFull;
  }
  return VenueError{-1130, "Data sent for parameter 'newOrderRespType' is not valid."};
}

// A new order that has passed parameters and filters.
struct NewOrder {
  Market* market = nullptr;
  OrderTicket ticket{};
  ReplyDetail detail = ReplyDetail::kFull;
};

OrError<NewOrder> ParseNewOrder(VenueState& state, const EndpointCall& call) {
  NewOrder order;
  ASSIGN_OR_RETURN(order.market, state.RequiredMarket(call.params));
  ASSIGN_OR_RETURN(order.ticket, ParseTicket(call.params, *order.market));
  ASSIGN_OR_RETURN(order.detail, Detail(call.params, order.ticket.type));
  if (order.market->spec().status != "TRADING") {
    return VenueError{-2010, "Market is closed."};
  }
  RETURN_IF_VENUE_ERROR(CheckFilters(*order.market, *call.account, order.ticket, state.NowMs()));
  return order;
}

Reply Place(VenueState& state, const EndpointCall& call, NewOrder order) {
  if (order.ticket.client_order_id.empty()) {
    order.ticket.client_order_id = state.MakeClientId();
  }
  ASSIGN_OR_RETURN(const PlaceResult placed,
                   state.desk.Place(*call.account, *order.market, std::move(order.ticket)));
  return PlacedOrderJson(*order.market, placed, order.detail);
}

Reply PlaceOrder(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(NewOrder order, ParseNewOrder(state, call));
  return Place(state, call, std::move(order));
}

Reply TestOrder(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const NewOrder order, ParseNewOrder(state, call));
  ASSIGN_OR_RETURN(const bool wants_rates, call.params.Flag("computeCommissionRates", false));
  if (!wants_rates) {
    return Json::object();
  }
  const Json rates = {{"maker", state.options.maker_fee.ToFixed(8)},
                      {"taker", state.options.taker_fee.ToFixed(8)}};
  const Json none = {{"maker", "0.00000000"}, {"taker", "0.00000000"}};
  return Json{{"standardCommissionForOrder", rates}, {"taxCommissionForOrder", none}};
}

int WeighTest(const Params& params) {
  return params.Find("computeCommissionRates") == "true" ? 20 : 1;
}

// The order that the parameters name, open or not; null when there is none.
OrError<VenueOrder*> FindOrder(const Params& params,
                               SymbolOrders& orders,
                               std::string_view id_name,
                               std::string_view client_id_name) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> order_id, params.Integer(id_name));
  ASSIGN_OR_RETURN(const std::string client_id, params.Text(client_id_name));
  if (!order_id.has_value() && client_id.empty()) {
    return VenueError{-1102,
                      StrCat("Param '",
                             client_id_name,
                             "' or '",
                             id_name,
                             "' must be sent, but both were empty/null!")};
  }
  VenueOrder* order =
      order_id.has_value() ? orders.Find(*order_id) : orders.FindByClientId(client_id);
  if (order != nullptr && !client_id.empty() && order->ticket.client_order_id != client_id) {
    return VenueError{-2039, "Client order ID is not correct for this order ID."};
  }
  return order;
}

MaybeError CheckRestriction(const Params& params, const VenueOrder& order) {
  ASSIGN_OR_RETURN(const std::string word, params.Text("cancelRestrictions"));
  if (word.empty()) {
    return std::nullopt;
  }
  if (word != "ONLY_NEW" && word != "ONLY_PARTIALLY_FILLED") {
    return VenueError{-1130, "Data sent for parameter 'cancelRestrictions' is not valid."};
  }
  const auto wanted =
      word == "ONLY_NEW" ? VenueOrderStatus::kNew : VenueOrderStatus::kPartiallyFilled;
  if (order.status != wanted) {
    return VenueError{-2011, "Order was not canceled due to cancel restrictions."};
  }
  return std::nullopt;
}

Reply Cancel(VenueState& state,
             const EndpointCall& call,
             Market& market,
             std::string_view id_name,
             std::string_view client_id_name,
             std::string_view new_client_id_name) {
  ASSIGN_OR_RETURN(
      VenueOrder * order,
      FindOrder(call.params, call.account->orders(market.symbol()), id_name, client_id_name));
  ASSIGN_OR_RETURN(const std::optional<std::string> own_id,
                   call.params.ClientId(new_client_id_name));
  if (order == nullptr || !order->is_open()) {
    return UnknownOrder();
  }
  RETURN_IF_VENUE_ERROR(CheckRestriction(call.params, *order));
  const std::string request_id = own_id.has_value() ? *own_id : state.MakeClientId();
  const VenueOrder ended = state.desk.Cancel(*call.account, market, *order, request_id);
  return CanceledOrderJson(market, ended, request_id);
}

Reply CancelOrder(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Market * market, state.RequiredMarket(call.params));
  return Cancel(state, call, *market, "orderId", "origClientOrderId", "newClientOrderId");
}

Reply CancelOpenOrders(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Market * market, state.RequiredMarket(call.params));
  SymbolOrders& orders = call.account->orders(market->symbol());
  if (orders.open.empty()) {
    return UnknownOrder();
  }
  Json canceled = Json::array();
  const std::set<int64_t> open = orders.open;
  for (const int64_t order_id : open) {
    const std::string request_id = state.MakeClientId();
    const VenueOrder ended =
        state.desk.Cancel(*call.account, *market, *orders.Find(order_id), request_id);
    canceled.push_back(CanceledOrderJson(*market, ended, request_id));
  }
  return canceled;
}

// Both halves' results under the code that their combination has.
Reply JoinHalves(const std::optional<Reply>& canceled, const std::optional<Reply>& placed) {
  const auto word = [](const std::optional<Reply>& half) {
    return !half.has_value() ? "NOT_ATTEMPTED" : half->ok() ? "SUCCESS" : "FAILURE";
  };
  Json halves = {{"cancelResult", word(canceled)},
                 {"newOrderResult", word(placed)},
                 {"cancelResponse", canceled.has_value() ? canceled->body() : Json()},
                 {"newOrderResponse", placed.has_value() ? placed->body() : Json()}};
  const bool has_canceled = canceled.has_value() && canceled->ok();
  const bool has_placed = placed.has_value() && placed->ok();
  if (has_canceled && has_placed) {
    return halves;
  }
  Reply reply = has_canceled || has_placed
                    ? Reply(VenueError{-2021, "Order cancel-replace partially failed.", 409})
                    : Reply(VenueError{-2022, "Order cancel-replace failed.", 400});
  reply.body()["data"] = std::move(halves);
  return reply;
}

Reply CancelReplace(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::string mode, call.params.Required("cancelReplaceMode"));
  if (mode != "STOP_ON_FAILURE" && mode != "ALLOW_FAILURE") {
    return VenueError{-1130, "Data sent for parameter 'cancelReplaceMode' is not valid."};
  }
  ASSIGN_OR_RETURN(const std::string limit_mode,
                   call.params.Text("orderRateLimitExceededMode", "DO_NOTHING"));
  // Filters and the count of orders are looked at before anything happens.
  ASSIGN_OR_RETURN(NewOrder order, ParseNewOrder(state, call));
  const bool has_room = state.limits.HasRoomForOrder(call.account->id(), state.NowMs());
  const VenueError too_many{-1015, "Too many new orders.", 429};
  if (!has_room && limit_mode != "CANCEL_ONLY") {
    return too_many;
  }
  const Reply canceled = Cancel(state,
                                call,
                                *order.market,
                                "cancelOrderId",
                                "cancelOrigClientOrderId",
                                "cancelNewClientOrderId");
  if (!canceled.ok() && canceled.body()["code"] == -1102) {
    return canceled;
  }
  if (!canceled.ok() && mode == "STOP_ON_FAILURE") {
    return JoinHalves(canceled, std::nullopt);
  }
  if (!has_room) {
    return JoinHalves(canceled, Reply(too_many));
  }
  return JoinHalves(canceled, Place(state, call, std::move(order)));
}

Reply AmendOrder(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Market * market, state.RequiredMarket(call.params));
  ASSIGN_OR_RETURN(
      VenueOrder * order,
      FindOrder(
          call.params, call.account->orders(market->symbol()), "orderId", "origClientOrderId"));
  ASSIGN_OR_RETURN(const std::optional<Decimal> quantity, call.params.Amount("newQty"));
  ASSIGN_OR_RETURN(const std::optional<std::string> own_id,
                   call.params.ClientId("newClientOrderId"));
  if (!quantity.has_value()) {
    return MissingParameter("newQty");
  }
  if (order == nullptr || !order->is_open()) {
    return VenueError{-2013, "Order does not exist."};
  }
  ASSIGN_OR_RETURN(const int64_t new_quantity, ParseQuantity(*market, *quantity));
  if (!order->is_working || new_quantity >= order->ticket.quantity) {
    return VenueError{-2038, "The requested action would change no state; rejected."};
  }
  if (order->former_client_ids.size() >= kMaxAmends) {
    return VenueError{-1013, "Filter failure: MAX_NUM_ORDER_AMENDS"};
  }
  const std::string original = order->ticket.client_order_id;
  const VenueOrder amended = state.desk.Amend(*call.account,
                                              *market,
                                              *order,
                                              new_quantity,
                                              own_id.has_value() ? *own_id : state.MakeClientId());
  return AmendedOrderJson(*market, amended, original, market->next_execution_id - 1);
}

Reply QueryOrder(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Market * market, state.RequiredMarket(call.params));
  ASSIGN_OR_RETURN(
      const VenueOrder* order,
      FindOrder(
          call.params, call.account->orders(market->symbol()), "orderId", "origClientOrderId"));
  if (order == nullptr) {
    return VenueError{-2013, "Order does not exist."};
  }
  return OrderJson(*market, *order);
}

Reply OpenOrders(VenueState& state, const EndpointCall& call) {
  std::vector<Market*> markets;
  if (call.params.Has("symbol")) {
    ASSIGN_OR_RETURN(Market * market, state.RequiredMarket(call.params));
    markets.push_back(market);
  } else {
    for (auto& [symbol, market] : state.markets) {
      markets.push_back(&market);
    }
  }
  Json list = Json::array();
  for (const Market* market : markets) {
    const SymbolOrders& orders = call.account->orders(market->symbol());
    for (const int64_t order_id : orders.open) {
      list.push_back(OrderJson(*market, orders.orders.at(order_id)));
    }
  }
  return list;
}

int WeighOpenOrders(const Params& params) {
  return params.Has("symbol") ? 6 : 80;
}

Reply AllOrders(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Market * market, state.RequiredMarket(call.params));
  ASSIGN_OR_RETURN(const std::optional<int64_t> from_id, call.params.Integer("orderId"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> start, call.params.Integer("startTime"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> end, call.params.Integer("endTime"));
  ASSIGN_OR_RETURN(const int64_t limit, call.params.IntegerOr("limit", 500, 1, kListMax));
  if (start.has_value() && end.has_value() && *end - *start > kDayMs) {
    return VenueError{-1127, "More than 24 hours between startTime and endTime."};
  }
  std::vector<const VenueOrder*> chosen;
  for (const auto& [order_id, order] : call.account->orders(market->symbol()).orders) {
    if (order_id >= from_id.value_or(0) && order.time_ms >= start.value_or(0) &&
        order.time_ms <= end.value_or(INT64_MAX)) {
      chosen.push_back(&order);
    }
  }
  const bool is_from_start = from_id.has_value() || start.has_value();
  const size_t count = std::min(chosen.size(), static_cast<size_t>(limit));
  const size_t first = is_from_start ? 0 : chosen.size() - count;
  Json list = Json::array();
  for (size_t i = first; i < first + count; ++i) {
    list.push_back(OrderJson(*market, *chosen[i]));
  }
  return list;
}

constexpr char kTestParams[] =
    "symbol side type timeInForce quantity quoteOrderQty price newClientOrderId strategyId "
    "strategyType stopPrice icebergQty newOrderRespType selfTradePreventionMode "
    "computeCommissionRates";
constexpr char kCancelReplaceParams[] =
    "symbol side type timeInForce quantity quoteOrderQty price newClientOrderId strategyId "
    "strategyType stopPrice icebergQty newOrderRespType selfTradePreventionMode cancelReplaceMode "
    "cancelOrderId cancelOrigClientOrderId cancelNewClientOrderId cancelRestrictions "
    "orderRateLimitExceededMode";

constexpr Endpoint kEndpoints[] = {
    {"POST",
     "/api/v3/order",
     "order.place",
     Security::kSigned,
     kOrderParams,
     Weigh<1>,
     true,
     true,
     PlaceOrder,
     /*makes_order=*/true},
    {"POST",
     "/api/v3/order/test",
     "order.test",
     Security::kSigned,
     kTestParams,
     WeighTest,
     false,
     false,
     TestOrder},
    {"DELETE",
     "/api/v3/order",
     "order.cancel",
     Security::kSigned,
     "symbol orderId origClientOrderId newClientOrderId cancelRestrictions",
     Weigh<1>,
     true,
     false,
     CancelOrder},
    {"DELETE",
     "/api/v3/openOrders",
     "openOrders.cancelAll",
     Security::kSigned,
     "symbol",
     Weigh<1>,
     true,
     false,
     CancelOpenOrders},
    {"POST",
     "/api/v3/order/cancelReplace",
     "order.cancelReplace",
     Security::kSigned,
     kCancelReplaceParams,
     Weigh<1>,
     true,
     false,
     CancelReplace,
     /*makes_order=*/true},
    {"PUT",
     "/api/v3/order/amend/keepPriority",
     "order.amend.keepPriority",
     Security::kSigned,
     "symbol orderId origClientOrderId newClientOrderId newQty",
     Weigh<4>,
     true,
     false,
     AmendOrder},
    {"GET",
     "/api/v3/order",
     "order.status",
     Security::kSigned,
     "symbol orderId origClientOrderId",
     Weigh<4>,
     false,
     false,
     QueryOrder},
    {"GET",
     "/api/v3/openOrders",
     "openOrders.status",
     Security::kSigned,
     "symbol",
     WeighOpenOrders,
     false,
     false,
     OpenOrders},
    {"GET",
     "/api/v3/allOrders",
     "allOrders",
     Security::kSigned,
     "symbol orderId startTime endTime limit",
     Weigh<20>,
     false,
     false,
     AllOrders},
};

}  // namespace

absl::Span<const Endpoint> OrderEndpoints() {
  return kEndpoints;
}

}  // namespace colibri::venue_sim::binance
