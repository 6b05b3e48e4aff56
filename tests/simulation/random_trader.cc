#include "tests/simulation/random_trader.h"

#include <algorithm>

namespace colibri::simulation {

absl::Status RandomTrader::OnStart() {
  for (const TradingPair& pair : exchange().pairs()) {
    AdoptRestoredOrders(pair);
  }
  After(absl::Milliseconds(200), kAct);
  return absl::OkStatus();
}

// Now and then in bursts, else at leisure.
void RandomTrader::OnTimer(uint64_t /*tag*/) {
  const std::vector<TradingPair>& pairs = exchange().pairs();
  Act(pairs[random_.Uniform(pairs.size())]);
  const int64_t pause_ms = random_.Uniform(10) == 0 ? 0 : 200 + random_.Uniform(4000);
  After(absl::Milliseconds(pause_ms), kAct);
}

void RandomTrader::OnOrderFilled(const OrderFilled& event) {
  if (random_.Uniform(4) == 0 && is_active() && own_order_count() < kOpenMax) {
    PlaceSomething(event.order.pair);  // from inside a handler
  }
}

void RandomTrader::Act(const TradingPair& pair) {
  const uint64_t dice = random_.Uniform(100);
  if (dice < 55 && own_order_count() < kOpenMax) {
    PlaceSomething(pair);
  } else if (dice < 88) {
    CancelSomething();
  } else if (dice < 97) {
    AmendSomething();
  } else if (dice < 99) {
    CancelOwnOrders();
  } else {
    LogIfRefused(exchange().CancelAll(pair));
  }
}

void RandomTrader::PlaceSomething(const TradingPair& pair) {
  const absl::StatusOr<const OrderBook*> book = exchange().book(pair);
  if (!book.ok() || !(*book)->mid_price().has_value()) {
    return;
  }
  OrderRequest request;
  request.pair = pair;
  request.side = random_.Uniform(2) == 0 ? Side::kBuy : Side::kSell;
  request.quantity = Quantity::FromScaled(1 + static_cast<int64_t>(random_.Uniform(40)), 3);
  if (exchange().perpetual() != nullptr && random_.Uniform(3) == 0) {
    request.position_action = PositionAction::kClose;
  }
  if (!sources_.empty() && random_.Uniform(4) == 0) {
    PlaceConditional(request, *(*book)->mid_price());
    return;
  }
  const uint64_t kind = random_.Uniform(20);
  if (kind == 0) {
    request.type = OrderType::kMarket;
    Note(Place(request));
    return;
  }
  request.type = kind < 5 ? OrderType::kLimitMaker : OrderType::kLimit;
  request.time_in_force = kind == 5   ? TimeInForce::kIoc
                          : kind == 6 ? TimeInForce::kFok
                                      : TimeInForce::kGtc;
  // From 0.2 % through the other side to 0.6 % away.
  const int64_t bps = static_cast<int64_t>(random_.Uniform(80)) - 20;
  const Decimal sign = Decimal::FromInteger(request.side == Side::kBuy ? -bps : bps);
  const Price mid = *(*book)->mid_price();
  request.price = mid + *Scale(mid,
                               *Divide(sign, Decimal::FromInteger(10'000), Rounding::kHalfEven),
                               Rounding::kHalfEven);
  Note(Place(request));
}

// Near enough that many trigger, and now and then where it would at once.
void RandomTrader::PlaceConditional(OrderRequest request, Price mid) {
  OrderTrigger trigger;
  trigger.kind = random_.Uniform(2) == 0 ? TriggerKind::kStop : TriggerKind::kTakeProfit;
  trigger.source = sources_[random_.Uniform(sources_.size())];
  const auto near = [&](int64_t bps) {
    const Decimal part =
        *Divide(Decimal::FromInteger(bps), Decimal::FromInteger(10'000), Rounding::kHalfEven);
    const Price price = mid + *Scale(mid, part, Rounding::kHalfEven);
    const TradingRule* rule = exchange().rules(request.pair);
    return rule == nullptr ? price : QuantizePrice(*rule, request.side, price);
  };
  const int64_t away = random_.Uniform(8) == 0 ? -5 : 1 + static_cast<int64_t>(random_.Uniform(30));
  trigger.price = near(WaitsForRise(request.side, trigger.kind) ? away : -away);
  request.trigger = trigger;
  request.type = random_.Uniform(2) == 0 ? OrderType::kMarket : OrderType::kLimit;
  if (request.type == OrderType::kLimit) {
    request.price = near(static_cast<int64_t>(random_.Uniform(40)) - 20);
  }
  Note(Place(request));
}

void RandomTrader::CancelSomething() {
  const std::vector<const Order*> orders = own_orders();
  if (!orders.empty()) {
    LogIfRefused(Cancel(orders[random_.Uniform(orders.size())]->client_order_id));
  }
}

// Smaller in place, or anything by replacement.
void RandomTrader::AmendSomething() {
  const std::vector<const Order*> orders = own_orders();
  if (orders.empty()) {
    return;
  }
  const Order& order = *orders[random_.Uniform(orders.size())];
  OrderAmendment amendment;
  amendment.quantity =
      Quantity(*Divide(order.quantity.value(), Decimal::FromInteger(2), Rounding::kDown));
  if (random_.Uniform(2) == 0 && order.price.has_value()) {
    amendment.price =
        *order.price + *Scale(*order.price, Decimal::FromScaled(1, 3), Rounding::kHalfEven);
  }
  Note(Amend(order.client_order_id, amendment));
}

}  // namespace colibri::simulation
