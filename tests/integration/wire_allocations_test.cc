// From the bytes of a TLS socket to the call of a handler, in a whole connector: what it takes from
// the heap once warm.
#include <future>
#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/async_event.h"
#include "connector/connector.h"
#include "connector/net/asio_environment.h"
#include "core/strings.h"
#include "exchanges/registry.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/loopback_server.h"
#include "tests/support/sanitizers.h"
#include "tests/support/status_matchers.h"
#include "tests/support/ws_server_text.h"
#include "tools/bench/wire/bodies.h"
#include "tools/bench/wire/frames.h"

namespace colibri {
namespace {

using bench::FrameKind;
using bench::FrameRing;

// Of each kind: so many that the rings give each frame again. Books are warm after some rounds,
// when they have split as many blocks of levels as they ever will.
constexpr int kFrames = kIsSanitized ? 256 : 8192;
constexpr int kWarmup = 4 * kFrames;
const absl::Time kServerTime = absl::FromUnixSeconds(1'700'000'000);

// Binance Spot, of one pair. Sends one diff at once, so that the client asks for the book, and the
// rest when it is told to.
class Venue {
 public:
  Venue()
      : server_([this](LoopbackConnection& client) { Serve(client); }, LocalhostCertificate()) {}
  ~Venue() { Go(); }

  std::string authority() const { return StrCat("://127.0.0.1:", server_.port()); }
  void Go() {
    if (!has_gone_) {
      has_gone_ = true;
      go_.set_value();
    }
  }

 private:
  void Serve(LoopbackConnection& client) {
    while (true) {
      const std::string head = client.ReadUntil("\r\n\r\n");
      const std::vector<std::string> words = absl::StrSplit(head, ' ');
      if (words.size() < 3) {
        return;  // the client has closed
      }
      const std::string_view path = std::string_view(words[1]).substr(0, words[1].find('?'));
      if (path == "/stream") {
        client.Write(UpgradeAnswer(head));
        SendFrames(client);
        client.WaitForClose();
        return;
      }
      const std::string body = path == "/api/v3/depth" ? bench::SnapshotBody()
                               : path == "/api/v3/exchangeInfo"
                                   ? bench::RulesBody(/*pairs=*/1)
                                   : bench::PlainBody(path, kServerTime);
      client.Write(StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
    }
  }

  void SendFrames(LoopbackConnection& client) {
    FrameRing diffs(FrameKind::kDiff, /*pairs=*/1);
    FrameRing tickers(FrameKind::kTicker, /*pairs=*/1);
    client.Write(ServerText(diffs.Next()));
    go_.get_future().wait();
    for (int i = 0; i < kWarmup + kFrames; ++i) {
      client.Write(ServerText(tickers.Next()));
      client.Write(ServerText(diffs.Next()));
    }
  }

  bool has_gone_ = false;
  std::promise<void> go_;
  LoopbackServer server_;
};

// What the loop's thread had taken from the heap when the warm-up was over, and at the end.
struct Allocations {
  int64_t tickers = 0;
  int64_t diffs = 0;
  int64_t warm = 0;
  int64_t end = 0;
};

Allocations CountFromBytesToHandler(BookKind kind) {
  Venue venue;
  AsioEnvironment environment({.extra_ca_pem = LocalhostCertificate().ca_pem});
  const TradingPair pair = {"P0000", "USDT"};
  const Registry registry = MakeRegistry();
  absl::StatusOr<std::unique_ptr<Connector>> connector =
      (*registry.Find("binance"))
          ->make_connector(
              environment,
              {.venue = "binance",
               .domain = "local",
               .pairs = {pair},
               .books = {{pair, kind}},
               .hosts = {.rest_url = "https" + venue.authority(),
                         .market_stream_url = StrCat("wss", venue.authority(), "/stream"),
                         .private_stream_url = StrCat("wss", venue.authority(), "/x")}},
              /*credentials=*/nullptr);
  EXPECT_THAT(connector, IsOk());
  EXPECT_THAT(environment.Await((*connector)->Start(absl::Seconds(5))), IsOk());

  Allocations seen;
  AsyncEvent ended;
  const Subscription tickers =
      (*connector)->events().Subscribe<BestQuoteChanged>([&](const BestQuoteChanged&) {
        if (++seen.tickers == kWarmup) {
          seen.warm = AllocationsOfThread();
        }
      });
  const Subscription diffs = (*connector)->events().Subscribe<BookChanged>([&](const BookChanged&) {
    if (++seen.diffs == kWarmup + kFrames) {
      seen.end = AllocationsOfThread();
      ended.Set();
    }
  });
  venue.Go();
  EXPECT_TRUE(environment.Await(ended.Wait(environment, absl::Seconds(20))));
  environment.Await((*connector)->Stop(absl::Seconds(5)));
  return seen;
}

TEST(WireAllocationsTest, AreNoneFromBytesToHandlersOnceWarm) {
  for (const BookKind kind : {BookKind::kPlain, BookKind::kHot}) {
    SCOPED_TRACE(ToString(kind));
    const Allocations seen = CountFromBytesToHandler(kind);
    EXPECT_EQ(seen.tickers, kWarmup + kFrames);
    EXPECT_GE(seen.diffs, kWarmup + kFrames);
    if (!kIsSanitized) {  // there Asio keeps no frame of a coroutine for its next use
      EXPECT_EQ(seen.end - seen.warm, 0);
    }
  }
}

}  // namespace
}  // namespace colibri
