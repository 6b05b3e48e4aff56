// Orders: place, amend, cancel, one by one and in batches, and the dead man's switch.
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
#include "tools/venue_sim/binance_perpetual/render.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

constexpr size_t kPlaceBatchMax = 5;
constexpr size_t kCancelBatchMax = 10;
constexpr char kWhich[] = "symbol orderId origClientOrderId";

struct FoundOrder {
  Contract* contract;
  margin::MarginOrder* order;
};

// By id or, without one, by client order id.
OrError<FoundOrder> FindOrder(VenueState& state,
                              const EndpointCall& call,
                              const VenueError& missing) {
  ASSIGN_OR_RETURN(Contract * contract, state.RequiredContract(call.params));
  ASSIGN_OR_RETURN(const std::optional<int64_t> order_id, call.params.Integer("orderId"));
  ASSIGN_OR_RETURN(const std::string client_id, call.params.Text("origClientOrderId"));
  if (!order_id.has_value() && client_id.empty()) {
    return VenueError{-1102, "Either orderId or origClientOrderId must be sent."};
  }
  margin::InstrumentOrders& orders = call.user->account.orders(contract->symbol());
  margin::MarginOrder* order =
      order_id.has_value() ? orders.Find(*order_id) : orders.FindByClientId(client_id);
  if (order == nullptr || IsForgotten(*order, state.NowMs())) {
    return missing;
  }
  return FoundOrder{contract, order};
}

const VenueError kNoSuchOrder{-2013, "Order does not exist."};
const VenueError kUnknownOrder{-2011, "Unknown order sent."};

Reply PlaceOne(VenueState& state, User& user, const Params& params) {
  ASSIGN_OR_RETURN(Contract * contract, state.RequiredContract(params));
  ASSIGN_OR_RETURN(const std::string detail, params.Text("newOrderRespType", "ACK"));
  if (detail != "ACK" && detail != "RESULT") {
    return VenueError{-1130, "Data sent for parameter 'newOrderRespType' is not valid."};
  }
  ASSIGN_OR_RETURN(margin::Ticket ticket, ParseTicket(state, user, *contract, params));
  const margin::PlaceResult placed =
      state.exchange.Place(user.account, contract->instrument, std::move(ticket));
  if (!placed.ok()) {
    return ErrorOf(placed.refusal);
  }
  margin::MarginOrder told = placed.order;
  if (detail == "ACK") {
    // Only that it was taken; what became of it is for the events.
    told.status = margin::OrderStatus::kNew;
    told.executed = 0;
    told.executed_quote = Decimal();
  }
  return PlacedOrderJson(*contract, told);
}

Reply Place(VenueState& state, const EndpointCall& call) {
  return PlaceOne(state, *call.user, call.params);
}

Reply AmendOne(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const FoundOrder found, FindOrder(state, call, kNoSuchOrder));
  ASSIGN_OR_RETURN(const std::string side_word, call.params.Required("side"));
  const Contract& contract = *found.contract;
  margin::MarginOrder& order = *found.order;
  if (!order.is_open()) {
    return kNoSuchOrder;
  }
  if (ParseSideWord(side_word) != order.ticket.side) {
    return VenueError{-1117, "Invalid side."};
  }
  ASSIGN_OR_RETURN(const Decimal wanted, RequiredAmount(call.params, "quantity"));
  ASSIGN_OR_RETURN(const int64_t quantity, ParseQuantity(contract, wanted, /*is_market=*/false));
  ASSIGN_OR_RETURN(const std::string match, call.params.Text("priceMatch", "NONE"));
  int64_t price = 0;
  if (match == "NONE") {
    ASSIGN_OR_RETURN(const Decimal given, RequiredAmount(call.params, "price"));
    ASSIGN_OR_RETURN(price, ParsePrice(contract, given));
    RETURN_IF_VENUE_ERROR(CheckPercentPrice(contract, order.ticket.side, price));
  } else {
    ASSIGN_OR_RETURN(price, MatchedPrice(contract, order.ticket.side, match));
  }
  if (!order.ticket.reduce_only) {
    RETURN_IF_VENUE_ERROR(CheckNotional(contract, contract.instrument.NotionalOf(price, quantity)));
  }
  const margin::PlaceResult amended =
      state.exchange.Amend(call.user->account, found.contract->instrument, order, price, quantity);
  if (!amended.ok()) {
    return ErrorOf(amended.refusal);
  }
  return PlacedOrderJson(contract, amended.order);
}

Reply CancelOne(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const FoundOrder found, FindOrder(state, call, kUnknownOrder));
  if (!found.order->is_open()) {
    return kUnknownOrder;
  }
  return PlacedOrderJson(
      *found.contract,
      state.exchange.Cancel(call.user->account, found.contract->instrument, *found.order));
}

Reply CancelAll(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Contract * contract, state.RequiredContract(call.params));
  state.CancelAll(*call.user, *contract);
  return Json{{"code", 200}, {"msg", "The operation of cancel all open order is done."}};
}

Reply Countdown(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Contract * contract, state.RequiredContract(call.params));
  ASSIGN_OR_RETURN(const std::string text, call.params.Required("countdownTime"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> countdown, call.params.Integer("countdownTime"));
  state.SetCountdown(*call.user, *contract, *countdown);
  return Json{{"symbol", contract->symbol()}, {"countdownTime", std::string(text)}};
}

