#include "tools/venue_sim/hyperliquid/spot_exchange.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/strings.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

using margin::DivideMoney;
using margin::MarginAccount;
using margin::MarginOrder;
using margin::MarginTrade;
using margin::MultiplyMoney;
using margin::Refusal;

constexpr int kPriceDecimals = 8;  // less the base's
constexpr size_t kBackgroundClosedKept = 1000;
constexpr int64_t kLargestOrder = 1'000'000'000;  // in the quote

std::string NameOf(const HyperliquidSpotPair& pair,
                   const HyperliquidToken& base,
                   const HyperliquidToken& quote) {
  return pair.index == 0 ? StrCat(std::string_view(base.name), "/", std::string_view(quote.name))
                         : StrCat("@", pair.index);
}

// A book and a scale. It has a tier because every instrument has one.
margin::InstrumentSpec InstrumentSpecOf(const HyperliquidSpotPair& pair,
                                        const HyperliquidToken& base,
                                        const HyperliquidToken& quote) {
  CHECK(base.wei_decimals >= base.size_decimals);
  return {.symbol = NameOf(pair, base, quote),
          .collateral = quote.name,
          .tick_size = Decimal::FromScaled(1, kPriceDecimals - base.size_decimals),
          .step_size = Decimal::FromScaled(1, base.size_decimals),
          .start_price = pair.start_price,
          .tiers = margin::MakeTiers({{.cap = Decimal::FromInteger(kLargestOrder)}}),
          .leverage_default = 1};
}

bool WouldTake(const margin::Instrument& instrument, const margin::Ticket& ticket) {
  const bool is_buy = ticket.side == Side::kBuy;
  const std::optional<int64_t> best =
      is_buy ? instrument.book.best_ask() : instrument.book.best_bid();
  return best.has_value() && (is_buy ? ticket.price >= *best : ticket.price <= *best);
}

// What `quantity` of an order would pay.
Decimal CostOf(const SpotMarket& market, const margin::Ticket& ticket, int64_t quantity) {
  return ticket.side == Side::kBuy ? market.instrument.NotionalOf(ticket.price, quantity)
                                   : market.instrument.QuantityOf(quantity);
}

}  // namespace

// What one call of the book did, until it is told.
struct SpotExchange::Batch {
  std::vector<margin::TapeTrade> tape = {};
};

SpotExchange::SpotExchange(const std::vector<HyperliquidToken>& tokens,
                           SpotFees fees,
                           margin::MarginExchange& margin,
                           std::function<int64_t()> now_ms,
                           margin::MarginObserver& observer)
    : tokens_(tokens),
      fees_(fees),
      margin_(margin),
      now_ms_(std::move(now_ms)),
      observer_(observer) {}

SpotMarket& SpotExchange::AddPair(const HyperliquidSpotPair& pair) {
  const HyperliquidToken* base = FindToken(pair.base);
  const HyperliquidToken* quote = FindToken(pair.quote);
  CHECK(base != nullptr && quote != nullptr);
  return markets_.emplace_back(
      pair, *base, *quote, margin::Instrument(InstrumentSpecOf(pair, *base, *quote), now_ms_()));
}

const HyperliquidToken* SpotExchange::FindToken(int index) const {
  const auto found = std::find_if(
      tokens_.begin(), tokens_.end(), [&](const auto& token) { return token.index == index; });
  return found == tokens_.end() ? nullptr : &*found;
}

const std::map<int, SpotWallet>& SpotExchange::WalletsOf(const MarginAccount& account) const {
  static const auto& none = *new std::map<int, SpotWallet>();
  const auto found = wallets_.find(account.id());
  return found == wallets_.end() ? none : found->second;
}

Decimal SpotExchange::AvailableOf(const MarginAccount& account, int token) const {
  const std::map<int, SpotWallet>& wallets = WalletsOf(account);
  const auto found = wallets.find(token);
  return found == wallets.end() ? Decimal() : found->second.available();
}

Decimal SpotExchange::WorthOf(int token, Decimal amount) const {
  if (token == kMoneyToken) {
    return amount;
  }
  const auto market = std::find_if(markets_.begin(), markets_.end(), [&](const auto& one) {
    return one.pair.base == token && one.pair.quote == kMoneyToken;
  });
  return market == markets_.end()
             ? Decimal()
             : MultiplyMoney(amount, market->instrument.mark, Rounding::kHalfEven);
}

