#include "exchanges/paper/margin_funds.h"

#include <algorithm>

#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr std::array<PositionSide, 3> kSides = {
    PositionSide::kNet, PositionSide::kLong, PositionSide::kShort};

Quantity Magnitude(Quantity quantity) {
  return Quantity(Abs(quantity.value()));
}

// Against the account.
absl::StatusOr<Decimal> FeeOf(Price price, Quantity quantity, Decimal rate) {
  ASSIGN_OR_RETURN(const Notional notional, CheckedMultiply(price, quantity));
  return Multiply(notional.value(), rate, Rounding::kUp);
}

// What the order is expected to come to: what it takes at once, and its rest at its own price.
absl::StatusOr<Notional> ExpectedNotional(const Order& order, const TakePlan& plan) {
  if (order.type == OrderType::kMarket) {
    return plan.notional;
  }
  ASSIGN_OR_RETURN(const Notional rest,
                   CheckedMultiply(order.price.value_or(Price()), order.quantity - plan.filled));
  return CheckedAdd(plan.notional, rest);
}

absl::Status AddTo(Notional& total, Notional amount) {
  ASSIGN_OR_RETURN(total, CheckedAdd(total, amount));
  return absl::OkStatus();
}

}  // namespace

MarginFunds::MarginFunds(const std::map<std::string, Decimal>& balances,
                         const std::vector<TradingPair>& pairs,
                         FeeRates fees,
                         Decimal liquidation_fee)
    : fees_(fees), liquidation_fee_(liquidation_fee), wallets_(balances.begin(), balances.end()) {
  for (const TradingPair& pair : pairs) {
    slots_.push_back({.pair = pair, .contract = {.collateral = pair.quote}});
  }
}

Price MarginFunds::Slot::MarkOf(const Leg& leg) const {
  return mark.has_value() ? *mark : leg.position.average_cost().value_or(Price());
}

void MarginFunds::SetContract(const TradingPair& pair, MarginContract contract) {
  Slot* const slot = Find(pair);
  CHECK(slot != nullptr);
  wallets_.try_emplace(contract.collateral);
  slot->contract = std::move(contract);
}

void MarginFunds::SetMark(const TradingPair& pair, Price mark) {
  if (Slot* const slot = Find(pair); slot != nullptr && mark.is_positive()) {
    slot->mark = mark;
  }
}

LeverageSetting MarginFunds::leverage(const TradingPair& pair) const {
  const Slot* const slot = Find(pair);
  return slot == nullptr ? LeverageSetting{} : slot->setting;
}

absl::Status MarginFunds::SetLeverage(const TradingPair& pair,
                                      LeverageSetting wanted,
                                      bool has_open_orders) {
  Slot* const slot = Find(pair);
  if (slot == nullptr || wanted.leverage < 1) {
    return absl::InvalidArgumentError(StrCat("no leverage ", wanted.leverage, " on ", pair));
  }
  const bool has_position = std::any_of(
      slot->legs.begin(), slot->legs.end(), [](const Leg& leg) { return !leg.is_flat(); });
  if (wanted.margin_mode != slot->setting.margin_mode && (has_position || has_open_orders)) {
    return absl::FailedPreconditionError(StrCat("the margin mode of ",
                                                pair,
                                                " can't be changed while there is ",
                                                has_position ? "a position" : "an open order"));
  }
  if (!slot->is_cross() && has_position && wanted.leverage < slot->setting.leverage) {
    return absl::FailedPreconditionError(
        StrCat("the leverage of ", pair, " can't be reduced under an isolated position"));
  }
  const LeverageSetting previous = std::exchange(slot->setting, wanted);
  if (wanted.leverage < previous.leverage) {
    const absl::StatusOr<CrossFigures> figures = FiguresOf(slot->contract.collateral);
    if (!figures.ok() || figures->free.is_negative()) {
      slot->setting = previous;
      return absl::FailedPreconditionError(
          StrCat("margin is insufficient for leverage ", wanted.leverage, " on ", pair));
    }
  }
  return absl::OkStatus();
}

