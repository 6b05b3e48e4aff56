#include "exchanges/binance_common/binance_order_fields.h"

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/binance_common/binance_conditional_orders.h"
#include "exchanges/binance_common/binance_order_answers.h"

namespace colibri::binance {

absl::StatusOr<OrderState> ParseOrderState(std::string_view status) {
  struct Row {
    std::string_view status;
    OrderState state;
  };
  constexpr Row kRows[] = {
      {"NEW", OrderState::kOpen},
      {"PENDING_NEW", OrderState::kPendingCreate},  // a leg of an order list that waits
      {"PARTIALLY_FILLED", OrderState::kPartiallyFilled},
      {"FILLED", OrderState::kFilled},
      {"CANCELED", OrderState::kCanceled},
      {"PENDING_CANCEL", OrderState::kOpen},  // unused today
      {"REJECTED", OrderState::kRejected},
      {"EXPIRED", OrderState::kExpired},
      {"EXPIRED_IN_MATCH", OrderState::kExpired},
      {"NEW_INSURANCE", OrderState::kOpen},  // USD-M: the venue closes a position
      {"NEW_ADL", OrderState::kOpen},
  };
  for (const Row& row : kRows) {
    if (row.status == status) {
      return row.state;
    }
  }
  return absl::DataLossError(StrCat("Binance order status ", Excerpt(status), " is not known"));
}

ClientOrderId ToClientOrderId(std::string_view text) {
  return text.size() <= ClientOrderId::kMaxLength ? ClientOrderId(text) : ClientOrderId();
}

absl::StatusOr<ExchangeOrderId> ReadExchangeOrderId(const JsonFields& fields,
                                                    std::string_view key) {
  ASSIGN_OR_RETURN(const int64_t id, fields.Count(key));
  return ExchangeOrderId::FromNumber(static_cast<uint64_t>(id));
}

absl::StatusOr<FeeAmounts> ReadFee(const JsonFields& fields,
                                   std::string_view amount_key,
                                   std::string_view asset_key) {
  FeeAmounts fees;
  ASSIGN_OR_RETURN(const Decimal amount, fields.Number(amount_key));
  if (amount.is_zero()) {
    return fees;
  }
  ASSIGN_OR_RETURN(const std::string_view asset, fields.Text(asset_key));
  fees.push_back({.asset = std::string(asset), .amount = amount});
  return fees;
}

absl::StatusOr<BalanceUpdate> ReadBalance(const JsonFields& fields,
                                          std::string_view asset_key,
                                          std::string_view free_key,
                                          std::string_view locked_key) {
  BalanceUpdate update;
  ASSIGN_OR_RETURN(const std::string_view asset, fields.Text(asset_key));
  ASSIGN_OR_RETURN(const Decimal free, fields.Number(free_key));
  ASSIGN_OR_RETURN(const Decimal locked, fields.Number(locked_key));
  const absl::StatusOr<Decimal> total = CheckedAdd(free, locked);
  if (!total.ok()) {
    return fields.Missing(free_key, "an amount that can be added up");
  }
  update.asset = std::string(asset);
  update.balance = {.total = *total, .available = free};
  return update;
}

absl::StatusOr<Side> ReadSide(const JsonFields& fields, std::string_view key) {
  ASSIGN_OR_RETURN(const std::string_view side, fields.Text(key));
  if (side != "BUY" && side != "SELL") {
    return fields.Missing(key, "BUY or SELL");
  }
  return side == "BUY" ? Side::kBuy : Side::kSell;
}

absl::StatusOr<PositionSide> ReadPositionSide(const JsonFields& fields, std::string_view key) {
  ASSIGN_OR_RETURN(const std::string_view side, fields.Text(key));
  if (side == "BOTH") {
    return PositionSide::kNet;
  }
  if (side == "LONG" || side == "SHORT") {
    return side == "LONG" ? PositionSide::kLong : PositionSide::kShort;
  }
  return fields.Missing(key, "BOTH, LONG or SHORT");
}

// Of perpetuals; nothing where a field is absent.
absl::Status ReadPositionFields(const JsonFields& fields,
                                std::string_view side_key,
                                std::string_view profit_key,
                                Fill& fill) {
  if (fields.Has(side_key)) {
    ASSIGN_OR_RETURN(fill.position_side, ReadPositionSide(fields, side_key));
  }
  if (fields.Has(profit_key)) {
    ASSIGN_OR_RETURN(const Decimal profit, fields.Number(profit_key));
    fill.realised_profit = Notional(profit);
  }
  return absl::OkStatus();
}

absl::StatusOr<TradeUpdate> ReadStreamFill(const JsonFields& report, const OrderUpdate& order) {
  TradeUpdate trade;
  trade.source = Source::kStream;
  Fill& fill = trade.fill;
  ASSIGN_OR_RETURN(const int64_t trade_id, report.Count("t"));
  fill.trade_id = TradeId::FromNumber(static_cast<uint64_t>(trade_id));
  fill.client_order_id = order.client_order_id;
  fill.exchange_order_id = order.exchange_order_id;
  fill.pair = order.pair;
  fill.venue_time = order.venue_time;
  ASSIGN_OR_RETURN(fill.side, ReadSide(report, "S"));
  ASSIGN_OR_RETURN(const Decimal quantity, report.Positive("l"));
  ASSIGN_OR_RETURN(const Decimal price, report.Positive("L"));
  fill.quantity = Quantity(quantity);
  fill.price = Price(price);
  // USD-M leaves both out where there is no fee.
  if (report.Has("n") || !report.Has("ps")) {
    ASSIGN_OR_RETURN(fill.fees, ReadFee(report, "n", "N"));
  }
  ASSIGN_OR_RETURN(fill.is_maker, report.Flag("m"));
  RETURN_IF_ERROR(ReadPositionFields(report, "ps", "rp", fill));
  return trade;
}

absl::StatusOr<const Instrument*> FindInstrument(const JsonFields& fields,
                                                 std::string_view key,
                                                 const InstrumentTable& instruments) {
  ASSIGN_OR_RETURN(const std::string_view symbol, fields.Text(key));
  return instruments.FindSymbol(symbol);
}

absl::Time TimeOrPast(const JsonFields& fields, std::string_view key) {
  const int64_t time_ms = fields.IntegerOr(key, 0);
  return time_ms > 0 ? absl::FromUnixMillis(time_ms) : absl::InfinitePast();
}

absl::StatusOr<const Instrument*> InstrumentOf(const JsonFields& fields,
                                               const InstrumentTable& instruments) {
  ASSIGN_OR_RETURN(const std::string_view symbol, fields.Text("symbol"));
  const Instrument* const instrument = instruments.FindSymbol(symbol);
  if (instrument == nullptr) {
    return absl::DataLossError(StrCat("Binance ",
                                      fields.where(),
                                      " names the symbol ",
                                      Excerpt(symbol),
                                      ", which was not asked for"));
  }
  return instrument;
}

// When the order last changed, by what the answer tells.
absl::Time TimeOf(const JsonFields& fields) {
  const int64_t time_ms = fields.IntegerOr("updateTime", fields.IntegerOr("transactTime", 0));
  return time_ms > 0 ? absl::FromUnixMillis(time_ms) : absl::InfinitePast();
}

// What every answer about an order holds. An acknowledgement has no status: it is open.
absl::StatusOr<OrderUpdate> ReadOrder(const JsonFields& fields,
                                      const TradingPair& pair,
                                      std::string_view client_id_key) {
  if (fields.Has("algoId")) {
    return ReadConditionalOrder(fields, pair);
  }
  OrderUpdate update;
  update.is_triggered = true;  // what waits has no such record
  update.pair = pair;
  update.source = Source::kRest;
  update.venue_time = TimeOf(fields);
  ASSIGN_OR_RETURN(const std::string_view client_id, fields.Text(client_id_key));
  update.client_order_id = ToClientOrderId(client_id);
  ASSIGN_OR_RETURN(update.exchange_order_id, ReadExchangeOrderId(fields, "orderId"));
  if (!fields.Has("status")) {
    update.state = OrderState::kOpen;
    return update;
  }
  ASSIGN_OR_RETURN(const std::string_view status, fields.Text("status"));
  ASSIGN_OR_RETURN(update.state, ParseOrderState(status));
  ASSIGN_OR_RETURN(const Decimal filled, fields.Amount("executedQty"));
  update.cumulative_filled = Quantity(filled);
  if (IsTerminal(update.state)) {
    update.reason = EndReason(status, "", fields.TextOr("expiryReason", ""));
  }
  return update;
}

absl::Status CheckIsOf(const OrderUpdate& update, const Order& order, std::string_view where) {
  const bool is_same =
      order.client_order_id.empty()
          ? update.exchange_order_id == order.exchange_order_id
          : update.client_order_id == order.client_order_id ||
                (order.is_triggered && update.exchange_order_id == order.exchange_order_id);
  if (!is_same) {
    return absl::DataLossError(StrCat("Binance ",
                                      where,
                                      " is about order ",
                                      update.client_order_id.view(),
                                      " (",
                                      update.exchange_order_id.view(),
                                      "), not ",
                                      order.client_order_id.view()));
  }
  return absl::OkStatus();
}

std::string_view ExpiryReasonText(std::string_view code) {
  struct Row {
    std::string_view code;
    std::string_view words;
  };
  constexpr Row kRows[] = {
      {"1", "self-trade prevention"},
      {"2", "the rest of an immediate-or-cancel order"},
      {"3", "self-trade prevention of an immediate-or-cancel order"},
      {"4", "displaced by a reduce-only order, or it would turn the position"},
      {"5", "the account is liquidated"},
      {"6", "its condition is not met"},
      {"7", "the contract is delisted"},
      {"9", "a market order that was not filled whole"},
  };
  for (const Row& row : kRows) {
    if (row.code == code) {
      return row.words;
    }
  }
  return "";
}

std::string EndReason(std::string_view status,
                      std::string_view reject_reason,
                      std::string_view expiry_reason) {
  std::string reason;
  const auto add = [&reason](std::string_view words) {
    if (!words.empty() && words != "NONE") {
      reason.append(reason.empty() ? "" : ", ").append(words.substr(0, 100));
    }
  };
  if (status == "EXPIRED_IN_MATCH") {
    add("self-trade prevention");
  }
  add(reject_reason);
  add(expiry_reason);
  return reason;
}

}  // namespace colibri::binance
