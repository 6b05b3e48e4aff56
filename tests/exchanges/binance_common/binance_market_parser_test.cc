#include "exchanges/binance_common/binance_market_parser.h"

#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/support/market_sink.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MarketParserTest : public testing::Test {
 protected:
  MarketParserTest() : parser_(instruments_) {
    instruments_.Add({"BTC", "USDT"}, "BTCUSDT", "btcusdt", {2, 5});
    instruments_.Add({"BNB", "BTC"}, "BNBBTC", "bnbbtc", {4, 0});
    instruments_.Add({"SHIB", "USDT"}, "SHIBUSDT", "shibusdt", {8, 0});
    instruments_.Add({"WEI", "USDT"}, "WEIUSDT", "weiusdt", {18, 18});
  }

  absl::Status Parse(std::string_view frame) { return parser_.Parse(frame, 7, sink_); }
  bool ParseHot(std::string_view frame) { return parser_.ParseHot(frame, 7, sink_); }

  InstrumentTable instruments_;
  MarketParser parser_;
  MarketSink sink_;
};

constexpr std::string_view kDiff =
    R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT",)"
    R"("U":50093239189,"u":50093239202,"b":[["61737.63000000","0.00000000"],)"
    R"(["61730.17000000","1.50000000"]],"a":[["61837.64000000","1.54698000"]]}})";
constexpr std::string_view kDiffLine =
    "diff 0 U=50093239189 u=50093239202 pu=-1 E=1723161255208 at=7 "
    "b=6173763:0,6173017:150000 a=6183764:154698";
constexpr std::string_view kTrade =
    R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT",)"
    R"("t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}})";
constexpr std::string_view kQuote =
    R"({"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT",)"
    R"("b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}})";

TEST_F(MarketParserTest, RefusesWhatIsNoJson) {
  for (const std::string_view frame : {"",
                                       " ",
                                       "x",
                                       "{",
                                       "}",
                                       "{}",
                                       "[]",
                                       "null",
                                       "\"a\"",
                                       "{\"e\"}",
                                       "{\"stream\":\"",
                                       "{\"stream\":\"x\"}",
                                       "\xff\xfe"}) {
    EXPECT_THAT(Parse(frame), StatusIs(StatusCode::kDataLoss)) << frame;
  }
  EXPECT_THAT(sink_.lines(), IsEmpty());
}

TEST_F(MarketParserTest, RefusesEveryTruncationOfAFrame) {
  for (const std::string_view frame : {kDiff, kTrade, kQuote}) {
    for (size_t size = 0; size < frame.size(); ++size) {
      // In memory of exactly this size, so that a sanitizer sees a read beyond it.
      const std::string cut(frame.substr(0, size));
      EXPECT_THAT(Parse(cut), StatusIs(StatusCode::kDataLoss)) << cut;
    }
  }
  EXPECT_THAT(sink_.lines(), IsEmpty());
}

TEST_F(MarketParserTest, NamesALevelThatIsFinerThanTheScale) {
  const absl::Status status = Parse(
      R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,"b":[["61737.635","1"]],"a":[]})");
  EXPECT_THAT(
      status,
      StatusIs(StatusCode::kInvalidArgument,
               AllOf(HasSubstr("BTCUSDT `b` \"61737.635\" is finer"), HasSubstr("2 decimals"))));
  EXPECT_THAT(sink_.lines(), IsEmpty());
}

