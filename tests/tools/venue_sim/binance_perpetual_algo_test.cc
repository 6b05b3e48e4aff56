// Conditional orders.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/perpetual_fixture.h"

namespace colibri::venue_sim {
namespace {

using testing::ElementsAre;

constexpr char kPath[] = "/fapi/v1/algoOrder";
#define CONDITIONAL "algoType=CONDITIONAL&symbol=BTCUSDT"
#define LIMIT "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC"

HttpReply Add(PerpetualFixture& sim, std::string_view params) {
  return sim.Signed("POST", kPath, params);
}

std::vector<std::string> AlgoStates(PerpetualFixture& sim, SessionId user) {
  std::vector<std::string> states;
  for (const TestJson& event : sim.sink.Take(user)) {
    if (event["e"] == "ALGO_UPDATE") {
      states.push_back(event["o"]["X"]);
    }
  }
  return states;
}

TEST(AlgoOrdersTest, RefusesWhatMakesNoSense) {
  PerpetualFixture sim;
  const auto code = [&](std::string_view params) { return ErrorCode(Add(sim, params)); };
  EXPECT_EQ(code("algoType=VP&symbol=BTCUSDT&side=SELL&type=STOP"), -1130);
  EXPECT_EQ(code(CONDITIONAL "&side=SELL&type=LIMIT&quantity=1"), -1116);
  EXPECT_EQ(code(CONDITIONAL "&side=SELL&type=STOP_MARKET&quantity=1"), -1102);
  EXPECT_EQ(code(CONDITIONAL "&side=SELL&type=STOP_MARKET&quantity=1&triggerPrice=60000"), -2021);
  EXPECT_EQ(code(CONDITIONAL "&side=BUY&type=TAKE_PROFIT_MARKET&quantity=1&triggerPrice=61000"),
            -2021);
  EXPECT_EQ(code(CONDITIONAL "&side=SELL&type=TRAILING_STOP_MARKET&quantity=1&callbackRate=20"),
            -2007);
  EXPECT_EQ(ErrorCode(sim.Signed("DELETE", kPath, "algoId=5")), -2011);
  EXPECT_EQ(ErrorCode(sim.Signed("GET", kPath, "algoId=5")), -2013);
}

TEST(AlgoOrdersTest, AStopBecomesAMarketOrderAtTheLastPrice) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  sim.Trade("BUY", "1", "60000");
  const TestJson stop = Body(Add(sim,
                                 CONDITIONAL "&side=SELL&type=STOP_MARKET&quantity=1"
                                             "&triggerPrice=59000&clientAlgoId=stop"));
  EXPECT_EQ(stop["algoStatus"], "NEW");
  sim.venue.SetPrices("BTCUSDT", Dec("58000"), Dec("58000"));  // of no matter
  EXPECT_EQ(Body(sim.Signed("GET", "/fapi/v1/openAlgoOrders", "")).size(), 1u);
  sim.OtherOrder(LIMIT "&side=BUY&quantity=3&price=58500");
  sim.OtherOrder(LIMIT "&side=SELL&quantity=1&price=58500");  // trades with itself
  EXPECT_THAT(AlgoStates(sim, user), ElementsAre("NEW", "TRIGGERING", "TRIGGERED", "FINISHED"));
  EXPECT_TRUE(sim.Account().positions.empty());
  const TestJson done = Body(sim.Signed("GET", kPath, "clientAlgoId=stop"));
  EXPECT_EQ(done["algoStatus"], "FINISHED");
  const TestJson order =
      Body(sim.Signed("GET",
                      "/fapi/v1/order",
                      "symbol=BTCUSDT&orderId=" + done["actualOrderId"].get<std::string>()));
  EXPECT_EQ(order["type"], "MARKET");
  EXPECT_EQ(order["origType"], "STOP_MARKET");
  EXPECT_EQ(order["stopPrice"], "59000.00");
  EXPECT_EQ(order["clientOrderId"], "stop");
}

TEST(AlgoOrdersTest, ALimitStopRestsAndFinishesWithItsOrder) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  Add(sim,
      CONDITIONAL
      "&side=BUY&type=STOP&quantity=1&price=61500&triggerPrice=61000"
      "&workingType=MARK_PRICE");
  sim.venue.SetPrices("BTCUSDT", Dec("61000"), Dec("61000"));
  EXPECT_THAT(AlgoStates(sim, user), ElementsAre("NEW", "TRIGGERING", "TRIGGERED"));
  EXPECT_EQ(sim.Account().open_order_count(), 1u);
  sim.Signed("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT");
  EXPECT_THAT(AlgoStates(sim, user), ElementsAre("FINISHED"));
}

