#include "exchanges/hyperliquid_common/hyperliquid_requests.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "exchanges/hyperliquid_common/cloid.h"
#include "exchanges/hyperliquid_common/hyperliquid_actions.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"

namespace colibri::hyperliquid {
namespace {

// The venue knows no FOK: it refuses the word, where Ioc would quietly fill a part.
std::string_view TimeInForceText(const Order& order) {
  if (order.type == OrderType::kMarket) {
    return "Ioc";
  }
  if (order.type == OrderType::kLimitMaker) {
    return "Alo";
  }
  switch (order.time_in_force) {
    case TimeInForce::kGtc:
      return "Gtc";
    case TimeInForce::kIoc:
      return "Ioc";
    case TimeInForce::kFok:
      return "Fok";
  }
  return "Gtc";
}

std::string TermsOf(const Order& order) {
  return order.trigger.has_value()
             ? TriggerTerms(order.type == OrderType::kMarket,
                            order.trigger->price.ToString(),
                            order.trigger->kind == TriggerKind::kStop ? "sl" : "tp")
             : LimitTerms(TimeInForceText(order));
}

OrderFields FieldsOf(const Order& order, const Instrument& instrument) {
  return {.asset = static_cast<uint64_t>(instrument.venue_id),
          .is_buy = order.side == Side::kBuy,
          .price = order.price.value_or(Price()).ToString(),
          .size = order.quantity.ToString(),
          .is_reduce_only = order.position_action == PositionAction::kClose,
          .terms = TermsOf(order),
          .cloid = CloidOf(order.client_order_id)};
}

CallPriority PriorityOf(const Order& order) {
  return order.position_action == PositionAction::kClose ? CallPriority::kReduceOnly
                                                         : CallPriority::kCreate;
}

uint64_t Oid(const Order& order) {
  uint64_t oid = 0;
  (void)absl::SimpleAtoi(Abs(order.exchange_order_id.view()), &oid);
  return oid;
}

}  // namespace

std::string JsonText(std::string_view text) {
  return nlohmann::json(std::string(text))
      .dump(-1, ' ', /*ensure_ascii=*/false, nlohmann::json::error_handler_t::replace);
}

std::string SubscribeFrame(std::string_view type, std::string_view more) {
  return StrCat(
      "{\"method\":\"subscribe\",\"subscription\":{\"type\":", JsonText(type), more, "}}");
}

VenueCall InfoCall(std::string body, int64_t weight, CallPriority priority) {
  VenueCall call;
  call.request.method = HttpMethod::kPost;
  call.request.path = "/info";
  call.request.body = std::move(body);
  call.request.AddHeader("Content-Type", "application/json");
  call.security = CallSecurity::kNone;
  call.priority = priority;
  call.charges = {{kWeightPool, weight}};
  return call;
}

VenueCall ActionCall(std::string action, CallPriority priority) {
  VenueCall call;
  call.request.method = HttpMethod::kPost;
  call.request.path = "/exchange";
  call.request.body = std::move(action);  // the signature wraps it
  call.security = CallSecurity::kSigned;
  call.priority = priority;
  call.charges = {{kWeightPool, 1}};
  // An address that has used up its actions may still cancel.
  if (priority != CallPriority::kCancel) {
    call.charges.push_back({kActionPool, 1});
  }
  return call;
}

int64_t Milliseconds(absl::Time time) {
  return std::max<int64_t>(absl::ToUnixMillis(time), 0);
}

std::string Requests::OfAccount(std::string_view type, std::string_view more) const {
  return StrCat("{\"type\":", JsonText(type), ",\"user\":", JsonText(account_), more, "}");
}

VenueCall Requests::ServerTime() const {
  return InfoCall(R"({"type":"exchangeStatus"})", kLightWeight);
}

VenueCall Requests::Fees() const {
  return InfoCall(OfAccount("userFees"), kWeight);
}

VenueCall Requests::Order(const colibri::Order& order) const {
  const std::string id =
      order.client_order_id.empty() ? StrCat(Oid(order)) : JsonText(CloidOf(order.client_order_id));
  return InfoCall(OfAccount("orderStatus", StrCat(",\"oid\":", id)), kLightWeight);
}

// The plain openOrders lacks our ids and the original size.
VenueCall Requests::OpenOrders() const {
  return InfoCall(OfAccount("frontendOpenOrders", R"(,"dex":"")"), kWeight);
}

VenueCall Requests::Fills(std::optional<absl::Time> since) const {
  return InfoCall(since.has_value() ? OfAccount("userFillsByTime",
                                                StrCat(",\"startTime\":", Milliseconds(*since)))
                                    : OfAccount("userFills"),
                  kListWeight);
}

VenueCall Requests::Place(const colibri::Order& order, const Instrument& instrument) const {
  return ActionCall(OrderAction({FieldsOf(order, instrument)}), PriorityOf(order));
}

VenueCall Requests::Cancel(const colibri::Order& order, const Instrument& instrument) const {
  const auto asset = static_cast<uint64_t>(instrument.venue_id);
  return ActionCall(
      order.client_order_id.empty()
          ? CancelAction({{.asset = asset, .oid = Oid(order)}})
          : CancelByCloidAction({{.asset = asset, .cloid = CloidOf(order.client_order_id)}}),
      CallPriority::kCancel);
}

VenueCall Requests::Replace(const colibri::Order& old_order,
                            const colibri::Order& new_order,
                            const Instrument& instrument) const {
  const OrderReference old = old_order.client_order_id.empty()
                                 ? OrderReference(Oid(old_order))
                                 : OrderReference(CloidOf(old_order.client_order_id));
  return ActionCall(ModifyAction(old, FieldsOf(new_order, instrument)), PriorityOf(new_order));
}

}  // namespace colibri::hyperliquid