bool SpotExchange::Transfer(MarginAccount& account, int token, Decimal amount) {
  if (FindToken(token) == nullptr ||
      (amount.is_negative() && AvailableOf(account, token) < -amount)) {
    return false;
  }
  SpotWallet& wallet = WalletOf(account.id(), token);
  if (amount.is_positive()) {
    wallet.entry_notional += WorthOf(token, amount);
  } else if (!wallet.total.is_zero()) {
    wallet.entry_notional +=
        DivideMoney(MultiplyMoney(wallet.entry_notional, amount, Rounding::kDown),
                    wallet.total,
                    Rounding::kDown);
  }
  wallet.total += amount;
  if (!account.is_background()) {
    observer_.OnAccount(account, {.reason = margin::AccountReason::kTransfer});
  }
  return true;
}

std::map<int, Decimal> SpotExchange::TotalSupply() const {
  std::map<int, Decimal> supply = taken_fees_;
  for (const auto& [account, wallets] : wallets_) {
    for (const auto& [token, wallet] : wallets) {
      supply[token] += wallet.total;
    }
  }
  return supply;
}

SpotWallet& SpotExchange::PayingWallet(const SpotMarket& market, const MarginOrder& order) {
  return WalletOf(order.account,
                  order.ticket.side == Side::kBuy ? market.quote.index : market.base.index);
}

margin::PlaceResult SpotExchange::Place(MarginAccount& account,
                                        SpotMarket& market,
                                        margin::Ticket ticket) {
  margin::Instrument& instrument = market.instrument;
  CHECK(!ticket.reduce_only);
  if (ticket.type == OrderType::kLimitMaker && WouldTake(instrument, ticket)) {
    return {.refusal = Refusal::kWouldTake};
  }
  MarginOrder fresh{.ticket = std::move(ticket),
                    .symbol = instrument.symbol(),
                    .order_id = instrument.next_order_id,
                    .account = account.id(),
                    .time_ms = now_ms_(),
                    .update_time_ms = now_ms_()};
  const Decimal cost = CostOf(market, fresh.ticket, fresh.ticket.quantity);
  const HyperliquidToken& paid = fresh.ticket.side == Side::kBuy ? market.quote : market.base;
  if (!account.is_background() && AvailableOf(account, paid.index) < cost) {
    return {.refusal = Refusal::kMargin};
  }
  WalletOf(account.id(), paid.index).hold += cost;
  ++instrument.next_order_id;
  MarginOrder& order = account.orders(instrument.symbol()).Insert(std::move(fresh));
  const int64_t order_id = order.order_id;
  Batch batch;
  Submit(market, order, batch);
  Settle(market, batch);
  return {.order = *account.orders(instrument.symbol()).Find(order_id)};
}

void SpotExchange::Submit(SpotMarket& market, MarginOrder& order, Batch& batch) {
  margin::Instrument& instrument = market.instrument;
  MarginAccount& account = margin_.at(order.account);
  order.working = order.remaining();
  if (!account.is_background()) {
    observer_.OnExecution(
        account, instrument, {.kind = margin::ExecutionKind::kNew, .order = order});
  }
  for (const MatchEvent& event :
       instrument.book.Submit({.order_id = static_cast<uint64_t>(order.order_id),
                               .owner = order.account,
                               .side = order.ticket.side,
                               .type = order.ticket.type,
                               .time_in_force = order.ticket.time_in_force,
                               .price = order.ticket.price,
                               .quantity = order.working,
                               .quantity_step = instrument.step(),
                               .self_trade_prevention = order.ticket.prevention})) {
    if (event.kind == MatchEventKind::kTrade) {
      const int64_t trade_id = instrument.next_trade_id++;
      MarginOrder& maker = *margin_.at(event.maker_owner)
                                .orders(instrument.symbol())
                                .Find(static_cast<int64_t>(event.maker_order_id));
      batch.tape.push_back(
          margin::Print(instrument, event, order.ticket.side, trade_id, now_ms_()));
      Fill(market, order, event, /*is_maker=*/false, trade_id);
      Fill(market, maker, event, /*is_maker=*/true, trade_id);
    } else if (event.kind == MatchEventKind::kExpired) {
      const bool is_self_trade = event.reason == MatchReason::kSelfTradePrevention;
      End(market,
          *margin_.at(event.owner)
               .orders(instrument.symbol())
               .Find(static_cast<int64_t>(event.order_id)),
          is_self_trade ? margin::OrderStatus::kExpiredInMatch : margin::OrderStatus::kExpired,
          is_self_trade ? margin::EndReason::kSelfTrade : margin::EndReason::kImmediate);
    } else {
      // Post-only and ids were checked before.
      CHECK(event.kind == MatchEventKind::kAccepted || event.kind == MatchEventKind::kRested);
    }
  }
}

