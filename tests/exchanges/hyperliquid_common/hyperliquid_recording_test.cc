// The recording of a real session, line by line through the connector's own parser, sequencer and
// book: every book message must become the book.
#include <cstdlib>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/recorded_market.h"
#include "core/book_text.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_market_data.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_venue.h"
#include "nlohmann/json.hpp"
#include "tests/exchanges/hyperliquid_common/samples.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

std::string RecordingPath() {
  const char* const folder = std::getenv("COLIBRI_DATA");
  return StrCat(folder == nullptr ? "../shared/data" : folder,
                "/hyperliquid/hftbacktest_btcusd_20250126.gz");
}

// A book message's levels as CanonicalText writes a book's, by way of another parser.
std::string LevelsOf(const nlohmann::json& data) {
  std::string text;
  for (const int side : {0, 1}) {
    text.append(side == 0 ? "" : "#");
    bool is_first = true;
    for (const nlohmann::json& level : data["levels"][side]) {
      text.append(is_first ? "" : "|")
          .append(StrCat(Decimal::Parse(level["px"].get<std::string>())->ToString(),
                         ":",
                         Decimal::Parse(level["sz"].get<std::string>())->ToString()));
      is_first = false;
    }
  }
  return text;
}

// Keeps nothing, and so allocates nothing.
class QuietSink final : public MarketMessageSink {
 public:
  void OnBookDiff(InstrumentIndex, const BookDiff&) override {}
  void OnBookSnapshot(InstrumentIndex, const BookSnapshot&) override { ++told; }
  void OnTrade(InstrumentIndex, const TradeMessage&) override { ++told; }
  void OnBestQuote(InstrumentIndex, const BestQuoteMessage&) override { ++told; }
  void OnCandle(InstrumentIndex, const CandleMessage&) override {}
  void OnNotice(MarketNotice, std::string_view) override {}

  int told = 0;
};

TEST(HyperliquidMarketDataAllocationTest, IsNoneOnceWarm) {
  constexpr std::string_view kFrames[] = {
      R"({"channel":"l2Book","data":{"coin":"BTC","time":1737918843800,"levels":[)"
      R"([{"n":5,"px":"105055.0","sz":"3.03622"},{"n":1,"px":"105054.0","sz":"0.1428"}],)"
      R"([{"n":13,"px":"105056.0","sz":"6.34472"}]]}})",
      R"({"channel":"trades","data":[{"coin":"BTC","side":"A","px":"104320.0","sz":"0.015",)"
      R"("hash":"0x03","time":1769916002000,"tid":300003,"users":["0xb","0xs"]}]})",
      R"({"channel":"bbo","data":{"coin":"ETH","time":5,"bbo":[{"px":"1670.1","sz":"2","n":1},)"
      R"({"px":"1670.2","sz":"3","n":1}]}})"};
  const InstrumentTable instruments = SampleInstruments();
  HyperliquidMarketData source({}, {}, instruments, /*is_perpetual=*/true);
  QuietSink sink;
  for (const std::string_view frame : kFrames) {
    ASSERT_OK(source.Parse(frame, 7, sink));
  }

  const AllocationCounter allocations;
  for (int i = 0; i < 100; ++i) {
    for (const std::string_view frame : kFrames) {
      (void)source.Parse(frame, 7, sink);
    }
  }

  EXPECT_EQ(allocations.count(), 0);
  EXPECT_EQ(sink.told, 303);
}

TEST(HyperliquidRecordingTest, AppliesEverySnapshot) {
  if (!std::ifstream(RecordingPath())) {
    GTEST_SKIP() << "no recordings; set COLIBRI_DATA";
  }
  SimulatedClock clock(absl::UnixEpoch());
  EventBus events;
  int books_told = 0;
  const Subscription subscription = events.Subscribe<BookChanged>(
      [&](const BookChanged& changed) { books_told += changed.is_stale ? 0 : 1; });
  const VenueEntry venue = perpetual::HyperliquidPerpetualVenue();
  RecordedMarket market(
      venue, {.pair = {"BTC", "USD"}, .files = {RecordingPath()}, .scale = {1, 5}}, clock, events);
  RecordingReader lines({RecordingPath()});

  int snapshots = 0;
  while (true) {
    const auto has_more = market.Step();
    ASSERT_THAT(has_more, IsOk());
    if (!*has_more) {
      break;
    }
    const auto line = lines.Next();
    ASSERT_THAT(line, IsOk());
    const nlohmann::json frame = nlohmann::json::parse((*line)->text);
    if (frame["channel"] == "l2Book") {
      ++snapshots;
      EXPECT_EQ(CanonicalText(market.book()), LevelsOf(frame["data"])) << market.Where();
      EXPECT_EQ(market.book().last_update_id(), frame["data"]["time"].get<int64_t>());
    }
  }

  EXPECT_GT(snapshots, 40);
  EXPECT_EQ(books_told, snapshots);
  EXPECT_TRUE(market.sequencer().is_synced());
  EXPECT_EQ(market.totals().lines, 55);
  EXPECT_EQ(market.totals().trades, 64);
  EXPECT_EQ(market.totals().trade_quantity.ToString(), "0.92773");
  EXPECT_EQ(market.totals().trade_notional.ToString(), "97461.50584");
}

}  // namespace
}  // namespace colibri::hyperliquid
