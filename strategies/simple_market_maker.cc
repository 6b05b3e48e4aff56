#include "strategies/simple_market_maker.h"

#include <algorithm>
#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"
#include "strategies/buying_power.h"

namespace colibri {
namespace {

constexpr uint64_t kRefreshTimer = 1;
constexpr uint64_t kWakeTimer = 2;
constexpr uint64_t kStopTimer = 3;
// A cancel without an outcome is asked for again.
constexpr absl::Duration kCancelDeadline = absl::Seconds(5);
constexpr absl::Duration kCancelRetryDelay = absl::Seconds(1);
// Looks caused by a look, before the loop gets its turn.
constexpr int kLooksInARow = 3;
constexpr absl::Duration kNextLookDelay = absl::Milliseconds(1);

// |a - b| > b * tolerance
template <typename Value>
bool IsOffBy(Value a, Value b, Decimal tolerance) {
  const Value difference = a < b ? b - a : a - b;
  const absl::StatusOr<Value> allowed = Scale(b, tolerance, Rounding::kDown);
  return !allowed.ok() || difference > *allowed;
}

std::string Text(const Order& order) {
  return StrCat(order.remaining(), " @ ", order.price.value_or(Price()));
}

}  // namespace

SimpleMarketMaker::SimpleMarketMaker(SimpleMarketMakerConfig config)
    : Strategy("simple_market_maker"),
      config_(std::move(config)),
      pacer_(std::max(config_.requests_per_second, 1)) {}

absl::Status SimpleMarketMaker::OnStart() {
  std::string problems;
  for (const ConfigProblem& problem : Validate(config_)) {
    problems += StrCat(problems.empty() ? "" : "; ", problem.key, " ", problem.message);
  }
  if (!problems.empty()) {
    return absl::InvalidArgumentError(problems);
  }
  const std::vector<TradingPair>& pairs = exchange().pairs();
  if (std::find(pairs.begin(), pairs.end(), config_.pair) == pairs.end()) {
    return absl::NotFoundError(StrCat("pair ",
                                      config_.pair,
                                      " is not connected on ",
                                      exchange().name(),
                                      ": add it to the pairs of the exchange"));
  }
  slots_.resize(2 * static_cast<size_t>(config_.levels));
  std::for_each(slots_.begin() + config_.levels, slots_.end(), [](QuoteSlot& slot) {
    slot.side = Side::kSell;
  });
  // Quotes of an earlier run are of an earlier market.
  AdoptRestoredOrders(config_.pair);
  CancelOwnOrders();
  Every(config_.refresh_interval, kRefreshTimer);
  Requote();
  return absl::OkStatus();
}

void SimpleMarketMaker::OnStop() {
  CancelOwnOrders();
  After(kCancelRetryDelay, kStopTimer);  // again, until all have ended
}

void SimpleMarketMaker::OnTimer(uint64_t tag) {
  if (tag == kStopTimer) {
    OnStop();
    return;
  }
  if (tag == kWakeTimer) {
    wake_at_ = std::nullopt;
  }
  Requote();
}

void SimpleMarketMaker::OnBook(const BookChanged& event) {
  if (event.pair == nullptr || *event.pair != config_.pair) {
    return;
  }
  const bool is_calm = state() == StrategyState::kRunning && !event.is_stale;
  if (is_calm && !event.is_best_changed) {
    return;
  }
  if (is_calm && event.book != nullptr) {
    const std::optional<Price> reference = ReferenceOf(*event.book, OpenQuotes());
    if (reference.has_value() && !HasMoved(*reference)) {
      return;
    }
  }
  Requote();
}

void SimpleMarketMaker::OnBalance(const BalanceChanged& event) {
  if (event.asset == config_.pair.base || event.asset == config_.pair.quote) {
    Requote();
  }
}

void SimpleMarketMaker::OnHealth(const HealthChanged& /*event*/) {
  Requote();
}

void SimpleMarketMaker::OnOrderCreated(const OrderCreated& event) {
  if (QuoteSlot* slot = SlotOf(event.order.client_order_id); slot != nullptr) {
    slot->NoteAcceptance();
  }
}

void SimpleMarketMaker::OnOrderFilled(const OrderFilled& /*event*/) {
  Requote();
}

void SimpleMarketMaker::OnOrderEnd(const Order& order) {
  if (QuoteSlot* slot = SlotOf(order.client_order_id); slot != nullptr) {
    NoteEnd(*slot, order, clock().monotonic());
  }
  Requote();
}

void SimpleMarketMaker::OnCancelRejected(const CancelRejected& event) {
  if (QuoteSlot* slot = SlotOf(event.order.client_order_id); slot != nullptr) {
    slot->cancel_not_before = clock().monotonic() + kCancelRetryDelay;
    last_refusal_ = StrCat("cancel: ", event.reason);
    if (is_active()) {
      WakeAfter(kCancelRetryDelay);
    }
  }
}

void SimpleMarketMaker::Requote() {
  if (!is_active()) {
    return;
  }
  if (is_requoting_) {
    must_requote_ = true;
    return;
  }
  is_requoting_ = true;
  int looks = 0;
  do {
    must_requote_ = false;
    RequoteOnce();
  } while (must_requote_ && is_active() && ++looks < kLooksInARow);
  is_requoting_ = false;
  if (must_requote_ && is_active()) {
    WakeAfter(kNextLookDelay);
  }
}

void SimpleMarketMaker::RequoteOnce() {
  const absl::Duration now = clock().monotonic();
  ++counters_.requotes;
  ForgetEndedOrders(now);
  const absl::StatusOr<QuoteMarket> market = ReadMarket(exchange(), config_.pair, OpenQuotes());
  if (!market.ok()) {
    PauseQuoting(Std(market.status().message()), now);
    return;
  }
  absl::StatusOr<QuotePlan> plan = PlanQuotes(config_, *market);
  if (!plan.ok()) {
    PauseQuoting(Std(plan.status().message()), now);
    return;
  }
  Resume();
  reference_ = market->reference;
  plan_ = *std::move(plan);
  const QuotePlan wanted = *plan_;  // stays while events that requests cause come in
  NoteShortage(wanted, now);
  ChooseKept(wanted, now);
  CancelUnkept(now);
  PlaceMissing(wanted, *market, now);
}

Quantity SimpleMarketMaker::AffordableNow(Side side, Price price) const {
  const BuyingPower power = PowerOf(exchange(), config_.pair, price);
  return side == Side::kBuy ? AffordableQuantity(power.quote, price) : power.base;
}

OwnOrders SimpleMarketMaker::OpenQuotes() const {
  OwnOrders orders;
  for (const QuoteSlot& slot : slots_) {
    if (const Order* order = OrderOf(slot); order != nullptr) {
      orders.push_back(order);
    }
  }
  return orders;
}

bool SimpleMarketMaker::HasMoved(Price reference) const {
  return !reference_.has_value() || IsOffBy(reference, *reference_, config_.reference_tolerance);
}

void SimpleMarketMaker::PauseQuoting(std::string_view reason, absl::Duration now) {
  Pause(reason);
  for (QuoteSlot& slot : slots_) {
    if (!slot.is_free()) {
      CancelOrder(slot, now);
    }
  }
}

// The exchange is the authority: an order that it has ended, or does not know, holds no slot.
void SimpleMarketMaker::ForgetEndedOrders(absl::Duration now) {
  for (QuoteSlot& slot : slots_) {
    if (slot.is_free()) {
      continue;
    }
    const Order* order = exchange().FindOrder(slot.id);
    if (order == nullptr) {
      slot.Release();
    } else if (!order->is_open()) {
      NoteEnd(slot, *order, now);
    }
  }
}

void SimpleMarketMaker::ChooseKept(const QuotePlan& plan, absl::Duration now) {
  for (size_t i = 0; i < slots_.size(); ++i) {
    const Order* order = OrderOf(slots_[i]);
    slots_[i].is_kept = order != nullptr && IsCloseEnough(*order, plan.quotes[i], slots_[i], now);
  }
  // What is let go is quoted anew, and the new quote may be blocked by another that is kept.
  bool is_settled = false;
  while (!is_settled) {
    is_settled = true;
    for (QuoteSlot& slot : slots_) {
      if (slot.is_kept && BlocksNewQuote(slot, *OrderOf(slot), plan)) {
        slot.is_kept = false;
        is_settled = false;
      }
    }
  }
}

void SimpleMarketMaker::NoteShortage(const QuotePlan& plan, absl::Duration now) {
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].NoteShortage(plan.quotes[i].is_short, now)) {
      WakeAfter(config_.balance_settle_delay);
    }
  }
}

