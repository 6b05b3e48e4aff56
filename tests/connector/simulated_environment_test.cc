#include "connector/simulated_environment.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "gmock/gmock.h"

#include "connector/async_event.h"
#include "connector/task_group.h"
#include "core/strings.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;

Task<void> Tick(Environment& environment,
                std::string name,
                absl::Duration period,
                int times,
                std::vector<std::string>& log) {
  for (int i = 0; i < times; ++i) {
    co_await environment.Sleep(period);
    log.push_back(StrCat(name, "@", absl::ToInt64Seconds(environment.clock().monotonic())));
  }
}

TEST(SimulatedEnvironmentDeathTest, ChecksThatAnAwaitedTaskEnds) {
  EXPECT_DEATH(
      {
        SimulatedEnvironment environment(1);
        AsyncEvent never;
        environment.Await(never.Wait());
      },
      "did not end within the limit");
}

TEST(SimulatedEnvironmentDeathTest, ChecksThatItHasTransports) {
  SimulatedEnvironment environment(1);
  EXPECT_DEATH(environment.http(), "UseTransports first");
}

TEST(SimulatedEnvironmentTest, AwaitPassesExceptionsOn) {
  SimulatedEnvironment environment(1);
  const auto fail = [](Environment& environment) -> Task<int> {
    co_await environment.Sleep(absl::Seconds(1));
    throw std::runtime_error("broken");
  };
  EXPECT_THROW(environment.Await(fail(environment)), std::runtime_error);
}

TEST(SimulatedEnvironmentTest, DoesNotMoveTimeWhenIdle) {
  SimulatedEnvironment environment(1);
  TaskGroup tasks(environment.executor());
  std::vector<std::string> log;
  tasks.Spawn("a", Tick(environment, "a", absl::Seconds(1), 1, log));
  environment.RunUntilIdle();
  EXPECT_TRUE(log.empty());
  EXPECT_EQ(environment.clock().monotonic(), absl::ZeroDuration());
  environment.Await(tasks.CancelAndJoin());
}

TEST(SimulatedEnvironmentTest, RunsTimersInOrderAndStopsAtTheTime) {
  SimulatedEnvironment environment(1);
  TaskGroup tasks(environment.executor());
  std::vector<std::string> log;
  tasks.Spawn("a", Tick(environment, "a", absl::Seconds(2), 3, log));
  tasks.Spawn("b", Tick(environment, "b", absl::Seconds(3), 2, log));
  environment.RunFor(absl::Seconds(5));
  EXPECT_THAT(log, ElementsAre("a@2", "b@3", "a@4"));
  EXPECT_EQ(environment.clock().now(), SimulatedEnvironment::DefaultStart() + absl::Seconds(5));
  environment.RunFor(absl::Seconds(5));
  EXPECT_THAT(log, ElementsAre("a@2", "b@3", "a@4", "b@6", "a@6"));
  EXPECT_EQ(tasks.running(), 0u);
}

TEST(SimulatedEnvironmentTest, RunUntilTrueStopsAtOnceOrAtTheLimit) {
  SimulatedEnvironment environment(1);
  TaskGroup tasks(environment.executor());
  std::vector<std::string> log;
  tasks.Spawn("a", Tick(environment, "a", absl::Seconds(1), 10, log));
  EXPECT_TRUE(environment.RunUntilTrue([&] { return log.size() == 3; }));
  EXPECT_EQ(environment.clock().monotonic(), absl::Seconds(3));
  EXPECT_FALSE(environment.RunUntilTrue([&] { return log.size() == 9; }, absl::Seconds(2)));
  EXPECT_EQ(log.size(), 5u);
  EXPECT_FALSE(environment.RunUntilTrue([&] { return log.size() == 99; }));
  EXPECT_EQ(log.size(), 10u);
}

// A task on virtual time with its timers, still suspended when its environment goes.
TEST(SimulatedEnvironmentTest, DestroysSuspendedTasksWithTheirLocals) {
  struct CancelAtEnd {
    Clock& clock;
    TimerId timer;
    bool& is_destroyed;
    ~CancelAtEnd() {
      clock.CancelTimer(timer);
      is_destroyed = true;
    }
  };
  bool is_destroyed = false;
  {
    SimulatedEnvironment environment(1);
    bool is_started = false;
    const auto hold =
        [](Environment& environment, bool& is_started, bool& is_destroyed) -> Task<void> {
      CancelAtEnd at_end{environment.clock(),
                         environment.clock().ScheduleAfter(absl::Hours(2), [] {}),
                         is_destroyed};
      is_started = true;
      co_await environment.Sleep(absl::Hours(1));
    };
    boost::asio::co_spawn(environment.executor(),
                          hold(environment, is_started, is_destroyed),
                          [](const std::exception_ptr&) {});
    EXPECT_TRUE(environment.RunUntilTrue([&] { return is_started; }));
  }
  EXPECT_TRUE(is_destroyed);
}

}  // namespace
}  // namespace colibri
