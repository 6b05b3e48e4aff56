#include "tools/venue_sim/binance/order_desk.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/status_macros.h"
#include "tools/venue_sim/binance_common/number_text.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr size_t kBackgroundClosedKept = 1000;

const std::string& PayingAsset(const Market& market, Side side) {
  return side == Side::kBuy ? market.spec().quote_asset : market.spec().base_asset;
}
const std::string& ReceivedAsset(const Market& market, Side side) {
  return PayingAsset(market, Opposite(side));
}

// What `quantity` of a priced order keeps locked.
Decimal LockFor(const Market& market, const OrderTicket& ticket, int64_t quantity) {
  return ticket.side == Side::kBuy ? market.NotionalOf(ticket.price, quantity)
                                   : market.QuantityOf(quantity);
}

Decimal FeeOf(Decimal amount, Decimal rate) {
  const absl::StatusOr<Decimal> fee = Multiply(amount, rate, Rounding::kDown);
  CHECK(fee.ok());
  return fee->RoundToMultiple(Decimal::FromScaled(1, kVenueDecimals), Rounding::kDown);
}

OrderType EngineType(VenueOrderType type) {
  switch (type) {
    case VenueOrderType::kMarket:
      return OrderType::kMarket;
    case VenueOrderType::kLimitMaker:
      return OrderType::kLimitMaker;
    default:
      return OrderType::kLimit;
  }
}

bool WouldTake(const Market& market, const OrderTicket& ticket) {
  if (ticket.side == Side::kBuy) {
    return market.engine.best_ask().has_value() && ticket.price >= *market.engine.best_ask();
  }
  return market.engine.best_bid().has_value() && ticket.price <= *market.engine.best_bid();
}

}  // namespace

// What one call of the engine did, until the balances are told.
struct OrderDesk::Batch {
  std::set<AccountId> accounts;
  std::vector<PublicTrade> trades;
  std::vector<VenueTrade> taker_fills;
};

OrderDesk::OrderDesk(Ledger& ledger,
                     std::map<std::string, Market, std::less<>>& markets,
                     DeskOptions options,
                     std::function<int64_t()> now_ms,
                     DeskObserver& observer)
    : ledger_(ledger),
      markets_(markets),
      options_(options),
      now_ms_(std::move(now_ms)),
      observer_(observer) {}

OrError<PlaceResult> OrderDesk::Place(Account& account, Market& market, OrderTicket ticket) {
  RETURN_IF_VENUE_ERROR(CheckPlaceable(account, market, ticket));
  RETURN_IF_VENUE_ERROR(CheckFunds(account, market, ticket));

  VenueOrder fresh{.ticket = std::move(ticket),
                   .order_id = market.next_order_id++,
                   .account = account.id(),
                   .time_ms = now_ms_(),
                   .update_time_ms = now_ms_()};
  if (fresh.ticket.type != VenueOrderType::kMarket) {
    fresh.locked = LockFor(market, fresh.ticket, fresh.ticket.quantity);
    CHECK(account.TryLock(PayingAsset(market, fresh.ticket.side), fresh.locked));
  }
  VenueOrder& order = account.orders(market.symbol()).Insert(std::move(fresh));
  const int64_t order_id = order.order_id;
  if (!account.is_background()) {
    observer_.OnOrderAccepted(account);
  }

  Batch batch;
  batch.accounts.insert(account.id());
  if (order.ticket.is_stop()) {
    waiting_stops_[market.symbol()].emplace(order_id, account.id());
    observer_.OnExecution(account,
                          market,
                          {.type = ExecutionType::kNew,
                           .order = order,
                           .request_client_id = order.ticket.client_order_id,
                           .execution_id = market.next_execution_id++});
  } else {
    SubmitToEngine(market, order, batch);
  }
  Settle(market, batch);
  PlaceResult result{.order = *account.orders(market.symbol()).Find(order_id),
                     .fills = std::move(batch.taker_fills)};
  TriggerStops(market);
  return result;
}

