#include "tools/venue_sim/margin/margin_account.h"

#include <algorithm>

#include "core/check.h"

namespace colibri::venue_sim::margin {

Decimal MarginAccount::wallet(std::string_view asset) const {
  const auto found = wallets_.find(asset);
  return found == wallets_.end() ? Decimal() : found->second;
}

const Position* MarginAccount::FindPosition(const std::string& symbol, PositionSide side) const {
  const auto found = positions_.find({symbol, side});
  return found == positions_.end() ? nullptr : &found->second;
}

bool MarginAccount::has_open_positions() const {
  return std::any_of(positions_.begin(), positions_.end(), [](const auto& entry) {
    return entry.second.is_open();
  });
}

bool MarginAccount::has_open_orders() const {
  return std::any_of(
      orders_.begin(), orders_.end(), [](const auto& entry) { return !entry.second.open.empty(); });
}

InstrumentSettings& MarginAccount::settings(const Instrument& instrument) {
  return settings_
      .try_emplace(instrument.symbol(),
                   InstrumentSettings{.leverage = instrument.spec().leverage_default})
      .first->second;
}

InstrumentSettings MarginAccount::settings(const Instrument& instrument) const {
  const auto found = settings_.find(instrument.symbol());
  return found == settings_.end()
             ? InstrumentSettings{.leverage = instrument.spec().leverage_default}
             : found->second;
}

void MarginAccount::AddIncome(Income income) {
  income_.push_back(std::move(income));
  if (income_.size() > kIncomeKept) {
    income_.pop_front();
  }
}

bool IsReducing(const MarginAccount& account, const Ticket& ticket) {
  if (!account.is_two_sided) {
    return ticket.reduce_only;
  }
  return (ticket.position_side == PositionSide::kLong) == (ticket.side == Side::kSell);
}

const std::vector<PositionSide>& SidesOf(const MarginAccount& account) {
  static const auto& one = *new std::vector<PositionSide>{PositionSide::kNet};
  static const auto& two =
      *new std::vector<PositionSide>{PositionSide::kLong, PositionSide::kShort};
  return account.is_two_sided ? two : one;
}

PositionFigures FiguresOf(const MarginAccount& account,
                          const Instrument& instrument,
                          PositionSide side) {
  PositionFigures figures;
  const InstrumentSettings settings = account.settings(instrument);
  figures.is_isolated = settings.is_isolated;
  if (const Position* position = account.FindPosition(instrument.symbol(), side)) {
    figures.exposure.position = instrument.NotionalAtMark(position->quantity);
    figures.profit = UnrealizedProfit(instrument, *position);
    figures.maintenance = Maintenance(instrument, *position);
  }
  const auto orders = account.all_orders().find(instrument.symbol());
  if (orders != account.all_orders().end()) {
    for (const int64_t id : orders->second.open) {
      const MarginOrder& order = orders->second.orders.at(id);
      if (order.ticket.position_side != side || IsReducing(account, order.ticket)) {
        continue;
      }
      Decimal& total =
          order.ticket.side == Side::kBuy ? figures.exposure.bids : figures.exposure.asks;
      total += instrument.NotionalOf(order.ticket.price, order.working);
    }
  }
  figures.position_margin = InitialMargin(Abs(figures.exposure.position), settings.leverage);
  figures.initial_margin = InitialMargin(WorstNotional(side, figures.exposure), settings.leverage);
  figures.order_margin = figures.initial_margin - figures.position_margin;
  return figures;
}

Decimal MarginFigures::available() const {
  const Decimal free = cross_balance() - cross_position_margin - order_margin;
  return free.is_negative() ? Decimal() : free;
}

MarginFigures FiguresOf(const MarginAccount& account,
                        const Instruments& instruments,
                        std::string_view asset) {
  MarginFigures figures;
  figures.wallet = account.wallet(asset);
  for (const auto& [symbol, instrument] : instruments) {
    if (instrument.spec().collateral != asset) {
      continue;
    }
    for (const PositionSide side : SidesOf(account)) {
      const PositionFigures one = FiguresOf(account, instrument, side);
      figures.profit += one.profit;
      figures.position_margin += one.position_margin;
      figures.order_margin += one.order_margin;
      figures.maintenance += one.maintenance;
      if (const Position* position = account.FindPosition(symbol, side)) {
        figures.isolated_wallet += position->isolated_wallet;
      }
      if (!one.is_isolated) {
        figures.cross_profit += one.profit;
        figures.cross_position_margin += one.position_margin;
        figures.cross_maintenance += one.maintenance;
      }
    }
  }
  figures.cross_wallet = figures.wallet - figures.isolated_wallet;
  return figures;
}

Decimal LiquidationPrice(const MarginAccount& account,
                         const Instruments& instruments,
                         const Instrument& instrument,
                         PositionSide side) {
  const Position* position = account.FindPosition(instrument.symbol(), side);
  if (position == nullptr || !position->is_open()) {
    return {};
  }
  const PositionFigures own = FiguresOf(account, instrument, side);
  // What the rest of the margin leaves for this position's cost and maintenance.
  Decimal margin = position->isolated_wallet;
  if (!own.is_isolated) {
    const MarginFigures all = FiguresOf(account, instruments, instrument.spec().collateral);
    margin = all.cross_balance() - own.profit - (all.cross_maintenance - own.maintenance);
  }
  const MarginTier& tier = instrument.TierOf(Abs(own.exposure.position));
  // margin + q * p - cost = |q| * p * rate - deduction, solved for p.
  const Decimal quantity = instrument.QuantityOf(position->quantity);
  const Decimal slope =
      quantity - MultiplyMoney(Abs(quantity), tier.maintenance_rate, Rounding::kHalfEven);
  if (slope.is_zero()) {
    return {};
  }
  const Decimal price =
      DivideMoney(position->cost - margin - tier.deduction, slope, Rounding::kHalfEven);
  return price.is_negative() ? Decimal() : price;
}

}  // namespace colibri::venue_sim::margin