absl::Status MarginFunds::SetPositionMode(PositionMode mode, bool has_open_orders) {
  if (mode == mode_) {
    return absl::OkStatus();
  }
  const bool has_position = std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return std::any_of(
        slot.legs.begin(), slot.legs.end(), [](const Leg& leg) { return !leg.is_flat(); });
  });
  if (has_position || has_open_orders) {
    return absl::FailedPreconditionError(
        StrCat("the position mode can't be changed while there is ",
               has_position ? "a position" : "an open order"));
  }
  mode_ = mode;
  return absl::OkStatus();
}

absl::StatusOr<Quantity> MarginFunds::Tradable(const Order& order) const {
  const Slot* const slot = Find(order.pair);
  if (slot == nullptr || order.quote_quantity.has_value()) {
    return absl::FailedPreconditionError("perpetuals are ordered by quantity, on a known pair");
  }
  if (order.position_side != SideOfPosition(mode_, order.side, order.position_action)) {
    return absl::FailedPreconditionError(StrCat("the position side ",
                                                ToString(order.position_side),
                                                " does not go with position mode ",
                                                ToString(mode_)));
  }
  if (order.position_action == PositionAction::kOpen) {
    return order.remaining();
  }
  const Quantity held = LegOf(*slot, order.position_side).position.quantity();
  const Quantity against = order.side == Side::kBuy ? -held : held;
  if (!against.is_positive()) {
    return absl::FailedPreconditionError("reduce-only: there is no position to reduce");
  }
  return std::min(order.remaining(), against);
}

absl::StatusOr<MarginFunds::Needs> MarginFunds::NeedsOf(const Slot& slot) {
  Needs needs;
  for (const PositionSide side : kSides) {
    const Leg& leg = LegOf(slot, side);
    const Price mark = slot.MarkOf(leg);
    Notional buys;
    Notional sells;
    for (const auto& [number, order] : slot.orders) {
      if (order.position_side == side) {
        ASSIGN_OR_RETURN(const Notional notional, CheckedMultiply(order.price, order.remaining));
        RETURN_IF_ERROR(AddTo(order.side == Side::kBuy ? buys : sells, notional));
      }
    }
    ASSIGN_OR_RETURN(const Notional held, CheckedMultiply(mark, leg.position.quantity()));
    ASSIGN_OR_RETURN(const Notional worst, WorstNotional(held, buys, sells));
    ASSIGN_OR_RETURN(const Notional initial, InitialMargin(worst, slot.setting.leverage));
    ASSIGN_OR_RETURN(const Notional own, InitialMargin(held, slot.setting.leverage));
    ASSIGN_OR_RETURN(const Notional profit, UnrealisedProfit(leg.margin_position(), mark));
    ASSIGN_OR_RETURN(
        const Notional maintenance,
        MaintenanceMargin(leg.position.quantity(), mark, slot.contract.maintenance_rate));
    RETURN_IF_ERROR(AddTo(needs.initial, initial));
    RETURN_IF_ERROR(AddTo(needs.own, own));
    RETURN_IF_ERROR(AddTo(needs.unrealised, profit));
    RETURN_IF_ERROR(AddTo(needs.maintenance, maintenance));
  }
  return needs;
}

absl::StatusOr<MarginFunds::CrossFigures> MarginFunds::FiguresOf(
    std::string_view collateral) const {
  const auto wallet = wallets_.find(collateral);
  CrossFigures figures;
  figures.wallet = wallet == wallets_.end() ? Notional() : Notional(wallet->second);
  for (const Slot& slot : slots_) {
    if (slot.contract.collateral != collateral) {
      continue;
    }
    ASSIGN_OR_RETURN(const Needs needs, NeedsOf(slot));
    if (slot.is_cross()) {
      RETURN_IF_ERROR(AddTo(figures.initial, needs.initial));
      RETURN_IF_ERROR(AddTo(figures.unrealised, needs.unrealised));
      RETURN_IF_ERROR(AddTo(figures.maintenance, needs.maintenance));
      continue;
    }
    for (const Leg& leg : slot.legs) {
      RETURN_IF_ERROR(AddTo(figures.wallet, -leg.isolated));
    }
    RETURN_IF_ERROR(AddTo(figures.initial, std::max(needs.initial - needs.own, Notional())));
  }
  ASSIGN_OR_RETURN(figures.margin, CheckedAdd(figures.wallet, figures.unrealised));
  ASSIGN_OR_RETURN(figures.free, CheckedAdd(figures.margin, -figures.initial));
  return figures;
}

