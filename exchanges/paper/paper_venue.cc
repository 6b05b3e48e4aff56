#include "exchanges/paper/paper_venue.h"

#include <algorithm>
#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// Pointers that feeds were seen to use; a feed that makes a new one each time is looked up by text.
constexpr size_t kPointersMax = 4096;
constexpr std::string_view kNothingToReduce = "reduce-only: the position is closed";

std::string_view WhyRestExpires(const Order& order, const TakePlan& plan) {
  if (plan.is_complete && !plan.levels.empty()) {
    return kNothingToReduce;
  }
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

bool PaperReport::is_empty() const {
  return news.empty() && balances.empty() && positions.empty() && leverages.empty() &&
         !position_mode.has_value() && refusals.empty() && funding_payments.empty() &&
         liquidations.empty() && liquidation_fills.empty() && margin_calls.empty();
}

PaperVenue::PaperVenue(const PaperConfig& config,
                       std::unique_ptr<PaperFunds> funds,
                       const MarketFeed& feed,
                       Clock& clock,
                       ReportSink report)
    : funds_(std::move(funds)), feed_(feed), clock_(clock), report_(std::move(report)) {
  for (const TradingPair& pair : feed.pairs()) {
    markets_.push_back({pair, FillSimulator(config.cancels_ahead)});
  }
}

PaperVenue::~PaperVenue() = default;

Quantity PaperVenue::StepOf(const TradingRule& rule, const OrderBook& book) {
  return rule.quantity_increment.is_positive()
             ? rule.quantity_increment
             : Quantity::FromScaled(1, book.scale().quantity_decimals);
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
  if (order.is_waiting()) {
    triggers_.Add(order);
    report.news.emplace_back(Update(order, OrderState::kOpen));
  } else {
    Accept(order, report);
  }
  Send(std::move(report));
}

void PaperVenue::Trigger(const TradingPair& pair, TriggerSource source, Price price) {
  if (triggers_.waiting().empty() || !feed_.book(pair).ok()) {
    return;  // nothing could be matched: the next price triggers
  }
  for (Order& order : triggers_.TakeDue(pair, source, price)) {
    order.is_triggered = true;
    PaperReport report;
    OrderUpdate update = Update(order, OrderState::kOpen);
    update.is_triggered = true;
    report.news.emplace_back(std::move(update));
    Accept(order, report);
    Send(std::move(report));
  }
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
  PaperTicket ticket = {.number = NextOrderNumber(), .order = order, .step = StepOf(*rule, **book)};
  ticket.order.exchange_order_id = ExchangeOrderId::FromNumber(ticket.number);
  const absl::StatusOr<Quantity> tradable = funds_->Tradable(order);
  const absl::StatusOr<TakePlan> plan =
      tradable.ok() ? PlanOf(ticket, *tradable, *market, **book) : tradable.status();
  const absl::Status taken = plan.ok() ? funds_->Take(ticket, *plan) : plan.status();
  if (!taken.ok()) {
    Reject(order, Std(taken.message()), report);
    return;
  }
  report.news.emplace_back(Update(ticket.order, OrderState::kOpen));
  NoteAssets(order.pair, report);
  market->simulator.Take(**book, order.side, *plan);
  const PaperOrder rest = {.id = ticket.number,
                           .side = order.side,
                           .price = order.price.value_or(Price()),
                           .remaining = order.quantity - plan->filled,
                           .step = ticket.step};
  if (Execute(std::move(ticket), *plan, report)) {
    market->simulator.Rest(**book, rest);
  }
}

absl::StatusOr<TakePlan> PaperVenue::PlanOf(const PaperTicket& ticket,
                                            Quantity tradable,
                                            const Market& market,
                                            const OrderBook& book) const {
  const Order& order = ticket.order;
  TakePlan plan =
      market.simulator.Plan(book,
                            {.side = order.side,
                             .limit = order.type == OrderType::kMarket ? std::nullopt : order.price,
                             .quantity = tradable,
                             .budget = order.quote_quantity,
                             .step = ticket.step});
  if (order.type == OrderType::kLimitMaker && (!plan.levels.empty() || plan.meets_own)) {
    return absl::FailedPreconditionError("post-only: the order would match at once and take");
  }
  if (order.time_in_force == TimeInForce::kFok && order.type == OrderType::kLimit &&
      !plan.is_complete) {
    plan.levels.clear();
  }
  return plan;
}

bool PaperVenue::Execute(PaperTicket ticket, const TakePlan& plan, PaperReport& report) {
  for (const TakePlan::Level& level : plan.levels) {
    const absl::Status filled =
        Fill(ticket, level.displayed.price, level.quantity, /*is_maker=*/false, report);
    if (!filled.ok()) {
      End(ticket, OrderState::kExpired, Std(filled.message()), report);
      return false;
    }
  }
  const Order& order = ticket.order;
  const bool is_filled = plan.is_complete && !plan.levels.empty();
  if (is_filled && (order.quote_quantity.has_value() || order.remaining().is_zero())) {
    End(ticket, OrderState::kFilled, "", report);
    return false;
  }
  // A complete plan that leaves something took all that the order may reduce.
  if (is_filled || order.type == OrderType::kMarket || order.time_in_force != TimeInForce::kGtc ||
      plan.meets_own) {
    End(ticket, OrderState::kExpired, WhyRestExpires(order, plan), report);
    return false;
  }
  numbers_by_id_[order.client_order_id] = ticket.number;
  open_.emplace(ticket.number, std::move(ticket));
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
  while (!triggers_.waiting().empty()) {
    Cancel(triggers_.waiting().front().client_order_id);
  }
  while (!open_.empty()) {
    Cancel(open_.begin()->second.order.client_order_id);
  }
}

bool PaperVenue::CancelOne(const ClientOrderId& id, PaperReport& report) {
  if (const std::optional<Order> waited = triggers_.Take(id)) {
    report.news.emplace_back(Update(*waited, OrderState::kCanceled));
    return true;
  }
  const auto number = numbers_by_id_.find(id);
  if (number == numbers_by_id_.end()) {
    return false;
  }
  auto node = open_.extract(number->second);
  numbers_by_id_.erase(number);
  PaperTicket& ticket = node.mapped();
  FindMarket(ticket.order.pair)->simulator.Remove(ticket.number);
  End(ticket, OrderState::kCanceled, "", report);
  return true;
}

void PaperVenue::ExpireOrders(const std::function<bool(const Order&)>& is_meant,
                              std::string_view reason,
                              PaperReport& report) {
  for (auto it = open_.begin(); it != open_.end();) {
    PaperTicket& ticket = it->second;
    if (!is_meant(ticket.order)) {
      ++it;
      continue;
    }
    numbers_by_id_.erase(ticket.order.client_order_id);
    FindMarket(ticket.order.pair)->simulator.Remove(ticket.number);
    End(ticket, OrderState::kExpired, reason, report);
    it = open_.erase(it);
  }
}

void PaperVenue::ForEachOpenOrder(const std::function<void(const Order&)>& visit) const {
  for (const auto& [number, ticket] : open_) {
    visit(ticket.order);
  }
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
  if (market != nullptr && market->simulator.resting_count() > 0) {
    PaperFills fills;
    market->simulator.OnTrade(trade.taker_side, trade.price, trade.quantity, fills);
    Apply(*market, fills);
  }
  // What it triggers comes too late to be filled by it.
  Trigger(*trade.pair, TriggerSource::kLast, trade.price);
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
    PaperTicket& ticket = found->second;
    const absl::StatusOr<Quantity> tradable = funds_->Tradable(ticket.order);
    const Quantity quantity = std::min(fill.quantity, tradable.value_or(Quantity()));
    const absl::Status filled = quantity.is_positive()
                                    ? Fill(ticket, fill.price, quantity, /*is_maker=*/true, report)
                                    : absl::FailedPreconditionError(Abs(kNothingToReduce));
    if (filled.ok() && ticket.order.remaining().is_positive()) {
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
    PaperTicket& ticket, Price price, Quantity quantity, bool is_maker, PaperReport& report) {
  Order& order = ticket.order;
  ASSIGN_OR_RETURN(const PaperSettlement settled,
                   funds_->Settle(ticket, price, quantity, is_maker));
  order.filled += quantity;
  report.news.emplace_back(TradeUpdate{.fill = {.trade_id = NextTradeId(),
                                                .client_order_id = order.client_order_id,
                                                .exchange_order_id = order.exchange_order_id,
                                                .pair = order.pair,
                                                .side = order.side,
                                                .price = price,
                                                .quantity = quantity,
                                                .fees = settled.fees,
                                                .is_maker = is_maker,
                                                .venue_time = clock_.now(),
                                                .position_side = order.position_side,
                                                .realised_profit = settled.realised_profit},
                                       .source = Source::kStream});
  NoteAssets(order.pair, report);
  for (const AssetAmount& fee : settled.fees) {
    NoteBalance(fee.asset, report);
  }
  return absl::OkStatus();
}

void PaperVenue::End(PaperTicket& ticket,
                     OrderState state,
                     std::string_view reason,
                     PaperReport& report) {
  funds_->Release(ticket);
  NoteAssets(ticket.order.pair, report);
  OrderUpdate update = Update(ticket.order, state);
  update.cumulative_filled = ticket.order.filled;
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

void PaperVenue::NoteAssets(const TradingPair& pair, PaperReport& report) const {
  for (const std::string& asset : funds_->AssetsOf(pair)) {
    NoteBalance(asset, report);
  }
}

void PaperVenue::Send(PaperReport report) {
  Complete(report);
  if (report.is_empty()) {
    return;
  }
  for (BalanceUpdate& update : report.balances) {
    update.balance = funds_->balance(update.asset);
  }
  report_(std::move(report));
}

}  // namespace colibri
