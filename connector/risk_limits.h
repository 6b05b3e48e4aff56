// What orders may do at most, as a user configures it. Every limit may be absent: then it is not
// checked. A value equal to its limit passes, one step beyond is refused.
//
//   RiskConfig risk;
//   risk.limits.order_notional_max = Notional(Decimal::FromInteger(20'000));
//   risk.pairs["BTC-USDT"].order_quantity_max = Quantity(Decimal::FromScaled(1, 1));
//   risk.order_rate = OrderRate{.orders = 50, .period = absl::Seconds(10)};
//
// RiskGate checks them; each field says what exactly is compared.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "core/units.h"

namespace colibri {

class KillSwitch;

struct RiskLimits {
  std::optional<Quantity> order_quantity_max = std::nullopt;
  // Price times quantity; of a market order what the book says that it costs.
  std::optional<Notional> order_notional_max = std::nullopt;
  // How far a limit price may be from the mid price, either way, in hundredths of a percent.
  std::optional<Decimal> price_distance_max_bps = std::nullopt;
  // How far an order may reach beyond the best price of the other side: a limit order by its
  // price, a market order by the last level that the book says it takes.
  std::optional<Decimal> crossing_max_bps = std::nullopt;
  // On this pair, those on their way, in doubt and being canceled included.
  std::optional<int> open_orders_max = std::nullopt;
  // In base, either way: the position, if all that is open or in doubt on the order's side were
  // filled and nothing of the other side. What brings an excess back is allowed.
  std::optional<Quantity> position_max = std::nullopt;
  // In quote; see RiskGate for what a day's loss is. Beyond it only what reduces the position is
  // allowed.
  std::optional<Notional> daily_loss_max = std::nullopt;
  // A loss of this much or more engages the kill switch.
  std::optional<Notional> kill_at_daily_loss = std::nullopt;
  // No order unless the book changed within this time.
  std::optional<absl::Duration> book_age_max = std::nullopt;
  // No order without a synced book; limits that need one imply it.
  std::optional<bool> requires_book = std::nullopt;
  // No order that could match an open one of ours.
  std::optional<bool> forbids_self_cross = std::nullopt;
};

struct OrderRate {
  static constexpr int kOrdersMax = 100'000;

  int orders = 0;  // at most this many placed or amended within any period
  absl::Duration period;
};

enum class PositionStart : uint8_t {
  kZero,      // what this program traded
  kBalances,  // what the account held of the base asset when it was first seen, and that
};

struct RiskConfig {
  RiskLimits limits = {};                        // of each pair
  std::map<std::string, RiskLimits> pairs = {};  // by "BTC-USDT": what is set here is instead
  std::optional<int> open_orders_total_max = std::nullopt;  // on all pairs together
  // Of all pairs with the same quote asset together.
  std::optional<Notional> daily_loss_total_max = std::nullopt;
  std::optional<Notional> kill_at_daily_loss_total = std::nullopt;
  std::optional<OrderRate> order_rate = std::nullopt;
  PositionStart position_start = PositionStart::kZero;
  // Shared by all connectors of a process, which it outlives. Null: nothing can be engaged.
  KillSwitch* kill_switch = nullptr;
};

struct RiskProblem {
  std::string key;      // "position_max", "pairs.BTC-USDT.position_max"
  std::string message;  // what it is, and what it may be
};
// All limits that make no sense.
std::vector<RiskProblem> Validate(const RiskConfig& config);

}  // namespace colibri