MaybeError OrderDesk::CheckPlaceable(Account& account,
                                     const Market& market,
                                     const OrderTicket& ticket) const {
  if (!ticket.client_order_id.empty()) {
    const VenueOrder* twin = account.orders(market.symbol()).FindByClientId(ticket.client_order_id);
    if (twin != nullptr && twin->is_open()) {
      return VenueError{-2010, "Duplicate order sent."};
    }
  }
  if (ticket.type == VenueOrderType::kLimitMaker && WouldTake(market, ticket)) {
    return VenueError{-2010, "Order would immediately match and take."};
  }
  if (ticket.is_stop() && IsTriggered(market, ticket)) {
    return VenueError{-2010, "Stop price would trigger immediately."};
  }
  return std::nullopt;
}

MaybeError OrderDesk::CheckFunds(const Account& account,
                                 const Market& market,
                                 const OrderTicket& ticket) const {
  Decimal needed;
  if (ticket.type != VenueOrderType::kMarket) {
    needed = LockFor(market, ticket, ticket.quantity);
  } else if (ticket.side == Side::kBuy) {
    needed = ticket.quantity == 0 ? ticket.quote_quantity : MarketBuyCost(account, market, ticket);
  } else {
    needed = market.QuantityOf(ticket.quantity);
    if (ticket.quantity == 0) {
      // Sold for a quote amount: the base that the bids take for it.
      Decimal missing = ticket.quote_quantity;
      for (const BookLevel& level : market.engine.Levels(Side::kBuy, SIZE_MAX)) {
        if (missing <= market.NotionalOf(level.price, level.quantity)) {
          const absl::StatusOr<Decimal> part =
              Divide(missing, market.PriceOf(level.price), Rounding::kUp);
          needed += part.value_or(Decimal());
          break;
        }
        missing -= market.NotionalOf(level.price, level.quantity);
        needed += market.QuantityOf(level.quantity);
      }
    }
  }
  if (account.free(PayingAsset(market, ticket.side)) < needed) {
    return VenueError{-2010, "Account has insufficient balance for requested action."};
  }
  return std::nullopt;
}

// Own orders that self-trade prevention takes out of the way do not count as liquidity.
Decimal OrderDesk::MarketBuyCost(const Account& account,
                                 const Market& market,
                                 const OrderTicket& ticket) const {
  std::map<int64_t, int64_t> own;  // price to quantity
  const auto orders = account.all_orders().find(market.symbol());
  if (ticket.prevention == SelfTradePrevention::kExpireMaker &&
      orders != account.all_orders().end()) {
    for (const int64_t id : orders->second.open) {
      const VenueOrder& order = orders->second.orders.at(id);
      if (order.is_working && order.ticket.side == Side::kSell) {
        own[order.ticket.price] += order.remaining();
      }
    }
  }
  Decimal cost;
  int64_t missing = ticket.quantity;
  for (const BookLevel& level : market.engine.Levels(Side::kSell, SIZE_MAX)) {
    const auto mine = own.find(level.price);
    const int64_t offered = level.quantity - (mine == own.end() ? 0 : mine->second);
    const int64_t taken = std::min(missing, offered);
    cost += market.NotionalOf(level.price, taken);
    missing -= taken;
    if (missing == 0) {
      break;
    }
  }
  return cost;
}

bool OrderDesk::IsTriggered(const Market& market, const OrderTicket& ticket) const {
  const bool waits_for_rise =
      (ticket.type == VenueOrderType::kStopLossLimit) == (ticket.side == Side::kBuy);
  return waits_for_rise ? market.last_price() >= ticket.stop_price
                        : market.last_price() <= ticket.stop_price;
}

