#include "exchanges/binance/binance_answers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/binance/binance_errors.h"
#include "exchanges/binance_common/binance_json.h"
#include "exchanges/binance_common/binance_order_fields.h"

namespace colibri::binance {
namespace {

// {"price":"4000.0","qty":"1.0","commission":"4.0","commissionAsset":"USDT","tradeId":56}
absl::StatusOr<TradeUpdate> ReadPlacedFill(const JsonFields& fields,
                                           const OrderUpdate& update,
                                           const Order& order) {
  TradeUpdate trade;
  trade.source = Source::kRest;
  Fill& fill = trade.fill;
  ASSIGN_OR_RETURN(const int64_t trade_id, fields.Count("tradeId"));
  fill.trade_id = TradeId::FromNumber(static_cast<uint64_t>(trade_id));
  fill.client_order_id = update.client_order_id;
  fill.exchange_order_id = update.exchange_order_id;
  fill.pair = update.pair;
  fill.side = order.side;
  fill.is_maker = false;  // it met what rested before it
  fill.venue_time = update.venue_time;
  ASSIGN_OR_RETURN(const Decimal price, fields.Positive("price"));
  ASSIGN_OR_RETURN(const Decimal quantity, fields.Positive("qty"));
  fill.price = Price(price);
  fill.quantity = Quantity(quantity);
  ASSIGN_OR_RETURN(fill.fees, ReadFee(fields, "commission", "commissionAsset"));
  return trade;
}

absl::StatusOr<PlaceAnswer> ReadPlaced(const JsonFields& fields, const Order& order) {
  PlaceAnswer answer;
  ASSIGN_OR_RETURN(answer.order, ReadOrder(fields, order.pair, "clientOrderId"));
  RETURN_IF_ERROR(CheckIsOf(answer.order, order, fields.where()));
  if (fields.Has("fills")) {
    RETURN_IF_ERROR(fields.ForEachObject("fills", [&](const JsonFields& fill) -> absl::Status {
      ASSIGN_OR_RETURN(answer.trades.emplace_back(), ReadPlacedFill(fill, answer.order, order));
      return absl::OkStatus();
    }));
  }
  return answer;
}

// The order's own id is origClientOrderId; clientOrderId is that of the cancel request.
absl::StatusOr<OrderUpdate> ReadCanceled(const JsonFields& fields, const Order& order) {
  ASSIGN_OR_RETURN(OrderUpdate update, ReadOrder(fields, order.pair, "origClientOrderId"));
  RETURN_IF_ERROR(CheckIsOf(update, order, fields.where()));
  return update;
}

// {"code":-2010,"msg":"..."} of one half; what can't be read is unknown.
VenueError ReadHalfError(const absl::StatusOr<JsonFields>& half) {
  const absl::StatusOr<int64_t> code = half.ok() ? half->Integer("code") : half.status();
  if (code.ok()) {
    return ClassifyCode(SpotErrors(), 400, *code, half->TextOr("msg", ""));
  }
  return {.status = absl::DataLossError("Binance cancel-replace answer: a failed half has no code"),
          .outcome = Outcome::kUnknown};
}

// Each half stands alone: SUCCESS, FAILURE or NOT_ATTEMPTED.
absl::Status ReadHalves(const JsonFields& fields,
                        const Order& old_order,
                        const Order& new_order,
                        ReplaceAnswer& answer) {
  ASSIGN_OR_RETURN(const std::string_view cancel_result, fields.Text("cancelResult"));
  ASSIGN_OR_RETURN(const std::string_view place_result, fields.Text("newOrderResult"));
  const absl::StatusOr<JsonFields> cancel_half = fields.Object("cancelResponse");
  const absl::StatusOr<JsonFields> place_half = fields.Object("newOrderResponse");
  if (cancel_result == "SUCCESS") {
    RETURN_IF_ERROR(cancel_half.status());
    ASSIGN_OR_RETURN(answer.canceled, ReadCanceled(*cancel_half, old_order));
  } else {
    answer.cancel_error = ReadHalfError(cancel_half);
  }
  if (place_result == "SUCCESS") {
    RETURN_IF_ERROR(place_half.status());
    ASSIGN_OR_RETURN(answer.placed, ReadPlaced(*place_half, new_order));
  } else if (place_result == "NOT_ATTEMPTED") {
    answer.place_error = {.status = absl::CancelledError("Binance did not try the new order, "
                                                         "because the old one was not canceled"),
                          .outcome = Outcome::kNotSent};
  } else {
    answer.place_error = ReadHalfError(place_half);
  }
  return absl::OkStatus();
}

// {"maker":"0.001","taker":"0.001","buyer":"0","seller":"0"}: the dearer of buyer and seller
// counts, so that an estimate is never too low.
absl::Status AddRates(const JsonFields& fields, std::string_view key, FeeRates& rates) {
  if (!fields.Has(key)) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const JsonFields part, fields.Object(key));
  ASSIGN_OR_RETURN(const Decimal maker, part.Number("maker"));
  ASSIGN_OR_RETURN(const Decimal taker, part.Number("taker"));
  Decimal side;
  for (const std::string_view side_key : {"buyer", "seller"}) {
    if (part.Has(side_key)) {
      ASSIGN_OR_RETURN(const Decimal rate, part.Number(side_key));
      side = std::max(side, rate);
    }
  }
  const Decimal one = Decimal::FromInteger(1);
  if (Abs(maker) > one || Abs(taker) > one || side > one) {
    return fields.Missing(key, "a fraction");
  }
  rates.maker += maker + side;
  rates.taker += taker + side;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields account, ParseObject(parser, body, "account"));
  std::vector<BalanceUpdate> updates;
  RETURN_IF_ERROR(account.ForEachObject("balances", [&](const JsonFields& balance) -> absl::Status {
    ASSIGN_OR_RETURN(BalanceUpdate update, ReadBalance(balance, "asset", "free", "locked"));
    update.venue_time = TimeOrPast(account, "updateTime");
    update.source = Source::kRest;
    updates.push_back(std::move(update));
    return absl::OkStatus();
  }));
  return updates;
}

