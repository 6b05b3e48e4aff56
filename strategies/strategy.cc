#include "strategies/strategy.h"

#include <algorithm>
#include <array>

#include "core/check.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr std::array<std::string_view, 5> kStateWords = {
    "idle", "running", "paused", "stopping", "stopped"};

// The id of the order that an event is about; nullptr for other events.
const ClientOrderId* OrderIdOf(const Event& event) {
  return std::visit(
      [](const auto& alternative) -> const ClientOrderId* {
        if constexpr (requires { alternative.order; }) {
          return &alternative.order.client_order_id;
        } else {
          return nullptr;
        }
      },
      event);
}

OrderRequest LimitRequest(
    const TradingPair& pair, Side side, Quantity quantity, Price price, OrderType type) {
  OrderRequest request;
  request.pair = pair;
  request.side = side;
  request.type = type;
  request.quantity = quantity;
  request.price = price;
  return request;
}

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

std::string_view ToString(StrategyState state) {
  const auto index = static_cast<size_t>(state);
  return index < kStateWords.size() ? kStateWords[index] : "unknown";
}

Strategy::~Strategy() {
  CancelTimers();
}

absl::Status Strategy::Start(StrategyContext context) {
  if (state_ != StrategyState::kIdle) {
    return absl::FailedPreconditionError(StrCat("strategy ",
                                                name_,
                                                " is ",
                                                ToString(state_),
                                                " and starts once: make another object of it"));
  }
  exchange_ = &context.exchange;
  clock_ = &context.clock;
  log_ = std::move(context.log);
  state_ = StrategyState::kRunning;
  subscription_ = exchange_->events().SubscribeAll([this](const Event& event) { Deliver(event); });
  if (absl::Status status = OnStart(); !status.ok()) {
    CancelTimers();
    CancelOwnOrders();
    state_ = StrategyState::kStopping;
    StopIfDone();
    return status;
  }
  Log(StrCat("strategy=", name_, " state=", ToString(state_)));
  return absl::OkStatus();
}

void Strategy::Stop() {
  if (!is_active()) {
    return;
  }
  state_ = StrategyState::kStopping;
  reason_.clear();
  CancelTimers();
  Log(StrCat("strategy=", name_, " state=stopping open_orders=", live_.size()));
  OnStop();
  StopIfDone();
}

void Strategy::StopIfDone() {
  if (state_ != StrategyState::kStopping || !live_.empty()) {
    return;
  }
  state_ = StrategyState::kStopped;
  CancelTimers();
  subscription_.Cancel();
  Log(StrCat("strategy=", name_, " state=stopped"));
}

StrategyStatus Strategy::status() const {
  StrategyStatus status;
  status.name = name_;
  status.state = state_;
  status.reason = reason_;
  return status;
}

Exchange& Strategy::exchange() const {
  CHECK(exchange_ != nullptr);
  return *exchange_;
}

Clock& Strategy::clock() const {
  CHECK(clock_ != nullptr);
  return *clock_;
}

void Strategy::Deliver(const Event& event) {
  if (const ClientOrderId* id = OrderIdOf(event); id != nullptr) {
    DeliverOrderEvent(event, *id);
    return;
  }
  if (!is_active()) {
    return;
  }
  std::visit(Overloaded{[this](const BookChanged& e) { OnBook(e); },
                        [this](const BestQuoteChanged& e) { OnBestQuote(e); },
                        [this](const PublicTrade& e) { OnTrade(e); },
                        [this](const CandleClosed& e) { OnCandle(e); },
                        [this](const BalanceChanged& e) { OnBalance(e); },
                        [this](const HealthChanged& e) { OnHealth(e); },
                        [](const auto&) {}},
             event);
}

void Strategy::DeliverOrderEvent(const Event& event, const ClientOrderId& id) {
  if (!is_own(id)) {
    if (is_placing_) {
      held_events_.push_back(event);
    }
    return;
  }
  std::visit(Overloaded{[this](const OrderCreated& e) { OnOrderCreated(e); },
                        [this](const OrderFilled& e) { OnOrderFilled(e); },
                        [this](const OrderCompleted& e) { EndOrder(e.order); },
                        [this](const OrderCanceled& e) { EndOrder(e.order); },
                        [this](const OrderRejected& e) { EndOrder(e.order); },
                        [this](const OrderExpired& e) { EndOrder(e.order); },
                        [this](const OrderCorrected& e) { OnOrderCorrected(e); },
                        [this](const OrderAmended& e) { OnOrderAmended(e); },
                        [this](const OrderTriggered& e) { OnOrderTriggered(e); },
                        [this](const AmendRejected& e) { OnAmendRejected(e); },
                        [this](const CancelRejected& e) { OnCancelRejected(e); },
                        [this](const OrderInDoubt& e) { OnOrderInDoubt(e); },
                        [](const auto&) {}},
             event);
}

