// Market data of a venue that lives by itself, and what faults do to it.
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/hyperliquid_fixture.h"

namespace colibri::venue_sim {
namespace {

HyperliquidSimOptions LivelyOptions() {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.background_traders = true;
  return options;
}

TEST(HyperliquidMarketTest, KeepsDelistedCoinsInTheirPlace) {
  HyperliquidFixture sim;

  const TestJson meta = sim.Info(R"({"type":"metaAndAssetCtxs"})");

  EXPECT_EQ(meta[0]["universe"].size(), meta[1].size());
  EXPECT_EQ(meta[0]["universe"][2].dump(),
            R"({"szDecimals":1,"name":"MATIC","maxLeverage":20,"marginTableId":20,)"
            R"("isDelisted":true})");
  EXPECT_EQ(meta[0]["universe"][3]["name"], "SOL");
  EXPECT_EQ(sim.Info(R"({"type":"meta","dex":"xyz"})")["universe"].size(), 0u);
  EXPECT_EQ(sim.Info(R"({"type":"perpDexs"})").dump(), "[null]");
}

TEST(HyperliquidMarketTest, QuotesOnlyPricesThatAnOrderMayHave) {
  HyperliquidFixture sim(LivelyOptions());
  sim.Advance(absl::Seconds(20));

  for (const char* coin : {"BTC", "ETH", "SOL", "kPEPE", "HYPE"}) {
    const TestJson book = sim.Info(StrCat(R"({"type":"l2Book","coin":")", coin, R"("})"));
    for (const TestJson& side : book["levels"]) {
      EXPECT_EQ(side.size(), 20u) << coin;
      for (const TestJson& level : side) {
        EXPECT_TRUE(IsAllowedPrice(level["px"].get<std::string>())) << coin << " " << level["px"];
        EXPECT_GE(level["n"].get<int>(), 1);
      }
    }
    EXPECT_LT(Dec(book["levels"][0][0]["px"].get<std::string>()),
              Dec(book["levels"][1][0]["px"].get<std::string>()));
  }
}

TEST(HyperliquidMarketTest, TellsTradesCandlesAndContexts) {
  HyperliquidFixture sim(LivelyOptions());
  sim.Advance(absl::Seconds(70));

  const TestJson trades = sim.Info(R"({"type":"recentTrades","coin":"BTC"})");
  const TestJson candles =
      sim.Info(R"({"type":"candleSnapshot","req":{"coin":"BTC","interval":"1m","startTime":0}})");
  const TestJson contexts = sim.Info(R"({"type":"metaAndAssetCtxs"})")[1];

  EXPECT_EQ(trades.size(), 10u);
  EXPECT_GE(trades[0]["time"].get<int64_t>(), trades[9]["time"].get<int64_t>());
  EXPECT_EQ(trades[0]["time"].get<int64_t>() % 100, 0);  // of its block
  ASSERT_EQ(candles.size(), 2u);
  EXPECT_EQ(candles[0]["T"], candles[1]["t"].get<int64_t>() - 1);
  EXPECT_EQ(candles[0]["i"], "1m");
  EXPECT_GT(Dec(contexts[0]["dayNtlVlm"].get<std::string>()), Decimal());
  EXPECT_TRUE(contexts[2]["midPx"].is_null());  // delisted
  EXPECT_TRUE(IsAllowedPrice(contexts[0]["markPx"].get<std::string>()));
}

TEST(HyperliquidMarketTest, IsTheSameForTheSameSeed) {
  const auto run = [](uint64_t seed) {
    HyperliquidSimOptions options = LivelyOptions();
    options.seed = seed;
    HyperliquidFixture sim(options);
    const SessionId session = sim.Subscribe(R"({"type":"trades","coin":"BTC"})");
    sim.Advance(absl::Seconds(5));
    return sim.sink.texts[session];
  };

  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

TEST(HyperliquidMarketTest, TheTimeOfBlocksStandsStillWhileTheClockIsSetBack) {
  HyperliquidFixture sim;
  sim.venue.Start();
  sim.Advance(absl::Seconds(10));
  const int64_t before = sim.venue.block_time_ms();

  sim.venue.faults().SkewClock(absl::Seconds(-5));
  sim.Advance(absl::Seconds(4));
  EXPECT_EQ(sim.venue.block_time_ms(), before);
  EXPECT_EQ(sim.Info(R"({"type":"exchangeStatus"})")["time"], before);

  sim.Advance(absl::Seconds(4));
  EXPECT_EQ(sim.venue.block_time_ms(), before + 3000);
}

TEST(HyperliquidMarketTest, LosesFramesToFaults) {
  HyperliquidFixture sim(LivelyOptions());
  const SessionId session = sim.Subscribe(R"({"type":"l2Book","coin":"BTC"})");
  sim.Take(session, "");

  sim.venue.faults().Apply(*ParseFault({"depth", "drop", "x2"}));
  sim.Advance(absl::Seconds(2));

  EXPECT_EQ(sim.Take(session, "l2Book").size(), 2u);
}

TEST(HyperliquidMarketTest, FailsOrdersBeforeAndAfterExecuting) {
  HyperliquidFixture sim;
  const std::string action = HyperliquidFixture::OrderAction(0, true, "50000", "0.1");

  sim.venue.faults().FailOrders(1, FailWhen::kBeforeExecuting);
  EXPECT_EQ(sim.Post("/exchange", sim.Signed(action)).status, 503);
  EXPECT_EQ(sim.Account().orders.size(), 0u);
  sim.venue.faults().FailOrders(1, FailWhen::kAfterExecuting);
  EXPECT_EQ(sim.Post("/exchange", sim.Signed(action)).status, 503);
  EXPECT_EQ(sim.Account().orders.size(), 1u);
}

TEST(HyperliquidMarketTest, CutsConnectionsOfUsersAlone) {
  HyperliquidFixture sim;
  const SessionId market = sim.Subscribe(R"({"type":"allMids"})");
  const SessionId user =
      sim.Subscribe(StrCat(R"({"type":"orderUpdates","user":")", kTestWallet.address, R"("})"));

  sim.venue.faults().CutUserStreams();

  EXPECT_TRUE(sim.sink.closed.contains(user));
  EXPECT_FALSE(sim.sink.closed.contains(market));
}

TEST(HyperliquidMarketTest, CountsWhatComesIn) {
  constexpr char kCloid[] = "0x000000000000000000000000000000aa";
  HyperliquidFixture sim;
  sim.Info(R"({"type":"allMids"})");
  const std::string action =
      HyperliquidFixture::OrderAction(0, true, "50000", "0.1", "Gtc", false, kCloid);
  sim.Act(action);
  sim.Act(action);

  const SimTrafficView traffic = sim.venue.traffic();

  EXPECT_EQ(traffic.requests.at("POST /info allMids"), 1);
  EXPECT_EQ(traffic.requests.at("POST /exchange order"), 2);
  EXPECT_EQ(traffic.repeated_client_order_ids.at(kCloid), 2);
  EXPECT_EQ(traffic.calls.back().client_order_id, kCloid);
  EXPECT_EQ(sim.venue.Handle({.method = "GET", .target = "/colibri-sim/traffic"}).status, 200);
}

}  // namespace
}  // namespace colibri::venue_sim
