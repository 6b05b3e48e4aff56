#include "exchanges/hyperliquid_common/hyperliquid_hot_frames.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/random.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_market_data.h"
#include "tests/exchanges/hyperliquid_common/samples.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/market_sink.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

using testing::IsEmpty;

class HotFramesTest : public testing::Test {
 protected:
  // What the scanner tells; nothing: it does not know the frame.
  std::vector<std::string> Hot(std::string_view frame) {
    MarketSink sink;
    const bool is_known = source_.ParseHot(frame, 7, sink);
    EXPECT_EQ(is_known, !sink.lines().empty()) << frame;
    return sink.lines();
  }
  std::vector<std::string> General(std::string_view frame) {
    MarketSink sink;
    source_.ParseGeneral(frame, 7, sink).IgnoreError();
    return sink.lines();
  }

  InstrumentTable instruments_ = SampleInstruments();
  HyperliquidMarketData source_{{}, {}, instruments_, /*is_perpetual=*/true};
};

TEST_F(HotFramesTest, LeavesWhatIsUnusualToTheGeneralParser) {
  const auto book = [](std::string_view data) {
    return StrCat(R"({"channel":"l2Book","data":{)", data, "}}");
  };
  for (
      const std::string& frame : {
          book(R"("coin":"DOGE","time":1,"levels":[[],[]])"),
          book(R"("coin":"BT\u0043","time":1,"levels":[[],[]])"),
          book(R"("coin": "BTC","time":1,"levels":[[],[]])"),
          book(R"("time":1,"levels":[[],[]],"coin":"BTC")"),
          book(R"("coin":"BTC","time":1,"levels":[[{"px":105055.0,"sz":"1","n":1}],[]])"),
          book(R"("coin":"BTC","time":1,"levels":[[{"px":"1e5","sz":"1","n":1}],[]])"),
          book(R"("coin":"BTC","time":1,"levels":[[{"px":"1.25","sz":"1","n":1}],[]])"),
          book(R"("coin":"BTC","time":1,"levels":[[{"px":"-1","sz":"1","n":1}],[]])"),
          book(R"("coin":"BTC","time":1,"levels":[[{"px":"1","n":1}],[]])"),
          book(R"("coin":"BTC","time":1,"levels":[[{"px":"1","sz":"1","n":1,"x":1}],[]])"),
          book(R"("coin":"BTC","time":1,"levels":[[{"px":"1","sz":"1","n":}],[]])"),
          book(R"("coin":"BTC","time":1,"levels":[[{"px":"1","sz":"1","n":01}],[]])"),
          book(R"("coin":"BTC","time":1,"levels":[[{"px":"1","sz":"1","n":1.5}],[]])"),
          book(
              R"("coin":"BTC","time":1,"levels":[[{"px":"1","sz":"1","n":1234567890123456789}],[]])"),
          book(R"("coin":"BTC","time":1,"levels":[[{"px":"1","sz":"1","n":1,"n":1}],[]])"),
          book(R"("coin":"BTC","time":1,"levels":[[],[]],"more":{"x":1})"),
          book(R"("coin":"BTC","time":1,"levels":[[]])"),
          book(R"("coin":"BTC","coin":"BTC","time":1,"levels":[[],[]])"),
          book(R"("coin":"BTC","time":1,"time":2,"levels":[[],[]])"),
          book(R"("coin":"BTC","levels":[[],[]])"),
          StrCat(kSampleBook, " "),
          StrCat(kSampleBook.substr(0, kSampleBook.size() - 1), R"(,"id":1})"),
          std::string(R"({"data":{"coin":"BTC","time":1,"levels":[[],[]]},"channel":"l2Book"})"),
          std::string(R"({"channel":"bbo","data":{"coin":"BTC","time":1,"bbo":[null,null]}})"),
          std::string(R"({"channel":"trades","data":[]})"),
          std::string(R"({"channel":"trades","data":[{"coin":"BTC","coin":"BTC","side":"B",)"
                      R"("px":"1","sz":"1","time":1,"tid":1}]})"),
          std::string(R"({"channel":"trades","data":[{"px":"1","coin":"BTC","side":"B",)"
                      R"("sz":"1","time":1,"tid":1}]})"),
          std::string(R"({"channel":"pong"})"),
          std::string("{"),
          std::string("}"),
          std::string(),
      }) {
    EXPECT_THAT(Hot(frame), IsEmpty()) << frame;
  }
}

