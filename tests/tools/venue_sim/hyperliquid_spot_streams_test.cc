// What the WebSocket of the simulated Hyperliquid tells of spot, and what faults do to it.
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/hyperliquid_fixture.h"

namespace colibri::venue_sim {
namespace {

constexpr int kPurr = 10000;  // PURR/USDC
constexpr int kHype = 10004;  // @4

const ActOptions kBySecond = {.wallet = &kSecondWallet};

std::string OfUser(std::string_view type) {
  return StrCat(R"({"type":")", type, R"(","user":")", kTestWallet.address, R"("})");
}

// The second wallet sells it one HYPE.
void BuyOne(HyperliquidFixture& sim) {
  sim.Order(kHype, false, "40", "1", "Gtc", kBySecond);
  sim.Order(kHype, true, "40", "1", "Ioc");
}

TEST(HyperliquidSpotStreamTest, RefusesCoinsThatAreNoPairAndDataOfPerpetuals) {
  HyperliquidFixture sim;

  for (
      const char* subscription :
      {R"({"type":"l2Book","coin":"@1"})",
       R"({"type":"trades","coin":"HYPE/USDC"})",
       R"({"type":"activeSpotAssetCtx","coin":"@4"})",
       R"({"type":"activeAssetData","coin":"@4","user":"0x14791697260e4c9a71f18484c9f997b308e59325"})"}) {
    const SessionId session = sim.Subscribe(subscription);
    EXPECT_EQ(sim.Take(session, "error").size(), 1u) << subscription;
  }
}

TEST(HyperliquidSpotStreamTest, LosesFramesOfSpotToFaults) {
  HyperliquidFixture sim;
  const SessionId session = sim.Subscribe(R"({"type":"l2Book","coin":"@4"})");
  sim.Take(session, "");

  sim.venue.faults().Apply(*ParseFault({"depth", "drop", "x2"}));
  sim.Advance(absl::Seconds(2));

  EXPECT_EQ(sim.Take(session, "l2Book").size(), 2u);
}

TEST(HyperliquidSpotStreamTest, LosesAnAnswerAfterTheOrderIsPlaced) {
  HyperliquidFixture sim;
  const std::string action = HyperliquidFixture::OrderAction(kHype, false, "41", "1");

  sim.venue.faults().FailOrders(1, FailWhen::kAfterExecuting);

  EXPECT_EQ(sim.Post("/exchange", sim.Signed(action)).status, 503);
  EXPECT_EQ(sim.Account().orders.size(), 1u);
  EXPECT_EQ(sim.Account().SpotBalance(3).hold, Dec("1"));
}

TEST(HyperliquidSpotStreamTest, BeginsWithTheBookOfThePair) {
  HyperliquidFixture sim;
  sim.Order(kPurr, true, "0.19999", "100");

  const SessionId session = sim.Subscribe(R"({"type":"l2Book","coin":"PURR/USDC"})");

  EXPECT_EQ(sim.Take(session, "l2Book").at(0).dump(),
            R"({"coin":"PURR/USDC","time":1700000000000,"levels":)"
            R"([[{"px":"0.19999","sz":"100.0","n":1}],[]]})");
}

TEST(HyperliquidSpotStreamTest, TellsTradesTopsAndCandlesOfThePair) {
  HyperliquidFixture sim;
  const SessionId trades = sim.Subscribe(R"({"type":"trades","coin":"@4"})");
  const SessionId tops = sim.Subscribe(R"({"type":"bbo","coin":"@4"})");
  const SessionId candles = sim.Subscribe(R"({"type":"candle","coin":"@4","interval":"1m"})");
  const SessionId others = sim.Subscribe(R"({"type":"trades","coin":"HYPE"})");
  sim.Take(tops, "");

  sim.Order(kHype, false, "40", "2", "Gtc", kBySecond);
  sim.Order(kHype, true, "40", "1", "Ioc");
  sim.Advance(absl::Milliseconds(600));

  const TestJson told = sim.Take(trades, "trades").at(0).at(0);
  EXPECT_EQ(told["coin"], "@4");
  EXPECT_EQ(told["side"], "B");
  EXPECT_EQ(told["users"][0], kTestWallet.address);
  EXPECT_EQ(told["users"][1], kSecondWallet.address);
  EXPECT_EQ(sim.Take(tops, "bbo").back()["bbo"].dump(), R"([null,{"px":"40.0","sz":"1.0","n":1}])");
  EXPECT_EQ(sim.Take(candles, "candle").back()["s"], "@4");
  EXPECT_TRUE(sim.Take(others, "trades").empty());  // the perpetual of that name
}

TEST(HyperliquidSpotStreamTest, TellsContextsInAChannelOfTheirOwn) {
  HyperliquidFixture sim;

  const SessionId session = sim.Subscribe(R"({"type":"activeAssetCtx","coin":"@4"})");

  EXPECT_EQ(sim.Take(session, "activeSpotAssetCtx").at(0).dump(),
            R"({"coin":"@4","ctx":{"prevDayPx":"40.0","dayNtlVlm":"0.0","markPx":"40.0",)"
            R"("midPx":null,"circulatingSupply":"1000000000.0","coin":"@4",)"
            R"("totalSupply":"1000000000.0","dayBaseVlm":"0.0"}})");
  sim.Advance(absl::Milliseconds(500));
  EXPECT_EQ(sim.Take(session, "activeSpotAssetCtx").size(), 1u);
}

TEST(HyperliquidSpotStreamTest, TellsMidsOfPairsBesideThoseOfPerpetuals) {
  HyperliquidFixture sim;
  sim.Order(kHype, true, "39", "1");
  sim.Order(kHype, false, "40", "1");

  const TestJson mids = sim.Info(R"({"type":"allMids"})");

  EXPECT_EQ(mids["@4"], "39.5");
  EXPECT_EQ(mids["HYPE"], "40.0");
  EXPECT_EQ(mids["PURR/USDC"], "0.2");
}

TEST(HyperliquidSpotStreamTest, TellsOrdersAndFillsOfSpot) {
  HyperliquidFixture sim;
  const SessionId orders = sim.Subscribe(OfUser("orderUpdates"));
  const SessionId fills = sim.Subscribe(OfUser("userFills"));
  const SessionId events = sim.Subscribe(OfUser("userEvents"));
  sim.Take(fills, "");

  sim.Order(kHype, true, "40", "3");
  sim.Order(kHype, false, "40", "1", "Ioc", kBySecond);
  sim.Order(kHype, false, "40", "2", "Ioc", kBySecond);

  const std::vector<TestJson> updates = sim.Take(orders, "orderUpdates");
  ASSERT_EQ(updates.size(), 3u);
  EXPECT_EQ(updates[0][0]["order"]["coin"], "@4");
  EXPECT_EQ(updates[1][0]["order"]["sz"], "2.0");
  EXPECT_EQ(updates[1][0]["status"], "open");
  EXPECT_EQ(updates[2][0]["status"], "filled");
  const std::vector<TestJson> told = sim.Take(fills, "userFills");
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1]["fills"][0]["dir"], "Buy");
  EXPECT_EQ(told[1]["fills"][0]["feeToken"], "HYPE");
  EXPECT_EQ(told[1]["fills"][0]["fee"], "0.0008");  // of a maker
  EXPECT_EQ(sim.Take(events, "user").size(), 2u);
}

