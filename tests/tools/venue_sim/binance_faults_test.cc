// Orders and answers that go wrong on demand.
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

}  // namespace
}  // namespace colibri::venue_sim
