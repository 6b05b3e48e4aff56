#include "connector/account_positions.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/simulated_clock.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const TradingPair kPair{"BTC", "USDT"};
constexpr auto kNet = PositionSide::kNet;

class AccountPositionsTest : public testing::Test {
 protected:
  AccountPositionsTest() : positions_("fake", {kPair}, clock_, events_) {
    changes_ = events_.Subscribe<PositionChanged>([this](const PositionChanged& e) {
      seen_.push_back(e.previous_quantity.ToString() + " -> " + e.position.quantity.ToString());
    });
    mismatches_ = events_.Subscribe<PositionMismatch>([this](const PositionMismatch& e) {
      seen_.push_back("told " + e.position.quantity.ToString() + ", expected " +
                      e.expected.ToString());
    });
  }

  absl::Time At(int seconds) const { return start_ + absl::Seconds(seconds); }

  Position Told(std::string_view quantity, int seconds, PositionSide side = kNet) const {
    return {.pair = kPair,
            .side = side,
            .quantity = *Quantity::Parse(quantity),
            .entry_price = *Price::Parse("100"),
            .venue_time = At(seconds)};
  }

  void Fill(Side side, std::string_view quantity, int seconds, std::string_view price = "100") {
    colibri::Fill fill;
    fill.trade_id = TradeId("1");
    fill.pair = kPair;
    fill.side = side;
    fill.price = *Price::Parse(price);
    fill.quantity = *Quantity::Parse(quantity);
    fill.venue_time = At(seconds);
    positions_.NoteFill(fill);
  }