TEST_F(MarketParserTest, RefusesBadFieldsByName) {
  struct Case {
    std::string_view frame;
    std::string_view words;
  };
  const Case cases[] = {
      {R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","U":3,"u":2,"b":[],"a":[]})", "`U`"},
      {R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","u":2,"b":[],"a":[]})", "`U`"},
      {R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":-2,"b":[],"a":[]})", "`u`"},
      {R"({"e":"depthUpdate","E":1.5,"s":"BTCUSDT","U":1,"u":2,"b":[],"a":[]})", "`E`"},
      {R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,"b":[["1"]],"a":[]})", "`b` level 0"},
      {R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,"b":[["-1","1"]],"a":[]})",
       "negative"},
      {R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,"b":[["0","1"]],"a":[]})",
       "price zero"},
      {R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,"b":[["1e5","1"]],"a":[]})",
       "not a plain decimal"},
      {R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,"b":[[1,1]],"a":[]})", "in quotes"},
      {R"({"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,"b":[],)"
       R"("a":[["99999999999999999999","1"]]})",
       "too large"},
      {R"({"e":"trade","E":1,"s":"BTCUSDT","t":1,"p":"1","q":"1","T":1})", "`m`"},
      {R"({"e":"trade","E":1,"s":"BTCUSDT","t":"1","p":"1","q":"1","T":1,"m":true})", "`t`"},
      {R"({"u":1,"s":"BTCUSDT","b":"1","B":"1","a":"1","A":"x"})", "`A`"},
      {R"({"e":"kline","E":1,"s":"BTCUSDT","k":{"t":1}})", "`i`"},
      {R"({"e":"depthUpdate","E":1,"U":1,"u":2,"b":[],"a":[]})", "`s`"},
      {R"({"nothing":"known"})", "no known kind"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(Parse(c.frame), StatusIs(StatusCode::kDataLoss, HasSubstr(std::string(c.words))))
        << c.frame;
  }
  EXPECT_THAT(sink_.lines(), IsEmpty());
}

TEST_F(MarketParserTest, ReadsADiffThroughTheScanner) {
  ASSERT_TRUE(ParseHot(kDiff));
  EXPECT_THAT(sink_.lines(), ElementsAre(kDiffLine));
}

TEST_F(MarketParserTest, ReadsATradeThroughTheScanner) {
  ASSERT_TRUE(ParseHot(kTrade));
  EXPECT_THAT(sink_.lines(),
              ElementsAre("trade 0 t=3735683259 sell 2000@6183763 T=1723161255342 at=7"));
}

TEST_F(MarketParserTest, ReadsAQuoteThroughTheScanner) {
  ASSERT_TRUE(ParseHot(kQuote));
  EXPECT_THAT(sink_.lines(),
              ElementsAre("quote 0 u=50093239212 b=6183763:378826 a=6183764:154698 E=0 at=7"));
}

TEST_F(MarketParserTest, ReadsTheDossiersExamplesOfRawStreams) {
  EXPECT_OK(Parse(R"({"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100",)"
                  R"("T":1672515782136,"m":false,"M":true})"));
  EXPECT_OK(Parse(R"({"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,)"
                  R"("b":[["0.0024","10"]],"a":[["0.0026","100"]]})"));
  EXPECT_OK(
      Parse(R"({"u":400900217,"s":"BNBBTC","b":"25.3519","B":"31","a":"25.36520000","A":"40.0"})"));
  EXPECT_THAT(sink_.lines(),
              ElementsAre("trade 1 t=12345 buy 100@10 T=1672515782136 at=7",
                          "diff 1 U=157 u=160 pu=-1 E=1672515782136 at=7 b=24:10 a=26:100",
                          "quote 1 u=400900217 b=253519:31 a=253652:40 E=0 at=7"));
  EXPECT_EQ(parser_.general_frames(), 0);
}

TEST_F(MarketParserTest, ReadsUsdMarginedFramesThroughTheScanner) {
  EXPECT_TRUE(ParseHot(
      R"({"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":123456789,"T":123456788,)"
      R"("s":"BTCUSDT","ps":"BTCUSDT","st":1,"U":157,"u":160,"pu":149,"b":[["58710.20","0.014"]],)"
      R"("a":[]}})"));
  EXPECT_TRUE(
      ParseHot(R"({"e":"bookTicker","u":5123107839020,"s":"BTCUSDT","b":"61800.20","B":"2.507",)"
               R"("a":"61800.30","A":"2.510","T":1723161256313,"E":1723161256314})"));
  EXPECT_TRUE(
      ParseHot(R"({"e":"trade","E":1723161256322,"T":1723161256321,"s":"BTCUSDT","t":5266583935,)"
               R"("p":"61800.30","q":"0.006","X":"MARKET","m":false})"));
  EXPECT_THAT(
      sink_.lines(),
      ElementsAre("diff 0 U=157 u=160 pu=149 E=123456789 at=7 b=5871020:1400 a=-",
                  "quote 0 u=5123107839020 b=6180020:250700 a=6180030:251000 E=1723161256314 at=7",
                  "trade 0 t=5266583935 buy 600@6180030 T=1723161256321 at=7"));
}

