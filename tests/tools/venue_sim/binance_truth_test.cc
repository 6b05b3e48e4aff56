// What the venue tells a checker about its own truth.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/sim_fixture.h"

namespace colibri::venue_sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr char kBuy[] =
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50000"
    "&newClientOrderId=mine";

TEST(BinanceTruthTest, CountsRequestsThatWereRefusedLostOrMalformedToo) {
  SimFixture sim;
  sim.Order(kBuy);
  sim.venue.faults().FailOrders(1, FailWhen::kBeforeExecuting);
  sim.Order(kBuy);
  sim.SignedAt(1, "POST", "/api/v3/order", kBuy);
  sim.venue.faults().RefuseRequests(absl::Seconds(1), std::nullopt);
  sim.Get("/api/v3/time");
  sim.Get("/api/v3/nothing/here");
  const SessionId session = sim.venue.Open("/ws-api/v3", "10.0.0.1");
  sim.venue.OnText(session, R"({"id":1,"method":"ping"})");
  sim.venue.OnText(session, "{");
  EXPECT_THAT(sim.venue.traffic().requests,
              UnorderedElementsAre(Pair("POST /api/v3/order", 3),
                                   Pair("GET /api/v3/time", 1),
                                   Pair("WS ping", 1),
                                   Pair("unknown", 2)));
}

TEST(BinanceTruthTest, NoticesAClientIdThatCameTwiceEvenIfOneWasLost) {
  SimFixture sim;
  sim.venue.faults().FailOrders(1, FailWhen::kBeforeExecuting);
  sim.Order(kBuy);
  EXPECT_THAT(sim.venue.traffic().repeated_client_order_ids, IsEmpty());
  sim.OtherOrder(kBuy);  // another account may use the same
  sim.Signed("GET", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=mine");
  sim.Signed("DELETE", "/api/v3/order", "symbol=BTCUSDT&orderId=1&newClientOrderId=mine");
  EXPECT_THAT(sim.venue.traffic().repeated_client_order_ids, IsEmpty());
  sim.Order(kBuy);
  sim.SignedAt(1, "POST", "/api/v3/order/cancelReplace", kBuy);
  EXPECT_THAT(sim.venue.traffic().repeated_client_order_ids, ElementsAre(Pair("mine", 3)));
}

TEST(BinanceTruthTest, TellsItsTrafficOverTheWireWithoutBeingPartOfIt) {
  SimFixture sim;
  sim.Order(kBuy);
  sim.Order(kBuy);
  sim.Signed("GET", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=mine");
  sim.venue.faults().RefuseRequests(absl::Seconds(1), std::nullopt);  // not of this one
  const auto ask = [&](const char* target) {
    const HttpReply reply = sim.venue.Handle({.method = "GET", .target = target});
    EXPECT_EQ(reply.status, 200) << reply.body;
    return nlohmann::json::parse(reply.body);
  };
  const nlohmann::json all = ask("/colibri-sim/traffic");
  EXPECT_EQ(all["requests"]["POST /api/v3/order"], 2);
  EXPECT_EQ(all["repeated_client_order_ids"]["mine"], 2);
  EXPECT_EQ(all["call_count"], 3);
  const nlohmann::json last = ask("/colibri-sim/traffic?since=2");
  ASSERT_EQ(last["calls"].size(), 1U);
  EXPECT_EQ(last["calls"][0]["number"], 2);
  EXPECT_EQ(last["calls"][0]["name"], "GET /api/v3/order");
  EXPECT_EQ(last["calls"][0]["client_order_id"], "mine");
  EXPECT_EQ(sim.venue.Handle({.method = "GET", .target = "/colibri-sim/traffic?since=x"}).status,
            400);
}

TEST(BinanceTruthTest, KeepsTheClientIdsThatAmendmentsReplaced) {
  SimFixture sim;
  sim.Order(kBuy);
  sim.Signed("PUT",
             "/api/v3/order/amend/keepPriority",
             "symbol=BTCUSDT&origClientOrderId=mine&newClientOrderId=second&newQty=0.5");
  sim.Signed("PUT",
             "/api/v3/order/amend/keepPriority",
             "symbol=BTCUSDT&origClientOrderId=second&newClientOrderId=third&newQty=0.4");
  const SimOrderView order = sim.venue.account(kTestApiKey)->orders.at(0);
  EXPECT_EQ(order.client_order_id, "third");
  EXPECT_THAT(order.former_client_order_ids, ElementsAre("mine", "second"));
  EXPECT_EQ(order.quantity, Dec("0.4"));
}

TEST(BinanceTruthTest, TellsEveryFillWithItsFee) {
  SimFixture sim;
  sim.Order(kBuy);
  sim.OtherOrder("symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.4&price=50000");
  const SimTradeView trade = sim.venue.account(kTestApiKey)->trades.at(0);
  EXPECT_EQ(trade.order_id, 1);
  EXPECT_EQ(trade.price, Dec("50000"));
  EXPECT_EQ(trade.quantity, Dec("0.4"));
  EXPECT_EQ(trade.fee, Dec("0.0004"));
  EXPECT_EQ(trade.fee_asset, "BTC");
  EXPECT_TRUE(trade.is_buyer);
  EXPECT_TRUE(trade.is_maker);
}

TEST(BinanceTruthTest, CountsItsOwnRefusalsAndNotThoseOfFaults) {
  BinanceSimOptions options = QuietOptions();
  options.limits.request_weight_per_minute = 3;
  options.limits.refusals_before_ban = 2;
  options.limits.orders_per_10_seconds = 1;
  SimFixture sim(options);
  sim.venue.faults().RefuseRequests(absl::Seconds(1), std::nullopt);
  sim.Get("/api/v3/ping");
  sim.clock.AdvanceBy(absl::Seconds(1));
  sim.venue.faults().BanRequests(absl::Seconds(1));
  sim.Get("/api/v3/ping");
  sim.clock.AdvanceBy(absl::Seconds(1));
  EXPECT_EQ(sim.venue.traffic().overuse_count(), 0);
  sim.Order(kBuy);
  sim.Order(kBuy);
  EXPECT_EQ(sim.venue.traffic().order_overuse_refusals, 1);
  for (int i = 0; i < 7; ++i) {
    sim.Get("/api/v3/ping");
  }
  EXPECT_EQ(sim.venue.traffic().overuse_refusals, 2);
  EXPECT_GE(sim.venue.traffic().overuse_bans, 1);
  const SessionId session = sim.venue.Open("/ws", "10.0.0.1");
  for (int i = 0; i < 6; ++i) {
    sim.venue.OnText(session, R"({"id":1,"method":"LIST_SUBSCRIPTIONS"})");
  }
  EXPECT_EQ(sim.venue.traffic().stream_overuse_closings, 1);
}

}  // namespace
}  // namespace colibri::venue_sim
