#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_fields.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"
#include "exchanges/hyperliquid_common/hyperliquid_order_fields.h"

namespace colibri::hyperliquid::perpetual {
namespace {

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

}  // namespace colibri::hyperliquid::perpetual
