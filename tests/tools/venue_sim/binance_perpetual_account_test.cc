// Positions, balances, settings, income: what an account is told of itself.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/perpetual_fixture.h"

namespace colibri::venue_sim {
namespace {

TEST(PerpetualAccountTest, AnswersOnlyWhoSigns) {
  PerpetualFixture sim;
  EXPECT_EQ(ErrorCode(sim.Get("/fapi/v3/balance")), -2014);
  EXPECT_EQ(ErrorCode(sim.Signed("GET", "/fapi/v3/balance", "", kTestApiKey, "wrong")), -1022);
  EXPECT_EQ(ErrorCode(sim.Signed("GET", "/fapi/v3/balance", "", "nobody", "wrong")), -2015);
  sim.venue.faults().SkewClock(absl::Seconds(10));
  EXPECT_EQ(ErrorCode(sim.Signed("GET", "/fapi/v3/balance", "")), -1021);
}

TEST(PerpetualAccountTest, TellsPositionsThatAreThere) {
  PerpetualFixture sim;
  EXPECT_TRUE(Body(sim.Signed("GET", "/fapi/v3/positionRisk", "")).empty());
  sim.Trade("BUY", "2", "60000");
  sim.venue.SetPrices("BTCUSDT", Dec("61000"), Dec("61000"));
  const TestJson row = Body(sim.Signed("GET", "/fapi/v3/positionRisk", ""))[0];
  EXPECT_EQ(row["positionAmt"], "2.000");
  EXPECT_EQ(row["entryPrice"], "60000");
  EXPECT_EQ(row["markPrice"], "61000.00000000");
  EXPECT_EQ(row["unRealizedProfit"], "2000.00000000");
  EXPECT_EQ(row["notional"], "122000.00000000");
  EXPECT_EQ(row["initialMargin"], "6100.00000000");  // / 20
  EXPECT_EQ(row["maintMargin"], "488.00000000");     // * 0.004
  EXPECT_FALSE(row.contains("leverage"));
  EXPECT_FALSE(row.contains("marginType"));
  const TestJson old = Body(sim.Signed("GET", "/fapi/v2/positionRisk", "symbol=BTCUSDT"))[0];
  EXPECT_EQ(old["leverage"], "20");
  EXPECT_EQ(old["marginType"], "cross");
}

TEST(PerpetualAccountTest, TellsBalances) {
  PerpetualFixture sim;
  sim.Trade("BUY", "2", "60000");
  sim.venue.SetPrices("BTCUSDT", Dec("61000"), Dec("61000"));
  const TestJson usdt = Body(sim.Signed("GET", "/fapi/v3/balance", ""))[1];
  EXPECT_EQ(usdt["asset"], "USDT");
  EXPECT_EQ(usdt["balance"], "99940.00000000");  // 120,000 * 0.0005
  EXPECT_EQ(usdt["crossUnPnl"], "2000.00000000");
  EXPECT_EQ(usdt["availableBalance"], "95840.00000000");
  const TestJson account = Body(sim.Signed("GET", "/fapi/v3/account", ""));
  EXPECT_EQ(account["totalInitialMargin"], "6100.00000000");
  EXPECT_EQ(account["assets"].size(), 2u);
  EXPECT_EQ(account["positions"].size(), 1u);
  EXPECT_EQ(Body(sim.Signed("GET", "/fapi/v2/account", ""))["positions"].size(), 5u);
}

TEST(PerpetualAccountTest, SetsLeverageAndMarginType) {
  PerpetualFixture sim;
  constexpr char kLeverage[] = "/fapi/v1/leverage";
  EXPECT_EQ(ErrorCode(sim.Signed("POST", kLeverage, "symbol=BTCUSDT&leverage=126")), -4028);
  const TestJson set = Body(sim.Signed("POST", kLeverage, "symbol=BTCUSDT&leverage=21"));
  EXPECT_EQ(set["leverage"], 21);
  EXPECT_EQ(set["maxNotionalValue"], "3000000");
  constexpr char kType[] = "/fapi/v1/marginType";
  EXPECT_EQ(ErrorCode(sim.Signed("POST", kType, "symbol=BTCUSDT&marginType=CROSSED")), -4046);
  EXPECT_EQ(sim.Signed("POST", kType, "symbol=BTCUSDT&marginType=ISOLATED").status, 200);
  const TestJson config = Body(sim.Signed("GET", "/fapi/v1/symbolConfig", "symbol=BTCUSDT"))[0];
  EXPECT_EQ(config["leverage"], 21);
  EXPECT_EQ(config["marginType"], "ISOLATED");
  sim.Trade("BUY", "1", "60000");
  EXPECT_EQ(ErrorCode(sim.Signed("POST", kType, "symbol=BTCUSDT&marginType=CROSSED")), -4048);
  EXPECT_EQ(
      sim.Signed("POST", "/fapi/v1/positionMargin", "symbol=BTCUSDT&amount=100&type=1").status,
      200);
  EXPECT_EQ(sim.Account().positions[0].isolated_wallet, Dec("2957.14285715"));  // 60,000 / 21 + 100
}

TEST(PerpetualAccountTest, KeepsFlags) {
  PerpetualFixture sim;
  EXPECT_EQ(sim.Signed("POST", "/fapi/v1/multiAssetsMargin", "multiAssetsMargin=true").status, 200);
  const TestJson config = Body(sim.Signed("GET", "/fapi/v1/accountConfig", ""));
  EXPECT_EQ(config["multiAssetsMargin"], true);
  EXPECT_EQ(config["dualSidePosition"], false);
  EXPECT_EQ(
      Body(sim.Signed("GET", "/fapi/v1/commissionRate", "symbol=BTCUSDT"))["takerCommissionRate"],
      "0.000500");
  const TestJson brackets = Body(sim.Signed("GET", "/fapi/v1/leverageBracket", "symbol=BTCUSDT"));
  EXPECT_EQ(brackets[0]["brackets"][1]["cum"], 1800);  // 300,000 * (0.01 - 0.004)
}

TEST(PerpetualAccountTest, TellsTradesAndIncome) {
  PerpetualFixture sim;
  sim.Trade("BUY", "1", "60000");
  sim.Trade("SELL", "1", "60500");
  const TestJson trades = Body(sim.Signed("GET", "/fapi/v1/userTrades", "symbol=BTCUSDT"));
  ASSERT_EQ(trades.size(), 2u);
  EXPECT_EQ(trades[1]["realizedPnl"], "500.00000000");
  EXPECT_EQ(trades[1]["commission"], "30.25000000");
  EXPECT_EQ(trades[1]["maker"], false);
  EXPECT_EQ(Body(sim.Signed("GET", "/fapi/v1/userTrades", "symbol=BTCUSDT&fromId=2")).size(), 1u);
  EXPECT_EQ(
      ErrorCode(sim.Signed("GET", "/fapi/v1/userTrades", "symbol=BTCUSDT&fromId=2&startTime=1")),
      -1128);
  const TestJson income = Body(sim.Signed("GET", "/fapi/v1/income", "incomeType=REALIZED_PNL"));
  ASSERT_EQ(income.size(), 1u);
  EXPECT_EQ(income[0]["income"], "500.00000000");
}

TEST(PerpetualAccountTest, PaysFunding) {
  BinancePerpetualSimOptions options = QuietPerpetualOptions();
  options.funding_interval = absl::Seconds(30);
  PerpetualFixture sim(options);
  const SessionId user = sim.SubscribeUser();
  sim.Trade("BUY", "2", "60000");
  sim.venue.SetFundingRate("BTCUSDT", Dec("0.0002"));
  const TestJson premium = Body(sim.Get("/fapi/v1/premiumIndex?symbol=BTCUSDT"));
  EXPECT_EQ(premium["lastFundingRate"], "0.00020000");
  const int64_t due_ms = premium["nextFundingTime"];
  EXPECT_EQ(due_ms % 30'000, 0);
  sim.sink.Take(user);
  sim.clock.AdvanceTo(absl::FromUnixMillis(due_ms + 100));
  const TestJson income = Body(sim.Signed("GET", "/fapi/v1/income", "incomeType=FUNDING_FEE"));
  ASSERT_EQ(income.size(), 1u);
  EXPECT_EQ(income[0]["income"], "-24.00000000");  // 120,000 * 0.0002
  EXPECT_EQ(income[0]["symbol"], "BTCUSDT");
  EXPECT_TRUE(income[0]["tranId"].is_number());
  const std::vector<TestJson> events = sim.sink.Take(user);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]["a"]["m"], "FUNDING_FEE");
  EXPECT_EQ(events[0]["a"]["B"][0]["bc"], "-24.00000000");
  EXPECT_TRUE(events[0]["a"]["P"].empty());
  const TestJson history = Body(sim.Get("/fapi/v1/fundingRate?symbol=BTCUSDT"));
  ASSERT_EQ(history.size(), 1u);
  EXPECT_EQ(history[0]["fundingRate"], "0.00020000");
  EXPECT_EQ(history[0]["fundingTime"], due_ms);
}

}  // namespace
}  // namespace colibri::venue_sim