  std::string quantity(PositionSide side = kNet) const {
    return positions_.position(kPair, side).quantity.ToString();
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  absl::Time start_ = clock_.now();
  EventBus events_;
  AccountPositions positions_;
  Subscription changes_;
  Subscription mismatches_;
  std::vector<std::string> seen_;
};

TEST_F(AccountPositionsTest, AnOlderWordOfTheVenueIsDropped) {
  positions_.Apply(Told("2", 10), Source::kStream);
  positions_.Apply(Told("1", 9), Source::kStream);

  EXPECT_EQ(quantity(), "2");
  EXPECT_EQ(positions_.stale_updates(), 1);
}

TEST_F(AccountPositionsTest, AnAnswerIsBelievedAfterALongSilenceWhateverTimeItStates) {
  positions_.Apply(Told("2", 1000), Source::kStream);
  clock_.AdvanceBy(AccountPositions::kNewsLifetime + absl::Seconds(1));
  positions_.ApplySnapshot({Told("1", 9)}, At(40), Source::kRest);

  EXPECT_EQ(quantity(), "1");
}

// DEFECT-27: a position that is not in the answer any more stayed for ever.
TEST_F(AccountPositionsTest, APositionThatIsNotInTheWholeAnswerIsFlat) {
  positions_.ApplySnapshot({Told("2", 1)}, At(1), Source::kRest);
  clock_.AdvanceBy(absl::Seconds(60));
  positions_.ApplySnapshot({}, At(61), Source::kRest);

  EXPECT_EQ(quantity(), "0");
  EXPECT_THAT(positions_.positions(), IsEmpty());
  EXPECT_EQ(seen_.front(), "0 -> 2");
  EXPECT_EQ(seen_[1], "2 -> 0");
}

TEST_F(AccountPositionsTest, AnAnswerThatWasOnItsWayDoesNotEvictWhatTheStreamToldSince) {
  positions_.ApplySnapshot({}, At(1), Source::kRest);
  positions_.Apply(Told("2", 5), Source::kStream);
  positions_.ApplySnapshot({}, At(4), Source::kRest);

  EXPECT_EQ(quantity(), "2");
}

TEST_F(AccountPositionsTest, HedgeSidesAreKeptApart) {
  positions_.ApplySnapshot({Told("2", 1, PositionSide::kLong), Told("-1", 1, PositionSide::kShort)},
                           At(1),
                           Source::kRest);
  positions_.Apply(Told("0", 2, PositionSide::kLong), Source::kStream);

  EXPECT_EQ(quantity(PositionSide::kLong), "0");
  EXPECT_EQ(quantity(PositionSide::kShort), "-1");
  EXPECT_EQ(quantity(), "0");
}

TEST_F(AccountPositionsTest, PositionsOnOtherPairsAreNoneOfOurs) {
  Position other = Told("2", 1);
  other.pair = {"ETH", "USDT"};
  positions_.Apply(other, Source::kStream);
  positions_.ApplySnapshot({other}, At(1), Source::kRest);

  EXPECT_THAT(positions_.positions(), IsEmpty());
}

TEST_F(AccountPositionsTest, AFillAndTheVenuesWordMayComeInEitherOrder) {
  positions_.ApplySnapshot({}, At(0), Source::kRest);
  positions_.Apply(Told("1", 1), Source::kStream);
  clock_.AdvanceBy(absl::Seconds(1));
  Fill(Side::kBuy, "1", 1);
  clock_.AdvanceBy(absl::Seconds(60));
  Fill(Side::kSell, "3", 62);
  clock_.AdvanceBy(absl::Seconds(1));
  positions_.Apply(Told("-2", 62), Source::kStream);
  clock_.AdvanceBy(absl::Seconds(60));

  EXPECT_EQ(positions_.mismatches(), 0);
  EXPECT_THAT(seen_, ElementsAre("0 -> 1", "1 -> -2"));
}

// Found against the simulated Hyperliquid: false alarms while a market maker was busy.
TEST_F(AccountPositionsTest, IsNotConfusedByFillsThatGoOnComing) {
  positions_.ApplySnapshot({}, At(0), Source::kRest);
  Fill(Side::kBuy, "1", 1);
  for (int second = 2; second < 30; ++second) {
    Fill(Side::kBuy, "1", second);
    clock_.AdvanceBy(absl::Milliseconds(500));
    positions_.Apply(Told(std::to_string(second - 1), second - 1), Source::kStream);
    clock_.AdvanceBy(absl::Milliseconds(500));
  }

  EXPECT_EQ(positions_.mismatches(), 0);
}

TEST_F(AccountPositionsTest, AWordMayFallBetweenTwoFillsOfOneTime) {
  positions_.ApplySnapshot({}, At(0), Source::kRest);
  Fill(Side::kBuy, "1", 7);
  Fill(Side::kBuy, "2", 7);
  positions_.Apply(Told("1", 7), Source::kStream);
  clock_.AdvanceBy(absl::Minutes(1));

  EXPECT_EQ(positions_.mismatches(), 0);
}

TEST_F(AccountPositionsTest, AMissedFillIsTold) {
  positions_.ApplySnapshot({}, At(0), Source::kRest);
  Fill(Side::kBuy, "1", 1);
  positions_.Apply(Told("3", 2), Source::kStream);
  clock_.AdvanceBy(AccountPositions::kSettleTime);

  EXPECT_THAT(seen_, ElementsAre("0 -> 3", "told 3, expected 1"));
  Fill(Side::kBuy, "2", 2);  // found later: it is in the venue's word
  clock_.AdvanceBy(absl::Minutes(1));
  EXPECT_EQ(positions_.mismatches(), 1);
}

TEST_F(AccountPositionsTest, AMismatchForgetsNoFillThatIsNewerThanTheWord) {
  positions_.ApplySnapshot({}, At(0), Source::kRest);
  positions_.Apply(Told("3", 2), Source::kStream);
  clock_.AdvanceBy(absl::Seconds(4));
  Fill(Side::kBuy, "1", 6);
  clock_.AdvanceBy(absl::Seconds(1));
  ASSERT_EQ(positions_.mismatches(), 1);
  positions_.Apply(Told("4", 6), Source::kStream);
  clock_.AdvanceBy(absl::Minutes(1));

  EXPECT_EQ(positions_.mismatches(), 1);
}

TEST_F(AccountPositionsTest, AFillFromBeforeTheFirstWordIsNotCountedTwice) {
  positions_.ApplySnapshot({Told("1", 5)}, At(6), Source::kRest);
  Fill(Side::kBuy, "1", 5);
  clock_.AdvanceBy(absl::Minutes(1));

  EXPECT_EQ(positions_.mismatches(), 0);
}

// Venues that stamp by the block: the first word and a fill may share a time, in either order.
TEST_F(AccountPositionsTest, AFillOfTheVeryTimeOfTheFirstWordIsInItOrNot) {
  positions_.ApplySnapshot({Told("1", 5)}, At(6), Source::kRest);
  Fill(Side::kBuy, "1", 5);   // in it
  Fill(Side::kSell, "3", 5);  // not in it
  Fill(Side::kBuy, "1", 7);
  positions_.Apply(Told("-1", 7), Source::kStream);
  clock_.AdvanceBy(absl::Minutes(1));
  EXPECT_EQ(positions_.mismatches(), 1) << "one was in it and one was not: neither sum is right";

  Fill(Side::kBuy, "2", 70);
  positions_.Apply(Told("1", 70), Source::kStream);
  clock_.AdvanceBy(absl::Minutes(1));
  EXPECT_EQ(positions_.mismatches(), 1);
}

TEST_F(AccountPositionsTest, AFillOfTheVeryTimeOfTheFirstWordMayComeAfterIt) {
  positions_.ApplySnapshot({Told("1", 5)}, At(6), Source::kRest);
  Fill(Side::kSell, "3", 5);
  positions_.Apply(Told("-2", 6), Source::kStream);
  clock_.AdvanceBy(absl::Minutes(1));

  EXPECT_EQ(positions_.mismatches(), 0);
}

TEST_F(AccountPositionsTest, EstimatesWhereTheVenueTellsOnlyWhenAsked) {
  positions_.set_is_estimating(true);
  positions_.ApplySnapshot({}, At(0), Source::kRest);
  Fill(Side::kBuy, "1", 1, "100");
  Fill(Side::kBuy, "1", 2, "110");
  EXPECT_EQ(quantity(), "2");
  EXPECT_EQ(positions_.position(kPair, kNet).entry_price.ToString(), "105");
  Fill(Side::kSell, "3", 3, "120");

  EXPECT_EQ(quantity(), "-1");
  EXPECT_EQ(positions_.position(kPair, kNet).entry_price.ToString(), "120");
  clock_.AdvanceBy(absl::Seconds(6));
  EXPECT_EQ(positions_.mismatches(), 0);
}

}  // namespace
}  // namespace colibri