TEST_F(MarketParserTest, ReadsAnyOrderOfFieldsAndBlanks) {
  ASSERT_OK(
      Parse(R"( { "data" : {"a":[["61837.64","1.5"]], "b":[], "u":5, "U":4, "s":"BTCUSDT", "E":3,)"
            R"( "e":"depthUpdate", "new field": {"x":[1,2]}}, "stream" : "btcusdt@depth" } )"));
  EXPECT_THAT(sink_.lines(), ElementsAre("diff 0 U=4 u=5 pu=-1 E=3 at=7 b=- a=6183764:150000"));
  EXPECT_EQ(parser_.general_frames(), 1);
}

TEST_F(MarketParserTest, ReadsEscapesInTheSymbol) {
  ASSERT_OK(Parse(R"({"u":1,"s":"\u0042TCUSDT","b":"1.5","B":"1","a":"2","A":"1"})"));
  EXPECT_THAT(sink_.lines(), ElementsAre("quote 0 u=1 b=150:100000 a=200:100000 E=0 at=7"));
}

TEST_F(MarketParserTest, ReadsScalesOfEightDecimalsAndMore) {
  EXPECT_TRUE(ParseHot(R"({"u":1,"s":"SHIBUSDT","b":"0.00001234","B":"5.0","a":"0.1","A":"7"})"));
  EXPECT_OK(Parse(
      R"({"u":2,"s":"WEIUSDT","b":"0.000000000000000001","B":"5","a":"0.1","A":"0.000000000000000002"})"));
  EXPECT_THAT(sink_.lines(),
              ElementsAre("quote 2 u=1 b=1234:5 a=10000000:7 E=0 at=7",
                          "quote 3 u=2 b=1:5000000000000000000 a=100000000000000000:2 E=0 at=7"));
}

TEST_F(MarketParserTest, ReadsIntegerPartsOfEveryLength) {
  constexpr std::string_view kDigits = "123456789012345";
  for (size_t length = 1; length <= kDigits.size(); ++length) {
    sink_.Clear();
    const std::string_view digits = kDigits.substr(0, length);
    ASSERT_TRUE(ParseHot(
        StrCat(R"({"u":1,"s":"BTCUSDT","b":")", digits, R"(.25","B":"1","a":"1","A":"1"})")));
    EXPECT_THAT(sink_.lines(),
                ElementsAre(StrCat("quote 0 u=1 b=", digits, "25:100000 a=100:100000 E=0 at=7")));
  }
}

TEST_F(MarketParserTest, RefusesWhatLeaves63Bits) {
  EXPECT_OK(Parse(R"({"u":1,"s":"SHIBUSDT","b":"92233720368.54775807","B":"1","a":"1","A":"1"})"));
  EXPECT_THAT(Parse(R"({"u":1,"s":"SHIBUSDT","b":"92233720368.54775808","B":"1","a":"1","A":"1"})"),
              StatusIs(StatusCode::kDataLoss, HasSubstr("too large")));
  EXPECT_THAT(sink_.lines(),
              ElementsAre("quote 2 u=1 b=9223372036854775807:1 a=100000000:1 E=0 at=7"));
}

TEST_F(MarketParserTest, ReadsEmptySidesOfAQuoteAsZero) {
  ASSERT_OK(Parse(R"({"u":1,"s":"BTCUSDT","b":"0.00","B":"0","a":"0.00","A":"0"})"));
  EXPECT_THAT(sink_.lines(), ElementsAre("quote 0 u=1 b=0:0 a=0:0 E=0 at=7"));
}

