// Conditional orders: place, cancel, query.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance_perpetual/endpoints.h"
#include "tools/venue_sim/binance_perpetual/order_request.h"
#include "tools/venue_sim/binance_perpetual/order_words.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

constexpr std::string_view kTypes[] = {
    "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"};
constexpr char kAlgoParams[] =
    "algoType symbol side positionSide type timeInForce quantity price triggerPrice workingType "
    "priceMatch closePosition priceProtect reduceOnly activatePrice callbackRate clientAlgoId "
    "selfTradePreventionMode goodTillDate newOrderRespType";

const VenueError kNoSuchOrder{-2013, "Order does not exist."};
const VenueError kUnknownOrder{-2011, "Unknown order sent."};

// Side, position side, flags and ids.
MaybeError ParseHead(VenueState& state, const User& user, const Params& params, AlgoOrder& order) {
  ASSIGN_OR_RETURN(const std::string algo_type, params.Required("algoType"));
  if (algo_type != "CONDITIONAL") {
    return VenueError{-1130, "Data sent for parameter 'algoType' is not valid."};
  }
  ASSIGN_OR_RETURN(const std::string side_word, params.Required("side"));
  const std::optional<Side> side = ParseSideWord(side_word);
  if (!side.has_value()) {
    return VenueError{-1117, "Invalid side."};
  }
  ASSIGN_OR_RETURN(order.type, params.Required("type"));
  if (std::find(std::begin(kTypes), std::end(kTypes), order.type) == std::end(kTypes)) {
    return VenueError{-1116, "Invalid orderType."};
  }
  order.ticket.side = *side;
  ASSIGN_OR_RETURN(order.ticket.position_side, ParseSideOfPosition(user, params));
  if (params.Has("reduceOnly") && user.account.is_two_sided) {
    return VenueError{-1106, "Parameter 'reduceonly' sent when not required."};
  }
  ASSIGN_OR_RETURN(order.ticket.reduce_only, params.Flag("reduceOnly", false));
  ASSIGN_OR_RETURN(order.closes_position, params.Flag("closePosition", false));
  ASSIGN_OR_RETURN(order.protects_price, params.Flag("priceProtect", false));
  ASSIGN_OR_RETURN(const std::string working, params.Text("workingType", "CONTRACT_PRICE"));
  if (working != "CONTRACT_PRICE" && working != "MARK_PRICE") {
    return VenueError{-1130, "Data sent for parameter 'workingType' is not valid."};
  }
  order.uses_mark = working == "MARK_PRICE";
  ASSIGN_OR_RETURN(const std::string prevention, params.Text("selfTradePreventionMode", "NONE"));
  const std::optional<SelfTradePrevention> mode = ParsePrevention(prevention);
  if (!mode.has_value()) {
    return VenueError{-5039, "Invalid self trade prevention mode"};
  }
  order.ticket.prevention = *mode;
  ASSIGN_OR_RETURN(order.client_algo_id, ParseClientId(params, "clientAlgoId"));
  if (order.client_algo_id.empty()) {
    order.client_algo_id = binance::RandomId(state.random, 22);
  }
  return std::nullopt;
}