void Strategy::EndOrder(const Order& order) {
  std::erase(live_, order.client_order_id);
  ended_.push_back(order.client_order_id);
  if (ended_.size() > kEndedOrdersKept) {
    own_.erase(ended_.front());
    ended_.pop_front();
  }
  OnOrderEnd(order);
  StopIfDone();
}

void Strategy::Own(const ClientOrderId& id) {
  if (own_.insert(id).second) {
    live_.push_back(id);
  }
}

absl::StatusOr<ClientOrderId> Strategy::Place(const OrderRequest& request) {
  return OwnWhatCallPlaces([&] { return exchange().Place(request); });
}

absl::StatusOr<ClientOrderId> Strategy::Amend(const ClientOrderId& id,
                                              const OrderAmendment& amendment) {
  return OwnWhatCallPlaces([&] { return exchange().Amend(id, amendment); });
}

absl::StatusOr<ClientOrderId> Strategy::OwnWhatCallPlaces(
    absl::FunctionRef<absl::StatusOr<ClientOrderId>()> call) {
  const bool was_placing = std::exchange(is_placing_, true);
  absl::StatusOr<ClientOrderId> id = call();
  is_placing_ = was_placing;
  if (id.ok()) {
    Own(*id);
  }
  if (!is_placing_ && !held_events_.empty()) {
    for (const Event& event : std::exchange(held_events_, {})) {
      DeliverOrderEvent(event, *OrderIdOf(event));
    }
  }
  return id;
}

void Strategy::AdoptRestoredOrders(const TradingPair& pair) {
  for (const Order* order : exchange().open_orders()) {
    if (order->is_restored && order->pair == pair) {
      Own(order->client_order_id);
    }
  }
}

absl::StatusOr<ClientOrderId> Strategy::Buy(const TradingPair& pair,
                                            Quantity quantity,
                                            Price price,
                                            OrderType type) {
  return Place(LimitRequest(pair, Side::kBuy, quantity, price, type));
}

absl::StatusOr<ClientOrderId> Strategy::Sell(const TradingPair& pair,
                                             Quantity quantity,
                                             Price price,
                                             OrderType type) {
  return Place(LimitRequest(pair, Side::kSell, quantity, price, type));
}

absl::Status Strategy::Cancel(const ClientOrderId& id) {
  return exchange().Cancel(id);
}

void Strategy::CancelOwnOrders() {
  for (const ClientOrderId& id : std::vector<ClientOrderId>(live_)) {
    const Order* order = exchange().FindOrder(id);
    if (order == nullptr || (order->is_open() && !order->is_cancel_requested)) {
      LogIfRefused(Cancel(id));
    }
  }
}

std::vector<const Order*> Strategy::own_orders() const {
  std::vector<const Order*> orders;
  orders.reserve(live_.size());
  for (const ClientOrderId& id : live_) {
    const Order* order = exchange().FindOrder(id);
    if (order != nullptr && order->is_open()) {
      orders.push_back(order);
    }
  }
  return orders;
}

void Strategy::After(absl::Duration delay, uint64_t tag) {
  SetTimer(delay, tag, absl::ZeroDuration());
}

void Strategy::Every(absl::Duration interval, uint64_t tag) {
  CHECK(interval > absl::ZeroDuration());
  SetTimer(interval, tag, interval);
}

void Strategy::SetTimer(absl::Duration delay, uint64_t tag, absl::Duration interval) {
  CancelTimer(tag);
  if (state_ == StrategyState::kStopped) {
    return;
  }
  timers_[tag] = clock().ScheduleAfter(delay, [this, tag, interval] {
    timers_.erase(tag);
    if (interval > absl::ZeroDuration()) {
      SetTimer(interval, tag, interval);
    }
    OnTimer(tag);
  });
}

void Strategy::CancelTimer(uint64_t tag) {
  if (const auto timer = timers_.find(tag); timer != timers_.end()) {
    clock().CancelTimer(timer->second);
    timers_.erase(timer);
  }
}

void Strategy::CancelTimers() {
  for (const auto& [tag, id] : std::exchange(timers_, {})) {
    clock_->CancelTimer(id);
  }
}

void Strategy::Pause(std::string_view reason) {
  if (!is_active() || (state_ == StrategyState::kPaused && reason_ == reason)) {
    return;
  }
  state_ = StrategyState::kPaused;
  reason_ = reason;
  Log(StrCat("strategy=", name_, " state=paused reason=\"", reason, "\""));
}

void Strategy::Resume() {
  if (state_ != StrategyState::kPaused) {
    return;
  }
  state_ = StrategyState::kRunning;
  reason_.clear();
  Log(StrCat("strategy=", name_, " state=running"));
}

void Strategy::Log(std::string_view line) const {
  if (log_) {
    log_(line);
  }
}

void Strategy::LogIfRefused(const absl::Status& status) const {
  if (!status.ok()) {
    Log(StrCat("strategy=", name_, " refused=\"", status.ToString(), "\""));
  }
}

}  // namespace colibri
