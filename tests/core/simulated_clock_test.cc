#include "core/simulated_clock.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

class SimulatedClockTest : public testing::Test {
 protected:
  // Writes the name and the seconds since the start.
  std::function<void()> Note(std::string name) {
    return [this, name = std::move(name)] {
      notes_.push_back(name + "@" + std::to_string(absl::ToInt64Seconds(clock_.monotonic())));
    };
  }

  SimulatedClock clock_{kStart};
  std::vector<std::string> notes_;
};

TEST_F(SimulatedClockTest, StandsStillUntilTold) {
  clock_.ScheduleAfter(absl::ZeroDuration(), Note("a"));
  EXPECT_EQ(clock_.now(), kStart);
  EXPECT_EQ(clock_.monotonic(), absl::ZeroDuration());
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(SimulatedClockTest, CancelOfAnUnknownOrPastTimerHasNoEffect) {
  const TimerId id = clock_.ScheduleAfter(absl::Seconds(1), Note("a"));
  clock_.CancelTimer(0);
  clock_.CancelTimer(99);
  clock_.AdvanceBy(absl::Seconds(1));
  clock_.CancelTimer(id);
  EXPECT_THAT(notes_, ElementsAre("a@1"));
}

TEST_F(SimulatedClockTest, TimeInThePastIsANoOp) {
  clock_.AdvanceBy(absl::Seconds(5));
  clock_.AdvanceTo(kStart);
  EXPECT_EQ(clock_.now(), kStart + absl::Seconds(5));
}

TEST_F(SimulatedClockTest, RunsTimersInOrderEachAtItsOwnTime) {
  clock_.ScheduleAfter(absl::Seconds(3), Note("c"));
  clock_.ScheduleAfter(absl::Seconds(1), Note("a"));
  clock_.ScheduleAfter(absl::Seconds(2), Note("b"));
  clock_.ScheduleAfter(absl::Seconds(9), Note("late"));
  clock_.AdvanceBy(absl::Seconds(5));
  EXPECT_THAT(notes_, ElementsAre("a@1", "b@2", "c@3"));
  EXPECT_EQ(clock_.now(), kStart + absl::Seconds(5));
}

TEST_F(SimulatedClockTest, RunsTimersOfTheSameTimeInOrderOfScheduling) {
  clock_.ScheduleAfter(absl::Seconds(1), Note("first"));
  clock_.ScheduleAfter(absl::Seconds(1), Note("second"));
  clock_.ScheduleAfter(absl::Seconds(-7), Note("overdue"));
  clock_.AdvanceBy(absl::Seconds(1));
  EXPECT_THAT(notes_, ElementsAre("overdue@0", "first@1", "second@1"));
}

TEST_F(SimulatedClockTest, RunsATimerAtTheVeryTimeAdvancedTo) {
  clock_.ScheduleAfter(absl::Seconds(1), Note("a"));
  clock_.AdvanceTo(kStart + absl::Seconds(1) - absl::Nanoseconds(1));
  EXPECT_THAT(notes_, IsEmpty());
  clock_.AdvanceTo(kStart + absl::Seconds(1));
  EXPECT_THAT(notes_, ElementsAre("a@1"));
}

TEST_F(SimulatedClockTest, RunsTimersScheduledInCallbacksThatFallDue) {
  clock_.ScheduleAfter(absl::Seconds(1), [this] {
    Note("outer")();
    clock_.ScheduleAfter(absl::Seconds(1), Note("inner"));
    clock_.ScheduleAfter(absl::Seconds(60), Note("late"));
  });
  clock_.AdvanceBy(absl::Seconds(2));
  EXPECT_THAT(notes_, ElementsAre("outer@1", "inner@2"));
}

TEST_F(SimulatedClockTest, CallbackCancelsATimerOfTheSameTime) {
  TimerId second = 0;
  clock_.ScheduleAfter(absl::Seconds(1), [&] {
    Note("first")();
    clock_.CancelTimer(second);
  });
  second = clock_.ScheduleAfter(absl::Seconds(1), Note("second"));
  clock_.AdvanceBy(absl::Seconds(2));
  EXPECT_THAT(notes_, ElementsAre("first@1"));
}

TEST_F(SimulatedClockTest, CallbackMayCancelItself) {
  TimerId id = 0;
  id = clock_.ScheduleAfter(absl::Seconds(1), [&] {
    clock_.CancelTimer(id);
    Note("ran")();
  });
  clock_.AdvanceBy(absl::Seconds(2));
  EXPECT_THAT(notes_, ElementsAre("ran@1"));
}

TEST_F(SimulatedClockTest, CallbackMayAdvanceFurtherThanTheCaller) {
  clock_.ScheduleAfter(absl::Seconds(1), [this] { clock_.AdvanceBy(absl::Seconds(10)); });
  clock_.ScheduleAfter(absl::Seconds(2), Note("b"));
  clock_.AdvanceBy(absl::Seconds(3));
  EXPECT_THAT(notes_, ElementsAre("b@2"));
  EXPECT_EQ(clock_.monotonic(), absl::Seconds(11));
}

TEST_F(SimulatedClockTest, AdvancesFromTimerToTimer) {
  EXPECT_EQ(clock_.next_timer_at(), absl::InfiniteFuture());
  EXPECT_FALSE(clock_.AdvanceToNextTimer());
  clock_.ScheduleAfter(absl::Seconds(4), Note("b"));
  clock_.ScheduleAfter(absl::Seconds(2), Note("a"));
  EXPECT_EQ(clock_.next_timer_at(), kStart + absl::Seconds(2));
  EXPECT_TRUE(clock_.AdvanceToNextTimer());
  EXPECT_EQ(clock_.now(), kStart + absl::Seconds(2));
  EXPECT_TRUE(clock_.AdvanceToNextTimer());
  EXPECT_FALSE(clock_.AdvanceToNextTimer());
  EXPECT_THAT(notes_, ElementsAre("a@2", "b@4"));
}

TEST_F(SimulatedClockTest, WallClockStepDisturbsNeitherTimersNorTheMonotonicClock) {
  clock_.ScheduleAfter(absl::Seconds(10), Note("a"));
  clock_.AdvanceBy(absl::Seconds(4));
  clock_.StepWallClock(absl::Hours(-1));
  EXPECT_EQ(clock_.now(), kStart + absl::Seconds(4) - absl::Hours(1));
  EXPECT_EQ(clock_.monotonic(), absl::Seconds(4));
  EXPECT_EQ(clock_.next_timer_at(), clock_.now() + absl::Seconds(6));
  clock_.StepWallClock(absl::Hours(5));
  EXPECT_THAT(notes_, IsEmpty());
  clock_.AdvanceBy(absl::Seconds(6));
  EXPECT_THAT(notes_, ElementsAre("a@10"));
  EXPECT_EQ(clock_.now(), kStart + absl::Seconds(10) + absl::Hours(4));
}

TEST_F(SimulatedClockTest, WallClockStepInACallbackLeavesTheTimeThatPasses) {
  clock_.ScheduleAfter(absl::Seconds(1), [this] { clock_.StepWallClock(absl::Hours(1)); });
  clock_.ScheduleAfter(absl::Seconds(2), Note("b"));
  clock_.AdvanceBy(absl::Seconds(3));
  EXPECT_THAT(notes_, ElementsAre("b@2"));
  EXPECT_EQ(clock_.monotonic(), absl::Seconds(3));
  EXPECT_EQ(clock_.now(), kStart + absl::Seconds(3) + absl::Hours(1));
}

}  // namespace
}  // namespace colibri
