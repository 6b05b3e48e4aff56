// Market data: REST, the routed connections, and the links of the book's messages.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/perpetual_fixture.h"

namespace colibri::venue_sim {
namespace {

constexpr char kSubscribeAll[] =
    R"({"method":"SUBSCRIBE","params":["btcusdt@aggTrade","btcusdt@bookTicker"],"id":1})";
#define LIMIT "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&quantity=1&price=60000&side="

// The messages of a session that are events of this name.
std::vector<TestJson> Events(PerpetualFixture& sim, SessionId session, std::string_view name) {
  std::vector<TestJson> events;
  for (TestJson& text : sim.sink.Take(session)) {
    if (text.is_object() && text.value("e", "") == name) {
      events.push_back(std::move(text));
    }
  }
  return events;
}

BinancePerpetualSimOptions LivelyOptions(uint64_t seed) {
  BinancePerpetualSimOptions options;
  options.seed = seed;
  options.traders.levels = 20;
  options.traders.quotes_per_second = 10;
  return options;
}

TEST(PerpetualStreamsTest, EachRouteCarriesItsClass) {
  PerpetualFixture sim;
  const SessionId market = sim.venue.Open("/market/ws", "x");
  const SessionId open = sim.venue.Open("/public/ws", "x");
  const SessionId legacy = sim.venue.Open("/ws", "x");
  for (const SessionId session : {market, open, legacy}) {
    sim.venue.OnText(session, kSubscribeAll);
    EXPECT_EQ(sim.sink.Take(session)[0].dump(), R"({"result":null,"id":1})");
  }
  sim.OtherOrder(LIMIT "SELL");
  sim.Order(LIMIT "BUY");
  sim.clock.AdvanceBy(absl::Milliseconds(200));
  const std::vector<TestJson> trades = sim.sink.Take(market);
  ASSERT_EQ(trades.size(), 1u);
  EXPECT_EQ(trades[0]["e"], "aggTrade");
  EXPECT_EQ(trades[0]["m"], false);
  for (const SessionId session : {open, legacy}) {
    const std::vector<TestJson> tops = sim.sink.Take(session);
    ASSERT_FALSE(tops.empty());
    for (const TestJson& top : tops) {
      EXPECT_EQ(top["e"], "bookTicker");
    }
  }
}

TEST(PerpetualStreamsTest, CombinedConnectionsNameTheStream) {
  PerpetualFixture sim;
  const SessionId session =
      sim.venue.Open("/public/stream?streams=btcusdt@bookTicker/ethusdt@depth5", "x");
  sim.OtherOrder(LIMIT "SELL");
  const std::vector<TestJson> texts = sim.sink.Take(session);
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_EQ(texts[0]["stream"], "btcusdt@bookTicker");
  EXPECT_EQ(texts[0]["data"]["a"], "60000.00");
  EXPECT_EQ(texts[0]["data"]["B"], "0.000");
}

class LinkedDepthTest : public testing::TestWithParam<const char*> {};

// The venue's procedure: snapshot, first event around it, then links.
TEST_P(LinkedDepthTest, BuildsTheBookByLinks) {
  PerpetualFixture sim(LivelyOptions(3));
  const SessionId session =
      sim.venue.Open(StrCat("/public/ws/btcusdt@depth", std::string_view(GetParam())), "x");
  sim.clock.AdvanceBy(absl::Milliseconds(1030));
  const TestJson snapshot = Body(sim.Get("/fapi/v1/depth?symbol=BTCUSDT&limit=1000"));
  const int64_t snapshot_id = snapshot["lastUpdateId"];
  std::map<std::string, std::string> sides[2];
  const auto apply = [&](const TestJson& book, const char* bids, const char* asks) {
    for (const int side : {0, 1}) {
      for (const TestJson& level : book[side == 0 ? bids : asks]) {
        if (Dec(level[1].get<std::string>()).is_zero()) {
          sides[side].erase(level[0].get<std::string>());
        } else {
          sides[side][level[0].get<std::string>()] = level[1].get<std::string>();
        }
      }
    }
  };
  apply(snapshot, "bids", "asks");
  sim.venue.SetTradersPaused(false);
  sim.clock.AdvanceBy(absl::Seconds(3));
  sim.venue.SetTradersPaused(true);
  sim.clock.AdvanceBy(absl::Seconds(1));
  int64_t last = 0;
  int jumps = 0, applied = 0;
  for (const TestJson& event : Events(sim, session, "depthUpdate")) {
    const int64_t first_id = event["U"], last_id = event["u"];
    if (last_id < snapshot_id) {
      continue;
    }
    if (last == 0) {
      EXPECT_LE(first_id, snapshot_id);
    } else {
      ASSERT_EQ(event["pu"], last);
      jumps += first_id > last + 1 ? 1 : 0;
    }
    EXPECT_EQ(event["st"], 1);
    last = last_id;
    apply(event, "b", "a");
    ++applied;
  }
  EXPECT_GT(applied, 4);
  EXPECT_GT(jumps, 0);  // ids prove nothing, links do
  const PerpetualBookView truth = *sim.venue.book("BTCUSDT");
  EXPECT_EQ(sides[0].size(), truth.bids.size());
  EXPECT_EQ(sides[1].size(), truth.asks.size());
  for (const auto& [price, quantity] : truth.bids) {
    EXPECT_EQ(sides[0][price.ToFixed(2)], quantity.ToFixed(3));
  }
}

INSTANTIATE_TEST_SUITE_P(Paces, LinkedDepthTest, testing::Values("", "@100ms", "@500ms"));

TEST(PerpetualStreamsTest, ASkipBreaksTheLink) {
  PerpetualFixture sim(LivelyOptions(3));
  const SessionId session = sim.venue.Open("/public/ws/btcusdt@depth@100ms", "x");
  sim.clock.AdvanceBy(absl::Seconds(1));
  const std::vector<TestJson> before = Events(sim, session, "depthUpdate");
  sim.venue.faults().Apply(
      {.subject = FaultSubject::kDepth, .verb = FaultVerb::kSkip, .number = 5});
  sim.clock.AdvanceBy(absl::Milliseconds(200));
  const std::vector<TestJson> after = Events(sim, session, "depthUpdate");
  ASSERT_FALSE(after.empty());
  EXPECT_EQ(after[0]["pu"].get<int64_t>(), before.back()["u"].get<int64_t>() + 5);
}

TEST(PerpetualStreamsTest, StreamsOfAllSymbolsHaveOthersInThem) {
  PerpetualFixture sim;
  const SessionId session = sim.venue.Open("/market/ws/!markPrice@arr@1s/!miniTicker@arr", "x");
  sim.clock.AdvanceBy(absl::Seconds(1));
  const std::vector<TestJson> lists = sim.sink.Take(session);
  ASSERT_EQ(lists.size(), 2u);
  for (const TestJson& list : lists) {
    int coins = 0, own = 0;
    for (const TestJson& one : list) {
      coins += one["st"] == 2 ? 1 : 0;
      own += one["st"] == 1 ? 1 : 0;
    }
    EXPECT_EQ(coins, 2);
    EXPECT_EQ(own, 7);  // five that trade, a dated and a settling one
  }
}

TEST(PerpetualStreamsTest, TellsMarksKlinesTickersAndStatus) {
  PerpetualFixture sim;
  const SessionId session = sim.venue.Open(
      "/market/ws/btcusdt@markPrice/btcusdt@kline_1m/btcusdt@ticker/!contractInfo", "x");
  sim.clock.AdvanceBy(absl::Seconds(3));
  sim.venue.SetSymbolStatus("BTCUSDT", "SETTLING");
  std::map<std::string, TestJson> last;
  for (const TestJson& event : sim.sink.Take(session)) {
    last[event["e"].get<std::string>()] = event;
  }
  EXPECT_EQ(last["markPriceUpdate"]["p"], "60000.00000000");
  EXPECT_EQ(last["markPriceUpdate"]["r"], "0.00010000");
  EXPECT_EQ(last["kline"]["k"]["i"], "1m");
  EXPECT_EQ(last["24hrTicker"]["c"], "60000.00");
  EXPECT_EQ(last["contractInfo"]["cs"], "SETTLING");
}

TEST(PerpetualStreamsTest, ClosesWhoSendsTooMuch) {
  PerpetualFixture sim;
  const SessionId session = sim.venue.Open("/public/ws", "x");
  for (int i = 0; i < 10; ++i) {
    sim.venue.OnText(session, kSubscribeAll);
  }
  EXPECT_FALSE(sim.sink.closed.contains(session));
  sim.venue.OnText(session, kSubscribeAll);
  EXPECT_EQ(sim.sink.closed.at(session), 1008);
}

TEST(PerpetualMarketTest, ExchangeInfoHasMoreThanWhatTrades) {
  PerpetualFixture sim;
  const TestJson info = Body(sim.Get("/fapi/v1/exchangeInfo"));
  std::map<std::string, TestJson> symbols;
  for (const TestJson& symbol : info["symbols"]) {
    symbols[symbol["symbol"].get<std::string>()] = symbol;
  }
  EXPECT_EQ(symbols.size(), 9u);
  const TestJson& btc = symbols["BTCUSDT"];
  EXPECT_EQ(btc["pricePrecision"], 2);
  EXPECT_EQ(btc["filters"][0]["tickSize"], "0.10");
  EXPECT_EQ(btc["filters"][4]["notional"], "50");
  EXPECT_EQ(symbols["1000PEPEUSDT"]["baseAsset"], "1000PEPE");
  EXPECT_EQ(symbols["BTCUSDT_270326"]["contractType"], "CURRENT_QUARTER");
  EXPECT_EQ(symbols["BTCUSDT_270326"]["baseAsset"], "BTC");
  EXPECT_EQ(symbols["BTCUSD_PERP"]["marginAsset"], "BTC");
  EXPECT_EQ(info["rateLimits"][0]["limit"], 2400);
}

TEST(PerpetualMarketTest, WeighsCalls) {
  PerpetualFixture sim;
  const auto weight = [&](const char* target) {
    const HttpReply reply = sim.Get(target);
    EXPECT_EQ(reply.status, 200) << target << reply.body;
    static int before = 0;
    const int now = std::stoi(HeaderOf(reply, "x-mbx-used-weight-1m"));
    return now - std::exchange(before, now);
  };
  EXPECT_EQ(weight("/fapi/v1/depth?symbol=BTCUSDT&limit=50"), 2);
  EXPECT_EQ(weight("/fapi/v1/depth?symbol=BTCUSDT"), 10);
  EXPECT_EQ(weight("/fapi/v1/depth?symbol=BTCUSDT&limit=1000"), 20);
  EXPECT_EQ(weight("/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=99"), 1);
  EXPECT_EQ(weight("/fapi/v1/ticker/24hr"), 40);
  EXPECT_EQ(weight("/fapi/v1/ticker/24hr?symbol=BTCUSDT"), 1);
  EXPECT_EQ(weight("/fapi/v2/ticker/price"), 2);
  EXPECT_EQ(weight("/fapi/v1/premiumIndex"), 10);
  EXPECT_EQ(weight("/fapi/v1/fundingRate"), 0);
  EXPECT_EQ(weight("/fapi/v1/aggTrades?symbol=BTCUSDT"), 20);
  EXPECT_EQ(weight("/fapi/v1/openInterest?symbol=BTCUSDT"), 1);
}

TEST(PerpetualMarketTest, RefusesWhatItDoesNotHave) {
  PerpetualFixture sim;
  EXPECT_EQ(ErrorCode(sim.Get("/fapi/v1/depth")), -1102);
  EXPECT_EQ(ErrorCode(sim.Get("/fapi/v1/depth?symbol=BTCUSDT&limit=7")), -4021);
  EXPECT_EQ(ErrorCode(sim.Get("/fapi/v1/klines?symbol=BTCUSDT&interval=7m")), -1120);
  EXPECT_EQ(sim.Get("/fapi/v1/nothing").status, 404);
  EXPECT_EQ(ErrorCode(sim.Get("/fapi/v1/historicalTrades?symbol=BTCUSDT")), -2014);
}

TEST(PerpetualMarketTest, FundingInfoTellsWhatIsUnusual) {
  PerpetualFixture usual;
  EXPECT_TRUE(Body(usual.Get("/fapi/v1/fundingInfo")).empty());
  BinancePerpetualSimOptions options = QuietPerpetualOptions();
  options.funding_interval = absl::Hours(4);
  PerpetualFixture sim(options);
  EXPECT_EQ(Body(sim.Get("/fapi/v1/fundingInfo"))[0]["fundingIntervalHours"], 4);
}

TEST(PerpetualMarketTest, LimitsTheFundingHistoryByAddress) {
  PerpetualFixture sim;
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(sim.Get("/fapi/v1/fundingRate").status, 200);
  }
  EXPECT_EQ(sim.Get("/fapi/v1/fundingInfo").status, 429);
}

TEST(PerpetualMarketTest, TheSameSeedGivesTheSameBytes) {
  const auto run = [](uint64_t seed) {
    PerpetualFixture sim(LivelyOptions(seed));
    sim.venue.Open("/public/ws/btcusdt@depth@100ms/ethusdt@bookTicker", "x");
    sim.venue.Open("/market/ws/btcusdt@aggTrade/!markPrice@arr@1s", "x");
    sim.clock.AdvanceBy(absl::Seconds(5));
    return sim.sink.all;
  };
  const std::vector<std::string> first = run(7);
  EXPECT_GT(first.size(), 50u);
  EXPECT_EQ(first, run(7));
  EXPECT_NE(first, run(8));
}

TEST(PerpetualMarketTest, LivesWithoutMakingMoney) {
  PerpetualFixture sim(LivelyOptions(11));
  const std::map<std::string, Decimal> supply = sim.venue.total_supply();
  for (int i = 0; i < 20; ++i) {
    sim.Order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.5");
    sim.Order("symbol=ETHUSDT&side=SELL&type=MARKET&quantity=3");
    sim.clock.AdvanceBy(absl::Seconds(2));
  }
  EXPECT_EQ(sim.venue.total_supply(), supply);
  EXPECT_EQ(sim.Account().positions.size(), 2u);
  const TestJson mark = Body(sim.Get("/fapi/v1/premiumIndex?symbol=BTCUSDT"));
  EXPECT_NE(mark["markPrice"], "60000.00000000");
}

}  // namespace
}  // namespace colibri::venue_sim
