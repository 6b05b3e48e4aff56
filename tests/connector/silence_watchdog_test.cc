#include "connector/silence_watchdog.h"

#include "gtest/gtest.h"

#include "core/simulated_clock.h"

namespace colibri {
namespace {

class SilenceWatchdogTest : public ::testing::Test {
 protected:
  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  int fired_ = 0;
};

TEST_F(SilenceWatchdogTest, FiresOnceAfterSilence) {
  SilenceWatchdog watchdog(clock_, absl::Seconds(60), [this] { ++fired_; });

  clock_.AdvanceBy(absl::Milliseconds(59'999));
  EXPECT_FALSE(watchdog.has_fired());
  clock_.AdvanceBy(absl::Minutes(10));

  EXPECT_TRUE(watchdog.has_fired());
  EXPECT_EQ(fired_, 1);
}

TEST_F(SilenceWatchdogTest, CountsFromTheLastFrame) {
  SilenceWatchdog watchdog(clock_, absl::Seconds(60), [this] { ++fired_; });
  for (int i = 0; i < 10; ++i) {
    clock_.AdvanceBy(absl::Seconds(59));
    watchdog.Feed();
  }

  clock_.AdvanceBy(absl::Milliseconds(59'999));
  EXPECT_EQ(fired_, 0);
  clock_.AdvanceBy(absl::Milliseconds(1));

  EXPECT_EQ(fired_, 1);
}

TEST_F(SilenceWatchdogTest, IsQuietOnceDestroyed) {
  {
    const SilenceWatchdog watchdog(clock_, absl::Seconds(60), [this] { ++fired_; });
  }

  clock_.AdvanceBy(absl::Hours(1));

  EXPECT_EQ(fired_, 0);
}

}  // namespace
}  // namespace colibri
