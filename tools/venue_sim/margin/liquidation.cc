// Accounts below maintenance: their orders, their positions, the insurance fund, deleveraging.
#include <algorithm>
#include <tuple>
#include <utility>

#include "core/check.h"
#include "core/strings.h"
#include "tools/venue_sim/margin/margin_batch.h"
#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::margin {
namespace {

// A call goes out when maintenance is this share of the balance.
constexpr Decimal kWarningShare = Decimal::FromScaled(8, 1);

int64_t Magnitude(int64_t value) {
  return value < 0 ? -value : value;
}

// Profit on cost times leverage: who gains most from the least is first.
Decimal ScoreOf(const MarginAccount& account,
                const Instrument& instrument,
                const Position& position) {
  if (position.cost.is_zero()) {
    return {};
  }
  const Decimal gain =
      DivideMoney(UnrealizedProfit(instrument, position), Abs(position.cost), Rounding::kHalfEven);
  return MultiplyMoney(
      gain, Decimal::FromInteger(account.settings(instrument).leverage), Rounding::kHalfEven);
}

}  // namespace

void MarginExchange::CheckAccounts() {
  std::set<std::string> assets;
  for (const auto& [symbol, instrument] : instruments_) {
    assets.insert(instrument.spec().collateral);
  }
  for (size_t i = 0; i < accounts_.size(); ++i) {
    MarginAccount& account = *accounts_[i];
    if (account.is_background() || !account.has_open_positions()) {
      continue;
    }
    for (const std::string& asset : assets) {
      CheckAccount(account, asset);
    }
  }
}

void MarginExchange::CheckAccount(MarginAccount& account, const std::string& asset) {
  for (auto& [symbol, instrument] : instruments_) {
    if (instrument.spec().collateral != asset || !account.settings(instrument).is_isolated) {
      continue;
    }
    for (const PositionSide side : SidesOf(account)) {
      const Position* position = account.FindPosition(symbol, side);
      if (position == nullptr || !position->is_open()) {
        continue;
      }
      const Decimal margin = position->isolated_wallet + UnrealizedProfit(instrument, *position);
      if (margin < Maintenance(instrument, *position)) {
        ExpireOrders(account, instrument);
        Liquidate(account, instrument, side, margin);
      }
    }
  }
  for (;;) {
    const MarginFigures figures = Figures(account, asset);
    WarnIfNear(account, figures, asset);
    if (figures.cross_balance() >= figures.cross_maintenance) {
      break;
    }
    Instrument* worst = nullptr;
    PositionSide worst_side = PositionSide::kNet;
    Decimal largest;
    for (auto& [symbol, instrument] : instruments_) {
      if (instrument.spec().collateral != asset || account.settings(instrument).is_isolated) {
        continue;
      }
      ExpireOrders(account, instrument);
      for (const PositionSide side : SidesOf(account)) {
        const Decimal needs = FiguresOf(account, instrument, side).maintenance;
        if (needs > largest) {
          worst = &instrument;
          worst_side = side;
          largest = needs;
        }
      }
    }
    if (worst == nullptr) {
      break;
    }
    Liquidate(account, *worst, worst_side, figures.cross_balance());
  }
  CoverDeficit(account, asset);
}

void MarginExchange::WarnIfNear(MarginAccount& account,
                                const MarginFigures& figures,
                                const std::string& asset) {
  const bool is_near =
      figures.cross_maintenance.is_positive() &&
      figures.cross_maintenance >
          MultiplyMoney(figures.cross_balance(), kWarningShare, Rounding::kHalfEven);
  if (!is_near) {
    account.warned_assets.erase(asset);
    return;
  }
  if (!account.warned_assets.insert(asset).second) {
    return;
  }
  std::set<PositionKey> open;
  for (const auto& [key, position] : account.positions()) {
    const Instrument& instrument = instruments_.find(key.first)->second;
    if (position.is_open() && instrument.spec().collateral == asset &&
        !account.settings(instrument).is_isolated) {
      open.insert(key);
    }
  }
  observer_.OnMarginCall(account, open);
}

void MarginExchange::ExpireOrders(MarginAccount& account, Instrument& instrument) {
  const std::set<int64_t> open = account.orders(instrument.symbol()).open;
  if (open.empty()) {
    return;
  }
  Batch batch;
  for (const int64_t order_id : open) {
    CHECK(!instrument.book.Cancel(static_cast<uint64_t>(order_id)).empty());
    End(instrument,
        *account.orders(instrument.symbol()).Find(order_id),
        OrderStatus::kExpired,
        EndReason::kLiquidation,
        batch);
  }
  Settle(instrument, batch);
}