TEST(HyperliquidSpotStreamTest, TellsBalancesWhenTheyChange) {
  HyperliquidFixture sim;
  const SessionId session = sim.Subscribe(OfUser("spotState"));
  const TestJson first = sim.Take(session, "spotState").at(0);
  EXPECT_EQ(first["user"], kTestWallet.address);
  EXPECT_EQ(first["spotState"]["balances"][3].dump(),
            R"({"coin":"HYPE","token":3,"total":"1000.0","hold":"0.0","entryNtl":"40000.0"})");

  sim.Order(kHype, false, "41", "5");
  sim.Advance(absl::Milliseconds(100));
  EXPECT_EQ(sim.Take(session, "spotState").at(0)["spotState"]["balances"][3]["hold"], "5.0");

  BuyOne(sim);
  sim.Advance(absl::Milliseconds(100));
  EXPECT_EQ(sim.Take(session, "spotState").at(0)["spotState"]["balances"][3]["total"], "1000.9993");

  EXPECT_TRUE(sim.venue.DepositSpot(kTestWallet.address, 5, Dec("7")));
  sim.Advance(absl::Milliseconds(100));
  EXPECT_EQ(sim.Take(session, "spotState").at(0)["spotState"]["balances"][4].dump(),
            R"({"coin":"PIP","token":5,"total":"7.0","hold":"0.0","entryNtl":"0.0"})");
}

TEST(HyperliquidSpotStreamTest, CancelsWhatWouldTradeWithItself) {
  HyperliquidFixture sim;
  sim.Order(kHype, false, "40", "5");

  EXPECT_EQ(sim.Order(kHype, true, "40", "5", "Ioc")["error"],
            "Order could not immediately match against any resting orders. asset=10004");

  EXPECT_EQ(sim.Account().orders.front().status, "selfTradeCanceled");
  EXPECT_EQ(sim.Account().SpotBalance(3).hold, Decimal());
  EXPECT_EQ(sim.Account().SpotBalance(0).hold, Decimal());
}

TEST(HyperliquidSpotStreamTest, QuotesOnlyPricesThatAnOrderMayHave) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.background_traders = true;
  HyperliquidFixture sim(options);
  sim.Advance(absl::Seconds(20));

  for (const auto& [coin, decimals] :
       {std::pair<const char*, int>{"PURR/USDC", 8}, {"@7", 3}, {"@4", 6}, {"@9", 6}, {"@2", 6}}) {
    const HyperliquidBookView book = *sim.venue.book(coin);
    ASSERT_GT(book.bids.size(), 20u) << coin;
    EXPECT_LT(book.bids.front().first, book.asks.front().first) << coin;
    for (const auto& [price, size] : book.asks) {
      EXPECT_LE(price.decimals(), decimals) << coin << " " << price;
      EXPECT_TRUE(price.decimals() == 0 || IsAllowedPrice(StrCat(price))) << coin << " " << price;
    }
    EXPECT_GT(sim.Info(StrCat(R"({"type":"recentTrades","coin":")", coin, R"("})")).size(), 0u);
  }
  EXPECT_TRUE(sim.venue.book("@6")->bids.empty());  // nobody trades it
}

TEST(HyperliquidSpotStreamTest, HoldsTheMarkWhereItIsPut) {
  HyperliquidFixture sim;
  sim.venue.SetPrices("@4", Decimal(), Dec("20"));

  // More than 95 % away from it.
  EXPECT_EQ(sim.Order(kHype, true, "40", "1")["error"],
            "Order price cannot be more than 95% away from the reference price. asset=10004");
  EXPECT_TRUE(sim.Order(kHype, true, "38.9", "1").contains("resting"));
}

}  // namespace
}  // namespace colibri::venue_sim
