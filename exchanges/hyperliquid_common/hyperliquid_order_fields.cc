#include "exchanges/hyperliquid_common/hyperliquid_order_fields.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/cloid.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"

namespace colibri::hyperliquid {
namespace {

absl::StatusOr<Side> ReadSide(const JsonFields& fields) {
  ASSIGN_OR_RETURN(const std::string_view side, fields.Text("side"));
  if (side != "A" && side != "B") {
    return fields.Missing("side", "A or B");
  }
  return side == "B" ? Side::kBuy : Side::kSell;
}

absl::StatusOr<ExchangeOrderId> ReadOid(const JsonFields& fields) {
  ASSIGN_OR_RETURN(const int64_t oid, fields.Integer("oid"));
  if (oid < 0) {
    return fields.Missing("oid", "zero or more");
  }
  return ExchangeOrderId::FromNumber(static_cast<uint64_t>(oid));
}

absl::StatusOr<Decimal> ReadPositive(const JsonFields& fields, std::string_view key) {
  ASSIGN_OR_RETURN(const Decimal value, fields.Number(key));
  if (!value.is_positive()) {
    return fields.Missing(key, "positive");
  }
  return value;
}

}  // namespace

absl::StatusOr<const Instrument*> FindInstrument(const JsonFields& fields,
                                                 const InstrumentTable& instruments) {
  ASSIGN_OR_RETURN(const std::string_view coin, fields.Text("coin"));
  return instruments.FindSymbol(coin);
}

absl::StatusOr<std::optional<Decimal>> ReadOptional(const JsonFields& fields,
                                                    std::string_view key) {
  if (!fields.HasValue(key)) {
    return std::nullopt;
  }
  return fields.Number(key);
}

absl::StatusOr<OrderState> ParseOrderState(std::string_view status) {
  for (const std::string_view word :
       {"open", "resting", "accepted", "triggered", "waitingForFill", "waitingForTrigger"}) {
    if (status == word) {
      return OrderState::kOpen;
    }
  }
  if (status == "filled") {
    return OrderState::kFilled;
  }
  const std::string lower = absl::AsciiStrToLower(Abs(status));
  if (absl::EndsWith(lower, "canceled") || status == "scheduledCancel" ||
      status == "internalCancel") {
    return OrderState::kCanceled;
  }
  if (absl::EndsWith(lower, "rejected")) {
    return OrderState::kRejected;
  }
  return absl::DataLossError(
      StrCat(kVenueWords, " order status ", Excerpt(status), " is not known"));
}

absl::StatusOr<std::optional<OrderUpdate>> ReadOrder(const JsonFields& order,
                                                     std::string_view status,
                                                     int64_t time_ms,
                                                     const InstrumentTable& instruments) {
  ASSIGN_OR_RETURN(const Instrument* const instrument, FindInstrument(order, instruments));
  if (instrument == nullptr) {
    return std::nullopt;
  }
  OrderUpdate update;
  update.pair = instrument->pair;
  ASSIGN_OR_RETURN(update.exchange_order_id, ReadOid(order));
  update.client_order_id = ClientOrderIdOf(order.TextOr("cloid", ""));
  update.venue_time = absl::FromUnixMillis(time_ms);
  ASSIGN_OR_RETURN(update.state, ParseOrderState(status));
  // The list of open orders says the condition instead; it has no time in force before the trigger.
  update.is_triggered = status == "triggered" ||
                        (order.Has("isTrigger") &&
                         (!order.FlagOr("isTrigger", false) || !order.TextOr("tif", "").empty()));
  ASSIGN_OR_RETURN(const Decimal left, order.Number("sz"));
  ASSIGN_OR_RETURN(const std::optional<Decimal> original, ReadOptional(order, "origSz"));
  if (original.has_value()) {
    if (left.is_negative() || left > *original) {
      return order.Missing("sz", "between zero and origSz");
    }
    update.cumulative_filled = Quantity(*original - left);
    if (update.state == OrderState::kOpen && left < *original && left.is_positive()) {
      update.state = OrderState::kPartiallyFilled;
    }
  }
  if (IsTerminal(update.state) && update.state != OrderState::kFilled) {
    update.reason = std::string(status);
  }
  return update;
}

absl::StatusOr<std::optional<TradeUpdate>> ReadFill(const JsonFields& fill,
                                                    const InstrumentTable& instruments) {
  ASSIGN_OR_RETURN(const Instrument* const instrument, FindInstrument(fill, instruments));
  if (instrument == nullptr) {
    return std::nullopt;
  }
  TradeUpdate update;
  Fill& read = update.fill;
  read.pair = instrument->pair;
  ASSIGN_OR_RETURN(const int64_t trade_id, fill.Integer("tid"));
  if (trade_id < 0) {
    return fill.Missing("tid", "zero or more");
  }
  if (trade_id == 0) {
    return std::nullopt;  // no trade: the venue turned a rest too small to sell into its quote
  }
  read.trade_id = TradeId::FromNumber(static_cast<uint64_t>(trade_id));
  ASSIGN_OR_RETURN(read.exchange_order_id, ReadOid(fill));
  read.client_order_id = ClientOrderIdOf(fill.TextOr("cloid", ""));
  ASSIGN_OR_RETURN(read.side, ReadSide(fill));
  ASSIGN_OR_RETURN(const Decimal price, ReadPositive(fill, "px"));
  ASSIGN_OR_RETURN(const Decimal quantity, ReadPositive(fill, "sz"));
  ASSIGN_OR_RETURN(const Decimal fee, fill.Number("fee"));
  ASSIGN_OR_RETURN(const bool is_taker, fill.Flag("crossed"));
  ASSIGN_OR_RETURN(const int64_t time_ms, fill.Integer("time"));
  ASSIGN_OR_RETURN(const std::optional<Decimal> profit, ReadOptional(fill, "closedPnl"));
  read.price = Price(price);
  read.quantity = Quantity(quantity);
  if (!fee.is_zero()) {  // negative: a rebate
    ASSIGN_OR_RETURN(const std::string_view token, fill.Text("feeToken"));
    read.fees.push_back({.asset = std::string(token), .amount = fee});
  }
  read.is_maker = !is_taker;
  read.venue_time = absl::FromUnixMillis(time_ms);
  if (profit.has_value()) {
    read.realised_profit = Notional(*profit);
  }
  return update;
}

}  // namespace colibri::hyperliquid
