#include "connector/recorded_market.h"

#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/support/book_picture.h"
#include "tests/support/fake_exchange.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int64_t kSecond = 1'000'000'000;

class RecordedMarketTest : public testing::Test {
 protected:
  RecordedMarketTest() {
    venue_.spec.name = "fake";
    venue_.spec.gap_rule = GapRule::kContiguousIds;
    venue_.make_market_data = [](const ExchangeConfig&, const InstrumentTable& instruments) {
      return MakeFakeBookSource(instruments);
    };
    venue_.default_symbols = [](const TradingPair& pair) {
      return std::pair(pair.base + pair.quote, pair.base + pair.quote);
    };
    log_ = events_.SubscribeAll([this](const Event& event) {
      const auto* change = std::get_if<BookChanged>(&event);
      said_.push_back(change != nullptr && change->is_stale ? "book_stale"
                                                            : std::string(EventName(event)));
    });
  }

  // Lines at 1 s, 2 s, ... after the epoch, unless a line brings its own time.
  std::string Write(const std::vector<std::string>& texts) {
    path_ = StrCat(testing::TempDir(),
                   "recorded_market_",
                   testing::UnitTest::GetInstance()->current_test_info()->name());
    std::ofstream out(path_, std::ios::binary);
    int64_t second = 0;
    for (const std::string& text : texts) {
      ++second;
      out << (text[0] == '@' ? text.substr(1) : StrCat(second * kSecond, " ", text)) << '\n';
    }
    return path_;
  }
  void Open(const std::vector<std::string>& texts) {
    market_.emplace(venue_,
                    Recording{.pair = kFakePair, .files = {Write(texts)}, .scale = {2, 5}},
                    clock_,
                    events_);
  }
  int StepAll() {
    int steps = 0;
    for (;;) {
      const absl::StatusOr<bool> step = market_->Step();
      EXPECT_THAT(step, IsOk());
      if (!step.ok() || !*step) {
        return steps;
      }
      ++steps;
    }
  }

  VenueEntry venue_;
  SimulatedClock clock_{absl::UnixEpoch()};
  EventBus events_;
  Subscription log_;
  std::vector<std::string> said_;
  std::string path_;
  std::optional<RecordedMarket> market_;
};

TEST_F(RecordedMarketTest, TellsFileAndLineOfWhatItCannotRead) {
  Open({"snapshot 100 b99:5 a101:5", "diff BTCUSDT nonsense"});
  EXPECT_THAT(market_->Step(), IsOkAndHolds(true));
  const absl::Status status = market_->Step().status();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(path_ + ":2: "));
  EXPECT_EQ(market_->Where(), path_ + ":2");
}

TEST_F(RecordedMarketTest, BecomesStaleAtAGapAndStaysSo) {
  Open({"snapshot 100 b99:5 a101:5",
        "diff BTCUSDT 101 101 b99:6",
        "diff BTCUSDT 103 103 b99:7",
        "diff BTCUSDT 104 104 b99:8"});
  EXPECT_EQ(StepAll(), 4);
  EXPECT_EQ(market_->books().gaps(), 1);
  EXPECT_FALSE(market_->books().book(kFakePair).ok());
  EXPECT_FALSE(market_->health().can_trade(kFakePair));
  EXPECT_THAT(said_, ElementsAre("book_changed", "book_changed", "book_stale"));
}

TEST_F(RecordedMarketTest, SyncsAgainWhereTheRecordingHoldsASnapshot) {
  Open({"snapshot 100 b99:5 a101:5",
        "diff BTCUSDT 103 103 b99:7",
        "snapshot 104 b98:1 a102:1",
        "diff BTCUSDT 105 105 b98:2"});
  StepAll();
  ASSERT_THAT(market_->books().book(kFakePair), IsOk());
  EXPECT_EQ(BookPicture(market_->book()), "10200 100000\n--\n9800 200000\n");
}

TEST_F(RecordedMarketTest, BridgesDiffsThatCameBeforeTheSnapshot) {
  Open({"diff BTCUSDT 99 100 b99:1", "diff BTCUSDT 101 102 b99:2", "snapshot 100 b99:5 a101:5"});
  EXPECT_EQ(StepAll(), 3);
  EXPECT_EQ(BookPicture(market_->book()), "10100 500000\n--\n9900 200000\n");
  EXPECT_EQ(market_->sequencer().state(), BookState::kSynced);
}

TEST_F(RecordedMarketTest, MovesTheClockBeforeItAppliesALine) {
  Open({"snapshot 100 b99:5 a101:5", "diff BTCUSDT 101 101 b99:6"});
  Quantity seen;
  clock_.ScheduleAfter(absl::Seconds(2),
                       [&] { seen = market_->book().QuantityAt(Side::kBuy, *Price::Parse("99")); });
  StepAll();
  EXPECT_EQ(seen, *Quantity::Parse("5"));  // a timer due at the line's time comes first
  EXPECT_EQ(clock_.now(), absl::UnixEpoch() + absl::Seconds(2));
}

TEST_F(RecordedMarketTest, NeverMovesTheClockBack) {
  Open({"snapshot 100 b99:5 a101:5",
        StrCat("@", 9 * kSecond, " diff BTCUSDT 101 101 b99:6"),
        StrCat("@", 4 * kSecond, " diff BTCUSDT 102 102 b99:7")});
  EXPECT_EQ(StepAll(), 3);
  EXPECT_EQ(clock_.now(), absl::UnixEpoch() + absl::Seconds(9));
}

TEST_F(RecordedMarketTest, CountsWhatItPlayed) {
  Open({"snapshot 100 b99:5 a101:5",
        "diff BTCUSDT 101 101 b99:6",
        "print BTCUSDT 7 sell 99.5 0.25 1700000000000",
        "print BTCUSDT 8 buy 101 2 1700000000001"});
  StepAll();
  const RecordingTotals& totals = market_->totals();
  EXPECT_EQ(totals.lines, 4);
  EXPECT_EQ(totals.depth_messages, 1);
  EXPECT_EQ(totals.trades, 2);
  EXPECT_EQ(totals.trade_quantity.ToString(), "2.25");
  EXPECT_EQ(totals.trade_notional.ToString(), "226.875");
  EXPECT_THAT(said_, ElementsAre("book_changed", "book_changed", "public_trade", "public_trade"));
}

}  // namespace
}  // namespace colibri
