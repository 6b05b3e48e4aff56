// Orders through the book: fills, fees, profit, and orders that may only reduce.
#include <algorithm>
#include <utility>

#include "core/check.h"
#include "tools/venue_sim/margin/margin_batch.h"
#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::margin {
namespace {

constexpr size_t kBackgroundClosedKept = 1000;

int64_t Magnitude(int64_t value) {
  return value < 0 ? -value : value;
}

// What a reducing order of this side can take of the position.
int64_t Reducible(const MarginAccount& account,
                  const Instrument& instrument,
                  Side side,
                  PositionSide position_side) {
  const Position* position = account.FindPosition(instrument.symbol(), position_side);
  if (position == nullptr || !position->is_open() ||
      (position->quantity > 0) != (side == Side::kSell)) {
    return 0;
  }
  return Magnitude(position->quantity);
}

bool IsAhead(Side side, int64_t price, int64_t other) {
  return side == Side::kBuy ? price > other : price < other;
}

// Where a taker of this size ends in the book at most.
int64_t ReachOf(const Instrument& instrument, const MarginOrder& taker) {
  const bool is_buy = taker.ticket.side == Side::kBuy;
  int64_t missing = taker.working;
  for (const BookLevel& level : instrument.book.Levels(Opposite(taker.ticket.side), SIZE_MAX)) {
    const bool is_beyond =
        is_buy ? level.price > taker.ticket.price : level.price < taker.ticket.price;
    if (taker.ticket.type != OrderType::kMarket && is_beyond) {
      return taker.ticket.price;
    }
    missing -= level.quantity;
    if (missing <= 0) {
      return level.price;
    }
  }
  return is_buy ? INT64_MAX : 0;
}

}  // namespace

TapeTrade Print(Instrument& instrument,
                const MatchEvent& event,
                Side taker_side,
                int64_t trade_id,
                int64_t time_ms) {
  instrument.last_price = event.price;
  return {.id = trade_id,
          .price = event.price,
          .quantity = event.quantity,
          .time_ms = time_ms,
          .taker_side = taker_side};
}

std::vector<MarginOrder*> MarginExchange::ByPriority(MarginAccount& account,
                                                     const Instrument& instrument,
                                                     Side side,
                                                     PositionSide position_side) {
  std::vector<MarginOrder*> found;
  InstrumentOrders& orders = account.orders(instrument.symbol());
  for (const int64_t id : orders.open) {
    MarginOrder& order = orders.orders.at(id);
    if (order.ticket.side == side && order.ticket.position_side == position_side &&
        order.working > 0) {
      found.push_back(&order);
    }
  }
  std::sort(found.begin(), found.end(), [&](const MarginOrder* a, const MarginOrder* b) {
    return a->ticket.price == b->ticket.price ? a->order_id < b->order_id
                                              : IsAhead(side, a->ticket.price, b->ticket.price);
  });
  return found;
}

int64_t MarginExchange::ReducibleBy(MarginAccount& account,
                                    const Instrument& instrument,
                                    const Ticket& ticket,
                                    int64_t own_order_id) {
  int64_t left = Reducible(account, instrument, ticket.side, ticket.position_side);
  if (left > 0 && ticket.type != OrderType::kMarket) {
    for (const MarginOrder* order :
         ByPriority(account, instrument, ticket.side, ticket.position_side)) {
      if (order->order_id != own_order_id && IsReducing(account, order->ticket) &&
          !IsAhead(ticket.side, ticket.price, order->ticket.price)) {
        left -= std::min(order->working, left);
      }
    }
  }
  return left;
}

