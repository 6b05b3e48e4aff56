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

// Each iteration tells `counter` what it has to with tell(event).
template <typename Tell>
void Run(benchmark::State& state, const Counter& counter, const Tell& tell) {
  const BookChanged event = SampleEvent();
  for (auto _ : state) {
    tell(event);
  }
  benchmark::DoNotOptimize(counter.count);
}

auto NotesTo(Counter& counter) {
  return [&counter](const BookChanged& event) { counter.Note(event); };
}

void BM_DirectCalls(benchmark::State& state) {
  Counter counter;
  Run(state, counter, [&](const BookChanged& event) {
    for (int64_t i = 0; i < state.range(0); ++i) {
      counter.Note(event);
    }
  });
}

void BM_StdFunctions(benchmark::State& state) {
  Counter counter;
  std::vector<std::function<void(const BookChanged&)>> handlers(static_cast<size_t>(state.range(0)),
                                                                NotesTo(counter));
  benchmark::DoNotOptimize(handlers.data());
  Run(state, counter, [&](const BookChanged& event) {
    for (const auto& handler : handlers) {
      handler(event);
    }
  });
}

void BM_EventBus(benchmark::State& state) {
  Counter counter;
  EventBus bus;
  std::vector<Subscription> subscriptions;
  for (int64_t i = 0; i < state.range(0); ++i) {
    subscriptions.push_back(bus.Subscribe<BookChanged>(NotesTo(counter)));
  }
  Run(state, counter, [&](const BookChanged& event) { bus.Publish(event); });
}

// Handlers of other events, which a connector has many of, and one of this.
void BM_EventBusBesideOthers(benchmark::State& state) {
  Counter counter;
  EventBus bus;
  std::vector<Subscription> subscriptions;
  for (int64_t i = 0; i < state.range(0); ++i) {
    subscriptions.push_back(bus.Subscribe<OrderFilled>([](const OrderFilled&) {}));
  }
  subscriptions.push_back(bus.Subscribe<BookChanged>(NotesTo(counter)));
  Run(state, counter, [&](const BookChanged& event) { bus.Publish(event); });
}

BENCHMARK(BM_DirectCalls)->Arg(1)->Arg(4);
BENCHMARK(BM_StdFunctions)->Arg(1)->Arg(4);
BENCHMARK(BM_EventBus)->Arg(0)->Arg(1)->Arg(4);
BENCHMARK(BM_EventBusBesideOthers)->Arg(16);

}  // namespace
}  // namespace colibri