TEST(AlgoOrdersTest, IsRejectedWhenItsOrderIs) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  Add(sim,
      CONDITIONAL
      "&side=SELL&type=TAKE_PROFIT_MARKET&quantity=1&triggerPrice=61000"
      "&workingType=MARK_PRICE&reduceOnly=true");
  sim.venue.SetPrices("BTCUSDT", Dec("61000"), Dec("61000"));
  EXPECT_THAT(AlgoStates(sim, user), ElementsAre("NEW", "TRIGGERING", "REJECTED"));
}

TEST(AlgoOrdersTest, ExpiresWhenThereIsNoPositionToClose) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  Add(sim,
      CONDITIONAL
      "&side=SELL&type=STOP_MARKET&closePosition=true&triggerPrice=59000"
      "&workingType=MARK_PRICE");
  sim.venue.SetPrices("BTCUSDT", Dec("59000"), Dec("59000"));
  EXPECT_THAT(AlgoStates(sim, user), ElementsAre("NEW", "TRIGGERING", "EXPIRED"));
}

TEST(AlgoOrdersTest, ATrailingStopFollowsTheBestPrice) {
  PerpetualFixture sim;
  sim.Trade("BUY", "1", "60000");
  sim.OtherOrder(LIMIT "&side=BUY&quantity=1&price=55000");
  const SessionId user = sim.SubscribeUser();
  Add(sim,
      CONDITIONAL
      "&side=SELL&type=TRAILING_STOP_MARKET&quantity=1&callbackRate=1"
      "&activatePrice=61000&workingType=MARK_PRICE");
  for (const char* mark : {"59000", "61000", "62000", "61400"}) {
    sim.venue.SetPrices("BTCUSDT", Dec(mark), Dec(mark));
  }
  EXPECT_THAT(AlgoStates(sim, user), ElementsAre("NEW"));
  sim.venue.SetPrices("BTCUSDT", Dec("61380"), Dec("61380"));  // 62,000 less 1 %
  EXPECT_THAT(AlgoStates(sim, user), ElementsAre("TRIGGERING", "TRIGGERED", "FINISHED"));
  EXPECT_TRUE(sim.Account().positions.empty());
}

TEST(AlgoOrdersTest, CancelsOneAndAll) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  const TestJson one =
      Body(Add(sim, CONDITIONAL "&side=SELL&type=STOP_MARKET&quantity=1&triggerPrice=59000"));
  Add(sim, CONDITIONAL "&side=SELL&type=STOP_MARKET&quantity=1&triggerPrice=58000");
  EXPECT_EQ(Body(sim.Signed("DELETE", kPath, "algoId=" + one["algoId"].dump()))["code"], "200");
  EXPECT_EQ(sim.Signed("DELETE", "/fapi/v1/algoOpenOrders", "symbol=BTCUSDT").status, 200);
  EXPECT_THAT(AlgoStates(sim, user), ElementsAre("NEW", "NEW", "CANCELED", "CANCELED"));
  EXPECT_EQ(Body(sim.Signed("GET", "/fapi/v1/allAlgoOrders", "symbol=BTCUSDT")).size(), 2u);
}

}  // namespace
}  // namespace colibri::venue_sim
