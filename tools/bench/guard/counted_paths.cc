// Runs each hot path some thousand times; callgrind writes a count for each.
//
//   valgrind --tool=callgrind --collect-atstart=no ... counted_paths
//
// Prints the names and how often each ran; and, behind "allocates", what one run of a path takes
// from the heap. Without valgrind it only runs.
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>

#include "connector/log.h"
#include "connector/net/ws_frame.h"
#include "core/check.h"
#include "core/decimal.h"
#include "tools/bench/guard/ready_connector.h"
#include "tools/bench/wire/frames.h"
#include <valgrind/callgrind.h>

namespace colibri::bench {
namespace {

constexpr int kWarmup = 1000;
constexpr int kRuns = 4000;

void Count(const char* name, const std::function<void()>& path) {
  for (int i = 0; i < kWarmup; ++i) {
    path();
  }
  CALLGRIND_ZERO_STATS;
  CALLGRIND_TOGGLE_COLLECT;
  for (int i = 0; i < kRuns; ++i) {
    path();
  }
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT(name);
  std::printf("%s %d\n", name, kRuns);
}

void CountFrames(const char* name, FrameKind kind) {
  ReadyConnector connector(OrderChannel::kRest);
  FrameRing ring(kind, /*pairs=*/1);
  if (kind == FrameKind::kDiff) {
    connector.CountEvents<BookChanged>();
  } else {
    connector.CountEvents<BestQuoteChanged>();
  }
  Count(name, [&] { connector.Receive(ring.Next()); });
  CHECK(connector.events() == kWarmup + kRuns);
}

void CountOrders(const char* name, OrderChannel channel) {
  ReadyConnector connector(channel);
  int64_t allocations = 0;
  connector.set_on_wire([&](const ReadyConnector::Departure& departure) {
    allocations = departure.allocations;  // the last time: all is warm
  });
  Count(name, [&] { connector.Place(); });
  CHECK(connector.orders() == kWarmup + kRuns);
  std::printf("allocates %s %d\n", name, static_cast<int>(allocations));
}

void CountWebSocketFrames() {
  FrameRing ring(FrameKind::kTicker, /*pairs=*/1);
  WsDeframer deframer;
  size_t bytes = 0;
  std::string frame;
  Count("web_socket_frame", [&] {
    const std::string_view text = ring.Next();
    frame.assign("\x81\x7e", 2);
    frame.push_back(static_cast<char>(text.size() >> 8));
    frame.push_back(static_cast<char>(text.size()));
    frame.append(text);
    deframer.Append(frame);
    bytes += deframer.Next()->payload.size();
  });
  CHECK(bytes > 0);
}

void CountDecimals() {
  size_t length = 0;
  Count("decimal", [&] { length += Decimal::Parse("59998.37000000")->ToString().size(); });
  CHECK(length == (kWarmup + kRuns) * std::string_view("59998.37").size());
}

}  // namespace
}  // namespace colibri::bench

int main() {
  using namespace colibri::bench;
  colibri::SetLogLevel(colibri::LogLevel::kError);
  CountFrames("ticker", FrameKind::kTicker);
  CountFrames("diff", FrameKind::kDiff);
  CountOrders("order", colibri::OrderChannel::kRest);
  CountOrders("order_by_socket", colibri::OrderChannel::kSocket);
  CountWebSocketFrames();
  CountDecimals();
  return 0;
}
