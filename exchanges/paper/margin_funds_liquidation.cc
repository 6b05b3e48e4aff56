// The part of MarginFunds that tells how near positions are to their end, and closes them.
#include <algorithm>

#include "core/check.h"
#include "core/status_macros.h"
#include "exchanges/paper/margin_funds.h"

namespace colibri {
namespace {

constexpr std::array<PositionSide, 3> kSides = {
    PositionSide::kNet, PositionSide::kLong, PositionSide::kShort};

Price RoundTo(Price tick, Price price, Rounding rounding) {
  return tick.is_positive() ? Price(price.value().RoundToMultiple(tick.value(), rounding)) : price;
}

}  // namespace

absl::StatusOr<Notional> MarginFunds::MarginBehind(const Slot& slot, const Leg& leg) const {
  if (!slot.is_cross()) {
    return leg.isolated;
  }
  ASSIGN_OR_RETURN(const CrossFigures figures, FiguresOf(slot.contract.collateral));
  ASSIGN_OR_RETURN(const Notional own, UnrealisedProfit(leg.margin_position(), slot.MarkOf(leg)));
  return CheckedAdd(figures.margin, -own);
}

absl::StatusOr<Notional> MarginFunds::MarginBehindPair(const Slot& slot) const {
  ASSIGN_OR_RETURN(const CrossFigures figures, FiguresOf(slot.contract.collateral));
  ASSIGN_OR_RETURN(const Needs own, NeedsOf(slot));
  const Notional maintenance_of_others = figures.maintenance - own.maintenance;
  ASSIGN_OR_RETURN(const Notional behind, CheckedAdd(figures.margin, -own.unrealised));
  return CheckedAdd(behind, -maintenance_of_others);
}

std::optional<Price> MarginFunds::LiquidationPriceOf(const Slot& slot, const Leg& leg) const {
  std::optional<Price> price;
  if (slot.is_cross()) {
    const absl::StatusOr<Notional> behind = MarginBehindPair(slot);
    std::vector<MarginPosition> positions;
    for (const Leg& each : slot.legs) {
      positions.push_back(each.margin_position());
    }
    if (behind.ok()) {
      price = LiquidationPrice(positions, *behind, slot.contract.maintenance_rate);
    }
  } else {
    price = LiquidationPrice({leg.margin_position()}, leg.isolated, slot.contract.maintenance_rate);
  }
  if (!price.has_value()) {
    return std::nullopt;
  }
  return RoundTo(
      slot.contract.tick, *price, *price < slot.MarkOf(leg) ? Rounding::kUp : Rounding::kDown);
}

Position MarginFunds::PositionOf(const Slot& slot, PositionSide side) const {
  const Leg& leg = LegOf(slot, side);
  Position position = {.pair = slot.pair, .side = side, .quantity = leg.position.quantity()};
  if (leg.is_flat()) {
    return position;
  }
  position.entry_price = leg.position.average_cost().value_or(Price());
  if (const auto profit = UnrealisedProfit(leg.margin_position(), slot.MarkOf(leg)); profit.ok()) {
    position.unrealised_profit = *profit;
  }
  position.liquidation_price = LiquidationPriceOf(slot, leg);
  return position;
}

Position MarginFunds::position(const PositionKey& key) const {
  const Slot* const slot = Find(key.pair);
  return slot == nullptr ? Position{.pair = key.pair, .side = key.side}
                         : PositionOf(*slot, key.side);
}

absl::StatusOr<MarginState> MarginFunds::StateOf(const Slot& slot, PositionSide side) const {
  const Leg& leg = LegOf(slot, side);
  const Price mark = slot.MarkOf(leg);
  MarginState state = {.position = PositionOf(slot, side), .is_isolated = !slot.is_cross()};
  ASSIGN_OR_RETURN(
      state.maintenance,
      MaintenanceMargin(leg.position.quantity(), mark, slot.contract.maintenance_rate));
  if (state.is_isolated) {
    ASSIGN_OR_RETURN(const Notional profit, UnrealisedProfit(leg.margin_position(), mark));
    ASSIGN_OR_RETURN(state.margin, CheckedAdd(leg.isolated, profit));
    state.maintenance_of_all = state.maintenance;
    return state;
  }
  ASSIGN_OR_RETURN(const CrossFigures figures, FiguresOf(slot.contract.collateral));
  state.margin = figures.margin;
  state.maintenance_of_all = figures.maintenance;
  return state;
}

std::vector<MarginState> MarginFunds::states() const {
  std::vector<MarginState> states;
  for (const Slot& slot : slots_) {
    for (const PositionSide side : kSides) {
      if (LegOf(slot, side).is_flat()) {
        continue;
      }
      // Beyond the range nothing can be said but that there is a position.
      states.push_back(
          StateOf(slot, side).value_or(MarginState{.position = PositionOf(slot, side)}));
    }
  }
  return states;
}

std::optional<PositionKey> MarginFunds::ToLiquidate() const {
  std::optional<MarginState> worst;
  for (MarginState& state : states()) {
    if (state.margin >= state.maintenance_of_all) {
      continue;
    }
    const bool is_worse =
        !worst.has_value() || (state.is_isolated && !worst->is_isolated) ||
        (state.is_isolated == worst->is_isolated && state.maintenance > worst->maintenance);
    if (is_worse) {
      worst = std::move(state);
    }
  }
  return worst.has_value() ? std::optional(PositionKey{worst->position.pair, worst->position.side})
                           : std::nullopt;
}

std::optional<Price> MarginFunds::BankruptcyBound(const PositionKey& key) const {
  const Slot* const slot = Find(key.pair);
  CHECK(slot != nullptr);
  const Leg& leg = LegOf(*slot, key.side);
  const absl::StatusOr<Notional> behind = MarginBehind(*slot, leg);
  const std::optional<Price> price =
      behind.ok() ? BankruptcyPrice(leg.margin_position(), *behind) : std::nullopt;
  if (!price.has_value()) {
    return std::nullopt;
  }
  const bool is_long = leg.position.quantity().is_positive();
  return RoundTo(slot->contract.tick, *price, is_long ? Rounding::kUp : Rounding::kDown);
}

absl::StatusOr<PaperSettlement> MarginFunds::Liquidate(const PositionKey& key,
                                                       Price price,
                                                       Quantity quantity,
                                                       Notional charged) {
  Slot* const slot = Find(key.pair);
  CHECK(slot != nullptr);
  Leg& leg = LegOf(*slot, key.side);
  ASSIGN_OR_RETURN(const Notional behind, MarginBehind(*slot, leg));
  ASSIGN_OR_RETURN(const Notional result, UnrealisedProfit(leg.margin_position(), price));
  ASSIGN_OR_RETURN(const Notional left, CheckedAdd(behind, result));
  ASSIGN_OR_RETURN(const Decimal rate,
                   CheckedAdd(std::max(fees_.taker, Decimal()), liquidation_fee_));
  ASSIGN_OR_RETURN(const Notional wanted, Scale(charged, rate, Rounding::kUp));
  const Notional fee = std::min(wanted, std::max(left, Notional()));
  const Side side = leg.position.quantity().is_positive() ? Side::kSell : Side::kBuy;
  ASSIGN_OR_RETURN(const Notional profit, Trade(*slot, leg, side, price, quantity, fee.value()));
  PaperSettlement settlement = {.realised_profit = profit};
  if (!fee.is_zero()) {
    settlement.fees = {{slot->contract.collateral, fee.value()}};
  }
  return settlement;
}

}  // namespace colibri