void MarginExchange::Submit(Instrument& instrument,
                            MarginOrder& order,
                            Batch& batch,
                            bool is_told) {
  MarginAccount& account = at(order.account);
  const int64_t order_id = order.order_id;
  const bool is_reducing = IsReducing(account, order.ticket);
  order.working = order.remaining();
  if (is_reducing) {
    order.working =
        std::min(order.working, ReducibleBy(account, instrument, order.ticket, order_id));
  }
  if (!is_told && !account.is_background()) {
    observer_.OnExecution(account, instrument, {.kind = ExecutionKind::kNew, .order = order});
  }
  CutMakersInReach(instrument, order, batch);
  const absl::Span<const MatchEvent> told =
      instrument.book.Submit({.order_id = static_cast<uint64_t>(order_id),
                              .owner = order.account,
                              .side = order.ticket.side,
                              .type = order.ticket.type,
                              .time_in_force = order.ticket.time_in_force,
                              .price = order.ticket.price,
                              .quantity = order.working,
                              .quantity_step = instrument.step(),
                              .self_trade_prevention = order.ticket.prevention});
  // Ending an order may touch the book, which would take the events away.
  const std::vector<MatchEvent> events(told.begin(), told.end());
  for (const MatchEvent& event : events) {
    switch (event.kind) {
      case MatchEventKind::kTrade: {
        const int64_t trade_id = instrument.next_trade_id++;
        MarginOrder& maker = *at(event.maker_owner)
                                  .orders(instrument.symbol())
                                  .Find(static_cast<int64_t>(event.maker_order_id));
        batch.tape.push_back(Print(instrument, event, order.ticket.side, trade_id, now_ms_()));
        Fill(instrument, order, event, /*is_maker=*/false, trade_id, batch);
        Fill(instrument, maker, event, /*is_maker=*/true, trade_id, batch);
        break;
      }
      case MatchEventKind::kExpired:
        ApplyExpiry(instrument, event, batch);
        break;
      case MatchEventKind::kRested:
        if (is_reducing) {
          resting_reducing_[instrument.symbol()][order_id] = account.id();
        }
        break;
      case MatchEventKind::kAccepted:
        break;
      default:
        CHECK(false);  // post-only and ids were checked before
    }
  }
  // What a taking order had beyond the position.
  if (order.is_open() && order.working == 0) {
    End(instrument, order, OrderStatus::kExpired, EndReason::kReduceOnly, batch);
  }
}

// Within one call of the book a maker may fill an order that closes his position and, behind it,
// one that may only reduce. What that one could not reduce any more is cut before.
void MarginExchange::CutMakersInReach(Instrument& instrument,
                                      const MarginOrder& taker,
                                      Batch& batch) {
  const auto resting = resting_reducing_.find(instrument.symbol());
  if (resting == resting_reducing_.end() || resting->second.empty()) {
    return;
  }
  const Side side = Opposite(taker.ticket.side);
  const int64_t reach = ReachOf(instrument, taker);
  std::set<std::pair<AccountId, PositionSide>> makers;
  for (const auto& [order_id, owner] : resting->second) {
    const MarginOrder& order = *at(owner).orders(instrument.symbol()).Find(order_id);
    if (order.ticket.side == side && !IsAhead(side, reach, order.ticket.price)) {
      makers.insert({owner, order.ticket.position_side});
    }
  }
  for (const auto& [owner, position_side] : makers) {
    int64_t left = Reducible(at(owner), instrument, side, position_side);
    for (MarginOrder* order : ByPriority(at(owner), instrument, side, position_side)) {
      if (IsAhead(side, reach, order->ticket.price)) {
        break;
      }
      if (IsReducing(at(owner), order->ticket) && order->working > left) {
        CutTo(instrument, *order, left, batch);
      }
      left = std::max<int64_t>(left - order->working, 0);
    }
  }
}

