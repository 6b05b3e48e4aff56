// Orders and answers that go wrong on demand.
#include <set>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/sim_fixture.h"

namespace colibri::venue_sim {
namespace {

constexpr char kBuy[] = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50000";

TEST(BinanceFaultsTest, FailsOrdersBeforeOrAfterExecutingInTheSameWords) {
  SimFixture sim;
  sim.venue.faults().FailOrders(1, FailWhen::kBeforeExecuting);
  const HttpReply before = sim.Order(kBuy);
  EXPECT_EQ(before.status, 503);
  EXPECT_EQ(sim.venue.account(kTestApiKey)->open_order_count(), 0u);
  sim.venue.faults().FailOrders(1, FailWhen::kAfterExecuting);
  const HttpReply after = sim.Order(kBuy);
  EXPECT_EQ(after.status, 503);
  EXPECT_EQ(after.body, before.body);
  EXPECT_EQ(sim.venue.account(kTestApiKey)->open_order_count(), 1u);
  EXPECT_EQ(sim.Order(kBuy).status, 200);
}

TEST(BinanceFaultsTest, HangsUpAfterExecuting) {
  SimFixture sim;
  sim.venue.faults().HangUpOrders(1);
  EXPECT_TRUE(sim.Order(kBuy).hang_up);
  EXPECT_EQ(sim.venue.account(kTestApiKey)->open_order_count(), 1u);
  EXPECT_FALSE(sim.Order(kBuy).hang_up);
}

TEST(BinanceFaultsTest, RefusesEverythingForATime) {
  SimFixture sim;
  sim.venue.faults().RefuseRequests(absl::Seconds(3), 2);
  const HttpReply refused = sim.Order(kBuy);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(HeaderOf(refused, "Retry-After"), "2");
  sim.clock.AdvanceBy(absl::Seconds(3));
  EXPECT_EQ(sim.Get("/api/v3/ping").status, 200);
  sim.venue.faults().RefuseRequests(absl::Seconds(3), std::nullopt);
  EXPECT_EQ(HeaderOf(sim.Get("/api/v3/ping"), "Retry-After"), "");
  sim.venue.faults().BanRequests(absl::Seconds(90));
  const HttpReply banned = sim.Get("/api/v3/ping");
  EXPECT_EQ(banned.status, 418);
  EXPECT_EQ(HeaderOf(banned, "Retry-After"), "90");
  sim.venue.faults().Clear();
  EXPECT_EQ(sim.Get("/api/v3/ping").status, 200);
}

TEST(BinanceFaultsTest, RefusesSocketRequestsWithTheTimeToRetry) {
  SimFixture sim;
  const SessionId session = sim.venue.Open("/ws-api/v3", "10.0.0.1");
  sim.venue.faults().RefuseRequests(absl::Seconds(3), 2);
  sim.venue.OnText(session, R"({"id":1,"method":"ping"})");
  const TestJson answer = sim.sink.Take(session)[0];
  EXPECT_EQ(answer["status"], 429);
  EXPECT_EQ(answer["error"]["code"], -1003);
  EXPECT_EQ(answer["error"]["data"].dump(),
            R"({"serverTime":1700000000000,"retryAfter":1700000002000})");
}

TEST(BinanceFaultsTest, AnswersLate) {
  SimFixture sim;
  const SessionId session = sim.venue.Open("/ws-api/v3", "10.0.0.1");
  sim.venue.faults().DelayAnswers(absl::Milliseconds(700));
  EXPECT_EQ(sim.Get("/api/v3/ping").delay, absl::Milliseconds(700));
  sim.venue.OnText(session, R"({"id":1,"method":"ping"})");
  sim.clock.AdvanceBy(absl::Milliseconds(699));
  EXPECT_TRUE(sim.sink.texts[session].empty());
  sim.clock.AdvanceBy(absl::Milliseconds(1));
  EXPECT_EQ(sim.sink.texts[session].size(), 1u);
}

// A fault in words, as a plan has it.
void Apply(SimFixture& sim, std::string_view words) {
  const absl::StatusOr<Fault> fault = ParseFault(absl::StrSplit(Abs(words), ' '));
  ASSERT_TRUE(fault.ok()) << fault.status();
  sim.venue.faults().Apply(*fault);
}

size_t OpenOrders(const SimFixture& sim) {
  return sim.venue.account(kTestApiKey)->open_order_count();
}

TEST(BinanceFaultsTest, StrikesCallsByTheirClass) {
  SimFixture sim;
  Apply(sim, "queries fail_before 502");
  EXPECT_EQ(sim.Get("/api/v3/ping").status, 200);
  EXPECT_EQ(sim.Order(kBuy).status, 200);
  EXPECT_EQ(sim.Signed("GET", "/api/v3/account", "").status, 502);
  Apply(sim, "orders refuse retry_after 5s");
  EXPECT_EQ(sim.Signed("GET", "/api/v3/account", "").status, 200);
  EXPECT_EQ(HeaderOf(sim.Signed("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT"), "Retry-After"),
            "5");
  Apply(sim, "public fail_after 504");
  EXPECT_EQ(sim.Get("/api/v3/time").status, 504);
}

TEST(BinanceFaultsTest, SwallowsHangsUpAndSpoilsAnswersBeforeOrAfterExecuting) {
  SimFixture sim;
  Apply(sim, "orders swallow_before");
  EXPECT_TRUE(sim.Order(kBuy).is_swallowed);
  Apply(sim, "orders hang_up_before");
  EXPECT_TRUE(sim.Order(kBuy).hang_up);
  EXPECT_EQ(OpenOrders(sim), 0u);
  Apply(sim, "orders swallow_after");
  EXPECT_TRUE(sim.Order(kBuy).is_swallowed);
  EXPECT_EQ(OpenOrders(sim), 1u);
  Apply(sim, "orders truncate");
  EXPECT_TRUE(Body(sim.Order(kBuy)).is_discarded());
  EXPECT_EQ(OpenOrders(sim), 2u);
  Apply(sim, "orders garbage");
  const HttpReply garbage = sim.Order(kBuy);
  EXPECT_EQ(garbage.status, 200);
  EXPECT_TRUE(Body(garbage).is_discarded());
  EXPECT_EQ(OpenOrders(sim), 3u);
}

TEST(BinanceFaultsTest, StrikesRequestsOfTheSocketToo) {
  SimFixture sim;
  const SessionId session = sim.venue.Open("/ws-api/v3", "10.0.0.1");
  constexpr char kPing[] = R"({"id":1,"method":"ping"})";
  Apply(sim, "public fail_after 503");
  sim.venue.OnText(session, kPing);
  EXPECT_EQ(sim.sink.Take(session)[0]["status"], 503);
  Apply(sim, "public swallow_after");
  sim.venue.OnText(session, kPing);
  EXPECT_TRUE(sim.sink.texts[session].empty());
  Apply(sim, "public garbage");
  sim.venue.OnText(session, kPing);
  EXPECT_TRUE(sim.sink.Take(session)[0].is_discarded());
  Apply(sim, "ws_api drop");
  sim.venue.OnText(session, kPing);
  EXPECT_TRUE(sim.sink.texts[session].empty());
  Apply(sim, "public hang_up_before");
  sim.venue.OnText(session, kPing);
  EXPECT_EQ(sim.sink.closed.at(session), 0);
}

TEST(BinanceFaultsTest, SkipsIdsOfTheDepthStreamWithoutLosingAChange) {
  SimFixture sim;
  const SessionId session = sim.venue.Open("/ws/btcusdt@depth@100ms", "10.0.0.1");
  const auto next_diff = [&] {
    sim.clock.AdvanceBy(absl::Milliseconds(100));
    return sim.sink.Take(session).at(0);
  };
  sim.Order(kBuy);
  const int64_t last = next_diff()["u"];
  Apply(sim, "depth skip 3");
  sim.Order(kBuy);
  const TestJson after = next_diff();
  EXPECT_EQ(after["U"], last + 4);
  EXPECT_EQ(after["b"][0][1], "2.00000000");
  sim.Order(kBuy);  // pending while ids are skipped
  Apply(sim, "depth skip 2 on BTCUSDT");
  EXPECT_EQ(next_diff()["U"], after["u"].get<int64_t>() + 3);
  Apply(sim, "depth skip 2 on ETHUSDT");
  sim.Order(kBuy);
  const TestJson contiguous = next_diff();
  EXPECT_EQ(contiguous["u"], contiguous["U"]);
  EXPECT_EQ(sim.venue.book("BTCUSDT")->last_update_id, contiguous["u"].get<int64_t>());
}

TEST(BinanceFaultsTest, TellsChannelsApart) {
  SimFixture sim;
  const SessionId session = sim.venue.Open(
      "/stream?streams=btcusdt@depth@100ms/btcusdt@trade/btcusdt@bookTicker/btcusdt@kline_1s/"
      "btcusdt@miniTicker",
      "10.0.0.1");
  const auto streams_after = [&](std::string_view fault) {
    Apply(sim, fault);
    sim.sink.texts.clear();
    sim.Order(kBuy);
    sim.OtherOrder("symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.1");
    sim.clock.AdvanceBy(absl::Seconds(2));
    std::set<std::string> names;
    for (const TestJson& text : sim.sink.Take(session)) {
      const std::string name = text["stream"];
      names.insert(name.substr(name.find('@') + 1));
    }
    sim.clock.AdvanceBy(absl::Milliseconds(200));
    return names;
  };
  using testing::ElementsAre;
  EXPECT_THAT(streams_after("depth drop for 2100ms"),
              ElementsAre("bookTicker", "kline_1s", "miniTicker", "trade"));
  EXPECT_THAT(streams_after("trade drop for 2100ms"),
              ElementsAre("bookTicker", "depth@100ms", "kline_1s", "miniTicker"));
  EXPECT_THAT(streams_after("book_ticker drop for 2100ms"),
              ElementsAre("depth@100ms", "kline_1s", "miniTicker", "trade"));
  EXPECT_THAT(streams_after("kline drop for 2100ms"),
              ElementsAre("bookTicker", "depth@100ms", "miniTicker", "trade"));
  EXPECT_THAT(streams_after("ticker drop for 2100ms"),
              ElementsAre("bookTicker", "depth@100ms", "kline_1s", "trade"));
  EXPECT_THAT(streams_after("user drop for 2100ms").size(), 5u);
  EXPECT_TRUE(streams_after("market drop for 2100ms").empty());
}

TEST(BinanceFaultsTest, CutsAndShutsDownTheConnectionsOfAChannel) {
  SimFixture sim;
  const SessionId depth = sim.venue.Open("/ws/btcusdt@depth", "10.0.0.1");
  const SessionId trade = sim.venue.Open("/ws/btcusdt@trade", "10.0.0.1");
  const SessionId idle = sim.venue.Open("/ws-api/v3", "10.0.0.1");
  const SessionId user = sim.SubscribeUser();
  Apply(sim, "depth cut");
  EXPECT_EQ(sim.sink.closed, (std::map<SessionId, int>{{depth, 0}}));
  Apply(sim, "user cut");
  EXPECT_EQ(sim.sink.closed, (std::map<SessionId, int>{{depth, 0}, {user, 0}}));
  Apply(sim, "market shutdown");
  EXPECT_EQ(sim.sink.closed.at(trade), 1001);
  EXPECT_FALSE(sim.sink.closed.contains(idle));
  Apply(sim, "all shutdown");
  EXPECT_EQ(sim.sink.closed.at(idle), 1001);
  EXPECT_EQ(sim.venue.session_count(), 0u);
}

TEST(BinanceFaultsTest, NeitherSendsAnswersNorClosesWhatIsHalfOpen) {
  SimFixture sim;
  const SessionId user = sim.SubscribeUser();
  const SessionId market = sim.venue.Open("/ws/btcusdt@bookTicker", "10.0.0.1");
  sim.sink.texts.clear();
  Apply(sim, "all half_open");
  sim.Order(kBuy);
  sim.venue.OnText(user, R"({"id":1,"method":"ping"})");
  sim.venue.OnText(market, R"({"id":1,"method":"LIST_SUBSCRIPTIONS"})");
  Apply(sim, "all shutdown");
  sim.clock.AdvanceBy(absl::Minutes(1));
  EXPECT_TRUE(sim.sink.texts.empty());
  EXPECT_TRUE(sim.sink.closed.empty());
  const SessionId next = sim.venue.Open("/ws/btcusdt@bookTicker", "10.0.0.1");
  sim.Order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50001");
  EXPECT_EQ(sim.sink.texts[next].size(), 1u);
}

TEST(BinanceFaultsTest, TerminatesSubscriptionsWithTheVenuesEvent) {
  SimFixture sim;
  const SessionId user = sim.SubscribeUser();
  sim.sink.texts.clear();
  Apply(sim, "user terminate");
  EXPECT_EQ(
      sim.sink.texts[user],
      (std::vector<std::string>{
          R"({"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1700000000000}})"}));
  sim.sink.texts.clear();
  sim.Order(kBuy);
  EXPECT_TRUE(sim.sink.texts.empty());
  EXPECT_TRUE(sim.sink.closed.empty());
  sim.venue.OnText(user, R"({"id":1,"method":"ping"})");
  EXPECT_EQ(sim.sink.texts[user].size(), 1u);
}

TEST(BinanceFaultsTest, StepsAndDriftsItsClockForATime) {
  SimFixture sim;
  const auto ahead_ms = [&] {
    return Body(sim.Get("/api/v3/time"))["serverTime"].get<int64_t>() -
           absl::ToUnixMillis(sim.clock.now());
  };
  Apply(sim, "clock skew -5s for 20s");
  EXPECT_EQ(ahead_ms(), -5000);
  Apply(sim, "clock drift 1000 for 10s");
  EXPECT_EQ(ahead_ms(), -5000);
  sim.clock.AdvanceBy(absl::Seconds(9));
  EXPECT_EQ(ahead_ms(), -5000 + 9);
  sim.clock.AdvanceBy(absl::Seconds(1));
  EXPECT_EQ(ahead_ms(), -5000);
  sim.clock.AdvanceBy(absl::Seconds(10));
  EXPECT_EQ(ahead_ms(), 0);
}

}  // namespace
}  // namespace colibri::venue_sim
