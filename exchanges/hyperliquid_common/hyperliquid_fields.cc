#include "exchanges/hyperliquid_common/hyperliquid_fields.h"

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

absl::StatusOr<const Instrument*> FindInstrument(const JsonFields& fields,
                                                 const InstrumentTable& instruments) {
  ASSIGN_OR_RETURN(const std::string_view coin, fields.Text("coin"));
  return instruments.FindSymbol(coin);
}

// The number behind `key`, where there is one.
absl::StatusOr<std::optional<Decimal>> ReadOptional(const JsonFields& fields,
                                                    std::string_view key) {
  const std::optional<simdjson::dom::element> element = fields.Find(key);
  if (!element.has_value() || element->is_null()) {
    return std::nullopt;
  }
  return fields.Number(key);
}

absl::StatusOr<Position> ReadPosition(const JsonFields& fields, const Instrument& instrument) {
  Position position;
  position.pair = instrument.pair;
  ASSIGN_OR_RETURN(const Decimal quantity, fields.Number("szi"));
  position.quantity = Quantity(quantity);
  ASSIGN_OR_RETURN(const std::optional<Decimal> entry, ReadOptional(fields, "entryPx"));
  position.entry_price = Price(entry.value_or(Decimal()));
  ASSIGN_OR_RETURN(const std::optional<Decimal> profit, ReadOptional(fields, "unrealizedPnl"));
  if (profit.has_value()) {
    position.unrealised_profit = Notional(*profit);
  }
  ASSIGN_OR_RETURN(const std::optional<Decimal> liquidation, ReadOptional(fields, "liquidationPx"));
  if (liquidation.has_value()) {
    position.liquidation_price = Price(*liquidation);
  }
  return position;
}

}  // namespace

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
    read.fees.push_back(
        {.asset = std::string(fill.TextOr("feeToken", kCollateral)), .amount = fee});
  }
  read.is_maker = !is_taker;
  read.venue_time = absl::FromUnixMillis(time_ms);
  if (profit.has_value()) {
    read.realised_profit = Notional(*profit);
  }
  return update;
}

// "liquidation":{"liquidatedUser":"0x..","markPx":"66607.0","method":"market"}: the liquidator's
// fills carry it too.
std::optional<LiquidationUpdate> ReadLiquidation(const JsonFields& fill,
                                                 const Fill& read,
                                                 std::string_view account) {
  const absl::StatusOr<JsonFields> liquidation = fill.Object("liquidation");
  if (!liquidation.ok() ||
      !absl::EqualsIgnoreCase(Abs(liquidation->TextOr("liquidatedUser", "")), Abs(account))) {
    return std::nullopt;
  }
  return LiquidationUpdate{
      .pair = read.pair,
      .side = read.side,
      .price = read.price,
      .quantity = read.quantity,
      .is_auto_deleveraging = absl::StrContains(Abs(fill.TextOr("dir", "")), "Deleveraging"),
      .venue_time = read.venue_time};
}

absl::StatusOr<LeverageSetting> ReadLeverage(const JsonFields& holder) {
  ASSIGN_OR_RETURN(const JsonFields leverage, holder.Object("leverage"));
  ASSIGN_OR_RETURN(const std::string_view type, leverage.Text("type"));
  ASSIGN_OR_RETURN(const int64_t value, leverage.Integer("value"));
  if ((type != "cross" && type != "isolated") || value < 1 || value > 1000) {
    return holder.Missing("leverage", "cross or isolated, from 1 to 1000");
  }
  return LeverageSetting{
      .leverage = static_cast<int>(value),
      .margin_mode = type == "cross" ? MarginMode::kCross : MarginMode::kIsolated};
}

absl::StatusOr<AccountState> ReadAccount(const JsonFields& state,
                                         const InstrumentTable& instruments) {
  AccountState account;
  ASSIGN_OR_RETURN(
      const JsonFields summary,
      state.Object(state.Has("marginSummary") ? "marginSummary" : "crossMarginSummary"));
  ASSIGN_OR_RETURN(Decimal total, summary.Number("accountValue"));
  ASSIGN_OR_RETURN(const Decimal available, state.Number("withdrawable"));
  ASSIGN_OR_RETURN(const int64_t time_ms, state.Integer("time"));
  const absl::Time time = absl::FromUnixMillis(time_ms);
  ASSIGN_OR_RETURN(const simdjson::dom::array entries, state.Array("assetPositions"));
  for (const simdjson::dom::element entry : entries) {
    ASSIGN_OR_RETURN(const JsonFields holder, ObjectOf(entry, kVenueWords, state.where()));
    ASSIGN_OR_RETURN(const JsonFields fields, holder.Object("position"));
    // Of every coin, traded here or not: their profit is in the account's value.
    ASSIGN_OR_RETURN(const Decimal profit, fields.Number("unrealizedPnl"));
    ASSIGN_OR_RETURN(total, CheckedAdd(total, -profit));
    ASSIGN_OR_RETURN(const Instrument* const instrument, FindInstrument(fields, instruments));
    if (instrument == nullptr) {
      continue;
    }
    ASSIGN_OR_RETURN(Position position, ReadPosition(fields, *instrument));
    position.venue_time = time;
    account.positions.push_back(std::move(position));
    ASSIGN_OR_RETURN(const LeverageSetting leverage, ReadLeverage(fields));
    account.leverages.push_back({.pair = instrument->pair,
                                 .leverage = leverage.leverage,
                                 .margin_mode = leverage.margin_mode});
  }
  account.balance = {.asset = std::string(kCollateral),
                     .balance = {.total = total, .available = available},
                     .venue_time = time};
  return account;
}

absl::StatusOr<std::optional<FundingPaymentUpdate>> ReadFunding(
    const JsonFields& payment, const InstrumentTable& instruments) {
  JsonFields delta = payment;
  if (payment.Has("delta")) {
    ASSIGN_OR_RETURN(delta, payment.Object("delta"));
  }
  ASSIGN_OR_RETURN(const Instrument* const instrument, FindInstrument(delta, instruments));
  if (instrument == nullptr) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(const Decimal amount, delta.Number("usdc"));
  ASSIGN_OR_RETURN(const std::optional<Decimal> rate, ReadOptional(delta, "fundingRate"));
  ASSIGN_OR_RETURN(const int64_t time_ms, payment.Integer("time"));
  return FundingPaymentUpdate{.pair = instrument->pair,
                              .asset = std::string(kCollateral),
                              .amount = amount,
                              .rate = rate,
                              .venue_time = absl::FromUnixMillis(time_ms)};
}

}  // namespace colibri::hyperliquid
