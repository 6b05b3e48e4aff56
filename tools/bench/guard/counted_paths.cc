// Runs each hot path some thousand times; callgrind writes a count for each.
//
//   valgrind --tool=callgrind --collect-atstart=no ... counted_paths
//
// Prints the names and how often each ran. Without valgrind it only runs.
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "auth/credentials.h"
#include "connector/connector.h"
#include "connector/log.h"
#include "connector/net/ws_frame.h"
#include "connector/registry.h"
#include "connector/simulated_environment.h"
#include "core/check.h"
#include "core/decimal.h"
#include "core/strings.h"
#include "exchanges/registry.h"
#include "tests/support/fake_transport.h"
#include "tools/bench/wire/bodies.h"
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

// Binance Spot's connector, ready to trade one pair on a venue of fakes.
class ReadyConnector {
 public:
  ReadyConnector() {
    http_.set_responder([this](const HttpRequest& request) { return Answer(request); });
    web_sockets_.set_on_connect([](FakeWebSocketPeer& peer) {
      peer.set_on_write([&peer](const std::string& frame) {
        peer.Push(
            StrCat("{\"id\":", IdOf(frame), ",\"status\":200,\"result\":{\"subscriptionId\":0}}"));
      });
    });
    const absl::StatusOr<const VenueEntry*> venue = registry_.Find("binance");
    CHECK(venue.ok());
    Credentials credentials;
    credentials.api_key = Secret("bench");
    credentials.api_secret = Secret("a benchmark signs just as fast with these words as any");
    absl::StatusOr<std::unique_ptr<Connector>> made = (*venue)->make_connector(
        environment_,
        {.venue = "binance", .pairs = {pair_}, .order_entry = OrderChannel::kRest},
        &credentials);
    CHECK(made.ok());
    connector_ = *std::move(made);
    CHECK(environment_.Await(connector_->Start(absl::Seconds(20))).ok());
    market_ = web_sockets_.find("/stream");
    CHECK(market_ != nullptr);
  }
  ~ReadyConnector() { environment_.Await(connector_->Stop(absl::Seconds(5))); }

  // From the bytes of a message to its event.
  void Receive(std::string_view frame) {
    market_->Push(std::string(frame));
    environment_.RunUntilIdle();
  }
  // From the strategy's wish to its end, with the venue's answer.
  void Place() {
    OrderRequest order = {
        .pair = pair_, .time_in_force = TimeInForce::kIoc, .quantity = Quantity::FromScaled(1, 3)};
    order.price = Price::FromScaled(4'999'900, 2);
    CHECK(connector_->Place(order).ok());
    environment_.RunUntilIdle();
    http_.ClearRequests();
  }
  int64_t events() const { return events_; }
  int64_t orders() const { return orders_; }

 private:
  std::optional<HttpResult> Answer(const HttpRequest& request) {
    const std::string_view path =
        std::string_view(request.url.path).substr(0, request.url.path.find('?'));
    const absl::Time now = environment_.clock().now();
    return FakeHttpTransport::Ok(path == "/api/v3/depth"          ? SnapshotBody()
                                 : path == "/api/v3/exchangeInfo" ? RulesBody(/*pairs=*/1)
                                 : path == "/api/v3/order"
                                     ? OrderBody(request.url.path, ++orders_, now)
                                     : PlainBody(path, now));
  }

  const TradingPair pair_{"P0000", "USDT"};
  const Registry registry_ = MakeRegistry();
  FakeHttpTransport http_;
  FakeWebSocketTransport web_sockets_;
  SimulatedEnvironment environment_{/*seed=*/1, http_, web_sockets_};
  std::unique_ptr<Connector> connector_;
  FakeWebSocketPeer* market_ = nullptr;
  int64_t orders_ = 0;
  int64_t events_ = 0;
  Subscription subscription_;

 public:
  template <typename E>
  void CountEvents() {
    events_ = 0;
    subscription_ = connector_->events().Subscribe<E>([this](const E&) { ++events_; });
  }
};

void CountFrames(const char* name, FrameKind kind) {
  ReadyConnector connector;
  FrameRing ring(kind, /*pairs=*/1);
  if (kind == FrameKind::kDiff) {
    connector.CountEvents<BookChanged>();
  } else {
    connector.CountEvents<BestQuoteChanged>();
  }
  Count(name, [&] { connector.Receive(ring.Next()); });
  CHECK(connector.events() == kWarmup + kRuns);
}

void CountOrders() {
  ReadyConnector connector;
  Count("order", [&] { connector.Place(); });
  CHECK(connector.orders() == kWarmup + kRuns);
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
  CountOrders();
  CountWebSocketFrames();
  CountDecimals();
  return 0;
}
