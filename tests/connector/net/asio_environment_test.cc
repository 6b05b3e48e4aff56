#include "connector/net/asio_environment.h"

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include <boost/asio/co_spawn.hpp>

#include "connector/async_event.h"
#include "connector/task_group.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

class AsioLoopTest : public ::testing::TestWithParam<LoopMode> {};

TEST_P(AsioLoopTest, StopBeforeRunEndsThatRunOnly) {
  AsioEnvironment environment({.loop = GetParam()});
  environment.Stop();
  environment.Run();
  bool has_run = false;
  environment.clock().ScheduleAfter(absl::ZeroDuration(), [&] {
    has_run = true;
    environment.Stop();
  });
  environment.Run();
  EXPECT_TRUE(has_run);
}

TEST_P(AsioLoopTest, StopsFromAnotherThread) {
  AsioEnvironment environment({.loop = GetParam()});
  std::thread stopper([&] { environment.Stop(); });
  environment.Run();
  stopper.join();
}

TEST_P(AsioLoopTest, RunsTasksAndTimersUntilItIsStopped) {
  AsioEnvironment environment({.loop = GetParam()});
  std::vector<std::string> notes;
  const auto wait = [](Environment& environment, std::vector<std::string>& notes) -> Task<void> {
    co_await environment.Sleep(absl::Milliseconds(1));
    notes.emplace_back("task");
  };
  environment.Await(wait(environment, notes));
  environment.clock().ScheduleAfter(absl::Milliseconds(1), [&] {
    notes.emplace_back("timer");
    environment.Stop();
  });
  environment.Run();
  EXPECT_THAT(notes, ElementsAre("task", "timer"));
}

TEST_P(AsioLoopTest, StopsAndRunsAgain) {
  AsioEnvironment environment({.loop = GetParam()});
  int rounds = 0;
  for (int i = 0; i < 3; ++i) {
    environment.clock().ScheduleAfter(absl::ZeroDuration(), [&] {
      ++rounds;
      environment.Stop();
    });
    environment.Run();
    environment.Await(environment.Sleep(absl::ZeroDuration()));
  }
  EXPECT_EQ(rounds, 3);
}

INSTANTIATE_TEST_SUITE_P(Modes,
                         AsioLoopTest,
                         ::testing::Values(LoopMode{},
                                           LoopMode{.kind = LoopMode::Kind::kCoalesce,
                                                    .pause = absl::Microseconds(50)},
                                           LoopMode{.kind = LoopMode::Kind::kBusyPoll}));

TEST(AsioEnvironmentTest, DestroysSuspendedTasks) {
  std::vector<std::string> notes;
  {
    AsioEnvironment environment;
    struct NoteAtEnd {
      Environment& environment;
      TimerId timer;
      std::vector<std::string>& notes;
      ~NoteAtEnd() {
        environment.clock().CancelTimer(timer);
        notes.push_back("unwound");
      }
    };
    const auto hold = [](Environment& environment, std::vector<std::string>& notes) -> Task<void> {
      NoteAtEnd at_end{
          environment, environment.clock().ScheduleAfter(absl::Hours(1), [] {}), notes};
      notes.push_back("started");
      co_await environment.Sleep(absl::Hours(1));
    };
    boost::asio::co_spawn(
        environment.executor(), hold(environment, notes), [](const std::exception_ptr&) {});
    environment.Await(environment.Sleep(absl::ZeroDuration()));
  }
  EXPECT_THAT(notes, ElementsAre("started", "unwound"));
}

// The order in which timers run; nullopt when the machine was elsewhere before all were scheduled,
// so that the order is another.
std::optional<std::vector<int>> OrderOfTimers() {
  constexpr absl::Duration kStep = absl::Milliseconds(1);
  AsioEnvironment environment;
  Clock& clock = environment.clock();
  std::vector<int> order;
  const absl::Duration begun_at = clock.monotonic();
  clock.ScheduleAfter(2 * kStep, [&] { order.push_back(4); });
  clock.ScheduleAfter(kStep, [&] { order.push_back(3); });
  clock.ScheduleAfter(-absl::Seconds(1), [&] { order.push_back(1); });
  clock.ScheduleAfter(absl::ZeroDuration(), [&] { order.push_back(2); });
  const TimerId canceled = clock.ScheduleAfter(absl::ZeroDuration(), [&] { order.push_back(-1); });
  clock.CancelTimer(canceled);
  clock.CancelTimer(canceled);
  clock.CancelTimer(0);
  clock.ScheduleAfter(3 * kStep, [&] { environment.Stop(); });
  clock.ScheduleAfter(absl::InfiniteDuration(), [&] { order.push_back(-2); });
  const bool is_in_time = clock.monotonic() - begun_at < kStep;
  environment.Run();
  return is_in_time ? std::optional(order) : std::nullopt;
}

TEST(AsioClockTest, RunsTimersInOrderOfTimeThenOfScheduling) {
  std::optional<std::vector<int>> order;
  for (int i = 0; i < 1000 && !order.has_value(); ++i) {
    order = OrderOfTimers();
  }
  EXPECT_THAT(order, Optional(ElementsAre(1, 2, 3, 4)));
}

TEST(AsioClockTest, SleepsForTheTimeAsked) {
  AsioEnvironment environment;
  const absl::Duration start = environment.clock().monotonic();
  environment.Await(environment.Sleep(absl::Milliseconds(5)));
  EXPECT_GE(environment.clock().monotonic() - start, absl::Milliseconds(5));
}

TEST(AsioClockTest, CancelsASleepAtOnce) {
  AsioEnvironment environment;
  TaskGroup tasks(environment.executor());
  tasks.Spawn("sleep", environment.Sleep(absl::Hours(1)));
  environment.Await(environment.Sleep(absl::ZeroDuration()));
  environment.Await(tasks.CancelAndJoin());
  EXPECT_EQ(tasks.running(), 0u);
}

TEST(AsioEnvironmentTest, TakesItsSeed) {
  AsioEnvironment a({.seed = 7});
  AsioEnvironment b({.seed = 7});
  AsioEnvironment c;
  const uint64_t first = a.random().Next();
  EXPECT_EQ(first, b.random().Next());
  EXPECT_NE(first, c.random().Next());
}

}  // namespace
}  // namespace colibri
