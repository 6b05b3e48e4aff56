// Listen keys, user events, liquidation and deleveraging as an account sees them.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/perpetual_fixture.h"

namespace colibri::venue_sim {
namespace {

using testing::ElementsAre;

constexpr char kKey[] = "/fapi/v1/listenKey";
#define LIMIT "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC"

// "ORDER_TRADE_UPDATE NEW/NEW", "ACCOUNT_UPDATE ORDER", ...
std::vector<std::string> Names(const std::vector<TestJson>& events) {
  std::vector<std::string> names;
  for (const TestJson& event : events) {
    std::string name = event["e"];
    if (name == "ORDER_TRADE_UPDATE") {
      name = StrCat(event["o"]["x"].get<std::string>(), "/", event["o"]["X"].get<std::string>());
    } else if (name == "ACCOUNT_UPDATE") {
      name += " " + event["a"]["m"].get<std::string>();
    }
    names.push_back(name);
  }
  return names;
}

TEST(ListenKeyTest, IsTheSameWhileItLives) {
  PerpetualFixture sim;
  EXPECT_EQ(ErrorCode(sim.Keyed("PUT", kKey)), -1125);
  const std::string key = PerpetualFixture::KeyOf(sim.Keyed("POST", kKey));
  EXPECT_EQ(key.size(), 64u);
  EXPECT_EQ(PerpetualFixture::KeyOf(sim.Keyed("POST", kKey)), key);
  sim.clock.AdvanceBy(absl::Minutes(59));
  EXPECT_EQ(sim.Keyed("PUT", kKey).status, 200);
  sim.clock.AdvanceBy(absl::Minutes(59));
  EXPECT_EQ(PerpetualFixture::KeyOf(sim.Keyed("POST", kKey)), key);
  sim.clock.AdvanceBy(absl::Minutes(61));
  EXPECT_EQ(ErrorCode(sim.Keyed("PUT", kKey)), -1125);
  EXPECT_NE(PerpetualFixture::KeyOf(sim.Keyed("POST", kKey)), key);
}

TEST(ListenKeyTest, TellsItsEndAndFallsSilent) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  sim.clock.AdvanceBy(absl::Minutes(61));
  const std::vector<TestJson> events = sim.sink.Take(user);
  ASSERT_EQ(Names(events), std::vector<std::string>{"listenKeyExpired"});
  EXPECT_TRUE(events[0]["E"].is_string());
  sim.Order(LIMIT "&side=BUY&quantity=1&price=59000");
  EXPECT_TRUE(sim.sink.Take(user).empty());
  EXPECT_FALSE(sim.sink.closed.contains(user));
}

TEST(ListenKeyTest, ItsDeletionEndsTheStreamForEveryone) {
  PerpetualFixture sim;
  const SessionId first = sim.SubscribeUser();
  const SessionId second = sim.SubscribeUser();
  EXPECT_EQ(sim.Keyed("DELETE", kKey).status, 200);
  EXPECT_EQ(sim.sink.closed.at(first), 1000);
  EXPECT_EQ(sim.sink.closed.at(second), 1000);
  EXPECT_EQ(ErrorCode(sim.Keyed("DELETE", kKey)), -1125);
}

TEST(ListenKeyTest, ComesInThePathTheQueryOrASubscription) {
  PerpetualFixture sim;
  const std::string key = PerpetualFixture::KeyOf(sim.Keyed("POST", kKey));
  const SessionId path = sim.venue.Open("/private/ws/" + key, "x");
  const SessionId query = sim.venue.Open("/private/ws?listenKey=" + key, "x");
  const SessionId filtered =
      sim.venue.Open("/private/stream?listenKey=" + key + "&events=ACCOUNT_CONFIG_UPDATE", "x");
  const SessionId late = sim.venue.Open("/private/ws", "x");
  const SessionId legacy = sim.venue.Open("/ws/" + key, "x");
  const SessionId wrong = sim.venue.Open("/private/ws/nothing", "x");
  sim.venue.OnText(late, R"({"method":"SUBSCRIBE","params":[")" + key + R"("],"id":1})");
  EXPECT_EQ(sim.sink.Take(late).size(), 1u);
  sim.Order(LIMIT "&side=BUY&quantity=1&price=59000");
  sim.Signed("POST", "/fapi/v1/leverage", "symbol=BTCUSDT&leverage=10");
  for (const SessionId session : {path, query, late}) {
    EXPECT_THAT(Names(sim.sink.Take(session)), ElementsAre("NEW/NEW", "ACCOUNT_CONFIG_UPDATE"));
  }
  const std::vector<TestJson> config = sim.sink.Take(filtered);
  ASSERT_EQ(config.size(), 1u);
  EXPECT_EQ(config[0]["stream"], key);
  EXPECT_EQ(config[0]["data"]["ac"]["l"], 10);
  // Acknowledged, and silent.
  EXPECT_TRUE(sim.sink.Take(legacy).empty());
  EXPECT_TRUE(sim.sink.Take(wrong).empty());
}

TEST(PerpetualUserTest, TellsAnOrdersLife) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  sim.Order(LIMIT "&side=BUY&quantity=2&price=60000&newClientOrderId=a");
  sim.Signed("PUT",
             "/fapi/v1/order",
             "symbol=BTCUSDT&origClientOrderId=a&side=BUY&quantity=3&price=60000");
  sim.OtherOrder(LIMIT "&side=SELL&quantity=1&price=60000");
  sim.Signed("DELETE", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=a");
  const std::vector<TestJson> events = sim.sink.Take(user);
  ASSERT_THAT(Names(events),
              ElementsAre("NEW/NEW",
                          "AMENDMENT/NEW",
                          "TRADE_LITE",
                          "TRADE/PARTIALLY_FILLED",
                          "ACCOUNT_UPDATE ORDER",
                          "CANCELED/CANCELED"));
  const TestJson& fresh = events[0]["o"];
  EXPECT_FALSE(fresh.contains("N"));
  EXPECT_EQ(fresh["c"], "a");
  const TestJson& trade = events[3]["o"];
  EXPECT_EQ(trade["q"], "3.000");
  EXPECT_EQ(trade["l"], "1.000");
  EXPECT_EQ(trade["z"], "1.000");
  EXPECT_EQ(trade["n"], "12.00000000");
  EXPECT_EQ(trade["N"], "USDT");
  EXPECT_EQ(trade["m"], true);
  EXPECT_EQ(events[2]["t"], trade["t"]);
  EXPECT_FALSE(events[2].contains("n"));
  const TestJson& account = events[4]["a"];
  EXPECT_EQ(account["B"][0]["wb"], "99988.00000000");
  EXPECT_EQ(account["B"][0]["bc"], "0");
  EXPECT_EQ(account["P"][0]["pa"], "1.000");
  EXPECT_EQ(account["P"][0]["ep"], "60000");
  EXPECT_EQ(account["P"][0]["mt"], "cross");
  EXPECT_EQ(events[5]["o"]["z"], "1.000");
}

TEST(PerpetualUserTest, TellsWhyOrdersExpire) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  sim.OtherOrder(LIMIT "&side=SELL&quantity=1&price=60000");
  sim.Order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=2");
  sim.Order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=1&price=59000");
  sim.Order(LIMIT "&side=SELL&quantity=1&price=61000&reduceOnly=true");
  sim.OtherOrder(LIMIT "&side=BUY&quantity=1&price=60500");
  sim.Order(LIMIT "&side=SELL&quantity=1&price=60500");
  sim.Order(LIMIT "&side=BUY&quantity=1&price=58000");
  sim.Order(
      "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&side=SELL&quantity=1&price=58000"
      "&selfTradePreventionMode=EXPIRE_TAKER");
  std::vector<std::string> ends;
  for (const TestJson& event : sim.sink.Take(user)) {
    if (event["e"] == "ORDER_TRADE_UPDATE" && event["o"]["x"] == "EXPIRED") {
      ends.push_back(StrCat(event["o"]["X"].get<std::string>(),
                            " ",
                            event["o"]["er"].get<std::string>(),
                            " ",
                            event["o"]["z"].get<std::string>()));
    }
  }
  EXPECT_THAT(
      ends,
      ElementsAre(
          "EXPIRED 9 1.000", "EXPIRED 2 0.000", "EXPIRED 4 0.000", "EXPIRED_IN_MATCH 1 0.000"));
}

