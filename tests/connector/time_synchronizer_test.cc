#include "connector/time_synchronizer.h"

#include "gtest/gtest.h"

#include "core/simulated_clock.h"

namespace colibri {
namespace {

class TimeSynchronizerTest : public ::testing::Test {
 protected:
  // A sample taken now of a venue whose clock is ahead by `ahead`; the way there took `there`.
  void Sample(absl::Duration ahead,
              absl::Duration round_trip,
              absl::Duration there = absl::InfiniteDuration()) {
    const absl::Duration sent = clock_.monotonic();
    const absl::Duration way = there == absl::InfiniteDuration() ? round_trip / 2 : there;
    const absl::Time venue_time = clock_.now() + way + ahead;
    clock_.AdvanceBy(round_trip);
    time_.AddSample(sent, clock_.monotonic(), venue_time);
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  TimeSynchronizer time_{clock_};
};

TEST_F(TimeSynchronizerTest, IsTheWallClockBeforeTheFirstSample) {
  EXPECT_EQ(time_.venue_now(), clock_.now());
  EXPECT_FALSE(time_.is_synced());
}

TEST_F(TimeSynchronizerTest, OneSampleGivesTheOffset) {
  Sample(absl::Seconds(5), absl::Milliseconds(80));

  EXPECT_EQ(time_.offset(), absl::Seconds(5));
}

TEST_F(TimeSynchronizerTest, TheShortestRoundTripCounts) {
  Sample(absl::Seconds(5), absl::Milliseconds(400), /*there=*/absl::Milliseconds(390));
  Sample(absl::Seconds(5), absl::Milliseconds(20));
  Sample(absl::Seconds(5), absl::Milliseconds(300), /*there=*/absl::Milliseconds(10));

  EXPECT_EQ(time_.offset(), absl::Seconds(5));
  EXPECT_EQ(time_.round_trip(), absl::Milliseconds(20));
}

TEST_F(TimeSynchronizerTest, TheBestSampleIsForgottenAfterSixteenMore) {
  Sample(absl::Seconds(5), absl::Milliseconds(20));
  for (size_t i = 0; i < TimeSynchronizer::kSamples; ++i) {
    Sample(absl::Seconds(5) + absl::Milliseconds(30), absl::Milliseconds(100));
  }

  EXPECT_EQ(time_.offset(), absl::Seconds(5) + absl::Milliseconds(30));
}

TEST_F(TimeSynchronizerTest, OneOutlierChangesNothing) {
  Sample(absl::ZeroDuration(), absl::Milliseconds(20));

  Sample(absl::Seconds(9), absl::Milliseconds(20));

  EXPECT_EQ(time_.offset(), absl::ZeroDuration());
  EXPECT_EQ(time_.resets(), 0);
}

TEST_F(TimeSynchronizerTest, TwoOutliersInARowResetS50) {
  for (int i = 0; i < 10; ++i) {
    Sample(absl::ZeroDuration(), absl::Milliseconds(20));
  }

  Sample(absl::Seconds(1), absl::Milliseconds(25));
  Sample(absl::Seconds(1), absl::Milliseconds(25));

  EXPECT_EQ(time_.offset(), absl::Seconds(1));
  EXPECT_EQ(time_.resets(), 1);
}

TEST_F(TimeSynchronizerTest, AGoodSampleBetweenTwoOutliersKeepsTheOffset) {
  Sample(absl::ZeroDuration(), absl::Milliseconds(20));
  Sample(absl::Seconds(1), absl::Milliseconds(20));
  Sample(absl::ZeroDuration(), absl::Milliseconds(20));
  Sample(absl::Seconds(1), absl::Milliseconds(20));

  EXPECT_EQ(time_.offset(), absl::ZeroDuration());
}

TEST_F(TimeSynchronizerTest, OfTwoOutliersThatContradictEachOtherTheNewerCounts) {
  Sample(absl::ZeroDuration(), absl::Milliseconds(20));
  Sample(absl::Seconds(1), absl::Milliseconds(20));
  Sample(absl::Seconds(9), absl::Milliseconds(20));

  EXPECT_EQ(time_.offset(), absl::Seconds(9));
}

TEST_F(TimeSynchronizerTest, ASlowSampleIsNoOutlierWhereItsRoundTripExplainsIt) {
  Sample(absl::ZeroDuration(), absl::Milliseconds(20));
  Sample(absl::ZeroDuration(), absl::Seconds(4), /*there=*/absl::Seconds(4));
  Sample(absl::ZeroDuration(), absl::Seconds(4), /*there=*/absl::Seconds(4));

  EXPECT_EQ(time_.offset(), absl::ZeroDuration());
  EXPECT_EQ(time_.resets(), 0);
}

TEST_F(TimeSynchronizerTest, AStepOfTheLocalWallClockDoesNotMoveTheVenuesTime) {
  Sample(absl::ZeroDuration(), absl::Milliseconds(20));
  const absl::Time before = time_.venue_now();

  clock_.StepWallClock(absl::Hours(1));

  EXPECT_EQ(time_.venue_now(), before);
}

TEST_F(TimeSynchronizerTest, ASampleThatEndsBeforeItBeganIsIgnored) {
  time_.AddSample(absl::Seconds(2), absl::Seconds(1), clock_.now());

  EXPECT_FALSE(time_.is_synced());
}

}  // namespace
}  // namespace colibri
