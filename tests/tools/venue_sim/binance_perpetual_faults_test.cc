// Limits, and the faults that every simulated venue has.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/perpetual_fixture.h"

namespace colibri::venue_sim {
namespace {

#define BUY "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=59000"

TEST(PerpetualFaultsTest, RefusesTooManyOrders) {
  BinancePerpetualSimOptions options = QuietPerpetualOptions();
  options.limits.orders_per_10_seconds = 3;
  PerpetualFixture sim(options);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(sim.Order(BUY).status, 200);
  }
  const HttpReply refused = sim.Order(BUY);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(ErrorCode(refused), -1015);
  EXPECT_EQ(sim.venue.traffic().order_overuse_refusals, 1);
  EXPECT_EQ(Body(sim.Signed("GET", "/fapi/v1/rateLimit/order", ""))[1]["count"], 3);
  sim.clock.AdvanceBy(absl::Seconds(10));
  EXPECT_EQ(sim.Order(BUY).status, 200);
}

TEST(PerpetualFaultsTest, RefusesTooMuchWeightThenBans) {
  BinancePerpetualSimOptions options = QuietPerpetualOptions();
  options.limits.request_weight_per_minute = 40;
  options.limits.refusals_before_ban = 1;
  PerpetualFixture sim(options);
  EXPECT_EQ(sim.Get("/fapi/v1/ticker/24hr").status, 200);
  const HttpReply refused = sim.Get("/fapi/v1/ping");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(ErrorCode(refused), -1003);
  EXPECT_FALSE(HeaderOf(refused, "Retry-After").empty());
  EXPECT_EQ(sim.Get("/fapi/v1/ping").status, 418);
}

TEST(PerpetualFaultsTest, AnOrderMayLiveBehindAnError) {
  PerpetualFixture sim;
  sim.venue.faults().FailOrders(1, FailWhen::kAfterExecuting);
  const HttpReply lost = sim.Order(BUY "&newClientOrderId=a");
  EXPECT_EQ(lost.status, 503);
  EXPECT_EQ(ErrorMessage(lost), "Unknown error, please check your request or try again later.");
  EXPECT_EQ(sim.Signed("GET", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=a").status, 200);
  sim.venue.faults().FailOrders(1, FailWhen::kBeforeExecuting);
  EXPECT_EQ(sim.Order(BUY "&newClientOrderId=b").status, 503);
  EXPECT_EQ(ErrorCode(sim.Signed("GET", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=b")),
            -2013);
}

TEST(PerpetualFaultsTest, CutsAndExpiresPrivateConnections) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  const SessionId market = sim.venue.Open("/market/ws", "x");
  sim.venue.faults().Apply({.subject = FaultSubject::kUser, .verb = FaultVerb::kTerminate});
  EXPECT_EQ(sim.sink.Take(user).at(0)["e"], "listenKeyExpired");
  sim.venue.faults().Apply({.subject = FaultSubject::kUser, .verb = FaultVerb::kCut});
  EXPECT_EQ(sim.sink.closed.at(user), 0);
  EXPECT_FALSE(sim.sink.closed.contains(market));
  sim.venue.faults().ShutDownStreams();
  EXPECT_EQ(sim.sink.closed.at(market), 1001);
  EXPECT_EQ(sim.venue.session_count(), 0u);
}

TEST(PerpetualFaultsTest, DropsUserEvents) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  sim.venue.faults().WithholdUserEvents(absl::Seconds(1));
  sim.Order(BUY);
  EXPECT_TRUE(sim.sink.Take(user).empty());
  sim.clock.AdvanceBy(absl::Seconds(2));
  sim.Order(BUY);
  EXPECT_EQ(sim.sink.Take(user).size(), 1u);
}

TEST(PerpetualFaultsTest, EventsMayComeAfterTheReply) {
  BinancePerpetualSimOptions options = QuietPerpetualOptions();
  options.user_event_timing = UserEventTiming::kAfterReply;
  PerpetualFixture sim(options);
  const SessionId user = sim.SubscribeUser();
  EXPECT_EQ(sim.Order(BUY).status, 200);
  EXPECT_TRUE(sim.sink.Take(user).empty());
  sim.clock.AdvanceBy(absl::Milliseconds(10));
  EXPECT_EQ(sim.sink.Take(user).size(), 1u);
}

TEST(PerpetualFaultsTest, TellsItsTraffic) {
  PerpetualFixture sim;
  sim.Order(BUY "&newClientOrderId=a");
  sim.Order(BUY "&newClientOrderId=a");
  const TestJson traffic = Body(sim.Get("/colibri-sim/traffic"));
  EXPECT_EQ(traffic["requests"]["POST /fapi/v1/order"], 2);
  EXPECT_EQ(traffic["repeated_client_order_ids"]["a"], 2);
  EXPECT_EQ(traffic["calls"][0]["client_order_id"], "a");
}

}  // namespace
}  // namespace colibri::venue_sim