TEST_F(MarketParserTest, LeavesNumbersThatJsonForbidsToTheGeneralParser) {
  EXPECT_FALSE(ParseHot(R"({"u":01,"s":"BTCUSDT","b":"1","B":"1","a":"1","A":"1"})"));
  EXPECT_FALSE(ParseHot(R"({"u":,"s":"BTCUSDT","b":"1","B":"1","a":"1","A":"1"})"));
  EXPECT_FALSE(ParseHot(R"({"u":1,"u":2,"s":"BTCUSDT","b":"1","B":"1","a":"1","A":"1"})"));
  EXPECT_FALSE(ParseHot(R"({"u":1,"s":"BTCUSDT","b":"1","B":"1","a":"1","A":"1"} )"));
  EXPECT_FALSE(ParseHot(R"({"u":1,"s":"BTCUSDT","b":"1.","B":"1","a":"1","A":"1"})"));
  EXPECT_FALSE(ParseHot(R"({"u":1,"s":"BTCUSDT","b":".1","B":"1","a":"1","A":"1"})"));
  EXPECT_FALSE(
      ParseHot(R"({"u":1234567890123456789,"s":"BTCUSDT","b":"1","B":"1","a":"1","A":"1"})"));
  EXPECT_THAT(sink_.lines(), IsEmpty());
}

TEST_F(MarketParserTest, ReadsIdsOfEveryLength) {
  std::string digits;
  for (int length = 1; length <= 18; ++length) {
    digits.push_back(static_cast<char>('0' + length % 10));
    sink_.Clear();
    ASSERT_TRUE(
        ParseHot(StrCat(R"({"u":)", digits, R"(,"s":"BTCUSDT","b":"1","B":"1","a":"1","A":"1"})")));
    EXPECT_THAT(sink_.lines(),
                ElementsAre(StrCat("quote 0 u=", digits, " b=100:100000 a=100:100000 E=0 at=7")));
  }
}

TEST_F(MarketParserTest, IgnoresSymbolsThatAreNotSubscribed) {
  EXPECT_OK(Parse(R"({"u":1,"s":"ETHUSDT","b":"1","B":"1","a":"1","A":"1"})"));
  EXPECT_THAT(sink_.lines(), ElementsAre("ignored ETHUSDT"));
}

TEST_F(MarketParserTest, SeesAnInstrumentThatWasAddedLater) {
  EXPECT_OK(Parse(R"({"u":1,"s":"ETHUSDT","b":"1","B":"1","a":"1","A":"1"})"));
  instruments_.Add({"ETH", "USDT"}, "ETHUSDT", "ethusdt", {0, 0});
  sink_.Clear();
  EXPECT_OK(Parse(R"({"u":1,"s":"ETHUSDT","b":"1","B":"1","a":"1","A":"1"})"));
  EXPECT_THAT(sink_.lines(), ElementsAre("quote 4 u=1 b=1:1 a=1:1 E=0 at=7"));
}

TEST_F(MarketParserTest, FollowsAChangeOfScale) {
  constexpr std::string_view kFrame = R"({"u":1,"s":"BTCUSDT","b":"1.5","B":"1","a":"2","A":"1"})";
  EXPECT_OK(Parse(kFrame));
  instruments_.SetScale(0, {3, 0});
  EXPECT_OK(Parse(kFrame));
  EXPECT_THAT(sink_.lines(),
              ElementsAre("quote 0 u=1 b=150:100000 a=200:100000 E=0 at=7",
                          "quote 0 u=1 b=1500:1 a=2000:1 E=0 at=7"));
}

TEST_F(MarketParserTest, ReadsACandle) {
  ASSERT_OK(Parse(
      R"({"stream":"bnbbtc@kline_1m","data":{"e":"kline","E":1672515782136,"s":"BNBBTC","k":{)"
      R"("t":1672515780000,"T":1672515839999,"s":"BNBBTC","i":"1m","f":100,"L":200,"o":"0.0010",)"
      R"("c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":100,"x":true,"q":"1.0000",)"
      R"("V":"500","Q":"0.500","B":"123456"}}})"));
  EXPECT_THAT(sink_.lines(),
              ElementsAre("candle 1 1m 1672515780000-1672515839999 o=0.001 h=0.0025 l=0.0015 "
                          "c=0.002 v=1000 q=1 n=100 closed at=7"));
}