void OrderDesk::SubmitToEngine(Market& market, VenueOrder& order, Batch& batch) {
  order.is_working = true;
  order.working_time_ms = now_ms_();
  const OrderTicket& ticket = order.ticket;
  MatchOrder match{.order_id = static_cast<uint64_t>(order.order_id),
                   .owner = order.account,
                   .side = ticket.side,
                   .type = EngineType(ticket.type),
                   .time_in_force = ticket.time_in_force,
                   .price = ticket.price,
                   .quantity = ticket.quantity,
                   .quantity_step = market.step(),
                   .self_trade_prevention = ticket.prevention};
  if (ticket.type == VenueOrderType::kMarket && ticket.quantity == 0) {
    match.quote_budget =
        ticket.quote_quantity.units() /
        Decimal::PowerOfTen(18 - market.price_decimals() - market.quantity_decimals());
  }
  const bool was_told = ticket.is_stop();
  for (const MatchEvent& event : market.engine.Submit(match)) {
    switch (event.kind) {
      case MatchEventKind::kAccepted:
        if (!was_told) {
          observer_.OnExecution(ledger_.at(order.account),
                                market,
                                {.type = ExecutionType::kNew,
                                 .order = order,
                                 .request_client_id = ticket.client_order_id,
                                 .execution_id = market.next_execution_id++});
        }
        break;
      case MatchEventKind::kTrade:
        ApplyTrade(market, event, batch);
        break;
      case MatchEventKind::kExpired:
        ApplyExpiry(market, event, batch);
        break;
      case MatchEventKind::kRested:
        break;
      default:
        CHECK(false);  // post-only and ids were checked before
    }
  }
}

// Tells what the batch changed. The span of the engine's events is spent by now.
void OrderDesk::Settle(Market& market, Batch& batch) {
  for (const AccountId id : batch.accounts) {
    Account& account = ledger_.at(id);
    const std::set<std::string> assets = account.TakeTouched();
    if (!assets.empty() && !account.is_background()) {
      account.balance_update_time_ms = now_ms_();
      observer_.OnBalances(account, assets);
    }
  }
  if (!batch.trades.empty()) {
    observer_.OnTrades(market, batch.trades, market.RecordTrades(batch.trades));
  }
  if (market.AbsorbChanges()) {
    observer_.OnBookChanged(market);
  }
}

// A triggered order may move the price and trigger the next; each leaves the list, so this ends.
void OrderDesk::TriggerStops(Market& market) {
  std::map<int64_t, AccountId>& waiting = waiting_stops_[market.symbol()];
  const auto order_of = [&](const auto& entry) {
    return ledger_.at(entry.second).orders(market.symbol()).Find(entry.first);
  };
  for (;;) {
    const auto next = std::find_if(waiting.begin(), waiting.end(), [&](const auto& entry) {
      return IsTriggered(market, order_of(entry)->ticket);
    });
    if (next == waiting.end()) {
      return;
    }
    VenueOrder& order = *order_of(*next);
    Batch batch;
    batch.accounts.insert(next->second);
    waiting.erase(next);
    SubmitToEngine(market, order, batch);
    Settle(market, batch);
  }
}

void OrderDesk::ApplyTrade(Market& market, const MatchEvent& event, Batch& batch) {
  const int64_t trade_id = market.next_trade_id++;
  Account& taker_account = ledger_.at(event.owner);
  Account& maker_account = ledger_.at(event.maker_owner);
  VenueOrder& taker =
      *taker_account.orders(market.symbol()).Find(static_cast<int64_t>(event.order_id));
  VenueOrder& maker =
      *maker_account.orders(market.symbol()).Find(static_cast<int64_t>(event.maker_order_id));
  batch.accounts.insert(event.maker_owner);
  batch.trades.push_back({.id = trade_id,
                          .price = event.price,
                          .quantity = event.quantity,
                          .base = market.QuantityOf(event.quantity),
                          .quote = market.NotionalOf(event.price, event.quantity),
                          .time_ms = now_ms_(),
                          .is_buyer_maker = taker.ticket.side == Side::kSell});
  batch.taker_fills.push_back(Fill(market, taker, event, /*is_maker=*/false, trade_id));
  Fill(market, maker, event, /*is_maker=*/true, trade_id);
}

