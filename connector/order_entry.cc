#include "connector/order_entry.h"

#include <algorithm>
#include <utility>

#include "connector/log.h"
#include "connector/order_checks.h"
#include "connector/order_cost.h"
#include "connector/order_journal.h"
#include "connector/perpetual_account.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "core/trading_rule.h"

namespace colibri {
namespace {

absl::Status CheckAmendable(const Order& order) {
  const ClientOrderId& id = order.client_order_id;
  if (!order.is_open()) {
    return absl::FailedPreconditionError(
        StrCat("order ", id, " is ", ToString(order.state), ": nothing to amend"));
  }
  if (order.is_in_doubt || order.state == OrderState::kPendingCreate) {
    return absl::FailedPreconditionError(
        StrCat("order ", id, " is not acknowledged yet: amend it when it is"));
  }
  if (order.trigger.has_value()) {
    return absl::UnimplementedError(
        StrCat("order ", id, " is conditional: cancel it and place another one"));
  }
  return absl::OkStatus();
}

}  // namespace

OrderEntry::OrderEntry(ExchangeState& state, OrderInquiry& inquiry, ClientOrderIdGenerator ids)
    : state_(state), inquiry_(inquiry), ids_(std::move(ids)) {}

absl::StatusOr<OrderEntry::Market> OrderEntry::CheckReady(const TradingPair& pair,
                                                          PositionAction action) const {
  const VenueSpec& spec = state_.spec;
  if (state_.is_stopping) {
    return absl::FailedPreconditionError(StrCat(spec.name, " is stopping: no new orders"));
  }
  // Once the rules are there every pair has its instrument; until then the list is looked through.
  const Instrument* const instrument = state_.FindInstrument(pair);
  if (instrument == nullptr &&
      std::find(state_.config.pairs.begin(), state_.config.pairs.end(), pair) ==
          state_.config.pairs.end()) {
    return absl::NotFoundError(StrCat(
        pair, " is not one of the pairs that ", spec.name, " is configured for: add it to pairs"));
  }
  if (!spec.capabilities.can_trade) {
    return absl::FailedPreconditionError(StrCat(spec.name, " serves market data only"));
  }
  if (state_.auth == nullptr) {
    return absl::FailedPreconditionError(
        StrCat(spec.name, " has no API key and serves market data only: set ", KeyVariables(spec)));
  }
  if (action == PositionAction::kClose && state_.perpetual == nullptr) {
    return absl::InvalidArgumentError(
        StrCat(spec.name, " is a spot venue and has no positions to close: leave position_action"));
  }
  if (instrument == nullptr || !state_.health.can_trade(pair)) {
    return absl::FailedPreconditionError(
        StrCat(spec.name, " is not ready to trade ", pair, ": ", state_.health.Why(pair)));
  }
  return Market{*instrument, state_.FindRule(*instrument), state_.SyncedBook(*instrument)};
}

absl::Status OrderEntry::Quantise(const Market& market, OrderRequest& request) const {
  if (market.rule != nullptr) {
    RETURN_IF_ERROR(CheckTrigger(request, state_.spec, *market.rule));
  }
  RETURN_IF_ERROR(QuantiseOrder(
      market.rule, market.book == nullptr ? std::nullopt : market.book->mid_price(), request));
  return CheckOpenOrders(
      request.pair, state_.risk.account().open_orders(request.pair), market.rule->open_orders_max);
}

absl::StatusOr<OrderCost> OrderEntry::Cost(const OrderRequest& request,
                                           const Market& market) const {
  if (request.trigger.has_value()) {
    return OrderCost();  // until its trigger, and then the venue's balances tell
  }
  const FeeSchema fees = state_.fees(&market.instrument);
  if (state_.perpetual == nullptr) {
    return CostOf(request, fees, market.book);
  }
  const MarginTerms terms = {
      .collateral = market.rule->collateral,
      .leverage = state_.perpetual->settings().leverage(request.pair).leverage,
      .opening = state_.perpetual->OpeningQuantity(request)};
  return MarginOf(request, terms, fees, market.book);
}

absl::StatusOr<Order> OrderEntry::MakeOrder(const OrderRequest& request,
                                            const ClientOrderId& id,
                                            const Market& market) const {
  const OrderBook* const book = market.book;
  Order order = OrderOf(request, id, state_.clock.now());
  if (state_.perpetual != nullptr) {
    order.position_side = state_.perpetual->SideOf(request.side, request.position_action);
  }
  if (request.type != OrderType::kMarket || !state_.spec.capabilities.needs_market_price) {
    return order;
  }
  const bool is_buy = request.side == Side::kBuy;
  const std::optional<PriceLevel> best = book == nullptr ? std::nullopt
                                         : is_buy        ? book->best_ask()
                                                         : book->best_bid();
  if (!best.has_value() && !request.trigger.has_value()) {
    return absl::FailedPreconditionError(
        StrCat(request.pair, ": nobody to trade with, so a market order has no price"));
  }
  const Decimal slippage = state_.config.market_order_slippage;
  const Decimal factor = Decimal::FromInteger(1) + (is_buy ? slippage : -slippage);
  const Price start = request.trigger.has_value() ? request.trigger->price : best->price;
  ASSIGN_OR_RETURN(const Price worst, Scale(start, factor, Rounding::kHalfEven));
  order.price = QuantizePrice(*market.rule, request.side, worst);
  return order;
}

absl::Status OrderEntry::CheckBalance(const OrderCost& cost, Decimal released) const {
  return CheckAvailable(cost, state_.balances.balance(cost.asset).available, released);
}

absl::Status OrderEntry::CheckRisk(const OrderRequest& request,
                                   const OrderBook* book,
                                   const Order* replaced) {
  if (replaced == nullptr) {
    return state_.risk.Check(request, book);
  }
  OrderRequest left = request;
  left.quantity = std::max(request.quantity - replaced->filled, Quantity());
  return state_.risk.Check(left, book, &replaced->client_order_id);
}

absl::StatusOr<ClientOrderId> OrderEntry::ChooseId(const std::optional<ClientOrderId>& wanted) {
  if (!wanted.has_value()) {
    return ids_.Next();
  }
  RETURN_IF_ERROR(CheckClientOrderId(*wanted, state_.spec, *state_.tracker));
  return *wanted;
}

void OrderEntry::Track(const Order& order, const OrderCost& cost, const OrderBook* book) {
  state_.tracker->StartTracking(order);
  state_.risk.Add(order, book);
  if (cost.amount.is_positive()) {
    state_.balances.Reserve(order.client_order_id, cost.asset, cost.amount);
  }
  placing_.insert(order.client_order_id);
}

absl::StatusOr<ClientOrderId> OrderEntry::Place(const OrderRequest& request) {
  ASSIGN_OR_RETURN(const Market market, CheckReady(request.pair, request.position_action));
  OrderRequest quantised = request;
  RETURN_IF_ERROR(Quantise(market, quantised));
  RETURN_IF_ERROR(CheckRisk(quantised, market.book, /*replaced=*/nullptr));
  ASSIGN_OR_RETURN(const OrderCost cost, Cost(quantised, market));
  if (!quantised.trigger.has_value()) {
    RETURN_IF_ERROR(CheckBalance(cost, Decimal()));
  }
  ASSIGN_OR_RETURN(const ClientOrderId id, ChooseId(request.client_order_id));
  ASSIGN_OR_RETURN(const Order order, MakeOrder(quantised, id, market));
  RETURN_IF_ERROR(state_.journal->NoteIntent(order));
  // The wire comes first: nothing is heard of the order until the task below runs.
  Task<RestResult> answer = state_.rest->Start(PlaceCall(order, market.instrument));
  Track(order, cost, market.book);
  state_.Spawn("place", AwaitPlaced(order, std::move(answer)));
  return id;
}

VenueCall OrderEntry::PlaceCall(const Order& order, const Instrument& instrument) const {
  VenueCall call = state_.protocol.PlaceCall(order, instrument);
  call.timeout = std::min(call.timeout, kOrderTimeout);
  return call;
}

Task<void> OrderEntry::AwaitPlaced(Order order, Task<RestResult> answer) {
  const ClientOrderId id = order.client_order_id;
  const RestResult result = co_await std::move(answer);
  NoteLatency(result);
  if (!result.status.ok()) {
    NotePlaceFailure(id, result.error);
  } else if (absl::StatusOr<PlaceAnswer> placed =
                 state_.protocol.ParsePlaced(result.response.body, order);
             placed.ok()) {
    ApplyPlaced(id, *std::move(placed));
  } else {
    // The venue took it, or so it seems: only the venue can say.
    LogError("place_answer_unreadable",
             {{"id", id.ToString()}, {"why", placed.status().ToString()}});
    state_.tracker->MarkInDoubt(
        id, StrCat("the venue's answer could not be read: ", Std(placed.status().message())));
  }
  FinishPlacing(id);
}

void OrderEntry::NoteLatency(const RestResult& result) {
  if (result.received > result.sent) {
    state_.counters.order_latency_last = result.received - result.sent;
    state_.counters.order_latency_max =
        std::max(state_.counters.order_latency_max, state_.counters.order_latency_last);
  }
}

void OrderEntry::ApplyPlaced(const ClientOrderId& id, PlaceAnswer answer) {
  for (TradeUpdate& trade : answer.trades) {
    trade.fill.client_order_id = id;
    trade.source = Source::kRest;
    state_.Apply(trade);
  }
  answer.order.client_order_id = id;
  answer.order.source = Source::kRest;
  state_.Apply(answer.order);
}

void OrderEntry::NotePlaceFailure(const ClientOrderId& id, const VenueError& error) {
  const std::string words(Std(error.status.message()));
  LogWarning("place_failed", {{"id", id.ToString()}, {"why", error.status.ToString()}});
  if (error.outcome == Outcome::kUnknown) {
    state_.tracker->MarkInDoubt(id, words);
  } else if (error.kind == ErrorKind::kDuplicateOrder) {
    state_.tracker->MarkInDoubt(id, StrCat("the venue has an order of this id: ", words));
  } else {
    state_.balances.Release(id);
    state_.tracker->MarkRejected(id, words);
  }
}

void OrderEntry::FinishPlacing(const ClientOrderId& id) {
  placing_.erase(id);
  if (cancel_after_placing_.erase(id) != 0) {
    SendCancel(id);
  }
}

absl::StatusOr<ClientOrderId> OrderEntry::Amend(const ClientOrderId& id,
                                                const OrderAmendment& amendment) {
  const Order* found = state_.tracker == nullptr ? nullptr : state_.tracker->Find(id);
  if (found == nullptr) {
    return absl::NotFoundError(StrCat("no order ", id, " to amend"));
  }
  RETURN_IF_ERROR(CheckAmendable(*found));
  const Order old_order = *found;
  ASSIGN_OR_RETURN(const Market market, CheckReady(old_order.pair, old_order.position_action));
  OrderRequest request = {.pair = old_order.pair,
                          .side = old_order.side,
                          .type = old_order.type,
                          .time_in_force = old_order.time_in_force,
                          .quantity = amendment.quantity.value_or(old_order.quantity),
                          .price = amendment.price.has_value() ? amendment.price : old_order.price,
                          .quote_quantity = std::nullopt,
                          .client_order_id = std::nullopt,
                          .position_action = old_order.position_action,
                          .trigger = std::nullopt};
  OrderRequest quantised = request;
  RETURN_IF_ERROR(Quantise(market, quantised));
  RETURN_IF_ERROR(CheckRisk(quantised, market.book, &old_order));
  const Instrument& instrument = market.instrument;
  const OrderAmendment exact = {.price = quantised.price, .quantity = quantised.quantity};
  if (std::optional<VenueCall> call = state_.protocol.AmendCall(old_order, exact, instrument)) {
    state_.journal->NoteAmend(id, exact);
    state_.risk.NoteAmendment(id, quantised);
    state_.Spawn("amend", AmendInPlace(old_order, *std::move(call)));
    return id;
  }
  // What is filled of the old order is not bought again by the new one.
  if (quantised.quantity <= old_order.filled) {
    return absl::InvalidArgumentError(StrCat("order ",
                                             id,
                                             ": ",
                                             old_order.filled,
                                             " are filled, and the new quantity is ",
                                             quantised.quantity));
  }
  quantised.quantity -= old_order.filled;
  RETURN_IF_ERROR(Quantise(market, quantised));
  const Market without_book = {instrument, market.rule, /*book=*/nullptr};
  ASSIGN_OR_RETURN(const OrderCost cost, Cost(quantised, without_book));
  OrderRequest left = quantised;
  left.price = old_order.price;
  left.quantity = old_order.remaining();
  ASSIGN_OR_RETURN(const OrderCost released, Cost(left, without_book));
  RETURN_IF_ERROR(CheckBalance(cost, released.amount));
  ASSIGN_OR_RETURN(const Order new_order, MakeOrder(quantised, ids_.Next(), market));
  std::optional<VenueCall> call = state_.protocol.ReplaceCall(old_order, new_order, instrument);
  if (!call.has_value()) {
    return absl::UnimplementedError(
        StrCat(state_.spec.name, " can neither amend nor replace this order: cancel and place"));
  }
  // Only what the new order takes beyond the old one is not locked at the venue already.
  const OrderCost more = {.asset = cost.asset, .amount = cost.amount - released.amount};
  RETURN_IF_ERROR(state_.journal->NoteIntent(new_order));
  Track(new_order, more, market.book);
  state_.journal->NoteCancel(id);
  state_.tracker->MarkCancelRequested(id, true);
  state_.Spawn("replace", Replace(old_order, new_order, *std::move(call)));
  return new_order.client_order_id;
}

Task<void> OrderEntry::AmendInPlace(Order order, VenueCall call) {
  call.timeout = std::min(call.timeout, kOrderTimeout);
  const RestResult result = co_await state_.rest->Call(std::move(call));
  if (result.status.ok()) {
    absl::StatusOr<OrderUpdate> update = state_.protocol.ParseAmended(result.response.body, order);
    if (update.ok()) {
      update->client_order_id = order.client_order_id;
      update->source = Source::kRest;
      state_.Apply(*update);
      co_return;
    }
  } else if (!result.is_unknown()) {
    state_.tracker->MarkAmendRejected(order.client_order_id,
                                      std::string(Std(result.status.message())));
    co_return;
  }
  inquiry_.Resolve(order.client_order_id);
}

Task<void> OrderEntry::Replace(Order old_order, Order new_order, VenueCall call) {
  call.timeout = std::min(call.timeout, kOrderTimeout);
  const RestResult result = co_await state_.rest->Call(std::move(call));
  NoteLatency(result);
  absl::StatusOr<ReplaceAnswer> answer = absl::UnavailableError("no answer");
  if (result.response.status != 0) {
    answer = state_.protocol.ParseReplaced(result.response, old_order, new_order);
  }
  if (answer.ok()) {
    ApplyReplaced(old_order, new_order, *std::move(answer));
  } else if (!result.status.ok() && !result.is_unknown()) {
    NotePlaceFailure(new_order.client_order_id, result.error);
    state_.tracker->MarkCancelRejected(old_order.client_order_id,
                                       std::string(Std(result.status.message())));
  } else {
    const absl::Status& why = result.status.ok() ? answer.status() : result.status;
    state_.tracker->MarkInDoubt(new_order.client_order_id, std::string(Std(why.message())));
    inquiry_.Resolve(old_order.client_order_id);
  }
  FinishPlacing(new_order.client_order_id);
}

// Each half stands alone: the cancel may have worked and the placement not, and the other way.
void OrderEntry::ApplyReplaced(const Order& old_order,
                               const Order& new_order,
                               ReplaceAnswer answer) {
  const ClientOrderId& old_id = old_order.client_order_id;
  const ClientOrderId& new_id = new_order.client_order_id;
  if (answer.canceled.has_value()) {
    NoteCanceled(old_order, *std::move(answer.canceled));
  } else if (answer.cancel_error.has_value() && answer.cancel_error->outcome != Outcome::kUnknown &&
             answer.cancel_error->kind != ErrorKind::kCancelUnknownOrder &&
             answer.cancel_error->kind != ErrorKind::kOrderNotFound) {
    state_.tracker->MarkCancelRejected(old_id,
                                       std::string(Std(answer.cancel_error->status.message())));
  } else {
    inquiry_.Resolve(old_id);
  }
  if (answer.placed.has_value()) {
    ApplyPlaced(new_id, *std::move(answer.placed));
  } else if (answer.place_error.has_value()) {
    NotePlaceFailure(new_id, *answer.place_error);
  } else {
    state_.tracker->MarkInDoubt(new_id, "the venue's answer does not tell of the new order");
  }
}

}  // namespace colibri
