// Accounts: what they are told to have, leverage, isolated margin, funding, liquidation.
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/hyperliquid_fixture.h"

namespace colibri::venue_sim {
namespace {

std::string Ask(std::string_view type, std::string_view more = "") {
  return StrCat(R"({"type":")", type, R"(","user":")", kTestWallet.address, R"(")", more, "}");
}

std::string Leverage(int asset, bool is_cross, int leverage) {
  return StrCat(R"({"type":"updateLeverage","asset":)",
                asset,
                R"(,"isCross":)",
                is_cross ? "true" : "false",
                R"(,"leverage":)",
                leverage,
                "}");
}

TEST(HyperliquidAccountTest, TellsNothingOfAnAccountNobodyHas) {
  HyperliquidFixture sim;
  constexpr char kNobody[] = R"("user":"0x00000000000000000000000000000000000000ff")";

  EXPECT_EQ(sim.Info(StrCat(R"({"type":"openOrders",)", kNobody, "}")), TestJson::array());
  EXPECT_EQ(sim.Info(StrCat(R"({"type":"clearinghouseState",)", kNobody, "}"))["withdrawable"],
            "0.0");
  EXPECT_EQ(sim.Info(StrCat(R"({"type":"orderStatus","oid":1,)", kNobody, "}")).dump(),
            R"({"status":"unknownOid"})");
  EXPECT_EQ(sim.Post("/info", R"({"type":"openOrders"})").status, 422);
  EXPECT_EQ(sim.Post("/info", R"({"type":"l2Book","coin":"NOSUCH"})").status, 500);
}

TEST(HyperliquidAccountTest, TellsAPositionAndWhatItNeeds) {
  HyperliquidFixture sim;
  sim.Trade(true, "60000", "0.2");
  sim.venue.SetPrices("BTC", Dec("60500"), Dec("60500"));

  const TestJson state = sim.Info(Ask("clearinghouseState"));

  // 100000 + 0.2 * 500 - 0.00045 * 12000
  EXPECT_EQ(state["marginSummary"]["accountValue"], "100094.6");
  EXPECT_EQ(state["marginSummary"]["totalNtlPos"], "12100.0");
  EXPECT_EQ(state["marginSummary"]["totalRawUsd"], "87994.6");
  EXPECT_EQ(state["marginSummary"]["totalMarginUsed"], "605.0");  // / 20
  EXPECT_EQ(state["withdrawable"], "99489.6");
  const TestJson position = state["assetPositions"][0]["position"];
  EXPECT_EQ(position["coin"], "BTC");
  EXPECT_EQ(position["szi"], "0.2");
  EXPECT_EQ(position["entryPx"], "60000.0");
  EXPECT_EQ(position["unrealizedPnl"], "100.0");
  EXPECT_EQ(position["returnOnEquity"], "0.16666667");  // of 12000 / 20
  EXPECT_EQ(position["leverage"].dump(), R"({"type":"cross","value":20})");
  EXPECT_EQ(position["maxLeverage"], 40);
}

TEST(HyperliquidAccountTest, ChangesLeverageWithinItsBounds) {
  HyperliquidFixture sim;

  EXPECT_EQ(sim.Act(Leverage(0, true, 41))["response"], "Invalid leverage value");
  EXPECT_EQ(sim.Act(Leverage(0, true, 0))["response"], "Invalid leverage value");
  EXPECT_EQ(sim.Act(Leverage(77, true, 5))["status"], "err");
  EXPECT_EQ(sim.Act(Leverage(0, true, 5)).dump(),
            R"({"status":"ok","response":{"type":"default"}})");
  sim.Trade(true, "60000", "0.2");

  EXPECT_EQ(sim.Info(Ask("clearinghouseState"))["marginSummary"]["totalMarginUsed"], "2400.0");
  EXPECT_EQ(sim.Act(Leverage(0, false, 5))["response"],
            "Cannot switch leverage type with open position.");
}

TEST(HyperliquidAccountTest, MovesTheMarginOfAnIsolatedPosition) {
  HyperliquidFixture sim;
  constexpr char kMove[] =
      R"({"type":"updateIsolatedMargin","asset":0,"isBuy":true,"ntli":100000000})";
  EXPECT_EQ(sim.Act(kMove)["status"], "err");
  EXPECT_EQ(sim.Act(Leverage(0, false, 10))["status"], "ok");
  sim.Trade(true, "60000", "0.2");

  EXPECT_EQ(sim.Act(kMove)["status"], "ok");

  const TestJson position = sim.Info(Ask("clearinghouseState"))["assetPositions"][0]["position"];
  EXPECT_EQ(position["marginUsed"], "1300.0");  // 12000 / 10 and 100
  EXPECT_EQ(position["leverage"].dump(), R"({"type":"isolated","value":10,"rawUsd":"-10700.0"})");
  EXPECT_EQ(
      sim.Act(
          R"({"type":"updateIsolatedMargin","asset":0,"isBuy":true,"ntli":-200000000})")["status"],
      "err");
}

TEST(HyperliquidAccountTest, PaysFundingOnTheHour) {
  HyperliquidFixture sim;
  const SessionId session = sim.venue.Open("/ws", "127.0.0.1");
  sim.venue.OnText(session,
                   StrCat(R"({"method":"subscribe","subscription":)", Ask("userFundings"), "}"));
  EXPECT_EQ(sim.Take(session, "userFundings").at(0)["isSnapshot"], true);
  sim.Trade(true, "60000", "0.2");
  sim.venue.SetFundingRate("BTC", Dec("0.0001"));
  const int64_t hour_ms = (kStartMs / 3'600'000 + 1) * 3'600'000;

  // Pings keep the connection.
  for (int i = 0; i < 61; ++i) {
    sim.venue.OnText(session, R"({"method":"ping"})");
    sim.Advance(absl::Minutes(1) - absl::Seconds(1));
  }

  const std::vector<TestJson> told = sim.Take(session, "userFundings");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0]["fundings"][0]["usdc"], "-1.2");
  EXPECT_EQ(told[0]["fundings"][0]["time"], hour_ms);
  const TestJson rows = sim.Info(Ask("userFunding", R"(,"startTime":0)"));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0]["delta"]["szi"], "0.2");
  EXPECT_EQ(rows[0]["delta"]["fundingRate"], "0.0001");
  const TestJson history = sim.Info(R"({"type":"fundingHistory","coin":"BTC","startTime":0})");
  EXPECT_EQ(history[0]["fundingRate"], "0.0001");
  EXPECT_EQ(history[0]["time"], hour_ms);
  const TestJson position = sim.Info(Ask("clearinghouseState"))["assetPositions"][0]["position"];
  EXPECT_EQ(position["cumFunding"]["sinceOpen"], "1.2");
}