VenueTrade OrderDesk::Fill(
    Market& market, VenueOrder& order, const MatchEvent& event, bool is_maker, int64_t trade_id) {
  Account& account = ledger_.at(order.account);
  const OrderTicket& ticket = order.ticket;
  VenueTrade trade{.trade_id = trade_id,
                   .order_id = order.order_id,
                   .price = event.price,
                   .quantity = event.quantity,
                   .quote = market.NotionalOf(event.price, event.quantity),
                   .time_ms = now_ms_(),
                   .is_buyer = ticket.side == Side::kBuy,
                   .is_maker = is_maker};
  const bool is_buy = trade.is_buyer;
  const Decimal base = market.QuantityOf(trade.quantity);
  const Decimal paid = is_buy ? trade.quote : base;
  const std::string& paying = PayingAsset(market, ticket.side);
  if (ticket.type == VenueOrderType::kMarket) {
    account.AddFree(paying, -paid);
  } else {
    const Decimal reserved = LockFor(market, ticket, trade.quantity);
    account.SpendLocked(paying, paid);
    account.Unlock(paying, reserved - paid);
    order.locked -= reserved;
  }
  account.AddFree(ReceivedAsset(market, ticket.side), is_buy ? base : trade.quote);
  PayFee(account, market, trade);

  if (order.executed == 0 && !account.is_background()) {
    observer_.OnFirstFill(account, is_maker);
  }
  order.executed += trade.quantity;
  order.executed_quote += trade.quote;
  order.update_time_ms = now_ms_();
  // A market order by quote has its quantity from its fills; whether it is done, the engine tells.
  const bool is_by_quote = ticket.quantity == 0;
  const int64_t left = is_maker ? event.maker_remaining : event.remaining;
  const bool is_done = is_by_quote ? left == 0 : order.remaining() == 0;
  order.status = is_done ? VenueOrderStatus::kFilled : VenueOrderStatus::kPartiallyFilled;
  if (!account.is_background()) {
    account.orders(market.symbol()).AddTrade(trade);
    observer_.OnExecution(account,
                          market,
                          {.type = ExecutionType::kTrade,
                           .order = order,
                           .request_client_id = ticket.client_order_id,
                           .execution_id = market.next_execution_id++,
                           .trade = &trade});
  }
  if (is_done) {
    Close(account, market, order);
  }
  return trade;
}

void OrderDesk::PayFee(Account& account, Market& market, VenueTrade& trade) {
  const Decimal rate = trade.is_maker ? options_.maker_fee : options_.taker_fee;
  if (account.is_background()) {
    return;
  }
  const Side side = trade.is_buyer ? Side::kBuy : Side::kSell;
  // An order that spends BNB may need all of it for its next fill.
  if (options_.fees_in_bnb && PayingAsset(market, side) != "BNB") {
    const auto bnb = markets_.find("BNB" + market.spec().quote_asset);
    if (bnb != markets_.end()) {
      const absl::StatusOr<Decimal> fee = Divide(
          FeeOf(trade.quote, rate), bnb->second.PriceOf(bnb->second.last_price()), Rounding::kDown);
      CHECK(fee.ok());
      const Decimal rounded =
          fee->RoundToMultiple(Decimal::FromScaled(1, kVenueDecimals), Rounding::kDown);
      if (account.free("BNB") >= rounded) {
        trade.fee = rounded;
        trade.fee_asset = "BNB";
        ledger_.TakeFee(account, trade.fee_asset, trade.fee);
        return;
      }
    }
  }
  trade.fee = FeeOf(trade.is_buyer ? market.QuantityOf(trade.quantity) : trade.quote, rate);
  trade.fee_asset = ReceivedAsset(market, side);
  ledger_.TakeFee(account, trade.fee_asset, trade.fee);
}