TEST(PerpetualUserTest, ExpiresOrdersGoodTillADate) {
  PerpetualFixture sim;
  sim.Order(
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTD&quantity=1&price=59000"
      "&goodTillDate=1700000700999");
  EXPECT_EQ(sim.Account().open_order_count(), 1u);
  sim.clock.AdvanceBy(absl::Seconds(699));
  EXPECT_EQ(sim.Account().open_order_count(), 1u);
  sim.clock.AdvanceBy(absl::Seconds(2));
  EXPECT_EQ(sim.Account().orders[0].status, "EXPIRED");
}

// 30 BTC from 60,000 at leverage 20 with 100,000: fees leave 99,100, maintenance 1 % less 1,800.
TEST(PerpetualUserTest, LiquidatesThroughTheBook) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  const SessionId market = sim.venue.Open("/market/ws/!forceOrder@arr/btcusdt@aggTrade", "x");
  sim.Trade("BUY", "30", "60000");
  sim.venue.SetPrices("BTCUSDT", Dec("57300"), Dec("57300"));
  EXPECT_EQ(Names(sim.sink.Take(user)).back(), "MARGIN_CALL");
  sim.OtherOrder(LIMIT "&side=BUY&quantity=30&price=56900");
  sim.venue.SetPrices("BTCUSDT", Dec("57100"), Dec("57100"));
  const std::vector<TestJson> events = sim.sink.Take(user);
  ASSERT_THAT(Names(events),
              ElementsAre("CALCULATED/NEW", "CALCULATED/FILLED", "ACCOUNT_UPDATE ORDER"));
  EXPECT_THAT(events[1]["o"]["c"].get<std::string>(), testing::StartsWith("autoclose-"));
  EXPECT_EQ(events[1]["o"]["L"], "56900.00");
  EXPECT_EQ(events[1]["o"]["rp"], "-93000.00000000");
  EXPECT_TRUE(sim.Account().positions.empty());
  EXPECT_FALSE(sim.Account().collateral.at("USDT").wallet.is_negative());
  sim.clock.AdvanceBy(absl::Milliseconds(100));
  std::map<std::string, TestJson> told;
  for (const TestJson& event : sim.sink.Take(market)) {
    told[event["e"].get<std::string>()] = event;
  }
  EXPECT_EQ(told["forceOrder"]["o"]["S"], "SELL");
  EXPECT_EQ(told["forceOrder"]["o"]["z"], "30.000");
  EXPECT_EQ(told["aggTrade"]["p"], "56900.00");
  const TestJson forced =
      Body(sim.Signed("GET", "/fapi/v1/forceOrders", "autoCloseType=LIQUIDATION"));
  EXPECT_EQ(forced.size(), 1u);
}