TEST_F(MarketParserTest, TellsRepliesAndNotices) {
  EXPECT_OK(Parse(R"({"result":null,"id":1})"));
  EXPECT_OK(Parse(R"({"code":2,"msg":"Invalid request: unknown stream"})"));
  EXPECT_OK(Parse(R"({"error":{"code":3,"msg":"Invalid JSON"},"id":1})"));
  EXPECT_OK(Parse(R"({"e":"serverShutdown","E":1770123456789})"));
  EXPECT_OK(Parse(R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}})"));
  EXPECT_OK(Parse(R"({"stream":"!miniTicker@arr","data":[{"e":"24hrMiniTicker"}]})"));
  EXPECT_OK(Parse(R"({"e":"24hrTicker","E":1,"s":"BTCUSDT","c":"1"})"));
  EXPECT_OK(Parse(
      R"({"stream":"btcusdt@depth5","data":{"lastUpdateId":160,"bids":[["1","1"]],"asks":[]}})"));
  EXPECT_THAT(sink_.lines(),
              ElementsAre("subscribed ",
                          "refused Invalid request: unknown stream",
                          "refused Invalid JSON",
                          "server_shutdown serverShutdown",
                          "server_shutdown serverShutdown",
                          "ignored !miniTicker@arr",
                          "ignored 24hrTicker",
                          "ignored "));
}

TEST_F(MarketParserTest, IgnoresUsdMarginedTradesWithoutAPrice) {
  EXPECT_OK(
      Parse(R"({"e":"trade","E":1,"T":1,"s":"BTCUSDT","t":5,"p":"0","q":"0","X":"NA","m":false})"));
  EXPECT_THAT(sink_.lines(), ElementsAre("ignored trade"));
}

TEST_F(MarketParserTest, RefusesPerpetualFramesThatCannotBeRead) {
  const auto refused = [&](std::string_view frame, std::string_view field) {
    EXPECT_THAT(Parse(frame), StatusIs(StatusCode::kDataLoss, HasSubstr(field))) << frame;
  };
  refused(R"({"e":"aggTrade","E":1,"s":"BTCUSDT","p":"1","q":"1","T":1,"m":true})", "`a`");
  refused(R"({"e":"aggTrade","E":1,"s":"BTCUSDT","a":5,"p":"1","q":"1","m":true})", "`T`");
  refused(R"({"e":"markPriceUpdate","E":1,"s":"BTCUSDT","p":"0","r":"0","T":1})", "`p`");
  refused(R"({"e":"markPriceUpdate","E":1,"s":"BTCUSDT","p":"1","r":"x","T":1})", "`r`");
  refused(R"({"e":"forceOrder","E":1})", "`o`");
  refused(R"({"e":"forceOrder","E":1,"o":{"s":"BTCUSDT","S":"X","q":"1","p":"1","ap":"1","z":"1",)"
          R"("T":1}})",
          "`S`");
  EXPECT_THAT(sink_.lines(), IsEmpty());
}

TEST_F(MarketParserTest, DropsEventsOfCoinMarginedContracts) {
  constexpr std::string_view kFrames[] = {
      R"({"e":"depthUpdate","E":1,"T":1,"s":"BTCUSDT","U":1,"u":2,"pu":0,"b":[],"a":[],"st":2})",
      R"({"e":"aggTrade","E":1,"s":"BTCUSDT","a":5,"p":"1","q":"1","T":1,"m":true,"st":2})",
      R"({"e":"markPriceUpdate","E":1,"s":"BTCUSDT","p":"1","r":"0","T":1,"st":2})"};
  for (const std::string_view frame : kFrames) {
    EXPECT_OK(Parse(frame));
  }
  EXPECT_THAT(sink_.lines(),
              ElementsAre("ignored depthUpdate", "ignored aggTrade", "ignored markPriceUpdate"));
}

TEST_F(MarketParserTest, ReadsAnAggregateTradeWithoutTheGeneralParser) {
  constexpr std::string_view kFrame =
      R"({"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":123456789,"s":"BTCUSDT",)"
      R"("a":5933014,"p":"0.25","q":"100","nq":"100","f":100,"l":105,"T":123456785,"m":true,)"
      R"("ps":"BTCUSDT","st":1}})";
  EXPECT_TRUE(ParseHot(kFrame));
  EXPECT_OK(parser_.ParseGeneral(kFrame, 7, sink_));
  constexpr std::string_view kLine = "trade 0 t=5933014 sell 10000000@25 T=123456785 at=7";
  EXPECT_THAT(sink_.lines(), ElementsAre(kLine, kLine));
}