absl::Status MarginFunds::Take(const PaperTicket& ticket, const TakePlan& plan) {
  const Order& order = ticket.order;
  const bool is_market = order.type == OrderType::kMarket;
  const Quantity quantity = is_market ? plan.filled : order.quantity;
  if (order.position_action == PositionAction::kClose || quantity.is_zero()) {
    return absl::OkStatus();
  }
  Slot& slot = *Find(order.pair);
  ASSIGN_OR_RETURN(const Notional notional, ExpectedNotional(order, plan));
  OpenOrder open = {.side = order.side,
                    .position_side = order.position_side,
                    .price = order.price.value_or(Price()),
                    .remaining = quantity};
  if (is_market) {
    ASSIGN_OR_RETURN(open.price, Divide(notional, quantity, Rounding::kUp));
  }
  ASSIGN_OR_RETURN(const CrossFigures before, FiguresOf(slot.contract.collateral));
  slot.orders[ticket.number] = open;
  const auto check = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const CrossFigures after, FiguresOf(slot.contract.collateral));
    if (after.initial <= before.initial) {
      return absl::OkStatus();  // closes, whatever it is called
    }
    Notional needed = after.initial - before.initial;
    if (slot.mark.has_value()) {
      ASSIGN_OR_RETURN(const Notional value, CheckedMultiply(*slot.mark, quantity));
      const Notional loss = order.side == Side::kBuy ? notional - value : value - notional;
      RETURN_IF_ERROR(AddTo(needed, std::max(loss, Notional())));
    }
    const Decimal rate = std::max({fees_.maker, fees_.taker, Decimal()});
    ASSIGN_OR_RETURN(const Notional fee, Scale(notional, rate, Rounding::kUp));
    RETURN_IF_ERROR(AddTo(needed, fee));
    if (needed > before.free) {
      return absl::FailedPreconditionError(StrCat("margin is insufficient: the order takes ",
                                                  needed,
                                                  " ",
                                                  slot.contract.collateral,
                                                  ", available are ",
                                                  std::max(before.free, Notional())));
    }
    return absl::OkStatus();
  };
  absl::Status checked = check();
  if (!checked.ok()) {
    slot.orders.erase(ticket.number);
  }
  return checked;
}

absl::StatusOr<PaperSettlement> MarginFunds::Settle(const PaperTicket& ticket,
                                                    Price price,
                                                    Quantity quantity,
                                                    bool is_maker) {
  const Order& order = ticket.order;
  Slot& slot = *Find(order.pair);
  ASSIGN_OR_RETURN(const Decimal fee, FeeOf(price, quantity, fees_.rate(is_maker)));
  ASSIGN_OR_RETURN(const Notional profit,
                   Trade(slot, LegOf(slot, order.position_side), order.side, price, quantity, fee));
  if (const auto open = slot.orders.find(ticket.number); open != slot.orders.end()) {
    open->second.remaining -= std::min(quantity, open->second.remaining);
  }
  return PaperSettlement{.fees = {{slot.contract.collateral, fee}}, .realised_profit = profit};
}

void MarginFunds::Release(const PaperTicket& ticket) {
  if (Slot* const slot = Find(ticket.order.pair)) {
    slot->orders.erase(ticket.number);
  }
}

absl::StatusOr<Notional> MarginFunds::IsolatedAfter(
    const Slot& slot, const Leg& leg, Side side, Price price, Quantity quantity) {
  if (slot.is_cross()) {
    return Notional();
  }
  const Quantity held = leg.position.quantity();
  const Quantity against = side == Side::kBuy ? -held : held;
  const Quantity closed = std::min(std::max(against, Quantity()), quantity);
  Notional isolated = leg.isolated;
  if (closed == Magnitude(held)) {
    isolated = Notional();
  } else if (closed.is_positive()) {
    ASSIGN_OR_RETURN(const Decimal share,
                     Divide(closed.value(), Magnitude(held).value(), Rounding::kDown));
    ASSIGN_OR_RETURN(const Notional released, Scale(isolated, share, Rounding::kDown));
    isolated -= released;
  }
  ASSIGN_OR_RETURN(const Notional opened, CheckedMultiply(price, quantity - closed));
  ASSIGN_OR_RETURN(const Notional added, InitialMargin(opened, slot.setting.leverage));
  return CheckedAdd(isolated, added);
}

