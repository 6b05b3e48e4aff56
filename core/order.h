// An order as Colibri knows it: the request, the states, the record.
//
// States by rank; a lower rank never overwrites a higher one:
//   PendingCreate(0) -> Open(1) -> PartiallyFilled(2) -> Filled | Canceled | Rejected | Expired (3)
// Orthogonal to the state: cancel requested, in doubt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/fees.h"
#include "core/ids.h"
#include "core/position.h"
#include "core/trading_pair.h"
#include "core/units.h"

namespace colibri {

enum class Side : uint8_t { kBuy, kSell };
enum class OrderType : uint8_t {
  kLimit,
  kLimitMaker,  // post-only: refused by the venue when it would take
  kMarket,
};
enum class TimeInForce : uint8_t { kGtc, kIoc, kFok };
// What a conditional order waits for. A stop waits for the price to go against the position that
// its side closes, and a take-profit for the opposite.
enum class TriggerKind : uint8_t { kStop, kTakeProfit };
enum class TriggerSource : uint8_t { kLast, kMark };  // the last trade's price, or the mark price
enum class OrderState : uint8_t {
  kPendingCreate,
  kOpen,
  kPartiallyFilled,
  kFilled,
  kCanceled,
  kRejected,
  kExpired,
};

constexpr Side Opposite(Side side) {
  return side == Side::kBuy ? Side::kSell : Side::kBuy;
}
constexpr bool IsTerminal(OrderState state) {
  return state >= OrderState::kFilled;
}
constexpr int Rank(OrderState state) {
  return IsTerminal(state) ? 3 : static_cast<int>(state);
}

// snake_case words: "buy", "limit_maker", "ioc", "partially_filled". Parse is InvalidArgument with
// the known words.
std::string_view ToString(Side side);
std::string_view ToString(OrderType type);
std::string_view ToString(TimeInForce time_in_force);
std::string_view ToString(OrderState state);
std::string_view ToString(TriggerKind kind);
std::string_view ToString(TriggerSource source);
absl::StatusOr<Side> ParseSide(std::string_view text);
absl::StatusOr<OrderType> ParseOrderType(std::string_view text);
absl::StatusOr<TimeInForce> ParseTimeInForce(std::string_view text);

struct OrderTrigger {
  Price price = {};
  TriggerKind kind = TriggerKind::kStop;
  TriggerSource source = TriggerSource::kLast;

  bool operator==(const OrderTrigger&) const = default;
};

// Whether it triggers when the price rises to the trigger's; else when it falls to it.
constexpr bool WaitsForRise(Side side, TriggerKind kind) {
  return (side == Side::kBuy) == (kind == TriggerKind::kStop);
}

struct OrderRequest {
  TradingPair pair = {};
  Side side = Side::kBuy;
  OrderType type = OrderType::kLimit;
  TimeInForce time_in_force = TimeInForce::kGtc;
  Quantity quantity = {};                     // base; zero when quote_quantity is given
  std::optional<Price> price = std::nullopt;  // required but for market orders
  std::optional<Notional> quote_quantity =
      std::nullopt;  // market orders only: spend or receive this much quote
  std::optional<ClientOrderId> client_order_id = std::nullopt;  // made by the connector when absent
  PositionAction position_action = PositionAction::kOpen;  // of perpetuals; spot knows kOpen only
  // The order waits for it at the venue, and locks nothing until then.
  std::optional<OrderTrigger> trigger = std::nullopt;
};

struct Order {
  ClientOrderId client_order_id;
  ExchangeOrderId exchange_order_id;  // empty until told; a trigger may bring another one
  TradingPair pair;
  Side side = Side::kBuy;
  OrderType type = OrderType::kLimit;
  TimeInForce time_in_force = TimeInForce::kGtc;
  Quantity quantity;
  std::optional<Price> price;  // of a market order: the worst, where the venue wants one
  std::optional<Notional> quote_quantity;
  PositionAction position_action = PositionAction::kOpen;
  PositionSide position_side = PositionSide::kNet;
  std::optional<OrderTrigger> trigger = std::nullopt;
  bool is_triggered = false;  // a conditional order no longer waits: it is in the market, or over
  OrderState state = OrderState::kPendingCreate;
  bool is_cancel_requested = false;
  bool is_in_doubt = false;  // sent, and nobody knows whether the venue has it
  bool is_restored = false;  // placed by an earlier process, and known from its journal
  Quantity filled;           // base, sum of the fills seen
  Notional filled_notional;  // quote, sum of price * quantity of the fills seen
  FeeAmounts fees;
  absl::Time created_at;  // ours
  absl::Time updated_at;  // venue's time of the last accepted update
  std::string reason;     // of a rejection, expiry or cancel by the venue

  Quantity remaining() const { return quantity - filled; }
  bool is_open() const { return !IsTerminal(state); }
  // Open, or on its way, and not in the market yet.
  bool is_waiting() const { return trigger.has_value() && !is_triggered; }
  // Volume-weighted; nullopt before the first fill.
  std::optional<Price> average_price() const;
};

struct Fill {
  TradeId trade_id;
  ClientOrderId client_order_id;  // empty when the venue names only its own id
  ExchangeOrderId exchange_order_id;
  TradingPair pair;
  Side side = Side::kBuy;
  Price price;
  Quantity quantity;
  FeeAmounts fees;
  bool is_maker = false;
  absl::Time venue_time;
  PositionSide position_side = PositionSide::kNet;
  std::optional<Notional> realised_profit = std::nullopt;  // of perpetuals, as the venue says
};

}  // namespace colibri