void MarginExchange::Fill(Instrument& instrument,
                          MarginOrder& order,
                          const MatchEvent& event,
                          bool is_maker,
                          int64_t trade_id,
                          Batch& batch) {
  MarginAccount& account = at(order.account);
  const MarginTrade trade = Book(instrument,
                                 account,
                                 {.trade_id = trade_id,
                                  .order_id = order.order_id,
                                  .side = order.ticket.side,
                                  .position_side = order.ticket.position_side,
                                  .price = event.price,
                                  .quantity = event.quantity,
                                  .is_maker = is_maker},
                                 std::nullopt,
                                 batch);
  order.executed += trade.quantity;
  order.working -= trade.quantity;
  order.executed_quote += trade.quote;
  order.update_time_ms = now_ms_();
  const bool is_done = order.remaining() == 0;
  order.status = is_done ? OrderStatus::kFilled : OrderStatus::kPartiallyFilled;
  if (!is_maker) {
    batch.taker_fills.push_back(trade);
  }
  if (!account.is_background()) {
    account.orders(instrument.symbol()).AddTrade(trade);
    observer_.OnExecution(
        account, instrument, {.kind = ExecutionKind::kTrade, .order = order, .trade = &trade});
  }
  if (is_done) {
    End(instrument, order, OrderStatus::kFilled, EndReason::kNone, batch);
  } else if (is_maker && order.working == 0) {
    End(instrument, order, OrderStatus::kExpired, EndReason::kReduceOnly, batch);
  }
}

MarginTrade MarginExchange::Book(Instrument& instrument,
                                 MarginAccount& account,
                                 const MarginTrade& given,
                                 std::optional<Decimal> fee_max,
                                 Batch& batch) {
  MarginTrade trade = given;
  const std::string& collateral = instrument.spec().collateral;
  trade.symbol = instrument.symbol();
  trade.quote = instrument.NotionalOf(trade.price, trade.quantity);
  trade.time_ms = now_ms_();
  trade.fee_asset = collateral;
  if (!account.is_background()) {
    trade.fee = MultiplyMoney(
        trade.quote, trade.is_maker ? account.maker_fee : account.taker_fee, Rounding::kDown);
  }
  if (fee_max.has_value()) {
    trade.fee = std::min(trade.fee, *fee_max);
  }
  Position& position = account.position(instrument.symbol(), trade.position_side);
  const int64_t before = position.quantity;
  const int64_t change = trade.side == Side::kBuy ? trade.quantity : -trade.quantity;
  trade.realized = ApplyFill(instrument, position, change, trade.price);
  MoveIsolated(instrument, account, position, before, trade.price);
  position.update_time_ms = now_ms_();
  if (position.is_open()) {
    position.fees += trade.fee;
  }
  account.AddWallet(collateral, trade.realized - trade.fee);
  account.update_time_ms = now_ms_();
  fees_[collateral] += trade.fee;
  Record(account,
         {.type = IncomeType::kRealizedProfit,
          .symbol = trade.symbol,
          .asset = collateral,
          .amount = trade.realized,
          .trade_id = trade.trade_id});
  Record(account,
         {.type = IncomeType::kCommission,
          .symbol = trade.symbol,
          .asset = collateral,
          .amount = -trade.fee,
          .trade_id = trade.trade_id});
  AccountNote& note = batch.accounts[account.id()];
  note.assets.insert(collateral);
  note.positions.insert({instrument.symbol(), trade.position_side});
  return trade;
}

void MarginExchange::MoveIsolated(const Instrument& instrument,
                                  MarginAccount& account,
                                  Position& position,
                                  int64_t quantity_before,
                                  int64_t price) {
  const InstrumentSettings settings = account.settings(instrument);
  if (!settings.is_isolated) {
    return;
  }
  const int64_t before = Magnitude(quantity_before);
  const int64_t after = Magnitude(position.quantity);
  const bool has_flipped = (quantity_before < 0) != (position.quantity < 0);
  int64_t opened = after - before;
  if (before != 0 && (has_flipped || after == 0)) {
    position.isolated_wallet = Decimal();
    opened = after;
  } else if (after < before) {
    const absl::StatusOr<Decimal> kept =
        Multiply(position.isolated_wallet, instrument.QuantityOf(after), Rounding::kHalfEven);
    CHECK(kept.ok());
    position.isolated_wallet =
        DivideMoney(*kept, instrument.QuantityOf(before), Rounding::kHalfEven);
  }
  if (opened > 0) {
    position.isolated_wallet +=
        InitialMargin(instrument.NotionalOf(price, opened), settings.leverage);
  }
}

