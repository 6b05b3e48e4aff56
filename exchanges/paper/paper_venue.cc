#include "exchanges/paper/paper_venue.h"

#include <algorithm>
#include <utility>

#include "connector/order_cost.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// Pointers that feeds were seen to use; a feed that makes a new one each time is looked up by text.
constexpr size_t kPointersMax = 4096;

OrderRequest RequestOf(const Order& order, Quantity quantity) {
  return {.pair = order.pair,
          .side = order.side,
          .type = order.type,
          .time_in_force = order.time_in_force,
          .quantity = quantity,
          .price = order.price,
          .quote_quantity = order.quote_quantity,
          .client_order_id = std::nullopt};
}

// The lot; where the rule has none, the finest quantity that the book can show.
Quantity StepOf(const TradingRule& rule, const OrderBook& book) {
  return rule.quantity_increment.is_positive()
             ? rule.quantity_increment
             : Quantity::FromScaled(1, book.scale().quantity_decimals);
}

// Quote spent by a buy whose fees are `fees`, or base given by a sell.
Decimal SpentOf(const Order& order, Price price, Quantity quantity, const FeeAmounts& fees) {
  if (order.side == Side::kSell) {
    return quantity.value();
  }
  Decimal spent = (price * quantity).value();
  for (const AssetAmount& fee : fees) {
    if (fee.asset == order.pair.quote) {
      spent += fee.amount;
    }
  }
  return spent;
}

std::string_view WhyRestExpires(const Order& order, const TakePlan& plan) {
  if (plan.meets_own) {
    return "self-trade prevention: an own order stands where it would trade";
  }
  if (order.type == OrderType::kMarket) {
    return "no liquidity left for the market order";
  }
  return order.time_in_force == TimeInForce::kFok ? "fill or kill: not fillable at once"
                                                  : "immediate or cancel: the rest expires";
}

}  // namespace

PaperVenue::PaperVenue(const PaperConfig& config,
                       FeeSchema fees,
                       const MarketFeed& feed,
                       Clock& clock,
                       ReportSink report)
    : fees_(std::move(fees)),
      feed_(feed),
      clock_(clock),
      report_(std::move(report)),
      account_(config.balances) {
  for (const TradingPair& pair : feed.pairs()) {
    markets_.push_back({pair, FillSimulator(config.cancels_ahead)});
  }
}

PaperVenue::Market* PaperVenue::FindMarket(const TradingPair& pair) {
  const auto known = market_by_pointer_.find(&pair);
  if (known != market_by_pointer_.end() && markets_[known->second].pair == pair) {
    return &markets_[known->second];
  }
  const auto found = std::find_if(
      markets_.begin(), markets_.end(), [&](const Market& market) { return market.pair == pair; });
  if (found == markets_.end()) {
    return nullptr;
  }
  if (market_by_pointer_.size() < kPointersMax) {
    market_by_pointer_[&pair] = static_cast<size_t>(found - markets_.begin());
  }
  return &*found;
}

const FillSimulator* PaperVenue::simulator(const TradingPair& pair) const {
  const auto found = std::find_if(
      markets_.begin(), markets_.end(), [&](const Market& market) { return market.pair == pair; });
  return found == markets_.end() ? nullptr : &found->simulator;
}

void PaperVenue::Place(const Order& order) {
  PaperReport report;
  Accept(order, report);
  Send(std::move(report));
}

