#include "exchanges/binance_perpetual/binance_perpetual_answers.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/binance_common/binance_json.h"
#include "exchanges/binance_common/binance_order_fields.h"

namespace colibri::binance::perpetual {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

constexpr int kLeverageMax = 1000;

// {"clientOrderId":"testOrder","executedQty":"0","orderId":22542179,"origQty":"10","price":"0",
//  "side":"SELL","positionSide":"SHORT","status":"NEW","symbol":"BTCUSDT","updateTime":1566818724722}
// avgPrice and cumQuote came with it until July 2026.
absl::StatusOr<OrderUpdate> ReadAnswer(std::string_view body,
                                       const Order& order,
                                       std::string_view where,
                                       bool is_amendment) {
  ObjectReader reader;
  ASSIGN_OR_RETURN(const JsonFields fields, ReadObject(reader, body, where));
  ASSIGN_OR_RETURN(OrderUpdate update, ReadOrder(fields, order.pair, "clientOrderId"));
  RETURN_IF_ERROR(CheckIsOf(update, order, where));
  if (is_amendment) {
    ASSIGN_OR_RETURN(const Decimal quantity, fields.Positive("origQty"));
    update.quantity = Quantity(quantity);
  }
  return update;
}

// {"symbol":"ADAUSDT","positionSide":"BOTH","positionAmt":"30","entryPrice":"0.385",
//  "markPrice":"0.41047590","unRealizedProfit":"0.76427700","liquidationPrice":"0",
//  "updateTime":1720736417660}: negative is short, in hedge mode too.
absl::StatusOr<Position> ReadPosition(const JsonFields& fields, const Instrument& instrument) {
  Position position;
  position.pair = instrument.pair;
  ASSIGN_OR_RETURN(position.side, ReadPositionSide(fields, "positionSide"));
  ASSIGN_OR_RETURN(const Decimal quantity, fields.Number("positionAmt"));
  ASSIGN_OR_RETURN(const Decimal entry, fields.Amount("entryPrice"));
  ASSIGN_OR_RETURN(const Decimal profit, fields.Number("unRealizedProfit"));
  ASSIGN_OR_RETURN(const Decimal liquidation, fields.Number("liquidationPrice"));
  position.quantity = Quantity(quantity);
  position.entry_price = Price(entry);
  position.unrealised_profit = Notional(profit);
  if (liquidation.is_positive()) {
    position.liquidation_price = Price(liquidation);
  }
  position.venue_time = TimeOrPast(fields, "updateTime");
  return position;
}

// {"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"-0.37500000","asset":"USDT",
//  "time":1570608000000,"tranId":9689322392}: negative is paid.
absl::StatusOr<FundingPaymentUpdate> ReadPayment(const JsonFields& fields,
                                                 const Instrument& instrument) {
  FundingPaymentUpdate payment;
  payment.pair = instrument.pair;
  ASSIGN_OR_RETURN(payment.amount, fields.Number("income"));
  ASSIGN_OR_RETURN(payment.asset, fields.Text("asset"));
  ASSIGN_OR_RETURN(const int64_t time_ms, fields.Count("time"));
  payment.venue_time = absl::FromUnixMillis(time_ms);
  ASSIGN_OR_RETURN(const int64_t id, fields.Count("tranId"));
  payment.payment_id = PaymentId::FromNumber(static_cast<uint64_t>(id));
  return payment;
}

}  // namespace

// [{"asset":"USDT","balance":"122607.35","crossWalletBalance":"23.72","crossUnPnl":"0.0",
//   "availableBalance":"23.72","maxWithdrawAmount":"23.72","updateTime":1617939110373}]
// updateTime is of the wallet; what is available moves with prices and orders too, so that the
// answer is as new as the question.
absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body) {
  std::vector<BalanceUpdate> updates;
  RETURN_IF_ERROR(ReadEach(body, "balances", [&](const JsonFields& fields) -> absl::Status {
    BalanceUpdate update;
    ASSIGN_OR_RETURN(update.asset, fields.Text("asset"));
    ASSIGN_OR_RETURN(update.balance.total, fields.Number("balance"));
    ASSIGN_OR_RETURN(update.balance.available, fields.Number("availableBalance"));
    update.venue_time = absl::InfinitePast();
    update.source = Source::kRest;
    updates.push_back(std::move(update));
    return absl::OkStatus();
  }));
  return updates;
}

// {"symbol":"BTCUSDT","makerCommissionRate":"0.0002","takerCommissionRate":"0.0004"}
absl::StatusOr<FeeRates> ParseFees(std::string_view body) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(parser, body, "fee rates"));
  FeeRates rates;
  ASSIGN_OR_RETURN(rates.maker, fields.Number("makerCommissionRate"));
  ASSIGN_OR_RETURN(rates.taker, fields.Number("takerCommissionRate"));
  const Decimal one = Decimal::FromInteger(1);
  if (Abs(rates.maker) > one || Abs(rates.taker) > one) {
    return fields.Missing("takerCommissionRate", "a fraction");
  }
  return rates;
}

absl::StatusOr<PlaceAnswer> ParsePlaced(std::string_view body, const Order& order) {
  PlaceAnswer answer;
  ASSIGN_OR_RETURN(answer.order,
                   ReadAnswer(body, order, "placement answer", /*is_amendment=*/false));
  return answer;
}

absl::StatusOr<OrderUpdate> ParseCanceled(std::string_view body, const Order& order) {
  return ReadAnswer(body, order, "cancel answer", /*is_amendment=*/false);
}

absl::StatusOr<OrderUpdate> ParseAmended(std::string_view body, const Order& order) {
  return ReadAnswer(body, order, "amendment answer", /*is_amendment=*/true);
}

