#include "exchanges/binance_perpetual/binance_perpetual_user_stream.h"

#include <algorithm>
#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/binance_common/binance_conditional_orders.h"
#include "exchanges/binance_common/binance_json.h"
#include "exchanges/binance_common/binance_order_fields.h"

namespace colibri::binance::perpetual {
namespace {

constexpr std::string_view kFrame = "private frame";

// Orders that the venue makes have ids of these beginnings: it closes a position by force, or
// because the contract ends.
constexpr std::string_view kLiquidationPrefix = "autoclose-";
constexpr std::string_view kDeleveragingPrefix = "adl_autoclose";
constexpr std::string_view kSettlementPrefix = "settlement_autoclose-";
constexpr std::string_view kDeliveryPrefix = "delivery_autoclose-";

bool HasPrefix(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

constexpr std::string_view kReplacedAfterTrigger = "8";  // of "er"

void AddLiquidation(const TradeUpdate& trade, bool is_deleveraging, PrivateMessage& message) {
  const Fill& fill = trade.fill;
  message.liquidations.push_back({.pair = fill.pair,
                                  .position_side = fill.position_side,
                                  .side = fill.side,
                                  .price = fill.price,
                                  .quantity = fill.quantity,
                                  .is_auto_deleveraging = is_deleveraging,
                                  .venue_time = fill.venue_time});
}

// {"e":"ORDER_TRADE_UPDATE","E":1568879465651,"T":1568879465650,"o":{"s":"BTCUSDT","c":"TEST",
//  "S":"SELL","o":"LIMIT","f":"GTC","q":"0.001","p":"7100.5","ap":"7100.5","x":"TRADE",
//  "X":"PARTIALLY_FILLED","i":8886774,"l":"0.001","z":"0.001","L":"7100.5","N":"USDT","n":"0.0142",
//  "T":1568879465650,"t":12345678,"m":false,"R":false,"ps":"BOTH","rp":"0","er":"0"}}
// c is always the order's own id; n and N are absent without a fee.
absl::StatusOr<PrivateMessage> ReadOrderEvent(const JsonFields& event,
                                              const InstrumentTable& instruments) {
  PrivateMessage message;
  ASSIGN_OR_RETURN(const JsonFields report, event.Object("o"));
  ASSIGN_OR_RETURN(const Instrument* instrument, FindInstrument(report, "s", instruments));
  if (instrument == nullptr) {
    return message;
  }
  OrderUpdate order;
  order.source = Source::kStream;
  order.is_triggered = true;  // what waits has other events
  order.pair = instrument->pair;
  ASSIGN_OR_RETURN(const std::string_view client_id, report.Text("c"));
  ASSIGN_OR_RETURN(order.exchange_order_id, ReadExchangeOrderId(report, "i"));
  ASSIGN_OR_RETURN(const std::string_view execution, report.Text("x"));
  ASSIGN_OR_RETURN(const std::string_view status, report.Text("X"));
  ASSIGN_OR_RETURN(order.state, ParseOrderState(status));
  ASSIGN_OR_RETURN(const Decimal filled, report.Amount("z"));
  ASSIGN_OR_RETURN(const int64_t time_ms, report.Count("T"));
  order.client_order_id = ToClientOrderId(client_id);
  order.cumulative_filled = Quantity(filled);
  order.venue_time = absl::FromUnixMillis(time_ms);
  if (execution == "AMENDMENT") {
    ASSIGN_OR_RETURN(const Decimal quantity, report.Positive("q"));
    order.quantity = Quantity(quantity);
  }
  if (report.TextOr("er", "") == kReplacedAfterTrigger) {
    order.state = OrderState::kOpen;  // it goes on as what it became
  }
  if (IsTerminal(order.state)) {
    order.reason = EndReason(status, "", ExpiryReasonText(report.TextOr("er", "")));
  }
  const bool is_liquidation = HasPrefix(client_id, kLiquidationPrefix);
  const bool is_deleveraging = HasPrefix(client_id, kDeleveragingPrefix);
  const bool is_by_venue = execution == "CALCULATED" || is_liquidation || is_deleveraging ||
                           HasPrefix(client_id, kSettlementPrefix) ||
                           HasPrefix(client_id, kDeliveryPrefix);
  ASSIGN_OR_RETURN(const Decimal last, report.Amount("l"));
  if (execution == "TRADE" || (execution == "CALCULATED" && last.is_positive())) {
    ASSIGN_OR_RETURN(TradeUpdate trade, ReadStreamFill(report, order));
    if (execution == "CALCULATED" || is_liquidation || is_deleveraging) {
      AddLiquidation(trade, is_deleveraging || status == "NEW_ADL", message);
    }
    message.trades.push_back(std::move(trade));
  }
  // Nobody placed an order of the venue, and nobody can cancel it: its fills are all there is.
  if (!is_by_venue) {
    message.orders.push_back(std::move(order));
  }
  if (!message.orders.empty() || !message.trades.empty()) {
    message.kind = PrivateMessage::Kind::kUpdate;
  }
  return message;
}

absl::StatusOr<MarginMode> ReadMarginMode(const JsonFields& fields, std::string_view key) {
  ASSIGN_OR_RETURN(const std::string_view mode, fields.Text(key));
  if (mode == "isolated" || mode == "ISOLATED") {
    return MarginMode::kIsolated;
  }
  if (mode == "cross" || mode == "CROSSED") {
    return MarginMode::kCross;
  }
  return fields.Missing(key, "cross or isolated");
}

// What account events and margin calls tell alike: side, amount, profit.
absl::StatusOr<Position> ReadPosition(const JsonFields& fields, const TradingPair& pair) {
  Position position;
  position.pair = pair;
  ASSIGN_OR_RETURN(position.side, ReadPositionSide(fields, "ps"));
  ASSIGN_OR_RETURN(const Decimal quantity, fields.Number("pa"));
  ASSIGN_OR_RETURN(const Decimal profit, fields.Number("up"));
  position.quantity = Quantity(quantity);
  position.unrealised_profit = Notional(profit);
  return position;
}

// {"a":"USDT","wb":"122624.12345678","cw":"100.12345678","bc":"50.12345678"}: what is available is
// not told.
absl::StatusOr<BalanceUpdate> ReadWallet(const JsonFields& fields, absl::Time venue_time) {
  BalanceUpdate update;
  ASSIGN_OR_RETURN(update.asset, fields.Text("a"));
  ASSIGN_OR_RETURN(update.balance.total, fields.Number("wb"));
  update.venue_time = venue_time;
  update.source = Source::kStream;
  update.is_total_only = true;
  return update;
}

// {"e":"ACCOUNT_UPDATE","E":..,"T":1564745798938,"a":{"m":"ORDER","B":[{"a":"USDT","wb":"1"}],
//  "P":[{"s":"BTCUSDT","pa":"20","ep":"6563.66500","cr":"0","up":"2850.21200","mt":"isolated",
//  "iw":"13200.70726908","ps":"LONG"}]}}: absolute, of what changed. A funding payment on a cross
// position names no symbol.
absl::StatusOr<PrivateMessage> ReadAccountEvent(const JsonFields& event,
                                                const InstrumentTable& instruments) {
  PrivateMessage message;
  ASSIGN_OR_RETURN(const JsonFields account, event.Object("a"));
  ASSIGN_OR_RETURN(const std::string_view reason, account.Text("m"));
  const absl::Time venue_time = TimeOrPast(event, "T");
  if (account.Has("B")) {
    RETURN_IF_ERROR(account.ForEachObject("B", [&](const JsonFields& fields) -> absl::Status {
      ASSIGN_OR_RETURN(message.balances.emplace_back(), ReadWallet(fields, venue_time));
      return absl::OkStatus();
    }));
  }
  if (account.Has("P")) {
    RETURN_IF_ERROR(account.ForEachObject("P", [&](const JsonFields& fields) -> absl::Status {
      ASSIGN_OR_RETURN(const Instrument* instrument, FindInstrument(fields, "s", instruments));
      if (instrument == nullptr) {
        return absl::OkStatus();
      }
      ASSIGN_OR_RETURN(Position position, ReadPosition(fields, instrument->pair));
      ASSIGN_OR_RETURN(const Decimal entry_price, fields.Amount("ep"));
      position.entry_price = Price(entry_price);
      position.venue_time = venue_time;
      message.positions.push_back(std::move(position));
      if (reason == "MARGIN_TYPE_CHANGE") {
        ASSIGN_OR_RETURN(const MarginMode mode, ReadMarginMode(fields, "mt"));
        message.leverages.push_back({.pair = instrument->pair, .margin_mode = mode});
      }
      return absl::OkStatus();
    }));
  }
  message.is_funding_due = reason == "FUNDING_FEE";
  if (!message.balances.empty() || !message.positions.empty() || message.is_funding_due) {
    message.kind = PrivateMessage::Kind::kUpdate;
  }
  return message;
}

// {"e":"ACCOUNT_CONFIG_UPDATE","E":..,"T":..,"ac":{"s":"BTCUSDT","l":25}}, or "ai":{"j":true} for
// margin of several assets.
absl::StatusOr<PrivateMessage> ReadSettingEvent(const JsonFields& event,
                                                const InstrumentTable& instruments) {
  PrivateMessage message;
  if (!event.Has("ac")) {
    return message;
  }
  ASSIGN_OR_RETURN(const JsonFields setting, event.Object("ac"));
  ASSIGN_OR_RETURN(const Instrument* instrument, FindInstrument(setting, "s", instruments));
  ASSIGN_OR_RETURN(const int64_t leverage, setting.Integer("l"));
  if (leverage < 1 || leverage > 1000) {
    return setting.Missing("l", "1 to 1000");
  }
  if (instrument != nullptr) {
    message.kind = PrivateMessage::Kind::kUpdate;
    message.leverages.push_back({.pair = instrument->pair, .leverage = static_cast<int>(leverage)});
  }
  return message;
}

// {"e":"MARGIN_CALL","E":1587727187525,"cw":"3.16812045","p":[{"s":"ETHUSDT","ps":"LONG",
//  "pa":"1.327","mt":"CROSSED","iw":"0","mp":"187.17127","up":"-1.166074","mm":"1.614445"}]}: the
// entry price is not told.
absl::StatusOr<PrivateMessage> ReadMarginCall(const JsonFields& event,
                                              const InstrumentTable& instruments) {
  PrivateMessage message;
  RETURN_IF_ERROR(event.ForEachObject("p", [&](const JsonFields& fields) -> absl::Status {
    ASSIGN_OR_RETURN(const Instrument* instrument, FindInstrument(fields, "s", instruments));
    if (instrument == nullptr) {
      return absl::OkStatus();
    }
    MarginCallUpdate call;
    ASSIGN_OR_RETURN(call.position, ReadPosition(fields, instrument->pair));
    ASSIGN_OR_RETURN(const Decimal maintenance, fields.Amount("mm"));
    call.position.venue_time = TimeOrPast(event, "E");
    call.maintenance_margin = Notional(maintenance);
    message.margin_calls.push_back(std::move(call));
    return absl::OkStatus();
  }));
  if (!message.margin_calls.empty()) {
    message.kind = PrivateMessage::Kind::kUpdate;
  }
  return message;
}

}  // namespace

struct BinancePerpetualUserStream::Rep {
  simdjson::dom::parser json;
};

BinancePerpetualUserStream::BinancePerpetualUserStream(const VenueHosts& hosts,
                                                       const ExchangeConfig& config,
                                                       const InstrumentTable& instruments)
    : private_stream_url_(hosts.private_stream_url),
      requests_(config),
      instruments_(instruments),
      rep_(std::make_unique<Rep>()) {}

BinancePerpetualUserStream::~BinancePerpetualUserStream() = default;

absl::StatusOr<PrivateMessage> BinancePerpetualUserStream::Parse(std::string_view frame) {
  ASSIGN_OR_RETURN(JsonFields event, ParseObject(rep_->json, frame, kFrame));
  if (event.Has("data")) {
    ASSIGN_OR_RETURN(event, event.Object("data"));
  }
  PrivateMessage message;
  if (!event.Has("e") && event.Has("id")) {
    return message;  // the acknowledgement of a subscription
  }
  ASSIGN_OR_RETURN(const std::string_view type, event.Text("e"));
  if (type == "ORDER_TRADE_UPDATE") {
    return ReadOrderEvent(event, instruments_);
  }
  if (type == "ALGO_UPDATE") {
    return ReadConditionalOrderEvent(event, instruments_);
  }
  if (type == "ACCOUNT_UPDATE") {
    return ReadAccountEvent(event, instruments_);
  }
  if (type == "ACCOUNT_CONFIG_UPDATE") {
    return ReadSettingEvent(event, instruments_);
  }
  if (type == "MARGIN_CALL") {
    return ReadMarginCall(event, instruments_);
  }
  if (type == "listenKeyExpired" || type == "eventStreamTerminated" || type == "serverShutdown") {
    message.kind = PrivateMessage::Kind::kStreamEnded;
    message.status = absl::UnavailableError(StrCat("Binance ended the private stream: ", type));
  }
  // TRADE_LITE repeats a fill without its fee, before the event that has it: counting both would
  // double it. STRATEGY_UPDATE, GRID_UPDATE and CONDITIONAL_ORDER_TRIGGER_REJECT are of orders that
  // are never placed here; events to come tell nothing of ours.
  return message;
}

}  // namespace colibri::binance::perpetual