TEST_F(HotFramesTest, LeavesEveryTruncatedFrameToTheGeneralParser) {
  for (const std::string_view frame : {kSampleBook, kSampleQuote, kSampleTrades}) {
    for (size_t size = 0; size + 1 < frame.size(); ++size) {
      // A copy of that size, so that a read beyond it is seen.
      const std::string cut(frame.substr(0, size));
      EXPECT_THAT(Hot(cut), IsEmpty()) << cut;
      EXPECT_THAT(Hot(cut + "}"), IsEmpty()) << cut;
    }
  }
}

TEST_F(HotFramesTest, ReadsWhatTheGeneralParserReads) {
  for (const std::string& frame : {
           std::string(kSampleBook),
           std::string(kSampleQuote),
           std::string(kSampleTrades),
           // Other orders, and members that are not known.
           std::string(R"({"channel":"l2Book","data":{"coin":"BTC","levels":[[{"n":5,"sz":"3",)"
                       R"("px":"105055"}],[]],"fast":true,"x":null,"y":"z","v":-7,"time":3}})"),
           std::string(R"({"channel":"trades","data":[{"hash":"0x3","tid":0,"coin":"BTC",)"
                       R"("time":0,"side":"B","sz":"0.00001","px":"0.1"}]})"),
       }) {
    EXPECT_FALSE(Hot(frame).empty()) << frame;
    EXPECT_EQ(Hot(frame), General(frame)) << frame;
  }
  EXPECT_THAT(General(kSampleTrades), testing::SizeIs(2));
}

TEST_F(HotFramesTest, AgreesWithTheGeneralParserOnFramesThatAreNearlyRight) {
  constexpr std::string_view kBytes = "0123456789.-,:\"{}[]\\ eEntuabpxszBA";
  Random random(/*seed=*/5);
  int known = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string frame(
        std::vector{kSampleBook, kSampleQuote, kSampleTrades}[static_cast<size_t>(round % 3)]);
    for (uint64_t edits = 1 + random.Uniform(2); edits > 0; --edits) {
      const size_t at = random.Uniform(frame.size());
      const char byte = kBytes[random.Uniform(kBytes.size())];
      switch (random.Uniform(3)) {
        case 0:
          frame[at] = byte;
          break;
        case 1:
          frame.insert(at, 1, byte);
          break;
        default:
          frame.erase(at, 1 + random.Uniform(3));
      }
    }
    const std::vector<std::string> hot = Hot(frame);
    if (!hot.empty()) {
      ++known;
      ASSERT_EQ(hot, General(frame)) << frame;
    }
  }
  EXPECT_GT(known, 1000);
}

TEST_F(HotFramesTest, AllocatesNothingOnceWarm) {
  class Deaf final : public MarketMessageSink {
    void OnBookDiff(InstrumentIndex, const BookDiff&) override {}
    void OnBookSnapshot(InstrumentIndex, const BookSnapshot&) override {}
    void OnTrade(InstrumentIndex, const TradeMessage&) override {}
    void OnBestQuote(InstrumentIndex, const BestQuoteMessage&) override {}
    void OnCandle(InstrumentIndex, const CandleMessage&) override {}
    void OnNotice(MarketNotice, std::string_view) override {}
  } sink;
  const auto parse_all = [&] {
    for (const std::string_view frame : {kSampleBook, kSampleQuote, kSampleTrades}) {
      ASSERT_OK(source_.Parse(frame, 7, sink));
    }
  };
  parse_all();
  const AllocationCounter allocations;
  parse_all();
  EXPECT_EQ(allocations.count(), 0);
}

}  // namespace
}  // namespace colibri::hyperliquid