// The list of a batch: objects whose values are texts, numbers or truth values.
OrError<std::vector<Params>> ParseBatch(const Params& params) {
  ASSIGN_OR_RETURN(const std::string text, params.Required("batchOrders"));
  const Json list = binance::ParseText(text);
  if (!list.is_array() || list.empty() || list.size() > kPlaceBatchMax) {
    return VenueError{-1130, "Data sent for parameter 'batchOrders' is not valid."};
  }
  std::vector<Params> batch;
  for (const Json& one : list) {
    if (!one.is_object()) {
      return VenueError{-1130, "Data sent for parameter 'batchOrders' is not valid."};
    }
    ASSIGN_OR_RETURN(Params parsed, binance::ParamsOf(Json{{"params", one}}));
    batch.push_back(std::move(parsed));
  }
  return batch;
}

template <Reply (*kHandle)(VenueState&, const EndpointCall&)>
Reply Batch(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::vector<Params> batch, ParseBatch(call.params));
  Json answers = Json::array();
  for (const Params& params : batch) {
    answers.push_back(kHandle(state, {.params = params, .user = call.user}).body());
  }
  return answers;
}

Reply CancelBatch(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::string symbol, call.params.Required("symbol"));
  const bool by_id = call.params.Has("orderIdList");
  const std::string_view name = by_id ? "orderIdList" : "origClientOrderIdList";
  ASSIGN_OR_RETURN(const std::string text, call.params.Required(name));
  const Json list = binance::ParseText(text);
  if (!list.is_array() || list.empty() || list.size() > kCancelBatchMax) {
    return VenueError{-1130, StrCat("Data sent for parameter '", name, "' is not valid.")};
  }
  Json answers = Json::array();
  for (const Json& id : list) {
    Params params;
    params.Add("symbol", symbol);
    params.Add(by_id ? "orderId" : "origClientOrderId",
               id.is_string() ? id.get<std::string>() : Text(id));
    answers.push_back(CancelOne(state, {.params = params, .user = call.user}).body());
  }
  return answers;
}

Reply Query(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const FoundOrder found, FindOrder(state, call, kNoSuchOrder));
  return OrderJson(*found.contract, *found.order);
}

Reply QueryOpen(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const FoundOrder found, FindOrder(state, call, kNoSuchOrder));
  if (!found.order->is_open()) {
    return kNoSuchOrder;
  }
  return OrderJson(*found.contract, *found.order);
}

Reply OpenOrders(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::vector<Contract*> contracts, state.SelectContracts(call.params));
  Json list = Json::array();
  for (const Contract* contract : contracts) {
    margin::InstrumentOrders& orders = call.user->account.orders(contract->symbol());
    for (const int64_t id : orders.open) {
      list.push_back(OrderJson(*contract, orders.orders.at(id)));
    }
  }
  return list;
}

constexpr Endpoint kEndpoints[] = {
    {"POST",
     "/fapi/v1/order",
     "order.place",
     Security::kSigned,
     kOrderParams,
     Weigh<0>,
     Place,
     true,
     OrderCount::kOne,
     true},
    {"POST",
     "/fapi/v1/order/test",
     "",
     Security::kSigned,
     kOrderParams,
     Weigh<0>,
     [](VenueState& state, const EndpointCall& call) -> Reply {
       ASSIGN_OR_RETURN(Contract * contract, state.RequiredContract(call.params));
       ASSIGN_OR_RETURN(const margin::Ticket ticket,
                        ParseTicket(state, *call.user, *contract, call.params));
       return Json::object();
     }},
    {"PUT",
     "/fapi/v1/order",
     "order.modify",
     Security::kSigned,
     "symbol orderId origClientOrderId side quantity price priceMatch modifyId positionSide",
     Weigh<1>,
     AmendOne,
     true,
     OrderCount::kOne},
    {"DELETE",
     "/fapi/v1/order",
     "order.cancel",
     Security::kSigned,
     kWhich,
     Weigh<1>,
     CancelOne,
     true},
    {"POST",
     "/fapi/v1/batchOrders",
     "",
     Security::kSigned,
     "batchOrders",
     Weigh<5>,
     Batch<Place>,
     true,
     OrderCount::kBatch},
    {"PUT",
     "/fapi/v1/batchOrders",
     "",
     Security::kSigned,
     "batchOrders",
     Weigh<5>,
     Batch<AmendOne>,
     true,
     OrderCount::kBatch},
    {"DELETE",
     "/fapi/v1/batchOrders",
     "",
     Security::kSigned,
     "symbol orderIdList origClientOrderIdList",
     Weigh<1>,
     CancelBatch,
     true},
    {"DELETE",
     "/fapi/v1/allOpenOrders",
     "",
     Security::kSigned,
     "symbol",
     Weigh<1>,
     CancelAll,
     true},
    {"POST",
     "/fapi/v1/countdownCancelAll",
     "",
     Security::kSigned,
     "symbol countdownTime",
     Weigh<10>,
     Countdown},
    {"GET", "/fapi/v1/order", "order.status", Security::kSigned, kWhich, Weigh<1>, Query},
    {"GET", "/fapi/v1/openOrder", "", Security::kSigned, kWhich, Weigh<1>, QueryOpen},
    {"GET",
     "/fapi/v1/openOrders",
     "",
     Security::kSigned,
     "symbol",
     WeighBySymbol<1, 40>,
     OpenOrders},
};

}  // namespace

absl::Span<const Endpoint> OrderEndpoints() {
  return kEndpoints;
}

}  // namespace colibri::venue_sim::binance_perpetual
