#include "connector/async_event.h"

#include <vector>

#include "gmock/gmock.h"

#include "connector/deadline.h"
#include "connector/simulated_environment.h"
#include "connector/task_group.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;

Task<void> NoteWait(AsyncEvent& event,
                    Environment& environment,
                    absl::Duration timeout,
                    std::vector<int>& notes,
                    int number) {
  const bool is_set = co_await event.Wait(environment, timeout);
  notes.push_back(is_set ? number : -number);
}

TEST(AsyncEventTest, WaitIsFalseWhenTimeIsUp) {
  SimulatedEnvironment environment(1);
  AsyncEvent event;
  EXPECT_FALSE(environment.Await(event.Wait(environment, absl::Seconds(30))));
  EXPECT_EQ(environment.clock().monotonic(), absl::Seconds(30));
}

TEST(AsyncEventTest, SetAfterTheTimeoutIsKeptForTheNextWait) {
  SimulatedEnvironment environment(1);
  AsyncEvent event;
  EXPECT_FALSE(environment.Await(event.Wait(environment, absl::Seconds(1))));
  event.Set();
  EXPECT_TRUE(event.is_set());
  EXPECT_TRUE(environment.Await(event.Wait(environment, absl::Seconds(1))));
  EXPECT_FALSE(event.is_set());
  EXPECT_EQ(environment.clock().monotonic(), absl::Seconds(1));
}

TEST(AsyncEventTest, SetWakesAllInTheOrderOfTheirComing) {
  SimulatedEnvironment environment(1);
  TaskGroup tasks(environment.executor());
  AsyncEvent event;
  std::vector<int> notes;
  tasks.Spawn("1", NoteWait(event, environment, absl::Hours(1), notes, 1));
  tasks.Spawn("2", NoteWait(event, environment, absl::Seconds(1), notes, 2));
  tasks.Spawn("3", NoteWait(event, environment, absl::InfiniteDuration(), notes, 3));
  environment.RunFor(absl::Seconds(2));
  EXPECT_THAT(notes, ElementsAre(-2));
  event.Set();
  EXPECT_THAT(notes, ElementsAre(-2)) << "a waiter ran inside Set";
  environment.RunUntilIdle();
  EXPECT_THAT(notes, ElementsAre(-2, 1, 3));
  EXPECT_FALSE(event.is_set());
  EXPECT_EQ(environment.clock().next_timer_at(), absl::InfiniteFuture());
}

TEST(AsyncEventTest, ResetForgetsASetThatNobodyTook) {
  SimulatedEnvironment environment(1);
  AsyncEvent event;
  event.Set();
  event.Reset();
  EXPECT_FALSE(environment.Await(event.Wait(environment, absl::Seconds(1))));
}

TEST(AsyncEventTest, CanceledWaitLeavesNeitherTimerNorWaiter) {
  SimulatedEnvironment environment(1);
  TaskGroup tasks(environment.executor());
  AsyncEvent event;
  std::vector<int> notes;
  tasks.Spawn("1", NoteWait(event, environment, absl::Hours(1), notes, 1));
  environment.RunUntilIdle();
  environment.Await(tasks.CancelAndJoin());
  EXPECT_EQ(environment.clock().next_timer_at(), absl::InfiniteFuture());
  event.Set();
  EXPECT_TRUE(event.is_set()) << "the canceled waiter took it";
  EXPECT_TRUE(notes.empty());
}

TEST(AsyncEventTest, WaitersDieWithTheirLoop) {
  std::vector<int> notes;
  AsyncEvent event;
  {
    SimulatedEnvironment environment(1);
    TaskGroup tasks(environment.executor());
    tasks.Spawn("1", NoteWait(event, environment, absl::Hours(1), notes, 1));
    environment.RunUntilIdle();
    environment.Await(tasks.CancelAndJoin());
  }
  EXPECT_TRUE(notes.empty());
}

TEST(WithTimeoutTest, CancelsTheTaskWhenTimeIsUp) {
  SimulatedEnvironment environment(1);
  AsyncEvent event;
  const std::optional<bool> is_set = environment.Await(WithTimeout(
      environment, absl::Seconds(5), event.Wait(environment, absl::InfiniteDuration())));
  EXPECT_FALSE(is_set.has_value());
  EXPECT_EQ(environment.clock().monotonic(), absl::Seconds(5));
}

TEST(WithTimeoutTest, GivesTheResultOfATaskThatEndsInTime) {
  SimulatedEnvironment environment(1);
  AsyncEvent event;
  const std::optional<bool> is_set = environment.Await(
      WithTimeout(environment, absl::Seconds(5), event.Wait(environment, absl::Seconds(2))));
  EXPECT_THAT(is_set, ::testing::Optional(false));
  EXPECT_EQ(environment.clock().monotonic(), absl::Seconds(2));
  EXPECT_EQ(environment.clock().next_timer_at(), absl::InfiniteFuture());
}

}  // namespace
}  // namespace colibri
