#include "connector/usage_window.h"

#include <deque>
#include <utility>

#include "gtest/gtest.h"

#include "core/random.h"

namespace colibri {
namespace {

constexpr absl::Duration kMinute = absl::Minutes(1);

TEST(UsageWindowTest, FreesAUnitNoEarlierThanADriftingClockAndAtMostA64thLate) {
  for (const LimitWindow kind : {LimitWindow::kSliding, LimitWindow::kFixed}) {
    UsageWindow window(kind, 10, absl::Seconds(64));
    window.Add(absl::Seconds(5), 7);

    EXPECT_EQ(window.used(absl::Seconds(69)), 7);
    EXPECT_EQ(window.used(absl::Seconds(69) + absl::Milliseconds(100)), 7);
    EXPECT_EQ(window.used(absl::Milliseconds(70'200)), 0);
  }
}

TEST(UsageWindowTest, SlidingNeverAllowsMoreThanTheLimitInAnyInterval) {
  constexpr int64_t kLimit = 20;
  UsageWindow window(LimitWindow::kSliding, kLimit, kMinute);
  Random random(3);
  std::deque<std::pair<absl::Duration, int64_t>> sent;  // the naive twin
  absl::Duration now;
  int granted = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += absl::Milliseconds(random.Uniform(4000));
    const auto weight = static_cast<int64_t>(1 + random.Uniform(3));
    if (window.used(now) + weight > kLimit) {
      continue;
    }
    window.Add(now, weight);
    sent.emplace_back(now, weight);
    ++granted;
    while (sent.front().first <= now - kMinute) {
      sent.pop_front();
    }
    int64_t in_last_minute = 0;
    for (const auto& [time, used] : sent) {
      in_last_minute += used;
    }
    ASSERT_LE(in_last_minute, kLimit);
  }
  EXPECT_GT(granted, 5000);
}

TEST(UsageWindowTest, SlidingForgetsEverythingAfterALongPause) {
  UsageWindow window(LimitWindow::kSliding, 10, kMinute);
  window.Add(absl::Seconds(1), 10);

  EXPECT_EQ(window.used(absl::Hours(30)), 0);
}

TEST(UsageWindowTest, WhenAtMostIsTheFirstTimeThatThereIsRoom) {
  for (const LimitWindow kind :
       {LimitWindow::kSliding, LimitWindow::kFixed, LimitWindow::kTokenBucket}) {
    UsageWindow window(kind, 60, kMinute);
    window.Add(absl::Seconds(3), 40);
    window.Add(absl::Seconds(20), 20);

    const absl::Duration at = window.WhenAtMost(absl::Seconds(20), 25);

    UsageWindow before = window;
    EXPECT_GT(before.used(at - absl::Nanoseconds(1)), 25) << static_cast<int>(kind);
    EXPECT_LE(window.used(at), 25) << static_cast<int>(kind);
  }
}

TEST(UsageWindowTest, WhenAtMostIsNowWhenThereIsRoomAlready) {
  UsageWindow window(LimitWindow::kSliding, 60, kMinute);
  window.Add(absl::Seconds(3), 25);

  EXPECT_EQ(window.WhenAtMost(absl::Seconds(4), 25), absl::Seconds(4));
}

TEST(UsageWindowTest, AFixedWindowMayBeginAnywhere) {
  UsageWindow window(LimitWindow::kFixed, 10, kMinute);
  window.Add(absl::Seconds(59), 10);

  // A multiple of the interval on our clock says nothing about the venue's.
  EXPECT_EQ(window.used(absl::Seconds(60)), 10);
  EXPECT_EQ(window.used(absl::Seconds(118)), 10);
  EXPECT_EQ(window.used(absl::Seconds(121)), 0);
}

TEST(UsageWindowTest, TokenBucketGivesBackOneUnitPerShareOfTheInterval) {
  UsageWindow window(LimitWindow::kTokenBucket, 60, kMinute);
  window.Add(absl::ZeroDuration(), 60);

  EXPECT_EQ(window.used(absl::ZeroDuration()), 60);
  EXPECT_EQ(window.used(absl::Milliseconds(1500)), 59);
  EXPECT_EQ(window.used(kMinute), 1);
  EXPECT_EQ(window.used(kMinute + absl::Milliseconds(200)), 0);
}

TEST(UsageWindowTest, ALowerLimitKeepsWhatIsUsed) {
  UsageWindow window(LimitWindow::kSliding, 100, kMinute);
  window.Add(absl::Seconds(1), 50);

  window.set_limit(40);

  EXPECT_EQ(window.used(absl::Seconds(1)), 50);
  EXPECT_EQ(window.limit(), 40);
}

TEST(UsageWindowDeathTest, ALimitOfNothingIsAMistake) {
  EXPECT_DEATH(UsageWindow(LimitWindow::kSliding, 0, kMinute), "limit_ > 0");
}

}  // namespace
}  // namespace colibri
