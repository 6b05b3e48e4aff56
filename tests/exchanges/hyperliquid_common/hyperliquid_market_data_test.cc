#include "exchanges/hyperliquid_common/hyperliquid_market_data.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/hyperliquid_common/samples.h"
#include "tests/support/market_sink.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class HyperliquidMarketDataTest : public testing::Test {
 protected:
  absl::Status Parse(std::string_view frame, int64_t receive_time_ns = 7) {
    sink_.Clear();
    return source_.Parse(frame, receive_time_ns, sink_);
  }
  absl::Status ParseChannel(std::string_view channel, std::string_view data, int64_t at = 7) {
    return Parse(StrCat(R"({"channel":")", channel, R"(","data":)", data, "}"), at);
  }

  const InstrumentTable instruments_ = SampleInstruments();
  ExchangeConfig config_ = {.candle_intervals = {"1m"}};
  HyperliquidMarketData source_{
      {.rest_url = "", .market_stream_url = "wss://x/ws", .private_stream_url = ""},
      config_,
      instruments_,
      /*is_perpetual=*/true};
  MarketSink sink_;
};

TEST_F(HyperliquidMarketDataTest, RefusesFramesThatCannotBeRead) {
  EXPECT_THAT(Parse("{\"channel\":"), StatusIs(kDataLoss));
  EXPECT_THAT(Parse("{}"), StatusIs(kDataLoss, HasSubstr("`channel`")));
  EXPECT_THAT(Parse(R"({"channel":"l2Book"})"), StatusIs(kDataLoss, HasSubstr("`data`")));
  EXPECT_THAT(Parse(R"({"channel":"trades","data":{}})"), StatusIs(kDataLoss));
  EXPECT_THAT(ParseChannel("l2Book", R"({"coin":"BTC","time":1,"levels":[[]]})"),
              StatusIs(kDataLoss, HasSubstr("`levels`")));
  EXPECT_THAT(ParseChannel("l2Book", R"({"coin":"BTC","levels":[[],[]]})"),
              StatusIs(kDataLoss, HasSubstr("`time`")));
  EXPECT_THAT(
      ParseChannel("l2Book", R"({"coin":"BTC","time":1,"levels":[[{"px":"1e5","sz":"1"}],[]]})"),
      StatusIs(kDataLoss, HasSubstr("`px`")));
  EXPECT_THAT(
      ParseChannel("l2Book", R"({"coin":"BTC","time":1,"levels":[[{"px":"1","sz":"-1"}],[]]})"),
      StatusIs(kDataLoss, HasSubstr("negative")));
  EXPECT_THAT(ParseChannel("bbo", R"({"coin":"BTC","time":1,"bbo":[null]})"), StatusIs(kDataLoss));
  EXPECT_THAT(
      ParseChannel("trades", R"([{"coin":"BTC","side":"C","px":"1","sz":"1","time":1,"tid":1}])"),
      StatusIs(kDataLoss, HasSubstr("`side`")));
  EXPECT_THAT(ParseChannel("activeAssetCtx", R"({"coin":"BTC","ctx":{}})"), StatusIs(kDataLoss));
  EXPECT_THAT(sink_.lines(), IsEmpty());
}

TEST_F(HyperliquidMarketDataTest, RefusesNumbersFinerThanTheScale) {
  EXPECT_THAT(
      ParseChannel("l2Book", R"({"coin":"BTC","time":1,"levels":[[{"px":"1.25","sz":"1"}],[]]})"),
      StatusIs(kInvalid, HasSubstr("`px`")));
  EXPECT_THAT(sink_.lines(), IsEmpty());
}

// A second trade that can't be read keeps the first one back too.
TEST_F(HyperliquidMarketDataTest, TellsNothingOfAFrameThatIsHalfReadable) {
  EXPECT_THAT(ParseChannel("trades",
                           R"([{"coin":"BTC","side":"B","px":"1","sz":"1","time":1,"tid":1},)"
                           R"({"coin":"BTC","side":"B","px":"x","sz":"1","time":1,"tid":2}])"),
              StatusIs(kDataLoss));
  EXPECT_THAT(sink_.lines(), IsEmpty());
}

TEST_F(HyperliquidMarketDataTest, ReadsBooks) {
  ASSERT_OK(Parse(kSampleBook));

  EXPECT_THAT(sink_.lines(),
              ElementsAre("snapshot 0 u=1737918843800 E=1737918843800 at=7 "
                          "b=1050550:303622,1050540:14280 a=1050560:634472"));
}

TEST_F(HyperliquidMarketDataTest, ReadsTrades) {
  ASSERT_OK(Parse(kSampleTrades));

  EXPECT_THAT(sink_.lines(),
              ElementsAre("trade 0 t=300003 sell 1500@1043200 T=1769916002000 at=7",
                          "trade 1 t=1125899906842623 buy 100@167010 T=1769916002001 at=7"));
}