absl::StatusOr<FeeRates> ParseFees(std::string_view body) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(parser, body, "fee rates"));
  if (!fields.Has("commissionRates") && !fields.Has("standardCommission")) {
    return fields.Missing("standardCommission", "there");
  }
  FeeRates rates;
  for (const std::string_view key :
       {"commissionRates", "standardCommission", "taxCommission", "specialCommission"}) {
    RETURN_IF_ERROR(AddRates(fields, key, rates));
  }
  return rates;
}

absl::StatusOr<PlaceAnswer> ParsePlaced(std::string_view body, const Order& order) {
  ObjectReader reader;
  ASSIGN_OR_RETURN(const JsonFields fields, ReadObject(reader, body, "placement answer"));
  return ReadPlaced(fields, order);
}

absl::StatusOr<OrderUpdate> ParseCanceled(std::string_view body, const Order& order) {
  ObjectReader reader;
  ASSIGN_OR_RETURN(const JsonFields fields, ReadObject(reader, body, "cancel answer"));
  return ReadCanceled(fields, order);
}

absl::StatusOr<std::vector<OrderUpdate>> ParseCanceledAll(std::string_view body,
                                                          const Instrument& instrument) {
  std::vector<OrderUpdate> updates;
  const auto add = [&](const JsonFields& fields) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string_view symbol, fields.Text("symbol"));
    if (symbol != instrument.symbol) {
      return fields.Missing("symbol", instrument.symbol);
    }
    ASSIGN_OR_RETURN(updates.emplace_back(),
                     ReadOrder(fields, instrument.pair, "origClientOrderId"));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ReadEach(body, "cancel-all answer", [&](const JsonFields& fields) {
    return fields.Has("orderReports") ? fields.ForEachObject("orderReports", add) : add(fields);
  }));
  return updates;
}

// {"transactTime":..,"executionId":75,"amendedOrder":{"symbol":"BTCUSDT","orderId":33,
//  "origClientOrderId":"a","clientOrderId":"a","price":"6.0","qty":"5.0","executedQty":"0.0",
//  "status":"NEW",...}}
absl::StatusOr<OrderUpdate> ParseAmended(std::string_view body, const Order& order) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields answer, ParseObject(parser, body, "amendment answer"));
  ASSIGN_OR_RETURN(const JsonFields fields, answer.Object("amendedOrder"));
  ASSIGN_OR_RETURN(OrderUpdate update, ReadOrder(fields, order.pair, "clientOrderId"));
  RETURN_IF_ERROR(CheckIsOf(update, order, fields.where()));
  ASSIGN_OR_RETURN(const Decimal quantity, fields.Positive("qty"));
  update.quantity = Quantity(quantity);
  update.venue_time = TimeOf(answer);
  return update;
}

absl::StatusOr<ReplaceAnswer> ParseReplaced(const HttpResponse& response,
                                            const Order& old_order,
                                            const Order& new_order) {
  ReplaceAnswer answer;
  simdjson::dom::parser parser;
  const absl::StatusOr<JsonFields> fields =
      ParseObject(parser, response.body, "cancel-replace answer");
  const bool is_done = response.status >= 200 && response.status < 300;
  if (is_done || (fields.ok() && fields->Has("data") && response.status < 500)) {
    RETURN_IF_ERROR(fields.status());
    ASSIGN_OR_RETURN(const JsonFields halves, is_done ? *fields : fields->Object("data"));
    RETURN_IF_ERROR(ReadHalves(halves, old_order, new_order, answer));
    return answer;
  }
  answer.cancel_error = ClassifyError(SpotErrors(), response);
  answer.place_error = answer.cancel_error;
  return answer;
}

}  // namespace colibri::binance