TEST(PerpetualUserTest, TheInsuranceFundTakesOver) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  sim.Trade("BUY", "30", "60000");
  sim.sink.Take(user);
  sim.venue.SetPrices("BTCUSDT", Dec("57000"), Dec("57000"));
  const std::vector<std::string> names = Names(sim.sink.Take(user));
  EXPECT_THAT(names, testing::Contains("CALCULATED/NEW_INSURANCE"));
  EXPECT_TRUE(sim.Account().positions.empty());
  EXPECT_EQ(sim.Account(kOtherKey).positions.size(), 1u);
}

TEST(PerpetualUserTest, DeleveragesWhoIsOnTheOtherSide) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  sim.venue.DrainInsuranceFund();
  sim.Trade("SELL", "30", "60000");  // the other account is long
  sim.sink.Take(user);
  sim.venue.SetPrices("BTCUSDT", Dec("57000"), Dec("57000"));
  const std::vector<TestJson> events = sim.sink.Take(user);
  ASSERT_THAT(Names(events), ElementsAre("CALCULATED/NEW_ADL", "ACCOUNT_UPDATE ORDER"));
  EXPECT_THAT(events[0]["o"]["c"].get<std::string>(), testing::StartsWith("adl_autoclose-"));
  EXPECT_EQ(events[0]["o"]["z"], "30.000");
  EXPECT_FALSE(events[0]["o"].contains("N"));
  EXPECT_EQ(events[1]["a"]["P"][0]["pa"], "0.000");
  EXPECT_EQ(Body(sim.Signed("GET", "/fapi/v1/forceOrders", "autoCloseType=ADL")).size(), 1u);
  EXPECT_TRUE(sim.Account(kOtherKey).positions.empty());
}

TEST(PerpetualUserTest, TellsDepositsAndWithdrawals) {
  PerpetualFixture sim;
  const SessionId user = sim.SubscribeUser();
  EXPECT_TRUE(sim.venue.Deposit(kTestApiKey, "USDT", Dec("5")));
  EXPECT_FALSE(sim.venue.Deposit(kTestApiKey, "USDT", Dec("-200000")));
  EXPECT_TRUE(sim.venue.Deposit(kTestApiKey, "USDC", Dec("-1")));
  const std::vector<TestJson> events = sim.sink.Take(user);
  ASSERT_THAT(Names(events), ElementsAre("ACCOUNT_UPDATE DEPOSIT", "ACCOUNT_UPDATE WITHDRAW"));
  EXPECT_EQ(events[0]["a"]["B"][0]["wb"], "100005.00000000");
  EXPECT_EQ(events[0]["a"]["B"][0]["bc"], "5.00000000");
}

}  // namespace
}  // namespace colibri::venue_sim
