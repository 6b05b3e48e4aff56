// What it costs to tell one book change to so many handlers: the bus, against calling a function
// and a std::function of which the compiler knows nothing.
#include <cstdint>
#include <functional>
#include <vector>

#include "benchmark/benchmark.h"

#include "core/event_bus.h"

namespace colibri {
namespace {

BookChanged SampleEvent() {
  static const TradingPair pair{"BTC", "USDT"};
  return {.header = {.venue = "binance",
                     .venue_time = absl::FromUnixMillis(1'700'000'000'000),
                     .receive_time = absl::FromUnixMillis(1'700'000'000'001),
                     .source = Source::kStream},
          .pair = &pair,
          .is_best_changed = true};
}

struct Counter {
  [[gnu::noinline]] void Note(const BookChanged& event) {
    count += event.is_best_changed ? 1 : 0;
    benchmark::ClobberMemory();
  }
  int64_t count = 0;
};

void BM_DirectCalls(benchmark::State& state) {
  Counter counter;
  const BookChanged event = SampleEvent();
  for (auto _ : state) {
    for (int64_t i = 0; i < state.range(0); ++i) {
      counter.Note(event);
    }
  }
  benchmark::DoNotOptimize(counter.count);
}

void BM_StdFunctions(benchmark::State& state) {
  Counter counter;
  std::vector<std::function<void(const BookChanged&)>> handlers(
      static_cast<size_t>(state.range(0)),
      [&counter](const BookChanged& event) { counter.Note(event); });
  benchmark::DoNotOptimize(handlers.data());
  const BookChanged event = SampleEvent();
  for (auto _ : state) {
    for (const auto& handler : handlers) {
      handler(event);
    }
  }
  benchmark::DoNotOptimize(counter.count);
}

void BM_EventBus(benchmark::State& state) {
  Counter counter;
  EventBus bus;
  std::vector<Subscription> subscriptions;
  for (int64_t i = 0; i < state.range(0); ++i) {
    subscriptions.push_back(
        bus.Subscribe<BookChanged>([&counter](const BookChanged& event) { counter.Note(event); }));
  }
  const BookChanged event = SampleEvent();
  for (auto _ : state) {
    bus.Publish(event);
  }
  benchmark::DoNotOptimize(counter.count);
}

// Handlers of other events, which a connector has many of, and one of this.
void BM_EventBusBesideOthers(benchmark::State& state) {
  Counter counter;
  EventBus bus;
  std::vector<Subscription> subscriptions;
  for (int64_t i = 0; i < state.range(0); ++i) {
    subscriptions.push_back(bus.Subscribe<OrderFilled>([](const OrderFilled&) {}));
  }
  subscriptions.push_back(
      bus.Subscribe<BookChanged>([&counter](const BookChanged& event) { counter.Note(event); }));
  const BookChanged event = SampleEvent();
  for (auto _ : state) {
    bus.Publish(event);
  }
  benchmark::DoNotOptimize(counter.count);
}

BENCHMARK(BM_DirectCalls)->Arg(1)->Arg(4);
BENCHMARK(BM_StdFunctions)->Arg(1)->Arg(4);
BENCHMARK(BM_EventBus)->Arg(0)->Arg(1)->Arg(4);
BENCHMARK(BM_EventBusBesideOthers)->Arg(16);

}  // namespace
}  // namespace colibri
