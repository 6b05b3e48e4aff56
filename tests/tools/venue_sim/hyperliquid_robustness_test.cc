// What clients may send and nobody meant.
#include <set>

#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "core/random.h"
#include "tests/tools/venue_sim/hyperliquid_fixture.h"

namespace colibri::venue_sim {
namespace {

constexpr char kUser[] = R"("user":"0x14791697260e4c9a71f18484c9f997b308e59325")";

std::vector<std::string> Messages(HyperliquidFixture& sim) {
  const std::string order = sim.Signed(HyperliquidFixture::OrderAction(
      0, true, "50000", "0.1", "Gtc", false, "0x000000000000000000000000000000aa"));
  const std::string trigger = sim.Signed(
      R"({"type":"order","orders":[{"a":0,"b":false,"p":"57000","s":"0.2","r":true,)"
      R"("t":{"trigger":{"isMarket":true,"triggerPx":"59000","tpsl":"sl"}}}],"grouping":"na"})");
  const std::string send = sim.Signed(
      R"({"type":"usdSend","hyperliquidChain":"Mainnet","signatureChainId":"0x66eee",)"
      R"("destination":"0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a","amount":"1","time":1})");
  return {
      order,
      trigger,
      send,
      sim.Signed(HyperliquidFixture::OrderAction(10004, false, "36", "1.5", "Ioc")),
      sim.Signed(
          R"({"type":"usdClassTransfer","hyperliquidChain":"Mainnet","signatureChainId":"0x66eee",)"
          R"("amount":"1","toPerp":true,"nonce":1})"),
      sim.Signed(R"({"type":"modify","oid":1,"order":{"a":0,"b":true,"p":"50000","s":"0.1",)"
                 R"("r":false,"t":{"limit":{"tif":"Gtc"}}}})"),
      sim.Signed(R"({"type":"cancel","cancels":[{"a":0,"o":400000000001}]})"),
      sim.Signed(R"({"type":"updateIsolatedMargin","asset":0,"isBuy":true,"ntli":-5})"),
      R"({"type":"l2Book","coin":"BTC","nSigFigs":5,"mantissa":2})",
      R"({"type":"candleSnapshot","req":{"coin":"BTC","interval":"1m","startTime":0}})",
      StrCat(R"({"type":"orderStatus","oid":400000000001,)", kUser, "}"),
      StrCat(R"({"type":"userFillsByTime","startTime":0,)", kUser, "}"),
      StrCat(R"({"method":"subscribe","subscription":{"type":"activeAssetData",)",
             kUser,
             R"(,"coin":"BTC"}})"),
      R"({"method":"unsubscribe","subscription":{"type":"candle","coin":"BTC","interval":"1m"}})",
      StrCat(R"({"method":"post","id":1,"request":{"type":"action","payload":)",
             std::string_view(order),
             "}}"),
      R"({"method":"post","id":1,"request":{"type":"info","payload":{"type":"meta"}}})"};
}

// Leaves out, changes or doubles a part of a value, somewhere.
TestJson Mangled(Random& random, TestJson json) {
  const std::vector<TestJson> strange = {nullptr,
                                         -1,
                                         1.5,
                                         UINT64_MAX,
                                         "",
                                         "0x",
                                         "999999999999999999999",
                                         true,
                                         TestJson::array(),
                                         TestJson::object(),
                                         TestJson::array({1, "a"}),
                                         "0.0000000000000000001"};
  if (!json.is_structured() || json.empty() || random.Uniform(6) == 0) {
    return strange[random.Uniform(strange.size())];
  }
  auto member = json.begin();
  std::advance(member, static_cast<int64_t>(random.Uniform(json.size())));
  if (random.Uniform(8) == 0) {
    json.erase(member);
    return json;
  }
  *member = Mangled(random, *member);
  return json;
}

TEST(HyperliquidRobustnessTest, OutlivesMangledMessages) {
  HyperliquidSimOptions options = QuietHyperliquidOptions();
  options.limits.weight_per_minute = 1'000'000;
  options.limits.messages_per_minute = 1'000'000;
  HyperliquidFixture sim(options);
  Random random(7);
  const std::vector<std::string> messages = Messages(sim);
  const SessionId session = sim.venue.Open("/ws", "127.0.0.1");
  const std::set<int> statuses = {200, 422, 500};

  for (int i = 0; i < 4000; ++i) {
    const TestJson original = TestJson::parse(messages[random.Uniform(messages.size())]);
    const std::string text = Mangled(random, original).dump();
    EXPECT_TRUE(statuses.contains(sim.Post("/exchange", text).status)) << text;
    EXPECT_TRUE(statuses.contains(sim.Post("/info", text).status)) << text;
    sim.venue.OnText(session, text);
    if (i % 200 == 0) {
      sim.Advance(absl::Milliseconds(100));
      sim.sink.texts.clear();
      sim.sink.all.clear();
    }
  }

  EXPECT_FALSE(sim.sink.closed.contains(session));
  EXPECT_LT(sim.venue.traffic().requests.size(), 80u);
}

TEST(HyperliquidRobustnessTest, ExecutesMangledActionsOrRefusesThem) {
  HyperliquidFixture sim;
  Random random(11);
  const std::vector<std::string> messages = Messages(sim);

  for (int i = 0; i < 1500; ++i) {
    const TestJson original = TestJson::parse(messages[random.Uniform(8)])["action"];
    const TestJson mangled = Mangled(random, original);
    // Signed as it is: what can be read is executed.
    const HttpReply reply = sim.Post("/exchange", sim.Signed(mangled.dump()));
    EXPECT_TRUE(reply.status == 200 || reply.status == 422 || reply.status == 429)
        << mangled.dump();
    if (i % 100 == 0) {
      sim.Advance(absl::Seconds(10));
    }
  }

  const std::map<int, Decimal> spot = sim.venue.spot_supply();
  EXPECT_EQ(sim.venue.total_supply() + spot.at(0), Dec("10400000"));
  EXPECT_EQ(spot.at(3), Dec("2000"));
}

TEST(HyperliquidRobustnessTest, RefusesWhatIsTooDeepOrTooLong) {
  HyperliquidFixture sim;

  EXPECT_EQ(sim.Post("/info", std::string(10'000, '[')).status, 422);
  EXPECT_EQ(sim.Post("/info", std::string(100'000, ' ')).status, 422);
  EXPECT_EQ(sim.Post("/info", "\xff\xfe").status, 422);
}

TEST(HyperliquidRobustnessTest, KeepsWhatIsInTheAccountsThroughLivelyTrading) {
  HyperliquidSimOptions options;
  options.funding_interval = absl::Minutes(1);
  options.traders.levels = 40;
  HyperliquidFixture sim(options);
  Random random(3);
  const Decimal supply = sim.venue.total_supply();

  for (int i = 0; i < 200; ++i) {
    const bool is_buy = random.Uniform(2) == 0;
    const HyperliquidBookView book = *sim.venue.book("SOL");
    const Decimal near = (is_buy ? book.bids : book.asks).front().first;
    const char* tif = random.Uniform(3) == 0 ? "Ioc" : random.Uniform(2) == 0 ? "Alo" : "Gtc";
    sim.Act(HyperliquidFixture::OrderAction(
        3, is_buy, near.ToString(), "1.5", tif, random.Uniform(5) == 0));
    sim.Advance(absl::Seconds(1 + random.Uniform(4)));
  }

  const HyperliquidAccountView account = sim.Account();
  EXPECT_EQ(sim.venue.total_supply(), supply);
  EXPECT_GT(account.fills.size(), 50u);
  EXPECT_GT(account.fundings.size(), 5u);
  Decimal wallet = Dec("100000");
  Decimal position;
  for (const HyperliquidFillView& fill : account.fills) {
    wallet += fill.closed_profit - fill.fee;
    position += fill.is_buy ? fill.size : -fill.size;
  }
  for (const HyperliquidFundingView& row : account.fundings) {
    wallet += row.amount;
  }
  EXPECT_EQ(account.figures.wallet, wallet);
  EXPECT_EQ(account.positions.empty() ? Decimal() : account.positions[0].size, position);
}

}  // namespace
}  // namespace colibri::venue_sim