// Trigger, price and quantity.
MaybeError ParseNumbers(const Contract& contract, const Params& params, AlgoOrder& order) {
  const bool is_market = order.type.ends_with("MARKET");
  order.ticket.type = is_market ? OrderType::kMarket : OrderType::kLimit;
  if (order.closes_position) {
    if (!is_market || order.type == "TRAILING_STOP_MARKET" || params.Has("quantity")) {
      return VenueError{-4136, "Target strategy invalid for orderType, closePosition."};
    }
  } else {
    ASSIGN_OR_RETURN(const Decimal quantity, RequiredAmount(params, "quantity"));
    ASSIGN_OR_RETURN(order.ticket.quantity, ParseQuantity(contract, quantity, is_market));
  }
  if (!is_market) {
    ASSIGN_OR_RETURN(const Decimal price, RequiredAmount(params, "price"));
    ASSIGN_OR_RETURN(order.ticket.price, ParsePrice(contract, price));
    ASSIGN_OR_RETURN(order.time_in_force, params.Text("timeInForce", "GTC"));
    if (order.time_in_force == "GTX") {
      order.ticket.type = OrderType::kLimitMaker;
    } else if (order.time_in_force == "IOC") {
      order.ticket.time_in_force = TimeInForce::kIoc;
    } else if (order.time_in_force == "FOK") {
      order.ticket.time_in_force = TimeInForce::kFok;
    } else if (order.time_in_force != "GTC") {
      return VenueError{-1115, "Invalid timeInForce."};
    }
  }
  if (order.type != "TRAILING_STOP_MARKET") {
    ASSIGN_OR_RETURN(const Decimal trigger, RequiredAmount(params, "triggerPrice"));
    ASSIGN_OR_RETURN(order.trigger_price, ParsePrice(contract, trigger));
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(order.callback_percent, RequiredAmount(params, "callbackRate"));
  if (order.callback_percent < Decimal::FromScaled(1, 1) ||
      order.callback_percent > Decimal::FromInteger(10)) {
    return VenueError{-2007, "Invalid callBack rate."};
  }
  ASSIGN_OR_RETURN(const std::optional<Decimal> activation, params.Amount("activatePrice"));
  if (activation.has_value()) {
    ASSIGN_OR_RETURN(order.activation_price, ParsePrice(contract, *activation));
  }
  return std::nullopt;
}

Reply Place(VenueState& state, const EndpointCall& call) {
  AlgoOrder order;
  RETURN_IF_VENUE_ERROR(ParseHead(state, *call.user, call.params, order));
  ASSIGN_OR_RETURN(const Contract* contract, state.RequiredContract(call.params));
  RETURN_IF_VENUE_ERROR(ParseNumbers(*contract, call.params, order));
  order.symbol = contract->symbol();
  ASSIGN_OR_RETURN(const AlgoOrder placed, state.algos.Add(*call.user, std::move(order)));
  return state.algos.ToJson(placed);
}

OrError<AlgoOrder*> FindAlgo(VenueState& state,
                             const EndpointCall& call,
                             const VenueError& missing) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> algo_id, call.params.Integer("algoId"));
  ASSIGN_OR_RETURN(const std::string client_id, call.params.Text("clientAlgoId"));
  if (!algo_id.has_value() && client_id.empty()) {
    return VenueError{-1102, "Either algoId or clientAlgoId must be sent."};
  }
  const margin::AccountId account = call.user->account.id();
  AlgoOrder* order = algo_id.has_value() ? state.algos.Find(account, *algo_id)
                                         : state.algos.FindByClientId(account, client_id);
  if (order == nullptr) {
    return missing;
  }
  return order;
}

Reply Cancel(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(AlgoOrder * order, FindAlgo(state, call, kUnknownOrder));
  if (!order->is_waiting()) {
    return kUnknownOrder;
  }
  const Json told = {{"algoId", order->algo_id},
                     {"clientAlgoId", order->client_algo_id},
                     {"code", "200"},
                     {"msg", "success"}};
  state.algos.Cancel(*order);
  return told;
}

Reply CancelOpen(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Contract* contract, state.RequiredContract(call.params));
  const margin::AccountId account = call.user->account.id();
  std::vector<int64_t> ids;
  for (const AlgoOrder* order : state.algos.Select(account, contract->symbol(), true)) {
    ids.push_back(order->algo_id);
  }
  for (const int64_t id : ids) {
    state.algos.Cancel(*state.algos.Find(account, id));
  }
  return Json{{"code", 200}, {"msg", "The operation of cancel all open order is done."}};
}

Reply Query(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const AlgoOrder* order, FindAlgo(state, call, kNoSuchOrder));
  return state.algos.ToJson(*order);
}

Reply ListOf(VenueState& state, const EndpointCall& call, bool only_waiting) {
  ASSIGN_OR_RETURN(const std::string symbol, call.params.Text("symbol"));
  Json list = Json::array();
  for (const AlgoOrder* order : state.algos.Select(call.user->account.id(), symbol, only_waiting)) {
    list.push_back(state.algos.ToJson(*order));
  }
  return list;
}

Reply Open(VenueState& state, const EndpointCall& call) {
  return ListOf(state, call, /*only_waiting=*/true);
}
Reply All(VenueState& state, const EndpointCall& call) {
  return ListOf(state, call, /*only_waiting=*/false);
}

constexpr Endpoint kEndpoints[] = {
    {"POST",
     "/fapi/v1/algoOrder",
     "algoOrder.place",
     Security::kSigned,
     kAlgoParams,
     Weigh<0>,
     Place,
     true,
     OrderCount::kOne},
    {"DELETE",
     "/fapi/v1/algoOrder",
     "algoOrder.cancel",
     Security::kSigned,
     "symbol algoId clientAlgoId",
     Weigh<1>,
     Cancel,
     true},
    {"DELETE",
     "/fapi/v1/algoOpenOrders",
     "",
     Security::kSigned,
     "symbol",
     Weigh<1>,
     CancelOpen,
     true},
    {"GET",
     "/fapi/v1/algoOrder",
     "",
     Security::kSigned,
     "symbol algoId clientAlgoId",
     Weigh<1>,
     Query},
    {"GET",
     "/fapi/v1/openAlgoOrders",
     "",
     Security::kSigned,
     "algoType symbol algoId",
     WeighBySymbol<1, 40>,
     Open},
    {"GET",
     "/fapi/v1/allAlgoOrders",
     "",
     Security::kSigned,
     "symbol algoId startTime endTime page limit",
     Weigh<5>,
     All},
};

}  // namespace

absl::Span<const Endpoint> AlgoEndpoints() {
  return kEndpoints;
}

}  // namespace colibri::venue_sim::binance_perpetual