void PaperVenue::Accept(const Order& order, PaperReport& report) {
  Market* market = FindMarket(order.pair);
  const absl::StatusOr<const OrderBook*> book = feed_.book(order.pair);
  const TradingRule* rule = feed_.rules(order.pair);
  if (market == nullptr || !book.ok() || rule == nullptr) {
    Reject(order,
           StrCat("the paper venue can't match: ",
                  book.ok() ? "the pair is not known" : Std(book.status().message())),
           report);
    return;
  }
  LiveOrder live = {.number = ++last_order_number_,
                    .order = order,
                    .step = StepOf(*rule, **book),
                    .locked_asset = "",
                    .locked = Decimal()};
  live.order.exchange_order_id = ExchangeOrderId::FromNumber(live.number);
  TakePlan plan = market->simulator.Plan(
      **book,
      {.side = order.side,
       .limit = order.type == OrderType::kMarket ? std::nullopt : order.price,
       .quantity = order.quantity,
       .budget = order.quote_quantity,
       .step = live.step});
  if (order.type == OrderType::kLimitMaker && (!plan.levels.empty() || plan.meets_own)) {
    Reject(order, "post-only: the order would match at once and take", report);
    return;
  }
  if (order.time_in_force == TimeInForce::kFok && order.type == OrderType::kLimit &&
      !plan.is_complete) {
    plan.levels.clear();
  }
  if (const absl::Status funds = TakeFunds(live, plan); !funds.ok()) {
    Reject(order, Std(funds.message()), report);
    return;
  }
  report.news.emplace_back(Update(live.order, OrderState::kOpen));
  NoteBalance(order.pair.base, report);
  NoteBalance(order.pair.quote, report);
  market->simulator.Take(**book, order.side, plan);
  const PaperOrder rest = {.id = live.number,
                           .side = order.side,
                           .price = order.price.value_or(Price()),
                           .remaining = order.quantity - plan.filled,
                           .step = live.step};
  if (Execute(std::move(live), plan, report)) {
    market->simulator.Rest(**book, rest);
  }
}

absl::Status PaperVenue::TakeFunds(LiveOrder& live, const TakePlan& plan) {
  const Order& order = live.order;
  if (order.type != OrderType::kMarket) {
    ASSIGN_OR_RETURN(const OrderCost cost,
                     CostOf(RequestOf(order, order.quantity), fees_, nullptr));
    RETURN_IF_ERROR(account_.Lock(cost.asset, cost.amount));
    live.locked_asset = cost.asset;
    live.locked = cost.amount;
    return absl::OkStatus();
  }
  if (order.side == Side::kSell) {
    return account_.CheckAvailable(
        order.pair.base, (order.quote_quantity.has_value() ? plan.filled : order.quantity).value());
  }
  Decimal cost = order.quote_quantity.value_or(plan.notional).value();
  if (fees_.charge == FeeCharge::kAddedToCost) {
    ASSIGN_OR_RETURN(const Decimal fee, Multiply(cost, fees_.percent.taker, Rounding::kUp));
    ASSIGN_OR_RETURN(cost, CheckedAdd(cost, std::max(fee, Decimal())));
  }
  return account_.CheckAvailable(order.pair.quote, cost);
}

bool PaperVenue::Execute(LiveOrder live, const TakePlan& plan, PaperReport& report) {
  for (const TakePlan::Level& level : plan.levels) {
    const absl::Status filled =
        Fill(live, level.displayed.price, level.quantity, /*is_maker=*/false, report);
    if (!filled.ok()) {
      End(live, OrderState::kExpired, Std(filled.message()), report);
      return false;
    }
  }
  const Order& order = live.order;
  if (plan.is_complete && !plan.levels.empty()) {
    End(live, OrderState::kFilled, "", report);
    return false;
  }
  if (order.type == OrderType::kMarket || order.time_in_force != TimeInForce::kGtc ||
      plan.meets_own) {
    End(live, OrderState::kExpired, WhyRestExpires(order, plan), report);
    return false;
  }
  numbers_by_id_[order.client_order_id] = live.number;
  open_.emplace(live.number, std::move(live));
  return true;
}

void PaperVenue::Cancel(const ClientOrderId& id) {
  PaperReport report;
  if (!CancelOne(id, report)) {
    report.news.emplace_back(CancelRefusal{id, "unknown order: it is not open"});
  }
  Send(std::move(report));
}

void PaperVenue::Replace(const ClientOrderId& old_id, const Order& order) {
  PaperReport report;
  if (CancelOne(old_id, report)) {
    Accept(order, report);
  } else {
    report.news.emplace_back(CancelRefusal{old_id, "unknown order: it is not open"});
    Reject(order, StrCat("not placed: order ", old_id, " to replace is not open"), report);
  }
  Send(std::move(report));
}