void OrderDesk::ApplyExpiry(Market& market, const MatchEvent& event, Batch& batch) {
  Account& account = ledger_.at(event.owner);
  VenueOrder& order = *account.orders(market.symbol()).Find(static_cast<int64_t>(event.order_id));
  batch.accounts.insert(event.owner);
  order.update_time_ms = now_ms_();
  ExecutionNote note{.type = ExecutionType::kExpired,
                     .order = order,
                     .request_client_id = order.ticket.client_order_id,
                     .execution_id = market.next_execution_id++};
  order.status = VenueOrderStatus::kExpired;
  switch (event.reason) {
    case MatchReason::kImmediateOrCancel:
      order.expiry_reason = "UNFILLED_IOC_QUANTITY_EXPIRED";
      break;
    case MatchReason::kFillOrKill:
      order.expiry_reason = "UNFILLED_FOK_ORDER_EXPIRED";
      break;
    case MatchReason::kSelfTradePrevention:
      order.status = VenueOrderStatus::kExpiredInMatch;
      order.prevented += event.remaining;
      note.type = ExecutionType::kTradePrevention;
      note.prevented_match_id = market.next_prevented_match_id++;
      note.prevented_quantity = event.remaining;
      break;
    default:
      order.expiry_reason = "INSUFFICIENT_LIQUIDITY";
  }
  if (!account.is_background()) {
    observer_.OnExecution(account, market, note);
  }
  Close(account, market, order);
}

void OrderDesk::Close(Account& account, Market& market, VenueOrder& order) {
  account.Unlock(PayingAsset(market, order.ticket.side), order.locked);
  order.locked = Decimal();
  account.orders(market.symbol())
      .Close(order, account.is_background() ? kBackgroundClosedKept : SymbolOrders::kClosedKept);
}

VenueOrder OrderDesk::Cancel(Account& account,
                             Market& market,
                             VenueOrder& order,
                             std::string_view request_client_id) {
  CHECK(order.is_open());
  if (waiting_stops_[market.symbol()].erase(order.order_id) == 0) {
    CHECK(!market.engine.Cancel(static_cast<uint64_t>(order.order_id)).empty());
  }
  order.status = VenueOrderStatus::kCanceled;
  order.update_time_ms = now_ms_();
  if (!account.is_background()) {
    observer_.OnExecution(account,
                          market,
                          {.type = ExecutionType::kCanceled,
                           .order = order,
                           .request_client_id = request_client_id,
                           .original_client_id = order.ticket.client_order_id,
                           .execution_id = market.next_execution_id++});
  }
  const VenueOrder ended = order;
  Close(account, market, order);
  Batch batch;
  batch.accounts.insert(account.id());
  Settle(market, batch);
  return ended;
}

VenueOrder OrderDesk::Amend(Account& account,
                            Market& market,
                            VenueOrder& order,
                            int64_t new_quantity,
                            std::string new_client_id) {
  CHECK(order.is_open() && order.is_working && new_quantity < order.ticket.quantity);
  const int64_t remaining = std::max<int64_t>(new_quantity - order.executed, 0);
  const Decimal released = LockFor(market, order.ticket, order.remaining() - remaining);
  CHECK(!market.engine.Reduce(static_cast<uint64_t>(order.order_id), remaining).empty());
  account.Unlock(PayingAsset(market, order.ticket.side), released);
  order.locked -= released;
  order.ticket.quantity = new_quantity;
  order.update_time_ms = now_ms_();
  const std::string original =
      std::exchange(order.ticket.client_order_id, std::move(new_client_id));
  order.former_client_ids.push_back(original);
  account.orders(market.symbol()).latest_by_client_id[order.ticket.client_order_id] =
      order.order_id;
  if (remaining == 0) {
    order.status = VenueOrderStatus::kExpired;
  }
  observer_.OnExecution(
      account,
      market,
      {.type = remaining == 0 ? ExecutionType::kExpired : ExecutionType::kReplaced,
       .order = order,
       .request_client_id = order.ticket.client_order_id,
       .original_client_id = original,
       .execution_id = market.next_execution_id++});
  const VenueOrder amended = order;
  if (remaining == 0) {
    Close(account, market, order);
  }
  Batch batch;
  batch.accounts.insert(account.id());
  Settle(market, batch);
  return amended;
}

}  // namespace colibri::venue_sim::binance
