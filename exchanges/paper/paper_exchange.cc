#include "exchanges/paper/paper_exchange.h"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "connector/margin_checks.h"
#include "connector/order_checks.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/paper/spot_funds.h"

namespace colibri {
namespace {

FeeSchema FeesOf(const PaperConfig& config, const VenueSpec& spec) {
  FeeSchema fees = config.fees.value_or(spec.fees);
  fees.percent = config.market.fee_override.value_or(fees.percent);
  return fees;
}

OrderRequest RequestOf(const Order& order) {
  return {.pair = order.pair,
          .side = order.side,
          .type = order.type,
          .time_in_force = order.time_in_force,
          .quantity = order.remaining(),
          .price = order.price,
          .quote_quantity = std::nullopt,
          .client_order_id = std::nullopt,
          .position_action = order.position_action};
}

}  // namespace

PaperExchange::PaperExchange(PaperConfig config,
                             const VenueSpec& spec,
                             std::unique_ptr<MarketFeed> feed,
                             Clock& clock)
    : config_(std::move(config)),
      spec_(spec),
      name_(StrCat(spec.name, "_paper")),
      feed_(std::move(feed)),
      clock_(clock),
      random_(config_.seed),
      risk_(name_, config_.market.risk, feed_->pairs(), clock, events_),
      balances_(name_, clock, events_),
      tracker_(name_,
               clock,
               events_,
               /*actions=*/{},
               [this](const TradingPair& pair) {
                 const TradingRule* rule = feed_->rules(pair);
                 return rule == nullptr ? Quantity() : rule->quantity_increment;
               }),
      fees_(FeesOf(config_, spec)),
      venue_(MakeVenue()),
      to_venue_(clock, config_.delay_to_venue, random_),
      from_venue_(clock, config_.delay_from_venue, random_) {
  if (perpetual_venue_ != nullptr) {
    perpetual_ = std::make_unique<PaperPerpetual>(
        name_, spec, feed_->pairs(), *perpetual_venue_, to_venue_, clock, events_);
  }
  for (const TradingPair& pair : feed_->pairs()) {
    health_.Require(Health::BookCapability(pair), clock_.now(), "no snapshot yet");
  }
  health_.set_listener([this](const CapabilityHealth& changed) {
    events_.Publish(HealthChanged{.header = {.venue = name_,
                                             .venue_time = absl::InfinitePast(),
                                             .receive_time = clock_.now(),
                                             .source = Source::kLocal},
                                  .capability = changed.capability,
                                  .is_healthy = changed.is_healthy,
                                  .reason = changed.reason});
  });
  market_ = feed_->events().SubscribeAll([this](const Event& event) { OnMarketEvent(event); });
}

PaperExchange::~PaperExchange() = default;

std::unique_ptr<PaperVenue> PaperExchange::MakeVenue() {
  auto report = [this](PaperReport report) {
    from_venue_.Send([this, report = std::move(report)] { Deliver(report); });
  };
  if (!spec_.is_perpetual()) {
    return std::make_unique<PaperVenue>(config_,
                                        std::make_unique<SpotFunds>(config_.balances, fees_),
                                        *feed_,
                                        clock_,
                                        std::move(report));
  }
  auto venue =
      std::make_unique<PerpetualVenue>(config_, fees_.percent, *feed_, clock_, std::move(report));
  perpetual_venue_ = venue.get();
  return venue;
}

absl::Status PaperExchange::Open() {
  RETURN_IF_ERROR(CheckPaperConfig(config_));
  ASSIGN_OR_RETURN(ClientOrderIdGenerator ids,
                   ClientOrderIdGenerator::Create(config_.market.client_order_id_prefix,
                                                  spec_.client_order_id_alphabet,
                                                  spec_.client_order_id_length_max,
                                                  clock_.now(),
                                                  random_));
  if (perpetual_ != nullptr) {
    RETURN_IF_ERROR(perpetual_->Open());
    for (const TradingPair& pair : pairs()) {
      risk_.SetCollateral(pair, perpetual_venue_->margin().AssetsOf(pair).front());
    }
  }
  ids_.emplace(std::move(ids));
  LoadBalances();
  return absl::OkStatus();
}

ShutdownReport PaperExchange::Close() {
  is_closing_ = true;
  // News may make a strategy cancel once more; nobody can place.
  do {
    to_venue_.Flush();
    venue_->CancelAll();
    from_venue_.Flush();
  } while (!to_venue_.empty() || !from_venue_.empty());
  return {.open_orders_left = static_cast<int>(venue_->open_count()),
          .is_verified = true,
          .may_be_open = {}};
}

Task<absl::Status> PaperExchange::Start(absl::Duration timeout) {
  CO_RETURN_IF_ERROR(CheckPaperConfig(config_));
  CO_RETURN_IF_ERROR(co_await feed_->Start(timeout));
  co_return Open();
}

Task<ShutdownReport> PaperExchange::Stop(absl::Duration timeout) {
  ShutdownReport report = Close();
  co_await feed_->Stop(timeout);
  co_return report;
}

Task<ShutdownReport> PaperExchange::CancelEverything(absl::Duration timeout) {
  const absl::Duration deadline = clock_.monotonic() + timeout;
  absl::Status canceling = CancelAll(std::nullopt);
  while (canceling.ok() && tracker_.open_count() > 0 && clock_.monotonic() < deadline) {
    co_await progress_.Wait(clock_, deadline - clock_.monotonic());
    canceling = CancelAll(std::nullopt);  // of those that were refused meanwhile
  }
  co_return ShutdownReport{.open_orders_left = static_cast<int>(tracker_.open_count()),
                           .is_verified = true,
                           .may_be_open = {}};
}

ConnectorCounters PaperExchange::counters() const {
  ConnectorCounters counters = feed_->counters();
  counters.private_frames = counters_.private_frames;
  counters.order_latency_last = counters_.order_latency_last;
  counters.order_latency_max = counters_.order_latency_max;
  return counters;
}

Task<absl::Status> PaperExchange::RefreshBalances() {
  LoadBalances();
  co_return absl::OkStatus();
}

void PaperExchange::LoadBalances() {
  std::vector<BalanceUpdate> updates;
  for (const std::string& asset : venue_->account().assets()) {
    updates.push_back({.asset = asset,
                       .balance = venue_->account().balance(asset),
                       .venue_time = clock_.now(),
                       .source = Source::kRest});
  }
  balances_.ApplySnapshot(updates, clock_.now());
}

FeeRates PaperExchange::fee_rates(const TradingPair& /*pair*/) const {
  return fees_.percent;
}

absl::StatusOr<const OrderBook*> PaperExchange::CheckReady(const TradingPair& pair,
                                                           PositionAction action) const {
  if (!ids_.has_value()) {
    return absl::FailedPreconditionError(StrCat(name_, " has not been started"));
  }
  if (is_closing_) {
    return absl::FailedPreconditionError(StrCat(name_, " is stopping: no new orders"));
  }
  if (std::find(pairs().begin(), pairs().end(), pair) == pairs().end()) {
    return absl::NotFoundError(StrCat(
        pair, " is not one of the pairs that ", name_, " is configured for: add it to pairs"));
  }
  if (action == PositionAction::kClose && perpetual_ == nullptr) {
    return absl::InvalidArgumentError(
        StrCat(name_, " is a spot venue and has no positions to close: leave position_action"));
  }
  const absl::StatusOr<const OrderBook*> book = feed_->book(pair);
  if (!book.ok()) {
    return absl::FailedPreconditionError(
        StrCat(name_, " is not ready to trade ", pair, ": ", Std(book.status().message())));
  }
  return *book;
}

absl::StatusOr<OrderRequest> PaperExchange::Quantise(const OrderRequest& request,
                                                     const OrderBook& book) const {
  const TradingRule* rule = rules(request.pair);
  if (rule != nullptr) {
    RETURN_IF_ERROR(CheckTrigger(request, spec_, *rule));
  }
  OrderRequest quantised = request;
  RETURN_IF_ERROR(QuantiseOrder(rule, book.mid_price(), quantised));
  const int limit = rule->open_orders_max > 0
                        ? std::min(rule->open_orders_max, config_.open_orders_max)
                        : config_.open_orders_max;
  RETURN_IF_ERROR(CheckOpenOrders(request.pair, risk_.account().open_orders(request.pair), limit));
  return quantised;
}

absl::StatusOr<OrderCost> PaperExchange::Cost(const OrderRequest& request,
                                              const OrderBook* book) const {
  if (request.trigger.has_value()) {
    return OrderCost();  // until its trigger
  }
  if (perpetual_ == nullptr) {
    return CostOf(request, fees_, book);
  }
  const Position held = perpetual_->position(request.pair, PositionSide::kNet);
  const MarginTerms terms = {
      .collateral = perpetual_venue_->margin().AssetsOf(request.pair).front(),
      .leverage = perpetual_->leverage(request.pair).leverage,
      .opening = OpeningQuantity(request, perpetual_->position_mode(), held.quantity)};
  return MarginOf(request, terms, fees_, book);
}

absl::Status PaperExchange::CheckBalance(const OrderCost& cost, Decimal released) const {
  return CheckAvailable(cost, balances_.balance(cost.asset).available, released);
}

absl::StatusOr<ClientOrderId> PaperExchange::ChooseId(const std::optional<ClientOrderId>& wanted) {
  if (!wanted.has_value()) {
    return ids_->Next();
  }
  RETURN_IF_ERROR(CheckClientOrderId(*wanted, spec_, tracker_));
  return *wanted;
}

Order PaperExchange::Track(const OrderRequest& request,
                           const ClientOrderId& id,
                           const OrderCost& cost,
                           const OrderBook& book) {
  Order order = OrderOf(request, id, clock_.now());
  if (perpetual_ != nullptr) {
    order.position_side =
        SideOfPosition(perpetual_->position_mode(), request.side, request.position_action);
  }
  tracker_.StartTracking(order);
  risk_.Add(order, &book);
  if (cost.amount.is_positive()) {
    balances_.Reserve(id, cost.asset, cost.amount);
  }
  return order;
}

absl::StatusOr<ClientOrderId> PaperExchange::Place(const OrderRequest& request) {
  ASSIGN_OR_RETURN(const OrderBook* book, CheckReady(request.pair, request.position_action));
  ASSIGN_OR_RETURN(const OrderRequest quantised, Quantise(request, *book));
  RETURN_IF_ERROR(risk_.Check(quantised, book));
  ASSIGN_OR_RETURN(const OrderCost cost, Cost(quantised, book));
  if (!quantised.trigger.has_value()) {
    RETURN_IF_ERROR(CheckBalance(cost, Decimal()));
  }
  ASSIGN_OR_RETURN(const ClientOrderId id, ChooseId(request.client_order_id));
  to_venue_.Send([this, order = Track(quantised, id, cost, *book)] { venue_->Place(order); });
  return id;
}

absl::Status PaperExchange::Cancel(const ClientOrderId& client_order_id) {
  const Order* order = tracker_.Find(client_order_id);
  if (order == nullptr) {
    return absl::NotFoundError(StrCat("no order ", client_order_id, " to cancel"));
  }
  if (!order->is_open()) {
    return absl::FailedPreconditionError(
        StrCat("order ", client_order_id, " is ", ToString(order->state), ": nothing to cancel"));
  }
  if (order->is_cancel_requested) {
    return absl::OkStatus();  // on its way
  }
  tracker_.MarkCancelRequested(client_order_id, /*can_cancel_by_client_order_id=*/true);
  to_venue_.Send([this, id = client_order_id] { venue_->Cancel(id); });
  return absl::OkStatus();
}

absl::Status PaperExchange::CancelAll(std::optional<TradingPair> pair) {
  if (pair.has_value() && std::find(pairs().begin(), pairs().end(), *pair) == pairs().end()) {
    return absl::NotFoundError(StrCat(*pair, " is not one of the pairs of ", name_));
  }
  for (const Order* order : tracker_.open_orders()) {
    if (!pair.has_value() || order->pair == *pair) {
      RETURN_IF_ERROR(Cancel(order->client_order_id));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ClientOrderId> PaperExchange::Amend(const ClientOrderId& client_order_id,
                                                   const OrderAmendment& amendment) {
  const Order* found = tracker_.Find(client_order_id);
  if (found == nullptr) {
    return absl::NotFoundError(StrCat("no order ", client_order_id, " to amend"));
  }
  if (!found->is_open() || found->is_cancel_requested ||
      found->state == OrderState::kPendingCreate) {
    return absl::FailedPreconditionError(StrCat(
        "order ",
        client_order_id,
        found->is_cancel_requested ? " is being canceled" : StrCat(" is ", ToString(found->state)),
        ": amend an order while it is open"));
  }
  if (found->trigger.has_value()) {
    return absl::UnimplementedError(
        StrCat("order ", client_order_id, " is conditional: cancel it and place another one"));
  }
  const Order old_order = *found;
  ASSIGN_OR_RETURN(const OrderBook* book, CheckReady(old_order.pair, old_order.position_action));
  OrderRequest request = RequestOf(old_order);
  request.price = amendment.price.has_value() ? amendment.price : old_order.price;
  // What is filled of the old order is not bought again by the new one.
  request.quantity = amendment.quantity.value_or(old_order.quantity) - old_order.filled;
  if (!request.quantity.is_positive()) {
    return absl::InvalidArgumentError(StrCat("order ",
                                             client_order_id,
                                             ": ",
                                             old_order.filled,
                                             " are filled, which is all of the new quantity"));
  }
  ASSIGN_OR_RETURN(request, Quantise(request, *book));
  RETURN_IF_ERROR(risk_.Check(request, book, &client_order_id));
  ASSIGN_OR_RETURN(const OrderCost cost, Cost(request, nullptr));
  ASSIGN_OR_RETURN(const OrderCost released, Cost(RequestOf(old_order), nullptr));
  RETURN_IF_ERROR(CheckBalance(cost, released.amount));
  // Only what the new order takes beyond the old one is not locked at the venue already.
  const OrderCost more = {.asset = cost.asset, .amount = cost.amount - released.amount};
  const Order order = Track(request, ids_->Next(), more, *book);
  tracker_.MarkCancelRequested(client_order_id, /*can_cancel_by_client_order_id=*/true);
  to_venue_.Send([this, id = client_order_id, order] { venue_->Replace(id, order); });
  return order.client_order_id;
}

template <typename E>
void PaperExchange::Forward(const E& event) {
  E ours = event;
  ours.header.venue = name_;
  events_.Publish(std::move(ours));
}

// The venue matches first, the news follow: what a strategy does about them comes later.
void PaperExchange::OnMarketEvent(const Event& event) {
  if (const auto* change = std::get_if<BookChanged>(&event)) {
    OnBook(*change);
  } else if (const auto* trade = std::get_if<PublicTrade>(&event)) {
    venue_->OnTrade(*trade);
    Forward(*trade);
  } else if (const auto* quote = std::get_if<BestQuoteChanged>(&event)) {
    venue_->OnBestQuote(*quote);
    Forward(*quote);
  } else if (const auto* candle = std::get_if<CandleClosed>(&event)) {
    Forward(*candle);
  } else if (const auto* funding = std::get_if<FundingInfoChanged>(&event)) {
    OnFunding(*funding);
  } else if (const auto* liquidation = std::get_if<PublicLiquidation>(&event)) {
    Forward(*liquidation);
  }
}

void PaperExchange::OnBook(const BookChanged& change) {
  if (venue_->OnBook(change)) {
    const absl::Status status = feed_->book(*change.pair).status();
    health_.Set(Health::BookCapability(*change.pair),
                !change.is_stale,
                clock_.now(),
                change.is_stale ? Std(status.message()) : std::string_view());
  }
  Forward(change);
  if (perpetual_ == nullptr) {
    return;
  }
  if (const std::optional<FundingInfo> info = perpetual_venue_->TakeMidFunding(*change.pair)) {
    FundingInfoChanged told = {.header = change.header, .pair = change.pair, .funding = *info};
    told.header.source = Source::kLocal;
    perpetual_->NoteFunding(*change.pair, *info);
    Forward(told);
  }
}

void PaperExchange::OnFunding(const FundingInfoChanged& event) {
  if (perpetual_ == nullptr) {
    return;
  }
  FundingInfoChanged told = event;
  told.funding = perpetual_venue_->OnFunding(event);
  perpetual_->NoteFunding(*event.pair, told.funding);
  Forward(told);
}

// Balances first, as they are after all of the news: a strategy that hears of a fill sees them.
void PaperExchange::Deliver(const PaperReport& report) {
  ++counters_.private_frames;
  for (const PaperNews& news : report.news) {
    if (const auto* update = std::get_if<OrderUpdate>(&news)) {
      if (update->state == OrderState::kRejected) {
        balances_.Release(update->client_order_id);
        continue;
      }
      balances_.NoteAcknowledged(update->client_order_id, update->venue_time);
      if (update->state == OrderState::kOpen) {
        const absl::Duration latency =
            clock_.now() - tracker_.Find(update->client_order_id)->created_at;
        counters_.order_latency_last = latency;
        counters_.order_latency_max = std::max(counters_.order_latency_max, latency);
      }
    }
  }
  for (const BalanceUpdate& update : report.balances) {
    balances_.Apply(update);
  }
  if (perpetual_ != nullptr) {
    perpetual_->Apply(report);
  }
  for (const PaperNews& news : report.news) {
    if (const auto* refusal = std::get_if<CancelRefusal>(&news)) {
      tracker_.MarkCancelRejected(refusal->client_order_id, refusal->reason);
    } else if (const auto* trade = std::get_if<TradeUpdate>(&news)) {
      tracker_.Apply(*trade);
    } else {
      tracker_.Apply(std::get<OrderUpdate>(news));
    }
  }
  progress_.Set();
}

}  // namespace colibri