void PaperVenue::CancelAll() {
  while (!open_.empty()) {
    Cancel(open_.begin()->second.order.client_order_id);
  }
}

bool PaperVenue::CancelOne(const ClientOrderId& id, PaperReport& report) {
  const auto number = numbers_by_id_.find(id);
  if (number == numbers_by_id_.end()) {
    return false;
  }
  auto node = open_.extract(number->second);
  numbers_by_id_.erase(number);
  LiveOrder& live = node.mapped();
  FindMarket(live.order.pair)->simulator.Remove(live.number);
  End(live, OrderState::kCanceled, "", report);
  return true;
}

bool PaperVenue::OnBook(const BookChanged& change) {
  Market* market = FindMarket(*change.pair);
  if (market == nullptr) {
    return false;
  }
  const bool was_stale = market->simulator.is_stale();
  if (change.is_stale) {
    market->simulator.OnStale();
    return !was_stale;
  }
  PaperFills fills;
  market->simulator.OnBook(*change.book, fills);
  Apply(*market, fills);
  return was_stale;
}

void PaperVenue::OnTrade(const PublicTrade& trade) {
  Market* market = FindMarket(*trade.pair);
  if (market == nullptr || market->simulator.resting_count() == 0) {
    return;
  }
  PaperFills fills;
  market->simulator.OnTrade(trade.taker_side, trade.price, trade.quantity, fills);
  Apply(*market, fills);
}

void PaperVenue::OnBestQuote(const BestQuoteChanged& quote) {
  Market* market = FindMarket(*quote.pair);
  if (market == nullptr || market->simulator.resting_count() == 0) {
    return;
  }
  const absl::StatusOr<const OrderBook*> book = feed_.book(*quote.pair);
  if (!book.ok()) {
    return;
  }
  PaperFills fills;
  market->simulator.OnBestQuote(**book,
                                {quote.bid_price, quote.bid_quantity},
                                {quote.ask_price, quote.ask_quantity},
                                quote.update_id,
                                fills);
  Apply(*market, fills);
}

void PaperVenue::Apply(Market& market, const PaperFills& fills) {
  if (fills.empty()) {
    return;
  }
  PaperReport report;
  for (const PaperFill& fill : fills) {
    const auto found = open_.find(fill.order_id);
    if (found == open_.end()) {
      continue;  // an earlier fill of this message ended it
    }
    LiveOrder& live = found->second;
    const absl::Status filled = Fill(live, fill.price, fill.quantity, /*is_maker=*/true, report);
    if (filled.ok() && live.order.remaining().is_positive()) {
      continue;
    }
    auto node = open_.extract(found);
    numbers_by_id_.erase(node.mapped().order.client_order_id);
    if (filled.ok()) {
      End(node.mapped(), OrderState::kFilled, "", report);
    } else {
      market.simulator.Remove(fill.order_id);
      End(node.mapped(), OrderState::kExpired, Std(filled.message()), report);
    }
  }
  Send(std::move(report));
}

absl::Status PaperVenue::Fill(
    LiveOrder& live, Price price, Quantity quantity, bool is_maker, PaperReport& report) {
  Order& order = live.order;
  ASSIGN_OR_RETURN(const FeeAmounts fees, FeesOf(order, price, quantity, is_maker));
  const bool is_buy = order.side == Side::kBuy;
  const Decimal notional = (price * quantity).value();
  std::vector<AssetAmount> amounts = {
      {order.pair.base, is_buy ? quantity.value() : -quantity.value()},
      {order.pair.quote, is_buy ? -notional : notional}};
  for (const AssetAmount& fee : fees) {
    amounts.push_back({fee.asset, -fee.amount});
  }
  RETURN_IF_ERROR(account_.Settle(amounts));
  order.filled += quantity;
  ShrinkLock(live, SpentOf(order, price, quantity, fees));
  report.news.emplace_back(
      TradeUpdate{.fill = {.trade_id = TradeId::FromNumber(++last_trade_number_),
                           .client_order_id = order.client_order_id,
                           .exchange_order_id = order.exchange_order_id,
                           .pair = order.pair,
                           .side = order.side,
                           .price = price,
                           .quantity = quantity,
                           .fees = fees,
                           .is_maker = is_maker,
                           .venue_time = clock_.now()},
                  .source = Source::kStream});
  for (const AssetAmount& change : amounts) {
    NoteBalance(change.asset, report);
  }
  return absl::OkStatus();
}

