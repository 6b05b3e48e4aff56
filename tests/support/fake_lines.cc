#include "tests/support/fake_lines.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

#include "core/strings.h"
#include "tests/support/fake_exchange.h"

namespace colibri {
namespace {

OrderState StateOf(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(OrderState::kExpired); ++i) {
    if (ToString(static_cast<OrderState>(i)) == word) {
      return static_cast<OrderState>(i);
    }
  }
  return OrderState::kOpen;
}

}  // namespace

Words Split(std::string_view text, char separator) {
  Words words = absl::StrSplit(Abs(text), separator, absl::SkipEmpty());
  for (std::string& word : words) {
    word = word == "-" ? "" : word;
  }
  return words;
}

absl::Status Unreadable(std::string_view text) {
  return absl::DataLossError(StrCat("not a line of the fake venue: ", text.substr(0, 80)));
}

absl::Time FromMs(const std::string& text) {
  int64_t ms = 0;
  return absl::SimpleAtoi(text, &ms) ? absl::FromUnixMillis(ms) : absl::InfinitePast();
}

absl::StatusOr<OrderUpdate> ParseOrderLine(const Words& words) {
  if (words.size() < 6 || words[0] != "order") {
    return Unreadable(words.empty() ? "" : words[0]);
  }
  OrderUpdate update;
  update.client_order_id = ClientOrderId(words[1]);
  update.exchange_order_id = ExchangeOrderId(words[2]);
  update.pair = kFakePair;
  update.state = StateOf(words[3]);
  ASSIGN_OR_RETURN(update.cumulative_filled, Quantity::Parse(words[4]));
  update.venue_time = FromMs(words[5]);
  update.reason = words.size() > 6 ? words[6] : "";
  return update;
}

absl::StatusOr<TradeUpdate> ParseTradeLine(const Words& words) {
  if (words.size() < 8 || words[0] != "trade") {
    return Unreadable(words.empty() ? "" : words[0]);
  }
  TradeUpdate update;
  update.fill.trade_id = TradeId(words[1]);
  update.fill.client_order_id = ClientOrderId(words[2]);
  update.fill.exchange_order_id = ExchangeOrderId(words[3]);
  update.fill.pair = kFakePair;
  update.fill.side = words[4] == "buy" ? Side::kBuy : Side::kSell;
  ASSIGN_OR_RETURN(update.fill.price, Price::Parse(words[5]));
  ASSIGN_OR_RETURN(update.fill.quantity, Quantity::Parse(words[6]));
  update.fill.venue_time = FromMs(words[7]);
  return update;
}

absl::StatusOr<BalanceUpdate> ParseBalanceLine(const Words& words) {
  if (words.size() < 5 || words[0] != "balance") {
    return Unreadable(words.empty() ? "" : words[0]);
  }
  BalanceUpdate update;
  update.asset = words[1];
  ASSIGN_OR_RETURN(update.balance.total, Decimal::Parse(words[2]));
  ASSIGN_OR_RETURN(update.balance.available, Decimal::Parse(words[3]));
  update.venue_time = FromMs(words[4]);
  return update;
}

absl::StatusOr<Position> ParsePositionLine(const Words& words) {
  if (words.size() != 6 || words[0] != "position") {
    return Unreadable(words.empty() ? "" : words[0]);
  }
  Position position;
  ASSIGN_OR_RETURN(position.pair, TradingPair::Parse(words[1]));
  position.side = words[2] == "long"    ? PositionSide::kLong
                  : words[2] == "short" ? PositionSide::kShort
                                        : PositionSide::kNet;
  ASSIGN_OR_RETURN(position.quantity, Quantity::Parse(words[3]));
  ASSIGN_OR_RETURN(position.entry_price, Price::Parse(words[4]));
  position.venue_time = FromMs(words[5]);
  return position;
}

absl::StatusOr<LeverageSetting> ParseLeverageLine(const Words& words) {
  LeverageSetting setting;
  if (words.size() != 3 || words[0] != "leverage" ||
      !absl::SimpleAtoi(words[1], &setting.leverage)) {
    return Unreadable(words.empty() ? "" : words[0]);
  }
  ASSIGN_OR_RETURN(setting.margin_mode, ParseMarginMode(words[2]));
  return setting;
}

absl::StatusOr<FundingInfo> ParseFundingLine(const Words& words) {
  if (words.size() != 5 || words[0] != "funding") {
    return Unreadable(words.empty() ? "" : words[0]);
  }
  FundingInfo info;
  ASSIGN_OR_RETURN(info.mark_price, Price::Parse(words[1]));
  ASSIGN_OR_RETURN(info.rate, Decimal::Parse(words[2]));
  info.next_funding_time = FromMs(words[3]);
  info.venue_time = FromMs(words[4]);
  return info;
}

absl::StatusOr<FundingPaymentUpdate> ParsePaidLine(const Words& words) {
  if ((words.size() != 5 && words.size() != 6) || words[0] != "paid") {
    return Unreadable(words.empty() ? "" : words[0]);
  }
  FundingPaymentUpdate payment;
  ASSIGN_OR_RETURN(payment.pair, TradingPair::Parse(words[1]));
  payment.asset = words[2];
  ASSIGN_OR_RETURN(payment.amount, Decimal::Parse(words[3]));
  payment.venue_time = FromMs(words[4]);
  payment.payment_id = PaymentId(words.size() == 6 ? words[5] : "");
  return payment;
}

absl::StatusOr<LiquidationUpdate> ParseLiquidationLine(const Words& words) {
  if (words.size() != 6 || words[0] != "liquidation") {
    return Unreadable(words.empty() ? "" : words[0]);
  }
  LiquidationUpdate liquidation;
  ASSIGN_OR_RETURN(liquidation.pair, TradingPair::Parse(words[1]));
  ASSIGN_OR_RETURN(liquidation.side, ParseSide(words[2]));
  ASSIGN_OR_RETURN(liquidation.price, Price::Parse(words[3]));
  ASSIGN_OR_RETURN(liquidation.quantity, Quantity::Parse(words[4]));
  liquidation.venue_time = FromMs(words[5]);
  return liquidation;
}

VenueCall MakeCall(HttpMethod method,
                   std::string path,
                   CallPriority priority,
                   CallSecurity security) {
  VenueCall call;
  call.request.method = method;
  call.request.path = std::move(path);
  call.priority = priority;
  call.security = security;
  call.charges = {{"weight", 1}};
  return call;
}

}  // namespace colibri
