// Market streams: subscriptions, ids that fit together, and what each stream tells.
#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/sim_fixture.h"

namespace colibri::venue_sim {
namespace {

constexpr char kSell[] =
    "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=50000";
constexpr char kBuyPart[] =
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.25&price=50000";

// A book kept by the documented procedure: text keys, absolute quantities, zero deletes.
class RebuiltBook {
 public:
  explicit RebuiltBook(const TestJson& snapshot) : id_(snapshot["lastUpdateId"]) {
    Apply(snapshot["bids"], bids_);
    Apply(snapshot["asks"], asks_);
  }

  // False when a message is missing.
  bool Apply(const TestJson& diff) {
    const int64_t first = diff["U"];
    const int64_t last = diff["u"];
    if (last <= id_) {
      return true;
    }
    if (first > id_ + 1) {
      return false;
    }
    Apply(diff["b"], bids_);
    Apply(diff["a"], asks_);
    id_ = last;
    return true;
  }

  int64_t id() const { return id_; }
  std::vector<std::pair<Decimal, Decimal>> bids() const { return {bids_.rbegin(), bids_.rend()}; }
  std::vector<std::pair<Decimal, Decimal>> asks() const { return {asks_.begin(), asks_.end()}; }

 private:
  static void Apply(const TestJson& levels, std::map<Decimal, Decimal>& side) {
    for (const TestJson& level : levels) {
      const Decimal price = Dec(level[0].get<std::string>());
      const Decimal quantity = Dec(level[1].get<std::string>());
      if (quantity.is_zero()) {
        side.erase(price);
      } else {
        side[price] = quantity;
      }
    }
  }

