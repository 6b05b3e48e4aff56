// What it costs to check an order against every limit, with 1,000 orders open.
#include <ctime>
#include <string>

#include "connector/risk_gate.h"
#include <benchmark/benchmark.h>

namespace colibri {
namespace {

Price P(int64_t hundredths) {
  return Price::FromScaled(hundredths, 2);
}
Quantity Q(int64_t thousandths) {
  return Quantity::FromScaled(thousandths, 3);
}

// As the real one: reads the hardware's counter.
class SteadyClock final : public Clock {
 public:
  absl::Time now() const override { return absl::Now(); }
  absl::Duration monotonic() const override {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return absl::DurationFromTimespec(time);
  }
  TimerId ScheduleAfter(absl::Duration, std::function<void()>) override { return 0; }
  void CancelTimer(TimerId) override {}
};

RiskConfig AllLimits(KillSwitch& kill) {
  RiskConfig config;
  config.limits.order_quantity_max = Q(10'000);
  config.limits.order_notional_max = Notional(Decimal::FromInteger(1'000'000));
  config.limits.price_distance_max_bps = Decimal::FromInteger(100);
  config.limits.crossing_max_bps = Decimal::FromInteger(10);
  config.limits.open_orders_max = 2'000;
  config.limits.position_max = Q(10'000'000);
  config.limits.daily_loss_max = Notional(Decimal::FromInteger(1'000'000));
  config.limits.kill_at_daily_loss = Notional(Decimal::FromInteger(2'000'000));
  config.limits.book_age_max = absl::Hours(1);
  config.limits.requires_book = true;
  config.limits.forbids_self_cross = true;
  config.open_orders_total_max = 2'000;
  config.daily_loss_total_max = Notional(Decimal::FromInteger(1'000'000));
  config.kill_at_daily_loss_total = Notional(Decimal::FromInteger(2'000'000));
  config.order_rate = OrderRate{.orders = 10'000, .period = absl::Nanoseconds(1)};
  config.kill_switch = &kill;
  return config;
}

class Bench {
 public:
  explicit Bench(int open_orders) : gate_("bench", AllLimits(kill_), pairs_, clock_, events_) {
    constexpr BookLevel kBids[] = {{6'183'763, 100'000}, {6'183'762, 100'000}};
    constexpr BookLevel kAsks[] = {{6'183'764, 100'000}, {6'183'765, 100'000}};
    book_.ApplySnapshot({.last_update_id = 1, .bids = kBids, .asks = kAsks});
    ShowBook();
    for (int i = 0; i < open_orders; ++i) {
      Order order = Make(i % 2 == 0 ? Side::kBuy : Side::kSell, i);
      order.state = OrderState::kOpen;
      gate_.Add(order, &book_);
    }
  }

  void ShowBook() {
    events_.Publish(BookChanged{.header = {},
                                .pair = &pairs_[0],
                                .book = &book_,
                                .is_best_changed = true,
                                .is_stale = false});
  }

  Order Make(Side side, int number) const {
    Order order;
    order.client_order_id = ClientOrderId("order" + std::to_string(number));
    order.pair = pairs_[0];
    order.side = side;
    order.quantity = Q(10);
    order.price = P(side == Side::kBuy ? 6'180'000 - number % 100 : 6'190'000 + number % 100);
    return order;
  }

  OrderRequest Request(OrderType type) const {
    OrderRequest request;
    request.pair = pairs_[0];
    request.type = type;
    request.quantity = Q(100);
    if (type == OrderType::kLimit) {
      request.price = P(6'183'000);
    }
    return request;
  }

  void Trade() {
    Order order = Make(Side::kBuy, -1);
    order.filled = order.quantity;
    order.state = OrderState::kFilled;
    Fill fill;
    fill.price = *order.price;
    fill.quantity = order.quantity;
    events_.Publish(OrderFilled{.header = {}, .order = order, .fill = fill});
  }

  const std::vector<TradingPair> pairs_ = {{"BTC", "USDT"}, {"ETH", "USDT"}, {"BNB", "USDT"}};
  SteadyClock clock_;
  EventBus events_;
  KillSwitch kill_{"reset it"};
  OrderBook book_{BookScale{2, 3}};
  RiskGate gate_;
};

void Check(benchmark::State& state, OrderType type) {
  Bench bench(static_cast<int>(state.range(0)));
  const OrderRequest request = bench.Request(type);
  for (auto _ : state) {
    absl::Status status = bench.gate_.Check(request, &bench.book_);
    if (!status.ok()) {
      state.SkipWithError(std::string(status.message()).c_str());
    }
    benchmark::DoNotOptimize(status);
  }
}

void CheckLimitOrder(benchmark::State& state) {
  Check(state, OrderType::kLimit);
}
void CheckMarketOrder(benchmark::State& state) {
  Check(state, OrderType::kMarket);
}
BENCHMARK(CheckLimitOrder)->Arg(0)->Arg(1'000);
BENCHMARK(CheckMarketOrder)->Arg(1'000);

// An order's way through the sums: placed, and canceled.
void AddAndEnd(benchmark::State& state) {
  Bench bench(static_cast<int>(state.range(0)));
  Order order = bench.Make(Side::kBuy, -1);
  for (auto _ : state) {
    order.state = OrderState::kPendingCreate;
    bench.gate_.Add(order, &bench.book_);
    order.state = OrderState::kCanceled;
    bench.events_.Publish(OrderCanceled{.header = {}, .order = order});
  }
}
BENCHMARK(AddAndEnd)->Arg(0)->Arg(1'000);

// A change of the best price while there is a position: the mark and the results.
void FollowBestPrice(benchmark::State& state) {
  Bench bench(1'000);
  bench.Trade();
  int64_t bid = 6'183'763;
  for (auto _ : state) {
    bid = bid == 6'183'763 ? 6'183'761 : 6'183'763;
    const BookLevel bids[] = {{bid, 100'000}};
    bench.book_.Apply({.last_update_id = 2, .bids = bids});
    bench.ShowBook();
  }
}
BENCHMARK(FollowBestPrice);

}  // namespace
}  // namespace colibri
