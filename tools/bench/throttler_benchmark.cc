// Asking for the right to send one request, by how many requests the window holds, against a list
// of them that is summed up each time (what Hummingbot does: 144 ms at 50,000).
#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"

#include "connector/throttler.h"
#include "core/check.h"

namespace colibri {
namespace {

constexpr absl::Duration kInterval = absl::Minutes(1);

// Costs nothing itself.
class BenchClock final : public Clock {
 public:
  absl::Time now() const override { return absl::UnixEpoch() + time_; }
  absl::Duration monotonic() const override { return time_; }
  TimerId ScheduleAfter(absl::Duration, std::function<void()>) override { return ++last_timer_; }
  void CancelTimer(TimerId) override {}

  void Advance(absl::Duration duration) { time_ += duration; }

 private:
  absl::Duration time_ = absl::Hours(1);
  TimerId last_timer_ = 0;
};

// As Binance has them; never used up here.
std::vector<RateLimitPool> Pools() {
  return {{.name = "request_weight", .limit = 1'000'000, .interval = kInterval, .used_header = ""},
          {.name = "orders", .limit = 1'000'000, .interval = kInterval, .used_header = ""},
          {.name = "raw_requests", .limit = 1'000'000, .interval = kInterval, .used_header = ""}};
}

const LimitCharges kOrder = {{"request_weight", 1}, {"orders", 1}, {"raw_requests", 1}};
const LimitCharges kCancel = {{"request_weight", 1}, {"raw_requests", 1}};

// So many requests are in the window all the time.
void BM_Acquire(benchmark::State& state, const LimitCharges& charges) {
  BenchClock clock;
  Throttler throttler(Pools(), clock);
  const absl::Duration step = kInterval / state.range(0);
  for (int64_t i = 0; i < state.range(0); ++i) {
    CHECK(throttler.TryAcquire(charges, CallPriority::kCreate).has_value());
    clock.Advance(step);
  }
  for (auto _ : state) {
    std::optional<Throttler::Permit> permit = throttler.TryAcquire(charges, CallPriority::kCreate);
    benchmark::DoNotOptimize(permit);
    permit->Settle();
    clock.Advance(step);
  }
  state.counters["in_window"] = static_cast<double>(throttler.used("request_weight"));
}
BENCHMARK_CAPTURE(BM_Acquire, order, kOrder)->RangeMultiplier(10)->Range(100, 100'000);
BENCHMARK_CAPTURE(BM_Acquire, cancel, kCancel)->RangeMultiplier(10)->Range(100, 100'000);

// A cancel while a long queue of market data waits.
void BM_AcquirePastAQueue(benchmark::State& state) {
  BenchClock clock;
  std::vector<RateLimitPool> pools = Pools();
  pools[0].limit = 1'000'000'000;
  pools[2].limit = 1'000'000'000;
  Throttler throttler(pools, clock);
  throttler.Declare(kCancel, CallPriority::kCancel);
  std::optional<Throttler::Permit> full =
      throttler.TryAcquire({{"request_weight", 900'000'000}}, CallPriority::kMarketData);
  CHECK(full.has_value());
  for (int64_t i = 0; i < state.range(0); ++i) {
    throttler.Enqueue(
        kCancel, CallPriority::kMarketData, absl::Hours(1), [](absl::StatusOr<Throttler::Permit>) {
        });
  }
  CHECK(throttler.waiting() == static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    std::optional<Throttler::Permit> permit = throttler.TryAcquire(kCancel, CallPriority::kCancel);
    benchmark::DoNotOptimize(permit);
    permit->Settle();
    clock.Advance(absl::Microseconds(10));
  }
}
BENCHMARK(BM_AcquirePastAQueue)->Arg(1)->Arg(100)->Arg(9'999);

void BM_NaiveList(benchmark::State& state) {
  BenchClock clock;
  std::deque<std::pair<absl::Duration, int64_t>> entries;
  const absl::Duration step = kInterval / state.range(0);
  for (int64_t i = 0; i < state.range(0); ++i) {
    entries.emplace_back(clock.monotonic(), 1);
    clock.Advance(step);
  }
  for (auto _ : state) {
    while (entries.front().first <= clock.monotonic() - kInterval) {
      entries.pop_front();
    }
    int64_t used = 0;
    for (const auto& [time, weight] : entries) {
      used += weight;
    }
    benchmark::DoNotOptimize(used);
    entries.emplace_back(clock.monotonic(), 1);
    clock.Advance(step);
  }
}
BENCHMARK(BM_NaiveList)->RangeMultiplier(10)->Range(100, 100'000);

}  // namespace
}  // namespace colibri
