// The recordings, line by line: the hand scanner knows every frame, agrees with the general parser,
// and allocates nothing.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "exchanges/binance/binance_spec.h"
#include "exchanges/binance_common/binance_market_parser.h"
#include "exchanges/binance_common/binance_order_book_data_source.h"
#include "exchanges/binance_perpetual/binance_perpetual_spec.h"
#include "tests/exchanges/binance_common/reference_files.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/market_sink.h"
#include "tests/support/sanitizers.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance {
namespace {

// Keeps no text, and so allocates nothing.
class CountingSink final : public MarketMessageSink {
 public:
  void OnBookDiff(InstrumentIndex, const BookDiff& diff) override {
    ++diffs;
    levels += static_cast<int64_t>(diff.bids.size() + diff.asks.size());
  }
  void OnBookSnapshot(InstrumentIndex, const BookSnapshot&) override { ++snapshots; }
  void OnTrade(InstrumentIndex, const TradeMessage& trade) override {
    ++trades;
    quantity += trade.quantity;
  }
  void OnBestQuote(InstrumentIndex, const BestQuoteMessage&) override { ++quotes; }
  void OnCandle(InstrumentIndex, const CandleMessage&) override { ++others; }
  void OnNotice(MarketNotice, std::string_view) override { ++others; }

  int64_t diffs = 0;
  int64_t levels = 0;
  int64_t snapshots = 0;
  int64_t trades = 0;
  int64_t quotes = 0;
  int64_t others = 0;
  int64_t quantity = 0;
};

class RecordingTest : public testing::Test {
 protected:
  // False when a recording is absent.
  bool Read(std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
      std::optional<std::vector<std::string>> part = ReadRecording(name);
      if (!part.has_value()) {
        return false;
      }
      lines_.insert(lines_.end(), part->begin(), part->end());
    }
    return true;
  }

  void ExpectScannerAgrees(BookScale scale) {
    InstrumentTable instruments;
    const Instrument& instrument = instruments.Add({"BTC", "USDT"}, "BTCUSDT", "btcusdt", scale);
    const BinanceOrderBookDataSource source(SpotDialect("live"), "", {}, instruments);
    MarketParser parser(instruments);
    // A sanitizer makes this ten times slower.
    const size_t step = kIsSanitized ? 8 : 1;
    for (size_t i = 0; i < lines_.size(); i += step) {
      const std::string& line = lines_[i];
      MarketSink hot;
      MarketSink general;
      if (source.IsSnapshotAnswer(line)) {
        ASSERT_TRUE(parser.ParseHotSnapshot(line, instrument, 7, hot)) << line.substr(0, 100);
        ASSERT_OK(parser.ParseGeneralSnapshot(line, instrument, 7, general));
      } else {
        ASSERT_TRUE(parser.ParseHot(line, 7, hot)) << line;
        ASSERT_OK(parser.ParseGeneral(line, 7, general));
      }
      ASSERT_EQ(hot.lines(), general.lines()) << line;
    }
  }

  CountingSink Count(BookScale scale) {
    InstrumentTable instruments;
    const Instrument& instrument = instruments.Add({"BTC", "USDT"}, "BTCUSDT", "btcusdt", scale);
    BinanceOrderBookDataSource source(SpotDialect("live"), "", {}, instruments);
    CountingSink sink;
    for (const std::string& line : lines_) {
      const absl::Status status = source.IsSnapshotAnswer(line)
                                      ? source.ParseSnapshot(line, instrument, 7, sink)
                                      : source.Parse(line, 7, sink);
      EXPECT_OK(status) << line;
    }
    return sink;
  }

  std::vector<std::string> lines_;
};

TEST_F(RecordingTest, ScannerAgreesWithGeneralParserOnSpot) {
  if (!Read({"spot_btcusdt_20240808.gz", "spot_btcusdt_20240809.gz"})) {
    GTEST_SKIP() << "no recordings; set COLIBRI_DATA";
  }
  ExpectScannerAgrees({8, 8});
}

TEST_F(RecordingTest, ScannerAgreesWithGeneralParserOnUsdMargined) {
  if (!Read({"usdm_btcusdt_20240808.gz"})) {
    GTEST_SKIP() << "no recordings; set COLIBRI_DATA";
  }
  ExpectScannerAgrees({1, 3});
}

TEST_F(RecordingTest, CountsAreThoseOfTheSpotRecording) {
  if (!Read({"spot_btcusdt_20240808.gz", "spot_btcusdt_20240809.gz"})) {
    GTEST_SKIP() << "no recordings; set COLIBRI_DATA";
  }
  const CountingSink sink = Count({2, 8});
  EXPECT_EQ(sink.diffs, 6495);
  EXPECT_EQ(sink.snapshots, 1);
  EXPECT_EQ(sink.trades, 19904);
  EXPECT_EQ(sink.quotes, 73174);
  EXPECT_EQ(sink.quantity, 43'791'552'000);  // 437.91552
  EXPECT_EQ(sink.others, 0);
}

TEST_F(RecordingTest, AllocatesNothingOnceWarm) {
  if (!Read({"usdm_btcusdt_20240808.gz"})) {
    GTEST_SKIP() << "no recordings; set COLIBRI_DATA";
  }
  InstrumentTable instruments;
  instruments.Add({"BTC", "USDT"}, "BTCUSDT", "btcusdt", {1, 3});
  BinanceOrderBookDataSource source(perpetual::BookDialect(), "", {}, instruments);
  std::erase_if(lines_, [&](const std::string& line) { return source.IsSnapshotAnswer(line); });
  CountingSink sink;
  ASSERT_OK(source.Parse(lines_.front(), 7, sink));
  const AllocationCounter allocations;
  for (const std::string& line : lines_) {
    ASSERT_OK(source.Parse(line, 7, sink));
  }
  EXPECT_EQ(allocations.count(), 0);
  EXPECT_GT(sink.levels, 400'000);
}

}  // namespace
}  // namespace colibri::binance
