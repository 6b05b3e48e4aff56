// The connector alone, without sockets: from the bytes of a frame that was read to its event, and
// from a strategy's wish to the bytes of its order at the connection.
#include <optional>

#include "absl/time/clock.h"
#include "benchmark/benchmark.h"

#include "connector/log.h"
#include "core/check.h"
#include "tools/bench/guard/ready_connector.h"
#include "tools/bench/wire/frames.h"

namespace colibri::bench {
namespace {

void BM_PlaceToWire(benchmark::State& state, OrderChannel channel, KeyKind key) {
  SetLogLevel(LogLevel::kError);
  ReadyConnector connector(channel, key, static_cast<int>(state.range(0)));
  std::optional<ReadyConnector::Departure> departed;
  connector.set_on_wire([&](const ReadyConnector::Departure& departure) { departed = departure; });
  for (auto _ : state) {
    departed.reset();
    connector.Send();
    CHECK(departed.has_value());  // at once, not by a task that waits for something
    state.SetIterationTime(absl::ToDoubleSeconds(departed->elapsed));
    connector.Settle();
  }
  state.counters["allocations"] = static_cast<double>(departed->allocations);
}
BENCHMARK_CAPTURE(BM_PlaceToWire, rest, OrderChannel::kRest, KeyKind::kHmac)
    ->ArgName("pairs")
    ->Arg(1)
    ->Arg(1000)
    ->UseManualTime();
BENCHMARK_CAPTURE(BM_PlaceToWire, socket, OrderChannel::kSocket, KeyKind::kHmac)
    ->ArgName("pairs")
    ->Arg(1)
    ->Arg(1000)
    ->UseManualTime();
BENCHMARK_CAPTURE(BM_PlaceToWire, logged_on, OrderChannel::kSocket, KeyKind::kEd25519)
    ->ArgName("pairs")
    ->Arg(1)
    ->UseManualTime();

// So many of 146 bytes are a read of 4 KiB: the wake-up for it is not what is measured.
constexpr int kFramesOfARead = 32;

void BM_FrameToEvent(benchmark::State& state) {
  SetLogLevel(LogLevel::kError);
  ReadyConnector connector(OrderChannel::kRest);
  FrameRing ring(state.range(0) == 0 ? FrameKind::kTicker : FrameKind::kDiff, /*pairs=*/1);
  for (auto _ : state) {
    for (int i = 0; i < kFramesOfARead; ++i) {
      connector.Queue(ring.Next());
    }
    const int64_t begun = absl::GetCurrentTimeNanos();
    connector.TakeQueued();
    const int64_t elapsed = absl::GetCurrentTimeNanos() - begun;
    state.SetIterationTime(static_cast<double>(elapsed) * 1e-9 / kFramesOfARead);
  }
}
BENCHMARK(BM_FrameToEvent)->Arg(0)->Arg(1)->UseManualTime();

}  // namespace
}  // namespace colibri::bench