bool SimpleMarketMaker::IsCloseEnough(const Order& order,
                                      const Quote& quote,
                                      const QuoteSlot& slot,
                                      absl::Duration now) const {
  if (order.is_cancel_requested || now - slot.placed_at >= config_.order_age_max ||
      IsOffBy(*order.price, quote.price, config_.price_tolerance)) {
    return false;
  }
  if (slot.IsSettling(now, config_.balance_settle_delay)) {
    return true;
  }
  // What a new order could be: more only as far as the free balance goes.
  const Quantity free = AffordableNow(order.side, *order.price);
  const Quantity reachable = std::min(quote.quantity, order.remaining() + free);
  return reachable.is_positive() &&
         !IsOffBy(order.remaining(), reachable, config_.quantity_tolerance);
}

bool SimpleMarketMaker::BlocksNewQuote(const QuoteSlot& slot,
                                       const Order& order,
                                       const QuotePlan& plan) const {
  for (size_t i = 0; i < slots_.size(); ++i) {
    const Quote& quote = plan.quotes[i];
    if (slots_[i].is_kept || quote.side == slot.side || quote.quantity.is_zero()) {
      continue;
    }
    const bool is_covered =
        slot.side == Side::kBuy
            ? IsRoundTripCovered(*order.price, quote.price, plan.round_trip_min)
            : IsRoundTripCovered(quote.price, *order.price, plan.round_trip_min);
    if (!is_covered) {
      return true;
    }
  }
  return false;
}

