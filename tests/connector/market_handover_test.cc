#include "connector/market_handover.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"

#include "core/event_bus.h"
#include "core/simulated_clock.h"
#include "core/strings.h"
#include "tests/support/fake_exchange.h"

namespace colibri {
namespace {

constexpr absl::Duration kLater = MarketHandover::kOverlapMin;

class MarketHandoverTest : public ::testing::Test {
 protected:
  MarketHandoverTest() { SetRule(GapRule::kContiguousIds); }

  void SetRule(GapRule rule) {
    books_ = std::make_unique<OrderBookTracker>(
        "fake", instruments_, rule, clock_, events_, nullptr, [](InstrumentIndex) {});
    books_->OnBookSnapshot(0, BookSnapshot{.last_update_id = 100});
    handover_ = std::make_unique<MarketHandover>(*source_, *books_, InstrumentRange{0, 1}, 1);
  }
  bool Keep(std::string_view text) { return handover_->Keep(WebSocketFrame{text, 1}); }

  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  InstrumentTable instruments_ = [] {
    InstrumentTable table;
    table.Add({"BTC", "USDT"}, "BTCUSDT", "s_BTCUSDT", BookScale{2, 5});
    return table;
  }();
  EventBus events_;
  std::unique_ptr<OrderBookDataSource> source_ = MakeFakeBookSource(instruments_);
  std::unique_ptr<OrderBookTracker> books_;
  std::unique_ptr<MarketHandover> handover_;
};

TEST_F(MarketHandoverTest, ADiffThatLeavesAHoleIsNotCoveredS52) {
  EXPECT_TRUE(Keep("diff BTCUSDT 102 103 b99:1"));
  EXPECT_FALSE(handover_->IsComplete(kLater));

  books_->OnBookDiff(0, BookDiff{.first_update_id = 101, .last_update_id = 101});

  EXPECT_TRUE(handover_->IsComplete(kLater));
}

TEST_F(MarketHandoverTest, TheFirstDiffCountsAndNotALaterOne) {
  Keep("diff BTCUSDT 101 101 b99:1");
  Keep("diff BTCUSDT 102 102 b99:1");

  EXPECT_TRUE(handover_->IsComplete(kLater));
}

TEST_F(MarketHandoverTest, BothAreOpenForASecondAtLeast) {
  Keep("diff BTCUSDT 101 101 b99:1");

  EXPECT_FALSE(handover_->IsComplete(kLater - absl::Nanoseconds(1)));
}

TEST_F(MarketHandoverTest, AQuietBookIsCoveredOnceAcknowledgedOrAfterAWhile) {
  EXPECT_FALSE(handover_->IsComplete(kLater));
  EXPECT_TRUE(handover_->IsComplete(MarketHandover::kQuietWait));

  Keep("subscribed");

  EXPECT_TRUE(handover_->IsComplete(kLater));
}

TEST_F(MarketHandoverTest, ABookThatOnlyTheFirstMovesIsNotQuiet) {
  Keep("subscribed");
  books_->OnBookDiff(0, BookDiff{.first_update_id = 101, .last_update_id = 101});

  EXPECT_FALSE(handover_->IsComplete(MarketHandover::kOverlapMax));
}

TEST_F(MarketHandoverTest, WhatMovedBeforeTheSubscriptionDoesNotMatter) {
  books_->OnBookDiff(0, BookDiff{.first_update_id = 101, .last_update_id = 101});
  Keep("subscribed");

  EXPECT_TRUE(handover_->IsComplete(kLater));
}

TEST_F(MarketHandoverTest, ABookThatIsBeingResyncedHoldsNothingUp) {
  books_->MarkStale(0, "gap");

  EXPECT_TRUE(handover_->IsComplete(kLater));
}

TEST_F(MarketHandoverTest, DiffsThatLinkToTheirPredecessorJoinByTheLink) {
  SetRule(GapRule::kPreviousIdLink);
  Keep("diff BTCUSDT 150 160 b99:1");  // the fake gives no previous id: 0

  EXPECT_TRUE(handover_->IsComplete(kLater));
}

// A second connection that lags would take the book back.
TEST_F(MarketHandoverTest, WholeBooksJoinOnceTheyAreNoOlder) {
  SetRule(GapRule::kSnapshotOnly);
  Keep("whole BTCUSDT 98 b99:1 a101:1");
  Keep("whole BTCUSDT 99 b99:1 a101:1");
  EXPECT_FALSE(handover_->IsComplete(absl::Minutes(1)));

  Keep("whole BTCUSDT 100 b99:1 a101:1");

  EXPECT_TRUE(handover_->IsComplete(kLater));
}

TEST_F(MarketHandoverTest, AnAnnouncedEndAndTooManyBytesGiveItUp) {
  EXPECT_FALSE(Keep("shutdown"));
  SetRule(GapRule::kContiguousIds);
  const std::string large(size_t{1} << 20, ' ');

  int kept = 0;
  while (kept < 100 && Keep(large)) {
    ++kept;
  }

  EXPECT_EQ(kept, 31);
}

}  // namespace
}  // namespace colibri