  int64_t id_;
  std::map<Decimal, Decimal> bids_, asks_;
};

BinanceSimOptions LivelyOptions() {
  BinanceSimOptions options;
  options.seed = 7;
  return options;
}

TEST(BinanceStreamsTest, AnswersMalformedRequests) {
  SimFixture sim;
  const SessionId session = sim.venue.Open("/ws", "10.0.0.1");
  sim.venue.OnText(session, "{");
  EXPECT_EQ(sim.sink.Take(session)[0]["error"]["code"], 3);
  sim.venue.OnText(session, R"({"method":"DANCE","id":4})");
  EXPECT_EQ(sim.sink.texts[session][0],
            R"({"error":{"code":2,"msg":"Invalid request: unknown variant `DANCE`"},"id":4})");
  sim.sink.texts.clear();
  sim.venue.OnText(session, R"({"method":"SUBSCRIBE","params":[1],"id":1})");
  EXPECT_EQ(sim.sink.Take(session)[0]["error"]["code"], 2);
  sim.venue.OnText(session, R"({"method":"SUBSCRIBE","params":"x","id":{"a":1}})");
  EXPECT_EQ(sim.sink.Take(session)[0]["error"]["code"], 2);
  EXPECT_EQ(sim.venue.Open("/elsewhere", "10.0.0.1"), 0u);
}

TEST(BinanceStreamsTest, ClosesAConnectionThatTalksTooMuch) {
  SimFixture sim;
  const SessionId session = sim.venue.Open("/ws", "10.0.0.1");
  for (int i = 0; i < 6; ++i) {
    sim.venue.OnText(session, R"({"method":"LIST_SUBSCRIPTIONS","id":1})");
  }
  EXPECT_EQ(sim.sink.closed[session], 1008);
  EXPECT_EQ(sim.venue.session_count(), 0u);
}

TEST(BinanceStreamsTest, SubscribesByPathQueryAndMessage) {
  SimFixture sim;
  const SessionId by_path = sim.venue.Open("/ws/btcusdt@trade", "10.0.0.1");
  const SessionId combined =
      sim.venue.Open("/stream?streams=btcusdt@trade/ethusdt@trade", "10.0.0.1");
  const SessionId prefixed = sim.venue.Open("/stream.binance.com:9443/ws/0", "10.0.0.1");
  sim.venue.OnText(prefixed, R"({"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":"x"})");
  EXPECT_EQ(sim.sink.texts[prefixed][0], R"({"result":null,"id":"x"})");
  sim.venue.OnText(combined, R"({"method":"LIST_SUBSCRIPTIONS","id":3})");
  EXPECT_EQ(sim.sink.texts[combined][0], R"({"result":["btcusdt@trade","ethusdt@trade"],"id":3})");
  sim.sink.texts.clear();

  sim.Order(kSell);
  sim.OtherOrder(kBuyPart);
  const std::string trade =
      R"({"e":"trade","E":1700000000000,"s":"BTCUSDT","t":1,"p":"50000.00000000",)"
      R"("q":"0.25000000","T":1700000000000,"m":false,"M":true})";
  EXPECT_EQ(sim.sink.texts[by_path], std::vector<std::string>{trade});
  EXPECT_EQ(sim.sink.texts[prefixed], std::vector<std::string>{trade});
  EXPECT_EQ(sim.sink.texts[combined],
            std::vector<std::string>{R"({"stream":"btcusdt@trade","data":)" + trade + "}"});

  sim.sink.texts.clear();
  sim.venue.OnText(prefixed, R"({"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":1})");
  sim.sink.texts.clear();
  sim.OtherOrder(kBuyPart);
  EXPECT_TRUE(sim.sink.texts[prefixed].empty());
}

TEST(BinanceStreamsTest, TellsTopTradesAndDiffsOfOneOrder) {
  SimFixture sim;
  const SessionId session = sim.venue.Open("/ws", "10.0.0.1");
  sim.venue.OnText(session,
                   R"({"method":"SUBSCRIBE","params":["btcusdt@bookTicker","btcusdt@aggTrade",)"
                   R"("btcusdt@depth@100ms","btcusdt@depth5@100ms"],"id":1})");
  sim.sink.texts.clear();
  sim.Order(kSell);
  EXPECT_EQ(sim.sink.texts[session].back(),
            R"({"u":1000001,"s":"BTCUSDT","b":"0.00000000","B":"0.00000000",)"
            R"("a":"50000.00000000","A":"1.00000000"})");
  sim.sink.texts.clear();
  sim.OtherOrder(kBuyPart);
  EXPECT_EQ(sim.sink.Take(session)[0]["a"], 1);
  sim.clock.AdvanceBy(absl::Milliseconds(100));
  EXPECT_EQ(sim.sink.texts[session][0],
            R"({"e":"depthUpdate","E":1700000000100,"s":"BTCUSDT","U":1000001,"u":1000002,)"
            R"("b":[],"a":[["50000.00000000","0.75000000"]]})");
  EXPECT_EQ(sim.sink.texts[session][1],
            R"({"lastUpdateId":1000002,"bids":[],"asks":[["50000.00000000","0.75000000"]]})");
}

TEST(BinanceStreamsTest, RebuildsTheBookFromSnapshotAndDiffs) {
  for (const char* stream : {"btcusdt@depth@100ms", "btcusdt@depth"}) {
    SimFixture sim(LivelyOptions());
    const SessionId session = sim.venue.Open(StrCat("/ws/", std::string_view(stream)), "ip");
    sim.clock.AdvanceBy(absl::Milliseconds(2050));
    RebuiltBook book(Body(sim.Get("/api/v3/depth?symbol=BTCUSDT&limit=5000")));
    ASSERT_GT(book.bids().size(), 100u);
    int64_t previous = 0;
    for (int i = 0; i < 300; ++i) {
      sim.clock.AdvanceBy(absl::Milliseconds(100));
      for (const TestJson& diff : sim.sink.Take(session)) {
        EXPECT_TRUE(previous == 0 || diff["U"] == previous + 1);
        previous = diff["u"];
        ASSERT_TRUE(book.Apply(diff));
      }
    }
    sim.venue.SetTradersPaused(true);
    sim.clock.AdvanceBy(absl::Seconds(1));
    for (const TestJson& diff : sim.sink.Take(session)) {
      ASSERT_TRUE(book.Apply(diff));
    }
    const SimBookView truth = *sim.venue.book("BTCUSDT");
    EXPECT_EQ(book.id(), truth.last_update_id);
    EXPECT_EQ(book.bids(), truth.bids);
    EXPECT_EQ(book.asks(), truth.asks);
  }
}

TEST(BinanceStreamsTest, SendsTheSameBytesToEveryConnection) {
  SimFixture sim(LivelyOptions());
  const SessionId first = sim.venue.Open("/ws/ethusdt@depth@100ms", "ip");
  const SessionId second = sim.venue.Open("/ws/ethusdt@depth@100ms", "ip");
  sim.clock.AdvanceBy(absl::Seconds(2));
  EXPECT_GE(sim.sink.texts[first].size(), 19u);
  EXPECT_EQ(sim.sink.texts[first], sim.sink.texts[second]);
}

TEST(BinanceStreamsTest, SkipsIdsWhenTold) {
  SimFixture sim(LivelyOptions());
  const SessionId session = sim.venue.Open("/ws/btcusdt@depth@100ms", "ip");
  sim.clock.AdvanceBy(absl::Seconds(1));
  sim.sink.texts.clear();
  RebuiltBook book(Body(sim.Get("/api/v3/depth?symbol=BTCUSDT&limit=5000")));
  sim.venue.faults().DropDepthEvents("BTCUSDT", 1);
  sim.clock.AdvanceBy(absl::Milliseconds(300));
  EXPECT_FALSE(book.Apply(sim.sink.Take(session)[0]));
}

TEST(BinanceStreamsTest, IsSilentWhileStalledAndLosesNoDiff) {
  SimFixture sim(LivelyOptions());
  const SessionId session = sim.venue.Open("/ws/btcusdt@depth@100ms", "ip");
  sim.clock.AdvanceBy(absl::Seconds(1));
  const int64_t before = sim.sink.Take(session).back()["u"];
  sim.venue.faults().StallMarketStreams(absl::Seconds(3));
  sim.clock.AdvanceBy(absl::Milliseconds(2900));
  EXPECT_TRUE(sim.sink.Take(session).empty());
  sim.clock.AdvanceBy(absl::Milliseconds(200));
  EXPECT_EQ(sim.sink.Take(session)[0]["U"], before + 1);
}

TEST(BinanceStreamsTest, ClosesEachCandleOnce) {
  SimFixture sim(LivelyOptions());
  const SessionId session = sim.venue.Open("/ws/btcusdt@kline_1s/btcusdt@miniTicker", "ip");
  sim.clock.AdvanceBy(absl::Milliseconds(5050));
  std::vector<int64_t> closed;
  int mini_tickers = 0;
  for (const TestJson& event : sim.sink.Take(session)) {
    if (event["e"] == "24hrMiniTicker") {
      ++mini_tickers;
    } else if (event["k"]["x"] == true) {
      closed.push_back(event["k"]["t"]);
    }
  }
  EXPECT_EQ(mini_tickers, 5);
  EXPECT_EQ(
      closed,
      (std::vector<int64_t>{kStartMs + 1000, kStartMs + 2000, kStartMs + 3000, kStartMs + 4000}));
}

TEST(BinanceStreamsTest, AnnouncesItsShutdown) {
  SimFixture sim;
  const SessionId raw = sim.venue.Open("/ws", "ip");
  const SessionId combined = sim.venue.Open("/stream", "ip");
  sim.venue.faults().ShutDownStreams();
  EXPECT_EQ(sim.sink.Take(raw)[0]["e"], "serverShutdown");
  EXPECT_EQ(sim.sink.Take(combined)[0]["stream"], "!serverShutdown");
  EXPECT_EQ(sim.sink.closed[raw], 1001);
  EXPECT_EQ(sim.venue.session_count(), 0u);
}

}  // namespace
}  // namespace colibri::venue_sim