// A third asset that does not cover its fee is left alone: the fee comes from the returns, as
// venues do it.
absl::StatusOr<FeeAmounts> PaperVenue::FeesOf(const Order& order,
                                              Price price,
                                              Quantity quantity,
                                              bool is_maker) const {
  ASSIGN_OR_RETURN(FeeAmounts fees,
                   fees_.Estimate(order.pair, order.side, price, quantity, is_maker));
  if (fees_.charge != FeeCharge::kThirdAsset) {
    return fees;
  }
  for (const AssetAmount& fee : fees) {
    if (fee.asset == fees_.third_asset && fee.amount > account_.balance(fee.asset).available) {
      FeeSchema deducted = fees_;
      deducted.charge = FeeCharge::kDeductedFromReturns;
      return deducted.Estimate(order.pair, order.side, price, quantity, is_maker);
    }
  }
  return fees;
}

// What stays locked is the cost of the rest, and never so much that the fill, its lock included,
// would have taken from what was available.
void PaperVenue::ShrinkLock(LiveOrder& live, Decimal spent) {
  if (live.locked.is_zero()) {
    return;
  }
  const Decimal left = std::max(live.locked - spent, Decimal());
  const absl::StatusOr<OrderCost> cost =
      CostOf(RequestOf(live.order, live.order.remaining()), fees_, nullptr);
  const Decimal kept = cost.ok() ? std::min(cost->amount, left) : left;
  account_.Unlock(live.locked_asset, live.locked - kept);
  live.locked = kept;
}

void PaperVenue::End(LiveOrder& live,
                     OrderState state,
                     std::string_view reason,
                     PaperReport& report) {
  if (!live.locked.is_zero()) {
    account_.Unlock(live.locked_asset, std::exchange(live.locked, Decimal()));
    NoteBalance(live.locked_asset, report);
  }
  OrderUpdate update = Update(live.order, state);
  update.cumulative_filled = live.order.filled;
  update.reason = std::string(reason);
  report.news.emplace_back(std::move(update));
}

void PaperVenue::Reject(const Order& order, std::string_view reason, PaperReport& report) {
  OrderUpdate update = Update(order, OrderState::kRejected);
  update.reason = std::string(reason);
  report.news.emplace_back(std::move(update));
}

OrderUpdate PaperVenue::Update(const Order& order, OrderState state) const {
  return {.client_order_id = order.client_order_id,
          .exchange_order_id = order.exchange_order_id,
          .pair = order.pair,
          .state = state,
          .cumulative_filled = std::nullopt,
          .quantity = std::nullopt,
          .venue_time = clock_.now(),
          .source = Source::kStream,
          .reason = ""};
}

void PaperVenue::NoteBalance(std::string_view asset, PaperReport& report) const {
  const bool is_noted =
      std::any_of(report.balances.begin(), report.balances.end(), [&](const BalanceUpdate& update) {
        return update.asset == asset;
      });
  if (!is_noted) {
    report.balances.push_back({.asset = std::string(asset),
                               .balance = {},
                               .venue_time = clock_.now(),
                               .source = Source::kStream});
  }
}

void PaperVenue::Send(PaperReport report) {
  if (report.news.empty()) {
    return;
  }
  for (BalanceUpdate& update : report.balances) {
    update.balance = account_.balance(update.asset);
  }
  report_(std::move(report));
}

}  // namespace colibri