// `margin` is what the position has at the mark price: closing at the price where it is used up
// leaves nothing, and any better price leaves something for fees.
void MarginExchange::Liquidate(MarginAccount& account,
                               Instrument& instrument,
                               PositionSide side,
                               Decimal margin) {
  const int64_t held = account.FindPosition(instrument.symbol(), side)->quantity;
  const Decimal each = DivideMoney(margin, instrument.QuantityOf(held), Rounding::kHalfEven);
  const int64_t limit =
      instrument.ToTicks(instrument.mark - each, held > 0 ? Rounding::kUp : Rounding::kDown);
  MarginOrder& order =
      NewOrder(account,
               instrument,
               {.side = held > 0 ? Side::kSell : Side::kBuy,
                .position_side = side,
                .time_in_force = TimeInForce::kIoc,
                .price = limit,
                .quantity = Magnitude(held),
                .reduce_only = true,
                .client_order_id =
                    StrCat(std::string_view(options_.liquidation_id_prefix), next_forced_id_++)});
  order.origin = Origin::kLiquidation;
  order.working = order.ticket.quantity;
  Batch batch;
  CutMakersInReach(instrument, order, batch);
  observer_.OnExecution(account, instrument, {.kind = ExecutionKind::kForced, .order = order});
  const absl::Span<const MatchEvent> told =
      instrument.book.Submit({.order_id = static_cast<uint64_t>(order.order_id),
                              .owner = account.id(),
                              .side = order.ticket.side,
                              .time_in_force = TimeInForce::kIoc,
                              .price = limit,
                              .quantity = order.working});
  const std::vector<MatchEvent> events(told.begin(), told.end());
  Forced forced{.instrument = instrument, .account = account, .order = order, .limit = limit};
  for (const MatchEvent& event : events) {
    if (event.kind != MatchEventKind::kTrade) {
      continue;
    }
    const int64_t trade_id = instrument.next_trade_id;
    batch.tape.push_back(Print(instrument, event, order.ticket.side, trade_id, now_ms_()));
    forced.limit = event.price;
    ForcedFill(forced, Origin::kLiquidation, event.quantity, batch);
    Fill(instrument,
         *at(event.maker_owner)
              .orders(instrument.symbol())
              .Find(static_cast<int64_t>(event.maker_order_id)),
         event,
         /*is_maker=*/true,
         trade_id,
         batch);
  }
  observer_.OnLiquidation(instrument, order);
  forced.limit = limit;
  TakeOver(forced, batch);
  order.status = OrderStatus::kFilled;
  End(instrument, order, OrderStatus::kFilled, EndReason::kLiquidation, batch);
  Settle(instrument, batch);
}

// One fill of a forced order, at forced.limit. Fees come out of what the price leaves over.
void MarginExchange::ForcedFill(Forced& forced, Origin origin, int64_t quantity, Batch& batch) {
  Instrument& instrument = forced.instrument;
  MarginOrder& order = forced.order;
  MarginAccount& account = forced.account;
  const std::string& collateral = instrument.spec().collateral;
  order.origin = origin;
  const int64_t better = Magnitude(forced.limit - order.ticket.price);
  Decimal left = instrument.NotionalOf(better, quantity);
  const bool is_free = origin == Origin::kDeleverage;
  const MarginTrade trade = Book(instrument,
                                 account,
                                 {.trade_id = instrument.next_trade_id++,
                                  .order_id = order.order_id,
                                  .side = order.ticket.side,
                                  .position_side = order.ticket.position_side,
                                  .price = forced.limit,
                                  .quantity = quantity},
                                 is_free ? Decimal() : left,
                                 batch);
  left -= trade.fee;
  order.executed += quantity;
  order.working -= quantity;
  order.executed_quote += trade.quote;
  order.update_time_ms = now_ms_();
  order.status = order.remaining() == 0 ? OrderStatus::kFilled : OrderStatus::kPartiallyFilled;
  if (account.is_background()) {
    return;
  }
  account.orders(instrument.symbol()).AddTrade(trade);
  observer_.OnExecution(
      account, instrument, {.kind = ExecutionKind::kForced, .order = order, .trade = &trade});
  const Decimal clearance = std::min(
      left, MultiplyMoney(trade.quote, instrument.spec().liquidation_fee_rate, Rounding::kDown));
  if (is_free || !clearance.is_positive()) {
    return;
  }
  account.AddWallet(collateral, -clearance);
  insurance().AddWallet(collateral, clearance);
  batch.accounts[account.id()].changes[collateral] -= clearance;
  Record(account,
         {.type = IncomeType::kInsuranceClear,
          .symbol = instrument.symbol(),
          .asset = collateral,
          .amount = -clearance,
          .trade_id = trade.trade_id});
}

bool MarginExchange::CanBear(const Instrument& instrument, int64_t change, int64_t price) {
  const std::string& asset = instrument.spec().collateral;
  const MarginFigures fund = Figures(insurance(), asset);
  const Decimal loss = instrument.NotionalAtMark(change) - instrument.NotionalOf(price, change);
  return fund.wallet.is_positive() && !(fund.wallet + fund.profit + loss).is_negative();
}