TEST(HyperliquidAccountTest, LiquidatesBelowMaintenance) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.accounts[0].balance = Dec("1000");
  HyperliquidFixture sim(options);
  const SessionId session = sim.venue.Open("/ws", "127.0.0.1");
  sim.venue.OnText(session,
                   StrCat(R"({"method":"subscribe","subscription":)", Ask("userEvents"), "}"));
  sim.Trade(true, "60000", "0.2");
  sim.Order(0, true, "50000", "0.01");
  sim.Order(0, true, "56000", "1", "Gtc", {.wallet = &kSecondWallet});
  sim.Take(session, "");

  // 0.2 * 56000 * 0.0125 = 140 is more than 1000 - 5.4 - 800 - what is left of it.
  sim.venue.SetPrices("BTC", Dec("55600"), Dec("55600"));
  sim.Advance(absl::Milliseconds(200));

  EXPECT_TRUE(sim.Account().positions.empty());
  EXPECT_EQ(sim.Account().open_order_count(), 0u);
  EXPECT_EQ(sim.Account().orders.back().status, "liquidatedCanceled");
  bool was_told = false;
  for (const TestJson& event : sim.Take(session, "user")) {
    was_told = was_told || event.contains("liquidation");
  }
  EXPECT_TRUE(was_told);
  const TestJson fills = sim.Info(Ask("userFills"));
  EXPECT_EQ(fills[0]["liquidation"]["liquidatedUser"], kTestWallet.address);
  EXPECT_EQ(fills[0]["dir"], "Close Long");
  EXPECT_EQ(sim.venue.total_supply(), Dec("10101000"));
}

TEST(HyperliquidAccountTest, FindsOrdersByIdAndByCloid) {
  constexpr char kCloid[] = "0x000000000000000000000000000000aa";
  HyperliquidFixture sim;
  sim.Act(HyperliquidFixture::OrderAction(0, true, "50000", "0.1", "Gtc", false, kCloid));
  const int64_t oid = sim.Account().orders[0].oid;

  const TestJson by_oid = sim.Info(Ask("orderStatus", StrCat(R"(,"oid":)", oid)));
  const TestJson by_cloid = sim.Info(Ask("orderStatus", StrCat(R"(,"oid":")", kCloid, R"(")")));

  EXPECT_EQ(by_oid, by_cloid);
  EXPECT_EQ(by_oid["status"], "order");
  EXPECT_EQ(by_oid["order"]["status"], "open");
  EXPECT_EQ(by_oid["order"]["order"]["cloid"], kCloid);
  EXPECT_EQ(by_oid["order"]["order"]["tif"], "Gtc");
  EXPECT_EQ(sim.Info(Ask("frontendOpenOrders"))[0]["orderType"], "Limit");
  EXPECT_EQ(sim.Info(Ask("openOrders"))[0]["oid"], oid);
  EXPECT_EQ(sim.Info(Ask("historicalOrders"))[0]["status"], "open");
}

TEST(HyperliquidAccountTest, FindsOrdersForWhoChecksAClient) {
  HyperliquidFixture sim;
  constexpr char kCloid[] = "0x0000000000000000000000000000002a";
  sim.venue.Start();
  sim.Act(HyperliquidFixture::OrderAction(0, true, "50000", "0.01", "Gtc", false, kCloid));

  EXPECT_FALSE(sim.venue.FindOrder(kTestWallet.address, "0x2b").has_value());
  EXPECT_FALSE(sim.venue.FindOrder(kSecondWallet.address, kCloid).has_value());
  const std::optional<HyperliquidOrderView> order =
      sim.venue.FindOrder(kTestWallet.address, kCloid);
  ASSERT_TRUE(order.has_value());
  EXPECT_TRUE(order->is_open);
  EXPECT_EQ(order->price, Decimal::FromInteger(50'000));
  EXPECT_EQ(order->status_time_ms, sim.venue.block_time_ms());
}

TEST(HyperliquidAccountTest, PagesFillsByTime) {
  HyperliquidFixture sim;
  sim.Trade(true, "60000", "0.1");
  sim.Advance(absl::Seconds(1));
  sim.Trade(true, "60000", "0.2");

  const auto since = [&](int64_t time_ms) {
    return sim.Info(Ask("userFillsByTime", StrCat(R"(,"startTime":)", time_ms)));
  };

  EXPECT_EQ(since(kStartMs).size(), 2u);
  EXPECT_EQ(since(kStartMs)[0]["sz"], "0.1");  // oldest first
  EXPECT_EQ(since(kStartMs + 1).size(), 1u);
}

}  // namespace
}  // namespace colibri::venue_sim