void MarginExchange::ApplyExpiry(Instrument& instrument, const MatchEvent& event, Batch& batch) {
  MarginOrder& order =
      *at(event.owner).orders(instrument.symbol()).Find(static_cast<int64_t>(event.order_id));
  OrderStatus status = OrderStatus::kExpired;
  EndReason reason = EndReason::kImmediate;
  if (event.reason == MatchReason::kSelfTradePrevention) {
    status = OrderStatus::kExpiredInMatch;
    reason = EndReason::kSelfTrade;
  } else if (event.reason == MatchReason::kNoLiquidity) {
    reason = EndReason::kNoLiquidity;
  }
  End(instrument, order, status, reason, batch);
}

// The order is out of the book already.
void MarginExchange::End(Instrument& instrument,
                         MarginOrder& order,
                         OrderStatus status,
                         EndReason reason,
                         Batch& batch) {
  MarginAccount& account = at(order.account);
  order.status = status;
  order.end_reason = reason;
  order.working = 0;
  order.update_time_ms = now_ms_();
  batch.accounts[account.id()];
  if (IsReducing(account, order.ticket)) {
    resting_reducing_[instrument.symbol()].erase(order.order_id);
  }
  if (order.ticket.good_till_ms != 0) {
    good_till_.erase({order.ticket.good_till_ms, {order.symbol, order.order_id}});
    good_till_owner_.erase({order.symbol, order.order_id});
  }
  if (!account.is_background() && status != OrderStatus::kFilled) {
    observer_.OnExecution(account,
                          instrument,
                          {.kind = status == OrderStatus::kCanceled ? ExecutionKind::kCanceled
                                                                    : ExecutionKind::kExpired,
                           .order = order});
  }
  account.orders(instrument.symbol())
      .Close(order,
             account.is_background() ? kBackgroundClosedKept : InstrumentOrders::kClosedKept);
}

void MarginExchange::CutTo(Instrument& instrument,
                           MarginOrder& order,
                           int64_t working,
                           Batch& batch) {
  CHECK(!instrument.book.Reduce(static_cast<uint64_t>(order.order_id), working).empty());
  order.working = working;
  if (working == 0) {
    End(instrument, order, OrderStatus::kExpired, EndReason::kReduceOnly, batch);
  }
}

// Those of best price keep what there is to reduce.
void MarginExchange::CutReducing(Instrument& instrument,
                                 MarginAccount& account,
                                 PositionSide position_side,
                                 Batch& batch) {
  for (const Side side : {Side::kBuy, Side::kSell}) {
    int64_t left = Reducible(account, instrument, side, position_side);
    for (MarginOrder* order : ByPriority(account, instrument, side, position_side)) {
      if (!IsReducing(account, order->ticket)) {
        continue;
      }
      if (order->working > left) {
        CutTo(instrument, *order, left, batch);
      }
      left -= order->is_open() ? order->working : 0;
    }
  }
}

void MarginExchange::Settle(Instrument& instrument, Batch& batch) {
  std::set<std::pair<AccountId, PositionSide>> changed;
  for (const auto& [id, note] : batch.accounts) {
    for (const auto& [symbol, side] : note.positions) {
      changed.insert({id, side});
    }
  }
  if (!resting_reducing_[instrument.symbol()].empty()) {
    for (const auto& [id, side] : changed) {
      CutReducing(instrument, at(id), side, batch);
    }
  }
  for (const auto& [id, note] : batch.accounts) {
    if (!at(id).is_background() && !note.assets.empty()) {
      observer_.OnAccount(at(id), note);
    }
  }
  if (!batch.tape.empty()) {
    observer_.OnTrades(instrument, batch.tape);
  }
  observer_.OnBookChanged(instrument);
}

}  // namespace colibri::venue_sim::margin
