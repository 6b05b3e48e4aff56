#include "exchanges/binance_common/binance_conditional_orders.h"

#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/binance_common/binance_order_fields.h"

namespace colibri::binance {
namespace {

constexpr std::string_view kIdPrefix = "algo-";

// By the matching engine, when it triggered: until then it was there, and is no rejected order.
constexpr std::string_view kRefused = "REJECTED";

struct StatusMeaning {
  std::string_view status;
  OrderState state;
  bool is_triggered;
};
// FINISHED: what it became is over, and that order tells how.
constexpr StatusMeaning kMeanings[] = {
    {"NEW", OrderState::kOpen, false},
    {"TRIGGERING", OrderState::kOpen, false},
    {"TRIGGERED", OrderState::kOpen, true},
    {"FINISHED", OrderState::kOpen, true},
    {"CANCELED", OrderState::kCanceled, false},
    {"EXPIRED", OrderState::kExpired, false},
    {kRefused, OrderState::kExpired, false},
};

// What answers and events name differently.
struct Keys {
  std::string_view algo_id;
  std::string_view client_id;
  std::string_view status;
  std::string_view order_id;  // of the matching engine; empty until it has triggered
};
constexpr Keys kAnswerKeys = {"algoId", "clientAlgoId", "algoStatus", "actualOrderId"};
constexpr Keys kEventKeys = {"aid", "caid", "X", "ai"};

absl::StatusOr<OrderUpdate> Read(const JsonFields& fields,
                                 const TradingPair& pair,
                                 const Keys& keys) {
  OrderUpdate update;
  update.pair = pair;
  ASSIGN_OR_RETURN(const int64_t algo_id, fields.Count(keys.algo_id));
  ASSIGN_OR_RETURN(const std::string_view client_id, fields.Text(keys.client_id));
  ASSIGN_OR_RETURN(const std::string_view status, fields.Text(keys.status));
  update.client_order_id = ToClientOrderId(client_id);
  const StatusMeaning* meaning = nullptr;
  for (const StatusMeaning& known : kMeanings) {
    meaning = known.status == status ? &known : meaning;
  }
  if (meaning == nullptr) {
    return fields.Missing(keys.status, "a status of conditional orders");
  }
  const std::string_view order_id = fields.TextOr(keys.order_id, "");
  const bool has_order = !order_id.empty() && order_id != "0";
  update.state = meaning->state;
  update.is_triggered = meaning->is_triggered || has_order;
  // From its trigger on the order tells how it ends; one that was refused has none.
  if (has_order && status != kRefused) {
    update.state = OrderState::kOpen;
  }
  if (has_order) {
    if (order_id.size() > ExchangeOrderId::kMaxLength) {
      return fields.Missing(keys.order_id, "an order's number");
    }
    update.exchange_order_id = ExchangeOrderId(order_id);
  } else if (!update.is_triggered) {
    update.exchange_order_id = ExchangeOrderId(StrCat(kIdPrefix, algo_id));
  }
  return update;
}

}  // namespace

bool IsOfAlgoService(const ExchangeOrderId& id) {
  return id.view().substr(0, kIdPrefix.size()) == kIdPrefix;
}

std::string_view ConditionalTypeText(const Order& order) {
  const bool is_market = order.type == OrderType::kMarket;
  if (order.trigger->kind == TriggerKind::kStop) {
    return is_market ? "STOP_MARKET" : "STOP";
  }
  return is_market ? "TAKE_PROFIT_MARKET" : "TAKE_PROFIT";
}

std::string_view WorkingTypeText(TriggerSource source) {
  return source == TriggerSource::kMark ? "MARK_PRICE" : "CONTRACT_PRICE";
}

// {"algoId":2146760,"clientAlgoId":"test-1","algoType":"CONDITIONAL","orderType":"STOP_MARKET",
//  "symbol":"BTCUSDT","algoStatus":"TRIGGERED","actualOrderId":"22542179","updateTime":1750485492076}
// A cancel is answered {"algoId":2146760,"clientAlgoId":"test-1","code":"200","msg":"success"}.
absl::StatusOr<OrderUpdate> ReadConditionalOrder(const JsonFields& fields,
                                                 const TradingPair& pair) {
  if (!fields.Has("algoStatus") && fields.TextOr("code", "") == "200") {
    ASSIGN_OR_RETURN(const std::string_view client_id, fields.Text("clientAlgoId"));
    OrderUpdate update;
    update.pair = pair;
    update.client_order_id = ToClientOrderId(client_id);
    update.state = OrderState::kCanceled;
    update.source = Source::kRest;
    update.venue_time = absl::InfinitePast();
    return update;
  }
  ASSIGN_OR_RETURN(OrderUpdate update, Read(fields, pair, kAnswerKeys));
  update.source = Source::kRest;
  update.venue_time = TimeOf(fields);
  return update;
}

// {"e":"ALGO_UPDATE","T":1750515742297,"E":1750515742303,"o":{"caid":"Q5xaq5EGKgXXa0fD7fs0Ip",
//  "aid":2148719,"at":"CONDITIONAL","o":"TAKE_PROFIT","s":"BNBUSDT","S":"SELL","ps":"BOTH",
//  "q":"0.01","X":"CANCELED","ai":"","tp":"750","p":"750","wt":"CONTRACT_PRICE","rm":""}}
absl::StatusOr<PrivateMessage> ReadConditionalOrderEvent(const JsonFields& event,
                                                         const InstrumentTable& instruments) {
  PrivateMessage message;
  ASSIGN_OR_RETURN(const JsonFields report, event.Object("o"));
  ASSIGN_OR_RETURN(const Instrument* instrument, FindInstrument(report, "s", instruments));
  if (instrument == nullptr) {
    return message;
  }
  ASSIGN_OR_RETURN(OrderUpdate update, Read(report, instrument->pair, kEventKeys));
  update.source = Source::kStream;
  update.venue_time = TimeOrPast(event, "T");
  if (IsTerminal(update.state)) {
    update.reason = EndReason("", report.TextOr("rm", ""), "");
  }
  message.kind = PrivateMessage::Kind::kUpdate;
  message.orders.push_back(std::move(update));
  return message;
}

}  // namespace colibri::binance