TEST_F(MarketParserTest, ReadsFunding) {
  EXPECT_OK(Parse(
      R"({"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"11794.15000000",)"
      R"("i":"11784.62659091","P":"11784.25641265","ap":"1","r":"-0.00038167","T":1562306400000})"));
  EXPECT_OK(
      Parse(R"({"e":"markPriceUpdate","E":5,"s":"BNBBTC","p":"2","i":"0","P":"1","r":"","T":0})"));
  EXPECT_THAT(sink_.lines(),
              ElementsAre("funding 0 mark=11794.15 index=11784.62659091 rate=-0.00038167 "
                          "next=1562306400000 E=1562305380000 at=7",
                          "funding 1 mark=2 E=5 at=7"));
}

TEST_F(MarketParserTest, ReadsALiquidation) {
  constexpr std::string_view kFrame =
      R"({"e":"forceOrder","E":1568014460893,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC",)"
      R"("q":"0.014","p":"9910","ap":"9910.1","X":"FILLED","l":"0.004","z":"0.013","T":7}})";
  EXPECT_OK(Parse(kFrame));
  EXPECT_THAT(sink_.lines(), ElementsAre("liquidation 0 sell 0.013@9910.1 T=7 at=7"));
}

class SnapshotTest : public MarketParserTest {
 protected:
  absl::Status ParseSnapshot(std::string_view body) {
    return parser_.ParseSnapshot(body, instruments_.at(0), 7, sink_);
  }
};

TEST_F(SnapshotTest, RefusesEveryTruncation) {
  constexpr std::string_view kBody =
      R"({"lastUpdateId":1027024,"bids":[["4.00000000","431.00000000"]],"asks":[["4.01","12.0"]]})";
  for (size_t size = 0; size < kBody.size(); ++size) {
    const std::string cut(kBody.substr(0, size));
    EXPECT_THAT(ParseSnapshot(cut), StatusIs(StatusCode::kDataLoss)) << cut;
  }
  EXPECT_THAT(sink_.lines(), IsEmpty());
}

TEST_F(SnapshotTest, RefusesASideOutOfOrder) {
  EXPECT_THAT(ParseSnapshot(R"({"lastUpdateId":1,"bids":[["4","1"],["5","1"]],"asks":[]})"),
              StatusIs(StatusCode::kDataLoss, HasSubstr("out of order")));
  EXPECT_THAT(ParseSnapshot(R"({"lastUpdateId":1,"bids":[],"asks":[["4","1"],["4","1"]]})"),
              StatusIs(StatusCode::kDataLoss, HasSubstr("out of order")));
  EXPECT_THAT(sink_.lines(), IsEmpty());
}

TEST_F(SnapshotTest, ReadsSpotAndUsdMarginedAnswers) {
  EXPECT_TRUE(parser_.ParseHotSnapshot(
      R"({"lastUpdateId":1027024,"bids":[["4.00000000","431.00000000"]],"asks":[["4.01","12.0"]]})",
      instruments_.at(0),
      7,
      sink_));
  EXPECT_TRUE(parser_.ParseHotSnapshot(
      R"({"lastUpdateId":1027024,"E":1589436922972,"T":1589436922959,"bids":[],"asks":[]})",
      instruments_.at(0),
      7,
      sink_));
  EXPECT_OK(ParseSnapshot(
      R"({ "asks" : [["4.01","12.0"]], "bids" : [["4.0","431.0"]], "lastUpdateId" : 5 })"));
  EXPECT_THAT(sink_.lines(),
              ElementsAre("snapshot 0 u=1027024 E=0 at=7 b=400:43100000 a=401:1200000",
                          "snapshot 0 u=1027024 E=1589436922972 at=7 b=- a=-",
                          "snapshot 0 u=5 E=0 at=7 b=400:43100000 a=401:1200000"));
}

}  // namespace
}  // namespace colibri::binance