TEST_F(HyperliquidMarketDataTest, ReadsTradesBesideThoseOfACoinThatIsNotKnown) {
  ASSERT_OK(ParseChannel(
      "trades",
      R"([{"coin":"BTC","side":"A","px":"104320.0","sz":"0.01500","time":1,"tid":300003},)"
      R"({"coin":"DOGE","side":"A","px":"0.1","sz":"1","time":1,"tid":300004},)"
      R"({"coin":"ETH","side":"B","px":"1670.1","sz":"0.01","time":2,"tid":1125899906842623}])"));

  EXPECT_THAT(sink_.lines(),
              ElementsAre("trade 0 t=300003 sell 1500@1043200 T=1 at=7",
                          "trade 1 t=1125899906842623 buy 100@167010 T=2 at=7"));
}

TEST_F(HyperliquidMarketDataTest, ReadsBestQuotes) {
  ASSERT_OK(Parse(kSampleQuote));
  EXPECT_THAT(sink_.lines(), ElementsAre("quote 1 u=0 b=167010:20000 a=167020:30000 E=5 at=7"));

  ASSERT_OK(ParseChannel("bbo",
                         R"({"coin":"ETH","time":5,"bbo":[null,{"px":"1670.2","sz":"3","n":1}]})"));
  EXPECT_THAT(sink_.lines(), ElementsAre("ignored one side of the book is empty"));
}

constexpr std::string_view kFirstBar =
    R"({"t":60000,"T":119999,"s":"BTC","i":"1m","o":"1","c":"2","h":"3","l":"0.5","v":"10","n":4})";
constexpr std::string_view kFirstBarLater =
    R"({"t":60000,"T":119999,"s":"BTC","i":"1m","o":"1","c":"2.5","h":"3","l":"0.5","v":"11","n":5})";
constexpr std::string_view kSecondBar =
    R"({"t":120000,"T":179999,"s":"BTC","i":"1m","o":"2","c":"2","h":"2","l":"2","v":"1","n":1})";
constexpr std::string_view kClosed =
    "candle 0 1m 60000-119999 o=1 h=3 l=0.5 c=2.5 v=11 q=0 n=5 closed at=9";
constexpr std::string_view kOpened =
    "candle 0 1m 120000-179999 o=2 h=2 l=2 c=2 v=1 q=0 n=1 open at=9";

TEST_F(HyperliquidMarketDataTest, ClosesACandleWhenTheNextOneBegins) {
  ASSERT_OK(ParseChannel("candle", kFirstBar));
  ASSERT_OK(ParseChannel("candle", kFirstBarLater, 8));
  EXPECT_THAT(sink_.lines(),
              ElementsAre("candle 0 1m 60000-119999 o=1 h=3 l=0.5 c=2.5 v=11 q=0 n=5 open at=8"));

  ASSERT_OK(ParseChannel("candle", kSecondBar, 9));
  EXPECT_THAT(sink_.lines(), ElementsAre(kClosed, kOpened));

  ASSERT_OK(ParseChannel("candle", kSecondBar, 10));
  EXPECT_EQ(sink_.lines().size(), 1u);
}

// The frames of a second connection are read when they come, and again when it takes over.
TEST_F(HyperliquidMarketDataTest, ReadsTheFrameThatClosedACandleTwiceAlike) {
  ASSERT_OK(ParseChannel("candle", kFirstBarLater, 8));
  ASSERT_OK(ParseChannel("candle", kSecondBar, 9));
  ASSERT_OK(ParseChannel("candle", kFirstBarLater, 8));
  EXPECT_EQ(sink_.lines().size(), 1u);

  ASSERT_OK(ParseChannel("candle", kSecondBar, 9));

  EXPECT_THAT(sink_.lines(), ElementsAre(kClosed, kOpened));
}

// Nobody knows how a bar went on while there was no connection.
TEST_F(HyperliquidMarketDataTest, ForgetsCandlesWithANewSubscription) {
  ASSERT_OK(ParseChannel("candle", kFirstBar));
  ASSERT_OK(ParseChannel(
      "subscriptionResponse",
      R"({"method":"subscribe","subscription":{"type":"candle","coin":"BTC","interval":"1m"}})"));
  EXPECT_THAT(sink_.lines(), ElementsAre("subscribed "));

  ASSERT_OK(ParseChannel("candle", kSecondBar, 9));

  EXPECT_THAT(sink_.lines(), ElementsAre(kOpened));
}

class FundingSink final : public MarketMessageSink {
 public:
  void OnBookDiff(InstrumentIndex, const BookDiff&) override {}
  void OnBookSnapshot(InstrumentIndex, const BookSnapshot&) override {}
  void OnTrade(InstrumentIndex, const TradeMessage&) override {}
  void OnBestQuote(InstrumentIndex, const BestQuoteMessage&) override {}
  void OnCandle(InstrumentIndex, const CandleMessage&) override {}
  void OnNotice(MarketNotice, std::string_view) override {}
  void OnFunding(InstrumentIndex instrument, const FundingMessage& message) override {
    index = instrument;
    funding = message;
  }

  InstrumentIndex index = 99;
  FundingMessage funding;
};