void SpotExchange::Fill(SpotMarket& market,
                        MarginOrder& order,
                        const MatchEvent& event,
                        bool is_maker,
                        int64_t trade_id) {
  const margin::Instrument& instrument = market.instrument;
  MarginAccount& account = margin_.at(order.account);
  MarginTrade trade{.trade_id = trade_id,
                    .order_id = order.order_id,
                    .symbol = instrument.symbol(),
                    .side = order.ticket.side,
                    .price = event.price,
                    .quantity = event.quantity,
                    .quote = instrument.NotionalOf(event.price, event.quantity),
                    .time_ms = now_ms_(),
                    .is_maker = is_maker};
  Book(market, order, trade);
  order.executed += trade.quantity;
  order.working -= trade.quantity;
  order.executed_quote += trade.quote;
  order.update_time_ms = now_ms_();
  const bool is_done = order.remaining() == 0;
  order.status = is_done ? margin::OrderStatus::kFilled : margin::OrderStatus::kPartiallyFilled;
  if (!account.is_background()) {
    account.orders(instrument.symbol()).AddTrade(trade);
    observer_.OnExecution(account,
                          instrument,
                          {.kind = margin::ExecutionKind::kTrade, .order = order, .trade = &trade});
  }
  if (is_done) {
    End(market, order, margin::OrderStatus::kFilled, margin::EndReason::kNone);
  }
}

void SpotExchange::Book(SpotMarket& market, const MarginOrder& order, MarginTrade& trade) {
  const bool is_buy = trade.side == Side::kBuy;
  const Decimal size = market.instrument.QuantityOf(trade.quantity);
  const HyperliquidToken& received = is_buy ? market.base : market.quote;
  SpotWallet& base = WalletOf(order.account, market.base.index);
  SpotWallet& quote = WalletOf(order.account, market.quote.index);
  PayingWallet(market, order).hold -= CostOf(market, order.ticket, trade.quantity);
  trade.fee_asset = received.name;
  if (!margin_.at(order.account).is_background()) {
    const absl::StatusOr<Decimal> fee = Multiply(
        is_buy ? size : trade.quote, trade.is_maker ? fees_.maker : fees_.taker, Rounding::kDown);
    CHECK(fee.ok());
    trade.fee =
        fee->RoundToMultiple(Decimal::FromScaled(1, received.wei_decimals), Rounding::kDown);
    taken_fees_[received.index] += trade.fee;
  }
  if (is_buy) {
    quote.total -= trade.quote;
    base.total += size - trade.fee;
    base.entry_notional += trade.quote;
    return;
  }
  // What is sold has cost its share of what all has.
  Decimal cost;
  if (base.total.is_positive()) {
    cost = base.total == size
               ? base.entry_notional
               : DivideMoney(MultiplyMoney(base.entry_notional, size, Rounding::kDown),
                             base.total,
                             Rounding::kDown);
  }
  trade.realized = trade.quote - cost;
  base.entry_notional -= cost;
  base.total -= size;
  quote.total += trade.quote - trade.fee;
}

// The order is out of the book already.
void SpotExchange::End(SpotMarket& market,
                       MarginOrder& order,
                       margin::OrderStatus status,
                       margin::EndReason reason) {
  MarginAccount& account = margin_.at(order.account);
  PayingWallet(market, order).hold -= CostOf(market, order.ticket, order.working);
  order.status = status;
  order.end_reason = reason;
  order.working = 0;
  order.update_time_ms = now_ms_();
  if (!account.is_background() && status != margin::OrderStatus::kFilled) {
    observer_.OnExecution(
        account,
        market.instrument,
        {.kind = status == margin::OrderStatus::kCanceled ? margin::ExecutionKind::kCanceled
                                                          : margin::ExecutionKind::kExpired,
         .order = order});
  }
  account.orders(market.instrument.symbol())
      .Close(
          order,
          account.is_background() ? kBackgroundClosedKept : margin::InstrumentOrders::kClosedKept);
}

void SpotExchange::Cancel(MarginAccount& account, SpotMarket& market, MarginOrder& order) {
  CHECK(order.is_open() && order.account == account.id());
  CHECK(!market.instrument.book.Cancel(static_cast<uint64_t>(order.order_id)).empty());
  End(market, order, margin::OrderStatus::kCanceled, margin::EndReason::kNone);
  Settle(market, {});
}

void SpotExchange::Settle(SpotMarket& market, const Batch& batch) {
  if (!batch.tape.empty()) {
    observer_.OnTrades(market.instrument, batch.tape);
  }
  observer_.OnBookChanged(market.instrument);
}

}  // namespace colibri::venue_sim::hyperliquid