void SimpleMarketMaker::CancelUnkept(absl::Duration now) {
  for (QuoteSlot& slot : slots_) {
    if (slot.is_free() || slot.is_kept || now < slot.cancel_not_before) {
      continue;
    }
    if (const absl::Duration delay = pacer_.DelayUntilFree(now); delay > absl::ZeroDuration()) {
      WakeAfter(delay);
      return;
    }
    CancelOrder(slot, now);
  }
}

void SimpleMarketMaker::CancelOrder(QuoteSlot& slot, absl::Duration now) {
  if (now < slot.cancel_not_before) {
    WakeAfter(slot.cancel_not_before - now);
    return;
  }
  pacer_.Charge(now);
  slot.cancel_not_before = now + kCancelDeadline;
  const absl::Status status = Cancel(slot.id);
  if (status.ok()) {
    ++counters_.cancels;
    WakeAfter(kCancelDeadline);
    return;
  }
  ++counters_.refusals;
  last_refusal_ = status.ToString();
  LogIfRefused(status);
  // FailedPrecondition: it has just ended, and its event is on the way.
  slot.cancel_not_before = now + kCancelRetryDelay;
  WakeAfter(kCancelRetryDelay);
}

void SimpleMarketMaker::PlaceMissing(const QuotePlan& plan,
                                     const QuoteMarket& market,
                                     absl::Duration now) {
  const auto levels = static_cast<size_t>(config_.levels);
  // The best levels of both sides first: requests may run out.
  for (size_t level = 0; level < levels; ++level) {
    for (const size_t index : {level, levels + level}) {
      const QuoteSlot& slot = slots_[index];
      if (!slot.is_free() || plan.quotes[index].quantity.is_zero() ||
          slot.IsSettling(now, config_.balance_settle_delay)) {
        continue;
      }
      if (now < slot.place_not_before) {
        WakeAfter(slot.place_not_before - now);
        continue;
      }
      if (!PlaceQuote(index, plan.quotes[index], market, now)) {
        return;
      }
    }
  }
}

bool SimpleMarketMaker::PlaceQuote(size_t index,
                                   Quote quote,
                                   const QuoteMarket& market,
                                   absl::Duration now) {
  QuoteSlot& slot = slots_[index];
  if (IsInTheWayOfAnOrder(quote) || !IsFunded(quote, market)) {
    return true;
  }
  OrderRequest request;
  request.pair = config_.pair;
  request.side = quote.side;
  request.type = config_.is_post_only ? OrderType::kLimitMaker : OrderType::kLimit;
  request.quantity = quote.quantity;
  request.price = quote.price;
  if (const absl::Status status = CheckOrder(*market.rule, request, market.reference);
      !status.ok()) {
    ++counters_.refusals;
    NoteRefusal(slot, status.ToString(), now);
    return true;
  }
  if (!pacer_.TryAcquire(now)) {
    WakeAfter(pacer_.DelayUntilFree(now));
    return false;
  }
  const absl::StatusOr<ClientOrderId> id = Place(request);
  if (!id.ok()) {
    ++counters_.refusals;
    NoteRefusal(slot, id.status().ToString(), now);
    return is_active();
  }
  ++counters_.placed;
  slot.Take(*id, now);
  if (const Order* order = exchange().FindOrder(*id); order != nullptr) {
    // Where the exchange answers at once, its events came before the slot knew the id.
    if (!order->is_open()) {
      NoteEnd(slot, *order, now);
    } else if (order->state != OrderState::kPendingCreate) {
      slot.NoteAcceptance();
    }
  }
  return is_active();
}