absl::StatusOr<Notional> MarginFunds::Trade(
    Slot& slot, Leg& leg, Side side, Price price, Quantity quantity, Decimal fee) {
  TradedPosition after = leg.position;
  RETURN_IF_ERROR(after.Add(side, price, quantity));
  const Notional profit = after.realised_profit() - leg.position.realised_profit();
  ASSIGN_OR_RETURN(const Notional isolated, IsolatedAfter(slot, leg, side, price, quantity));
  Decimal& wallet = wallets_[slot.contract.collateral];
  ASSIGN_OR_RETURN(const Decimal with_profit, CheckedAdd(wallet, profit.value()));
  ASSIGN_OR_RETURN(const Decimal with_fee, CheckedAdd(with_profit, -fee));
  // Other fills may have used what was there when the order was accepted.
  if (isolated > leg.isolated) {
    ASSIGN_OR_RETURN(const CrossFigures figures, FiguresOf(slot.contract.collateral));
    ASSIGN_OR_RETURN(const Decimal cross, CheckedAdd(figures.margin.value(), with_fee - wallet));
    if (cross < (isolated - leg.isolated).value()) {
      return absl::FailedPreconditionError(StrCat("margin is insufficient: the fill takes ",
                                                  isolated - leg.isolated,
                                                  " ",
                                                  slot.contract.collateral,
                                                  ", there are ",
                                                  cross));
    }
  }
  wallet = with_fee;
  leg.position = after;
  leg.isolated = isolated;
  return profit;
}

std::vector<std::pair<PositionKey, Decimal>> MarginFunds::PayFunding(const TradingPair& pair,
                                                                     Price mark,
                                                                     Decimal rate) {
  std::vector<std::pair<PositionKey, Decimal>> payments;
  Slot* const slot = Find(pair);
  for (const PositionSide side : kSides) {
    if (slot == nullptr || LegOf(*slot, side).is_flat()) {
      continue;
    }
    Leg& leg = LegOf(*slot, side);
    const absl::StatusOr<Notional> notional = CheckedMultiply(mark, -leg.position.quantity());
    const absl::StatusOr<Decimal> amount =
        notional.ok() ? Multiply(notional->value(), rate, Rounding::kDown) : notional.status();
    Decimal& wallet = wallets_[slot->contract.collateral];
    const absl::StatusOr<Decimal> paid =
        amount.ok() ? CheckedAdd(wallet, *amount) : amount.status();
    if (!paid.ok()) {
      continue;  // beyond the range: no venue has such sums
    }
    wallet = *paid;
    if (!slot->is_cross()) {
      leg.isolated += Notional(*amount);
    }
    payments.emplace_back(PositionKey{pair, side}, *amount);
  }
  return payments;
}

std::vector<std::string> MarginFunds::AssetsOf(const TradingPair& pair) const {
  const Slot* const slot = Find(pair);
  return {slot == nullptr ? pair.quote : slot->contract.collateral};
}

Balance MarginFunds::balance(std::string_view asset) const {
  const auto wallet = wallets_.find(asset);
  if (wallet == wallets_.end()) {
    return {};
  }
  const absl::StatusOr<CrossFigures> figures = FiguresOf(asset);
  return {.total = wallet->second,
          .available = figures.ok() ? std::max(figures->free.value(), Decimal()) : Decimal()};
}

std::vector<std::string> MarginFunds::assets() const {
  std::vector<std::string> assets;
  assets.reserve(wallets_.size());
  for (const auto& [asset, total] : wallets_) {
    assets.push_back(asset);
  }
  return assets;
}

}  // namespace colibri
