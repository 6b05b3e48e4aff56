// What a value costs from one thread to another: the ring alone and between two cores, taken one by
// one or in batches; the newest value of each key; a deque under a mutex, for what is usual; and
// the time of a hop there and back.
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "benchmark/benchmark.h"

#include "connector/net/cpu_cores.h"
#include "connector/net/latest_values.h"
#include "connector/net/spsc_ring.h"

namespace colibri {
namespace {

constexpr size_t kCapacity = 1024;
constexpr size_t kPairs = 100;

// Of the size of a best bid and ask.
struct Quote {
  std::array<int64_t, 8> words = {};
};

void BM_RingOnOneThread(benchmark::State& state) {
  SpscRing<Quote> ring(kCapacity);
  Quote quote;
  for (auto _ : state) {
    ++quote.words[0];
    ring.TryPush(Quote(quote));
    ring.Drain(1, [](Quote&& taken) { benchmark::DoNotOptimize(taken.words[0]); });
  }
}
BENCHMARK(BM_RingOnOneThread);

// Runs `take` on the last core until the end, and the benchmark on the first.
class OnTwoCores {
 public:
  template <typename Take>
  explicit OnTwoCores(Take take)
      : consumer_([this, take] {
          PinThisThread(AllowedCores().back()).IgnoreError();
          while (!is_over_.load(std::memory_order_relaxed)) {
            take();
          }
        }) {
    PinThisThread(AllowedCores().front()).IgnoreError();
  }
  ~OnTwoCores() {
    is_over_ = true;
    consumer_.join();
    UnpinThisThread();
  }

 private:
  std::atomic<bool> is_over_ = false;
  std::thread consumer_;
};

// At most so many at once.
void BM_RingBetweenCores(benchmark::State& state) {
  const auto batch = static_cast<size_t>(state.range(0));
  SpscRing<Quote> ring(kCapacity);
  const OnTwoCores consumer(
      [&] { ring.Drain(batch, [](Quote&& taken) { benchmark::DoNotOptimize(taken.words[0]); }); });
  Quote quote;
  for (auto _ : state) {
    ++quote.words[0];
    while (!ring.TryPush(Quote(quote))) {
    }
  }
}
BENCHMARK(BM_RingBetweenCores)->Arg(1)->Arg(64)->UseRealTime();

void BM_DequeUnderAMutexBetweenCores(benchmark::State& state) {
  std::mutex mutex;
  std::deque<Quote> deque;
  const OnTwoCores consumer([&] {
    const std::lock_guard lock(mutex);
    if (!deque.empty()) {
      benchmark::DoNotOptimize(deque.front().words[0]);
      deque.pop_front();
    }
  });
  Quote quote;
  for (auto _ : state) {
    ++quote.words[0];
    for (bool has_room = false; !has_room;) {
      const std::lock_guard lock(mutex);
      has_room = deque.size() < kCapacity;
      if (has_room) {
        deque.push_back(quote);
      }
    }
  }
}
BENCHMARK(BM_DequeUnderAMutexBetweenCores)->UseRealTime();

void BM_LatestValuesBetweenCores(benchmark::State& state) {
  LatestValues<Quote> values(kPairs);
  const OnTwoCores consumer([&] {
    values.Drain(64, [](size_t, const Quote& taken) { benchmark::DoNotOptimize(taken.words[0]); });
  });
  Quote quote;
  size_t pair = 0;
  for (auto _ : state) {
    ++quote.words[0];
    values.Put(pair, quote);
    pair = pair + 1 == kPairs ? 0 : pair + 1;
  }
  state.counters["conflated"] =
      static_cast<double>(values.conflated()) / static_cast<double>(state.iterations());
}
BENCHMARK(BM_LatestValuesBetweenCores)->UseRealTime();

// One value there and one back: twice the latency of a hop.
void BM_ThereAndBack(benchmark::State& state) {
  SpscRing<Quote> there(kCapacity);
  SpscRing<Quote> back(kCapacity);
  const OnTwoCores consumer(
      [&] { there.Drain(64, [&](Quote&& taken) { back.TryPush(std::move(taken)); }); });
  for (auto _ : state) {
    there.TryPush(Quote());
    while (back.Drain(1, [](Quote&& taken) { benchmark::DoNotOptimize(taken.words[0]); }) == 0) {
    }
  }
}
BENCHMARK(BM_ThereAndBack)->UseRealTime();

}  // namespace
}  // namespace colibri
