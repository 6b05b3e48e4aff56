#include "core/position.h"

#include <array>

#include "core/order.h"
#include "core/status_macros.h"
#include "core/words.h"

namespace colibri {
namespace {

constexpr std::array<std::string_view, 2> kPositionModeWords = {"one_way", "hedge"};
constexpr std::array<std::string_view, 3> kPositionSideWords = {"net", "long", "short"};
constexpr std::array<std::string_view, 2> kPositionActionWords = {"open", "close"};
constexpr std::array<std::string_view, 2> kMarginModeWords = {"cross", "isolated"};

}  // namespace

std::string_view ToString(PositionMode mode) {
  return Word(kPositionModeWords, mode);
}
std::string_view ToString(PositionSide side) {
  return Word(kPositionSideWords, side);
}
std::string_view ToString(PositionAction action) {
  return Word(kPositionActionWords, action);
}
std::string_view ToString(MarginMode mode) {
  return Word(kMarginModeWords, mode);
}

absl::StatusOr<PositionMode> ParsePositionMode(std::string_view text) {
  return ParseWord<PositionMode>("position mode", kPositionModeWords, text);
}
absl::StatusOr<MarginMode> ParseMarginMode(std::string_view text) {
  return ParseWord<MarginMode>("margin mode", kMarginModeWords, text);
}

PositionSide SideOfPosition(PositionMode mode, Side side, PositionAction action) {
  if (mode == PositionMode::kOneWay) {
    return PositionSide::kNet;
  }
  const bool is_long = (side == Side::kBuy) == (action == PositionAction::kOpen);
  return is_long ? PositionSide::kLong : PositionSide::kShort;
}

absl::StatusOr<Notional> ProfitAt(const Position& position, Price price) {
  ASSIGN_OR_RETURN(const Notional now, CheckedMultiply(price, position.quantity));
  ASSIGN_OR_RETURN(const Notional entry, CheckedMultiply(position.entry_price, position.quantity));
  return CheckedAdd(now, -entry);
}

}  // namespace colibri