// {"code":200,"msg":"The operation of cancel all open order is done."}
absl::Status CheckCanceledAll(std::string_view body) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(parser, body, "cancel-all answer"));
  ASSIGN_OR_RETURN(const int64_t code, fields.Integer("code"));
  return code == 200 ? absl::OkStatus() : fields.Missing("code", "200");
}

absl::StatusOr<PositionMode> ParsePositionMode(std::string_view body) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(parser, body, "position mode"));
  ASSIGN_OR_RETURN(const bool is_hedge, fields.Flag("dualSidePosition"));
  return is_hedge ? PositionMode::kHedge : PositionMode::kOneWay;
}

// [{"symbol":"BTCUSDT","marginType":"CROSSED","isAutoAddMargin":false,"leverage":21,
//   "maxNotionalValue":"1000000"}], or the object alone.
absl::StatusOr<LeverageSetting> ParseLeverage(std::string_view body, const Instrument& instrument) {
  constexpr std::string_view kWhere = "symbol configuration";
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(element found, ParseElement(parser, body, kWhere));
  array entries;
  if (found.get_array().get(entries) == simdjson::SUCCESS) {
    const auto entry = std::find_if(entries.begin(), entries.end(), [&](element candidate) {
      const absl::StatusOr<JsonFields> fields = ObjectOf(candidate, kWhere);
      return fields.ok() && fields->TextOr("symbol", "") == instrument.symbol;
    });
    if (!(entry != entries.end())) {
      return absl::DataLossError(StrCat("Binance ", kWhere, " lacks ", instrument.symbol));
    }
    found = *entry;
  }
  ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(found, kWhere));
  if (fields.TextOr("symbol", "") != instrument.symbol) {
    return fields.Missing("symbol", instrument.symbol);
  }
  LeverageSetting setting;
  ASSIGN_OR_RETURN(const int64_t leverage, fields.Integer("leverage"));
  ASSIGN_OR_RETURN(const std::string_view margin, fields.Text("marginType"));
  if (leverage < 1 || leverage > kLeverageMax) {
    return fields.Missing("leverage", "1 to 1000");
  }
  if (margin != "CROSSED" && margin != "ISOLATED") {
    return fields.Missing("marginType", "CROSSED or ISOLATED");
  }
  setting.leverage = static_cast<int>(leverage);
  setting.margin_mode = margin == "ISOLATED" ? MarginMode::kIsolated : MarginMode::kCross;
  return setting;
}

absl::StatusOr<std::vector<Position>> ParsePositions(std::string_view body,
                                                     const InstrumentTable& instruments) {
  std::vector<Position> positions;
  RETURN_IF_ERROR(ReadEach(body, "positions", [&](const JsonFields& fields) -> absl::Status {
    ASSIGN_OR_RETURN(const Instrument* instrument, FindInstrument(fields, "symbol", instruments));
    if (instrument != nullptr) {
      ASSIGN_OR_RETURN(positions.emplace_back(), ReadPosition(fields, *instrument));
    }
    return absl::OkStatus();
  }));
  return positions;
}

// {"symbol":"BTCUSDT","markPrice":"11793.63104562","indexPrice":"11781.80495970",
//  "lastFundingRate":"0.00038246","nextFundingTime":1597392000000,"time":1597370495002}: the rate
// is the next one to be charged.
absl::StatusOr<FundingInfo> ParseFundingInfo(std::string_view body, const Instrument& instrument) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(parser, body, "premium index"));
  if (fields.TextOr("symbol", "") != instrument.symbol) {
    return fields.Missing("symbol", instrument.symbol);
  }
  FundingInfo info;
  ASSIGN_OR_RETURN(const Decimal mark, fields.Positive("markPrice"));
  ASSIGN_OR_RETURN(const Decimal index, fields.Amount("indexPrice"));
  ASSIGN_OR_RETURN(info.rate, fields.Number("lastFundingRate"));
  info.mark_price = Price(mark);
  if (index.is_positive()) {
    info.index_price = Price(index);
  }
  info.next_funding_time = TimeOrPast(fields, "nextFundingTime");
  info.venue_time = TimeOrPast(fields, "time");
  return info;
}

absl::StatusOr<Quantity> ParseOpenInterest(std::string_view body, const Instrument& instrument) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(parser, body, "open interest"));
  if (fields.TextOr("symbol", "") != instrument.symbol) {
    return fields.Missing("symbol", instrument.symbol);
  }
  ASSIGN_OR_RETURN(const Decimal held, fields.Amount("openInterest"));
  return Quantity(held);
}

absl::StatusOr<std::vector<FundingPaymentUpdate>> ParseFundingPayments(
    std::string_view body, const InstrumentTable& instruments) {
  std::vector<FundingPaymentUpdate> payments;
  RETURN_IF_ERROR(ReadEach(body, "income", [&](const JsonFields& fields) -> absl::Status {
    ASSIGN_OR_RETURN(const Instrument* instrument, FindInstrument(fields, "symbol", instruments));
    if (instrument != nullptr && fields.TextOr("incomeType", "") == "FUNDING_FEE") {
      ASSIGN_OR_RETURN(payments.emplace_back(), ReadPayment(fields, *instrument));
    }
    return absl::OkStatus();
  }));
  std::sort(payments.begin(), payments.end(), [](const auto& a, const auto& b) {
    return std::tie(a.venue_time, a.pair, a.payment_id) <
           std::tie(b.venue_time, b.pair, b.payment_id);
  });
  return payments;
}

}  // namespace colibri::binance::perpetual
