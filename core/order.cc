#include "core/order.h"

#include <array>

#include "core/words.h"

namespace colibri {
namespace {

constexpr std::array<std::string_view, 2> kSideWords = {"buy", "sell"};
constexpr std::array<std::string_view, 3> kOrderTypeWords = {"limit", "limit_maker", "market"};
constexpr std::array<std::string_view, 3> kTimeInForceWords = {"gtc", "ioc", "fok"};
constexpr std::array<std::string_view, 7> kOrderStateWords = {
    "pending_create", "open", "partially_filled", "filled", "canceled", "rejected", "expired"};

constexpr std::array<std::string_view, 2> kTriggerKindWords = {"stop", "take_profit"};
constexpr std::array<std::string_view, 2> kTriggerSourceWords = {"last", "mark"};

}  // namespace

std::string_view ToString(Side side) {
  return Word(kSideWords, side);
}
std::string_view ToString(OrderType type) {
  return Word(kOrderTypeWords, type);
}
std::string_view ToString(TimeInForce time_in_force) {
  return Word(kTimeInForceWords, time_in_force);
}
std::string_view ToString(OrderState state) {
  return Word(kOrderStateWords, state);
}
std::string_view ToString(TriggerKind kind) {
  return Word(kTriggerKindWords, kind);
}
std::string_view ToString(TriggerSource source) {
  return Word(kTriggerSourceWords, source);
}

absl::StatusOr<Side> ParseSide(std::string_view text) {
  return ParseWord<Side>("side", kSideWords, text);
}
absl::StatusOr<OrderType> ParseOrderType(std::string_view text) {
  return ParseWord<OrderType>("order type", kOrderTypeWords, text);
}
absl::StatusOr<TimeInForce> ParseTimeInForce(std::string_view text) {
  return ParseWord<TimeInForce>("time in force", kTimeInForceWords, text);
}

std::optional<Price> Order::average_price() const {
  if (!filled.is_positive()) {
    return std::nullopt;
  }
  const absl::StatusOr<Price> average = Divide(filled_notional, filled, Rounding::kHalfEven);
  return average.ok() ? std::optional<Price>(*average) : std::nullopt;
}

}  // namespace colibri