// Makes the quote smaller when an order that is kept holds more than planned.
bool SimpleMarketMaker::IsFunded(Quote& quote, const QuoteMarket& market) const {
  const Quantity affordable = AffordableNow(quote.side, quote.price);
  if (affordable >= quote.quantity) {
    return true;
  }
  const bool is_freeing = std::any_of(slots_.begin(), slots_.end(), [&](const QuoteSlot& other) {
    return other.side == quote.side && !other.is_free() && !other.is_kept;
  });
  if (is_freeing) {
    return false;  // the end of that order comes here again
  }
  quote.quantity = FitQuantity(*market.rule, quote.price, affordable);
  return !quote.quantity.is_zero();
}

// An order that is being canceled may still fill.
bool SimpleMarketMaker::IsInTheWayOfAnOrder(const Quote& quote) const {
  return std::any_of(slots_.begin(), slots_.end(), [&](const QuoteSlot& slot) {
    const Order* order = slot.side != quote.side ? OrderOf(slot) : nullptr;
    if (order == nullptr) {
      return false;
    }
    const Price bid = quote.side == Side::kBuy ? quote.price : *order->price;
    const Price ask = quote.side == Side::kBuy ? *order->price : quote.price;
    return !IsRoundTripCovered(bid, ask, plan_->round_trip_min);
  });
}

void SimpleMarketMaker::NoteEnd(QuoteSlot& slot, const Order& order, absl::Duration now) {
  slot.Release();
  if (order.state == OrderState::kRejected || order.state == OrderState::kExpired) {
    ++counters_.rejections;
    NoteRefusal(slot, StrCat(ToString(order.state), ": ", order.reason), now);
  }
}

void SimpleMarketMaker::NoteRefusal(QuoteSlot& slot, std::string_view reason, absl::Duration now) {
  if (last_refusal_ != reason) {
    last_refusal_ = reason;
    Log(StrCat("strategy=", name(), " refused=\"", reason, "\""));
  }
  const absl::Duration delay =
      slot.NoteRefusal(now, config_.retry_delay_min, config_.retry_delay_max);
  if (is_active()) {
    WakeAfter(delay);
  }
}

const Order* SimpleMarketMaker::OrderOf(const QuoteSlot& slot) const {
  if (slot.is_free()) {
    return nullptr;
  }
  const Order* order = exchange().FindOrder(slot.id);
  return order != nullptr && order->is_open() ? order : nullptr;
}

QuoteSlot* SimpleMarketMaker::SlotOf(const ClientOrderId& id) {
  const auto slot = std::find_if(slots_.begin(), slots_.end(), [&id](const QuoteSlot& candidate) {
    return candidate.id == id;
  });
  return slot == slots_.end() ? nullptr : &*slot;
}

void SimpleMarketMaker::WakeAfter(absl::Duration delay) {
  const absl::Duration at = clock().monotonic() + delay;
  if (!wake_at_.has_value() || at < *wake_at_) {
    wake_at_ = at;
    After(delay, kWakeTimer);
  }
}

StrategyStatus SimpleMarketMaker::status() const {
  StrategyStatus status = Strategy::status();
  const OwnOrders orders = OpenQuotes();
  const auto best = [&orders](Side side) {
    const auto found = std::find_if(
        orders.begin(), orders.end(), [side](const Order* order) { return order->side == side; });
    return found != orders.end() ? Text(**found) : std::string("-");
  };
  status.fields = {
      {"pair", config_.pair.ToString()},
      {"reference", reference_.has_value() ? reference_->ToString() : "-"},
      {"bid", best(Side::kBuy)},
      {"ask", best(Side::kSell)},
      {"orders", StrCat(orders.size(), " of ", slots_.size())},
      {"requests", StrCat(counters_.placed + counters_.cancels)},
      {"refusals", StrCat(counters_.refusals + counters_.rejections)},
  };
  if (!plan_.has_value()) {
    return status;
  }
  status.fields.emplace_back("base_share", plan_->skew.base_share.ToString());
  status.fields.emplace_back("round_trip_min", plan_->round_trip_min.ToString());
  const auto warn = [&status](int levels, std::string_view what) {
    if (levels > 0) {
      status.warnings.push_back(StrCat(levels, levels == 1 ? " level " : " levels ", what));
    }
  };
  warn(plan_->scaled_for_balance, "made smaller: the balance does not suffice");
  warn(plan_->dropped_for_balance, "left out: the balance does not suffice");
  warn(plan_->dropped_for_order_limit, "left out: the venue allows fewer open orders");
  warn(plan_->dropped_below_minimum, "left out: below the venue's minimum, quote more");
  if (!last_refusal_.empty()) {
    status.warnings.push_back(StrCat("last refusal: ", last_refusal_));
  }
  return status;
}

}  // namespace colibri