void MarginExchange::TakeOver(Forced& forced, Batch& batch) {
  const int64_t rest = forced.order.remaining();
  if (rest == 0) {
    return;
  }
  const bool sells = forced.order.ticket.side == Side::kSell;
  const int64_t change = sells ? rest : -rest;
  if (!CanBear(forced.instrument, change, forced.limit)) {
    Deleverage(forced, batch);
    return;
  }
  ForcedFill(forced, Origin::kInsurance, rest, batch);
  Book(forced.instrument,
       insurance(),
       {.side = sells ? Side::kBuy : Side::kSell, .price = forced.limit, .quantity = rest},
       std::nullopt,
       batch);
}

void MarginExchange::Deleverage(Forced& forced, Batch& batch) {
  struct Candidate {
    Decimal score;
    MarginAccount* account;
    PositionSide side;
  };
  Instrument& instrument = forced.instrument;
  const bool sells = forced.order.ticket.side == Side::kSell;
  std::vector<Candidate> queue;
  for (const auto& account : accounts_) {
    for (const PositionSide side : SidesOf(*account)) {
      const Position* position = account->FindPosition(instrument.symbol(), side);
      if (account->id() != forced.account.id() && position != nullptr &&
          (sells ? position->quantity < 0 : position->quantity > 0)) {
        queue.push_back({ScoreOf(*account, instrument, *position), account.get(), side});
      }
    }
  }
  std::sort(queue.begin(), queue.end(), [](const Candidate& a, const Candidate& b) {
    return std::tuple(-a.score, a.account->id(), a.side) <
           std::tuple(-b.score, b.account->id(), b.side);
  });
  for (const Candidate& candidate : queue) {
    const int64_t rest = forced.order.remaining();
    if (rest == 0) {
      break;
    }
    MarginAccount& account = *candidate.account;
    const int64_t held =
        Magnitude(account.FindPosition(instrument.symbol(), candidate.side)->quantity);
    const int64_t quantity = std::min(rest, held);
    MarginOrder& order =
        NewOrder(account,
                 instrument,
                 {.side = Opposite(forced.order.ticket.side),
                  .position_side = candidate.side,
                  .time_in_force = TimeInForce::kIoc,
                  .price = forced.limit,
                  .quantity = quantity,
                  .reduce_only = true,
                  .client_order_id =
                      StrCat(std::string_view(options_.deleverage_id_prefix), next_forced_id_++)});
    order.working = quantity;
    Forced counter{
        .instrument = instrument, .account = account, .order = order, .limit = forced.limit};
    ForcedFill(counter, Origin::kDeleverage, quantity, batch);
    End(instrument, order, OrderStatus::kFilled, EndReason::kNone, batch);
    ForcedFill(forced, Origin::kLiquidation, quantity, batch);
  }
  // Somebody holds the other side of every position, but perhaps in the same account.
  if (const int64_t rest = forced.order.remaining(); rest > 0) {
    ForcedFill(forced, Origin::kInsurance, rest, batch);
    Book(instrument,
         insurance(),
         {.side = sells ? Side::kBuy : Side::kSell, .price = forced.limit, .quantity = rest},
         std::nullopt,
         batch);
  }
}

// Without a position left, a debt is the insurance fund's.
void MarginExchange::CoverDeficit(MarginAccount& account, const std::string& asset) {
  const MarginFigures figures = Figures(account, asset);
  if (!figures.cross_maintenance.is_zero() || !figures.cross_wallet.is_negative()) {
    return;
  }
  const Decimal missing = -figures.cross_wallet;
  account.AddWallet(asset, missing);
  insurance().AddWallet(asset, -missing);
  Record(account, {.type = IncomeType::kInsuranceClear, .asset = asset, .amount = missing});
  observer_.OnAccount(
      account,
      {.reason = AccountReason::kInsurance, .changes = {{asset, missing}}, .assets = {asset}});
}

int MarginExchange::DeleverageRank(const MarginAccount& account,
                                   const Instrument& instrument,
                                   PositionSide side) {
  const Position* own = account.FindPosition(instrument.symbol(), side);
  if (own == nullptr || !own->is_open()) {
    return 0;
  }
  const Decimal score = ScoreOf(account, instrument, *own);
  int behind = 0, all = 0;
  for (const auto& other : accounts_) {
    for (const PositionSide other_side : SidesOf(*other)) {
      const Position* position = other->FindPosition(instrument.symbol(), other_side);
      if (position != nullptr && position->is_open() &&
          (position->quantity < 0) == (own->quantity < 0)) {
        ++all;
        behind += ScoreOf(*other, instrument, *position) < score ? 1 : 0;
      }
    }
  }
  return std::min(behind * 5 / all, 4);
}

}  // namespace colibri::venue_sim::margin
