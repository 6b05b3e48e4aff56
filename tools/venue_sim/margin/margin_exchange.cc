#include "tools/venue_sim/margin/margin_exchange.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "tools/venue_sim/margin/margin_batch.h"

namespace colibri::venue_sim::margin {
namespace {

constexpr char kInsuranceName[] = "insurance";

bool WouldTake(const Instrument& instrument, Side side, int64_t price) {
  const std::optional<int64_t> best =
      side == Side::kBuy ? instrument.book.best_ask() : instrument.book.best_bid();
  return best.has_value() && (side == Side::kBuy ? price >= *best : price <= *best);
}

// The worst price that a market order reaches; the mark where the book is too thin.
Decimal AssumedPrice(const Instrument& instrument, const Ticket& ticket, int64_t quantity) {
  if (ticket.type != OrderType::kMarket) {
    return instrument.PriceOf(ticket.price);
  }
  for (const BookLevel& level : instrument.book.Levels(Opposite(ticket.side), SIZE_MAX)) {
    quantity -= level.quantity;
    if (quantity <= 0) {
      return instrument.PriceOf(level.price);
    }
  }
  return instrument.mark;
}

}  // namespace

MarginExchange::MarginExchange(MarginOptions options,
                               std::function<int64_t()> now_ms,
                               MarginObserver& observer)
    : options_(std::move(options)),
      now_ms_(std::move(now_ms)),
      observer_(observer),
      next_income_id_(options_.first_income_id) {
  AddAccount(kInsuranceName, /*is_background=*/true);
}

Instrument& MarginExchange::AddInstrument(InstrumentSpec spec) {
  const std::string symbol = spec.symbol;
  return instruments_
      .emplace(std::piecewise_construct,
               std::forward_as_tuple(symbol),
               std::forward_as_tuple(std::move(spec), now_ms_()))
      .first->second;
}

MarginAccount& MarginExchange::AddAccount(std::string name, bool is_background) {
  accounts_.push_back(
      std::make_unique<MarginAccount>(accounts_.size(), std::move(name), is_background));
  return *accounts_.back();
}

void MarginExchange::Record(MarginAccount& account, Income income) {
  if (account.is_background() || income.amount.is_zero()) {
    return;
  }
  income.id = next_income_id_++;
  income.time_ms = now_ms_();
  account.AddIncome(std::move(income));
}

PlaceResult MarginExchange::Place(MarginAccount& account, Instrument& instrument, Ticket ticket) {
  if (const Refusal refusal = CheckPlaceable(account, instrument, ticket);
      refusal != Refusal::kNone) {
    return {.refusal = refusal};
  }
  MarginOrder& order = NewOrder(account, instrument, std::move(ticket));
  const int64_t order_id = order.order_id;
  if (!account.is_background()) {
    observer_.OnOrderAccepted(account);
  }
  Batch batch;
  Submit(instrument, order, batch, /*is_told=*/false);
  Settle(instrument, batch);
  return {.order = *account.orders(instrument.symbol()).Find(order_id),
          .fills = std::move(batch.taker_fills)};
}

MarginOrder& MarginExchange::NewOrder(MarginAccount& account,
                                      Instrument& instrument,
                                      Ticket ticket) {
  MarginOrder order{.ticket = std::move(ticket),
                    .symbol = instrument.symbol(),
                    .order_id = instrument.next_order_id++,
                    .account = account.id(),
                    .time_ms = now_ms_(),
                    .update_time_ms = now_ms_()};
  if (order.ticket.good_till_ms != 0) {
    good_till_.insert({order.ticket.good_till_ms, {order.symbol, order.order_id}});
    good_till_owner_[{order.symbol, order.order_id}] = account.id();
  }
  return account.orders(instrument.symbol()).Insert(std::move(order));
}

Refusal MarginExchange::CheckPlaceable(MarginAccount& account,
                                       const Instrument& instrument,
                                       const Ticket& ticket) {
  if (!instrument.is_trading) {
    return Refusal::kNotTrading;
  }
  if ((ticket.position_side == PositionSide::kNet) == account.is_two_sided) {
    return Refusal::kPositionSide;
  }
  if (!ticket.client_order_id.empty()) {
    const MarginOrder* twin =
        account.orders(instrument.symbol()).FindByClientId(ticket.client_order_id);
    if (twin != nullptr && twin->is_open()) {
      return Refusal::kDuplicateClientId;
    }
  }
  if (ticket.type == OrderType::kLimitMaker && WouldTake(instrument, ticket.side, ticket.price)) {
    return Refusal::kWouldTake;
  }
  if (IsReducing(account, ticket)) {
    if (ReducibleBy(account, instrument, ticket, 0) == 0) {
      return Refusal::kReduceOnly;
    }
  } else if (const Refusal refusal = CheckMargin(account, instrument, ticket, ticket.quantity);
             refusal != Refusal::kNone) {
    return refusal;
  }
  if (ticket.type == OrderType::kLimit && ticket.time_in_force == TimeInForce::kFok &&
      !instrument.book.CanFill(ticket.side, ticket.price, ticket.quantity)) {
    return Refusal::kFillOrKill;
  }
  return Refusal::kNone;
}

// What the instrument needs more than before, and what the order loses at once against the mark,
// must be available. An order that lowers the need always passes.
Refusal MarginExchange::CheckMargin(const MarginAccount& account,
                                    const Instrument& instrument,
                                    const Ticket& ticket,
                                    int64_t quantity) const {
  if (account.is_background()) {
    return Refusal::kNone;
  }
  const int leverage = account.settings(instrument).leverage;
  const PositionFigures before = FiguresOf(account, instrument, ticket.position_side);
  const Decimal price = AssumedPrice(instrument, ticket, quantity);
  const Decimal base = instrument.QuantityOf(quantity);
  Exposure exposure = before.exposure;
  (ticket.side == Side::kBuy ? exposure.bids : exposure.asks) +=
      MultiplyMoney(base, price, Rounding::kUp);
  const Decimal worst = WorstNotional(ticket.position_side, exposure);
  const Decimal more = InitialMargin(worst, leverage) - before.initial_margin;
  if (!more.is_positive()) {
    return Refusal::kNone;
  }
  if (worst > instrument.NotionalMax(leverage)) {
    return Refusal::kPositionMax;
  }
  const Decimal beyond =
      ticket.side == Side::kBuy ? price - instrument.mark : instrument.mark - price;
  const Decimal loss =
      beyond.is_positive() ? MultiplyMoney(base, beyond, Rounding::kUp) : Decimal();
  const MarginFigures figures = Figures(account, instrument.spec().collateral);
  return more + loss > figures.available() ? Refusal::kMargin : Refusal::kNone;
}

MarginOrder MarginExchange::Cancel(MarginAccount& account,
                                   Instrument& instrument,
                                   MarginOrder& order) {
  CHECK(order.is_open());
  const int64_t order_id = order.order_id;
  Batch batch;
  CHECK(!instrument.book.Cancel(static_cast<uint64_t>(order_id)).empty());
  End(instrument, order, OrderStatus::kCanceled, EndReason::kNone, batch);
  Settle(instrument, batch);
  return *account.orders(instrument.symbol()).Find(order_id);
}

PlaceResult MarginExchange::Amend(MarginAccount& account,
                                  Instrument& instrument,
                                  MarginOrder& order,
                                  int64_t price,
                                  int64_t quantity) {
  CHECK(order.is_open());
  if (!instrument.is_trading) {
    return {.refusal = Refusal::kNotTrading};
  }
  if (order.ticket.type == OrderType::kMarket) {
    return {.refusal = Refusal::kNotLimit};
  }
  if (order.ticket.price == price && order.ticket.quantity == quantity) {
    return {.refusal = Refusal::kUnchanged};
  }
  if (order.amend_count >= options_.amends_max) {
    return {.refusal = Refusal::kAmendedTooOften};
  }
  const int64_t order_id = order.order_id;
  Batch batch;
  const bool would_take = order.ticket.type == OrderType::kLimitMaker &&
                          WouldTake(instrument, order.ticket.side, price);
  if (quantity <= order.executed || would_take) {
    return {.order = Cancel(account, instrument, order)};
  }
  Ticket wanted = order.ticket;
  wanted.price = price;
  wanted.quantity = quantity;
  const int64_t working = std::exchange(order.working, 0);  // it is not margined twice
  const Refusal refusal =
      IsReducing(account, wanted)
          ? (ReducibleBy(account, instrument, wanted, order_id) == 0 ? Refusal::kReduceOnly
                                                                     : Refusal::kNone)
          : CheckMargin(account, instrument, wanted, quantity - order.executed);
  if (refusal != Refusal::kNone) {
    order.working = working;
    return {.refusal = refusal};
  }
  CHECK(!instrument.book.Cancel(static_cast<uint64_t>(order_id)).empty());
  order.ticket = std::move(wanted);
  ++order.amend_count;
  order.update_time_ms = now_ms_();
  if (!account.is_background()) {
    observer_.OnExecution(account, instrument, {.kind = ExecutionKind::kAmended, .order = order});
  }
  Submit(instrument, order, batch, /*is_told=*/true);
  Settle(instrument, batch);
  return {.order = *account.orders(instrument.symbol()).Find(order_id),
          .fills = std::move(batch.taker_fills)};
}

Refusal MarginExchange::SetLeverage(MarginAccount& account, Instrument& instrument, int leverage) {
  if (leverage < 1 || leverage > instrument.leverage_max()) {
    return Refusal::kLeverage;
  }
  InstrumentSettings& settings = account.settings(instrument);
  const int before = settings.leverage;
  for (const PositionSide side : SidesOf(account)) {
    const PositionFigures figures = FiguresOf(account, instrument, side);
    if (WorstNotional(side, figures.exposure) > instrument.NotionalMax(leverage)) {
      return Refusal::kLeverageTooSmall;
    }
    if (settings.is_isolated && leverage < before && !figures.exposure.position.is_zero()) {
      return Refusal::kLeverageTooSmall;
    }
  }
  settings.leverage = leverage;
  const MarginFigures figures = Figures(account, instrument.spec().collateral);
  if (leverage < before &&
      figures.cross_position_margin + figures.order_margin > figures.cross_balance()) {
    settings.leverage = before;
    return Refusal::kMargin;
  }
  return Refusal::kNone;
}

Refusal MarginExchange::SetIsolated(MarginAccount& account,
                                    Instrument& instrument,
                                    bool is_isolated) {
  InstrumentSettings& settings = account.settings(instrument);
  if (settings.is_isolated == is_isolated) {
    return Refusal::kUnchanged;
  }
  if (!account.orders(instrument.symbol()).open.empty()) {
    return Refusal::kHasOrders;
  }
  for (const PositionSide side : SidesOf(account)) {
    const Position* position = account.FindPosition(instrument.symbol(), side);
    if (position != nullptr && position->is_open()) {
      return Refusal::kHasPositions;
    }
  }
  settings.is_isolated = is_isolated;
  return Refusal::kNone;
}

Refusal MarginExchange::SetTwoSided(MarginAccount& account, bool is_two_sided) {
  if (account.is_two_sided == is_two_sided) {
    return Refusal::kUnchanged;
  }
  if (account.has_open_orders()) {
    return Refusal::kHasOrders;
  }
  if (account.has_open_positions()) {
    return Refusal::kHasPositions;
  }
  account.is_two_sided = is_two_sided;
  return Refusal::kNone;
}

Refusal MarginExchange::MoveMargin(MarginAccount& account,
                                   Instrument& instrument,
                                   PositionSide side,
                                   Decimal amount) {
  const Position* held = account.FindPosition(instrument.symbol(), side);
  if (held == nullptr || !held->is_open() || !account.settings(instrument).is_isolated) {
    return Refusal::kNotIsolated;
  }
  Position& position = account.position(instrument.symbol(), side);
  if (amount.is_positive()) {
    if (amount > Figures(account, instrument.spec().collateral).available()) {
      return Refusal::kMargin;
    }
  } else {
    const PositionFigures figures = FiguresOf(account, instrument, side);
    const Decimal loss = std::min(figures.profit, Decimal());
    if (position.isolated_wallet + loss + amount < figures.position_margin) {
      return Refusal::kMargin;
    }
  }
  position.isolated_wallet += amount;
  AccountNote note{.reason = AccountReason::kMarginTransfer};
  note.assets.insert(instrument.spec().collateral);
  note.positions.insert({instrument.symbol(), side});
  observer_.OnAccount(account, note);
  return Refusal::kNone;
}

Refusal MarginExchange::Transfer(MarginAccount& account, const std::string& asset, Decimal amount) {
  if (amount.is_negative() && -amount > Figures(account, asset).available()) {
    return Refusal::kMargin;
  }
  account.AddWallet(asset, amount);
  account.update_time_ms = now_ms_();
  Record(account, {.type = IncomeType::kTransfer, .asset = asset, .amount = amount});
  if (!account.is_background()) {
    observer_.OnAccount(
        account,
        {.reason = AccountReason::kTransfer, .changes = {{asset, amount}}, .assets = {asset}});
  }
  return Refusal::kNone;
}

std::map<std::string, Decimal> MarginExchange::TotalSupply() const {
  std::map<std::string, Decimal> supply = fees_;
  for (const auto& account : accounts_) {
    for (const auto& [asset, amount] : account->wallets()) {
      supply[asset] += amount;
    }
    for (const auto& [key, position] : account->positions()) {
      supply[instruments_.find(key.first)->second.spec().collateral] -= position.cost;
    }
  }
  return supply;
}

}  // namespace colibri::venue_sim::margin