TEST_F(HyperliquidMarketDataTest, ReadsFundingAndThatItIsPaidEachFullHour) {
  FundingSink sink;
  ASSERT_OK(source_.Parse(
      R"({"channel":"activeAssetCtx","data":{"coin":"ETH","ctx":{"funding":"-0.0000015186",)"
      R"("openInterest":"27353.17682","prevDayPx":"76317.0","dayNtlVlm":"1.5","premium":null,)"
      R"("oraclePx":"77605.0","markPx":"77562.0","midPx":null,"impactPxs":null}}})",
      1'700'001'234'000'000'000,
      sink));

  EXPECT_EQ(sink.index, 1u);
  EXPECT_EQ(sink.funding.rate, D("-0.0000015186"));
  EXPECT_EQ(sink.funding.mark_price, Price(D("77562")));
  EXPECT_EQ(sink.funding.index_price, Price(D("77605")));
  EXPECT_EQ(sink.funding.open_interest, Quantity(D("27353.17682")));
  EXPECT_EQ(sink.funding.next_funding_time, absl::FromUnixMillis(1'700'002'800'000));
}

TEST_F(HyperliquidMarketDataTest, IgnoresWhatItDoesNotUse) {
  ASSERT_OK(Parse("Websocket connection established."));
  EXPECT_THAT(sink_.lines(), ElementsAre("ignored Websocket connection established."));
  ASSERT_OK(Parse(R"({"channel":"pong"})"));
  EXPECT_THAT(sink_.lines(), ElementsAre("heartbeat pong"));
  ASSERT_OK(ParseChannel("l2Book", R"({"coin":"DOGE","time":1,"levels":[[],[]]})"));
  EXPECT_THAT(sink_.lines(), ElementsAre("ignored l2Book"));
  ASSERT_OK(ParseChannel("error", R"("Invalid subscription {}")"));
  EXPECT_THAT(sink_.lines(), ElementsAre("refused Invalid subscription {}"));
}

TEST_F(HyperliquidMarketDataTest, SubscribesOneByOne) {
  const Instrument& btc = instruments_.at(0);

  EXPECT_EQ(source_.StreamUrl({&btc}), "wss://x/ws");
  EXPECT_THAT(
      source_.SubscribeFrames({&btc}),
      ElementsAre(
          R"({"method":"subscribe","subscription":{"type":"l2Book","coin":"BTC"}})",
          R"({"method":"subscribe","subscription":{"type":"trades","coin":"BTC"}})",
          R"({"method":"subscribe","subscription":{"type":"bbo","coin":"BTC"}})",
          R"({"method":"subscribe","subscription":{"type":"activeAssetCtx","coin":"BTC"}})",
          R"({"method":"subscribe","subscription":{"type":"candle","coin":"BTC","interval":"1m"}})"));
}

TEST_F(HyperliquidMarketDataTest, AsksForNoFundingOfSpot) {
  const HyperliquidMarketData spot({}, config_, instruments_, /*is_perpetual=*/false);

  EXPECT_THAT(
      spot.SubscribeFrames({&instruments_.at(0)}),
      ElementsAre(HasSubstr("l2Book"), HasSubstr("trades"), HasSubstr("bbo"), HasSubstr("candle")));
}

TEST_F(HyperliquidMarketDataTest, AsksForFrequentBooksWhereFiveLevelsAreEnough) {
  config_.snapshot_depth = 5;
  const HyperliquidMarketData shallow({}, config_, instruments_, /*is_perpetual=*/true);

  EXPECT_EQ(shallow.SubscribeFrames({&instruments_.at(0)})[0],
            R"({"method":"subscribe","subscription":{"type":"l2Book","coin":"BTC","fast":true}})");
}

TEST_F(HyperliquidMarketDataTest, AsksForSnapshotsAndReadsThem) {
  const VenueCall call = source_.SnapshotCall(instruments_.at(0));
  EXPECT_EQ(call.request.path, "/info");
  EXPECT_EQ(call.request.body, R"({"type":"l2Book","coin":"BTC"})");
  EXPECT_EQ(call.charges[0].weight, 2);

  constexpr std::string_view kBody =
      R"({"coin":"BTC","levels":[[{"px":"110427.0","sz":"4.11882"}],[]],"time":1761786491067})";
  EXPECT_TRUE(source_.IsSnapshotAnswer(kBody));
  EXPECT_FALSE(source_.IsSnapshotAnswer(R"({"channel":"l2Book","data":{}})"));
  EXPECT_THAT(source_.ParseSnapshot(kBody, instruments_.at(1), 7, sink_),
              StatusIs(kDataLoss, HasSubstr("`coin`")));
  ASSERT_OK(source_.ParseSnapshot(kBody, instruments_.at(0), 7, sink_));
  EXPECT_THAT(sink_.lines(),
              ElementsAre("snapshot 0 u=1761786491067 E=1761786491067 at=7 b=1104270:411882 a=-"));
}

}  // namespace
}  // namespace colibri::hyperliquid
