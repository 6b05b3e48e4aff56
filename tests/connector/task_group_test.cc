#include "connector/task_group.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "connector/async_event.h"
#include "connector/deadline.h"
#include "connector/simulated_environment.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;

Task<void> SleepThenNote(Environment& environment,
                         absl::Duration duration,
                         std::vector<std::string>& notes,
                         std::string note) {
  co_await environment.Sleep(duration);
  notes.push_back(std::move(note));
}

// Notes when its frame goes, by return or by exception.
struct NoteAtEnd {
  std::vector<std::string>& notes;
  ~NoteAtEnd() { notes.push_back("unwound"); }
};

Task<void> SleepForever(Environment& environment, std::vector<std::string>& notes) {
  NoteAtEnd at_end{notes};
  while (true) {
    co_await environment.Sleep(absl::Hours(1));
  }
}

Task<void> Throw() {
  co_await boost::asio::post(boost::asio::use_awaitable);
  throw std::runtime_error("no such pair");
}

TEST(TaskGroupDeathTest, AbortsWithTheNameOfATaskThatThrows) {
  EXPECT_DEATH(
      {
        SimulatedEnvironment environment(1);
        TaskGroup tasks(environment.executor());
        tasks.Spawn("rules", Throw());
        environment.RunUntilIdle();
      },
      "task 'rules' ended by an exception: no such pair");
}

TEST(TaskGroupDeathTest, ChecksThatItWasJoined) {
  std::vector<std::string> notes;
  EXPECT_DEATH(
      {
        SimulatedEnvironment environment(1);
        TaskGroup tasks(environment.executor());
        tasks.Spawn("reader", SleepForever(environment, notes));
        environment.RunUntilIdle();
      },
      "task 'reader' still runs");
}

TEST(TaskGroupTest, StartsTasksOnTheNextTurnInOrder) {
  SimulatedEnvironment environment(1);
  TaskGroup tasks(environment.executor());
  std::vector<std::string> notes;
  tasks.Spawn("a", SleepThenNote(environment, absl::ZeroDuration(), notes, "a"));
  tasks.Spawn("b", SleepThenNote(environment, absl::ZeroDuration(), notes, "b"));
  EXPECT_EQ(tasks.running(), 2u);
  EXPECT_TRUE(notes.empty());
  environment.RunFor(absl::ZeroDuration());
  EXPECT_THAT(notes, ElementsAre("a", "b"));
  EXPECT_EQ(tasks.running(), 0u);
}

TEST(TaskGroupTest, UnwindsCanceledTasksBeforeJoinReturns) {
  SimulatedEnvironment environment(1);
  TaskGroup tasks(environment.executor());
  std::vector<std::string> notes;
  tasks.Spawn("reader", SleepForever(environment, notes));
  environment.RunFor(absl::Hours(3));
  environment.Await(tasks.CancelAndJoin());
  EXPECT_THAT(notes, ElementsAre("unwound"));
  EXPECT_EQ(tasks.running(), 0u);
  EXPECT_EQ(environment.clock().next_timer_at(), absl::InfiniteFuture());
}

TEST(TaskGroupTest, CancelsATaskThatHasNotStarted) {
  SimulatedEnvironment environment(1);
  TaskGroup tasks(environment.executor());
  std::vector<std::string> notes;
  tasks.Spawn("late", SleepThenNote(environment, absl::ZeroDuration(), notes, "ran"));
  environment.Await(tasks.CancelAndJoin());
  EXPECT_TRUE(notes.empty());
  EXPECT_EQ(tasks.running(), 0u);
}

TEST(TaskGroupTest, CancelsWhatIsSpawnedWhileJoining) {
  SimulatedEnvironment environment(1);
  TaskGroup tasks(environment.executor());
  std::vector<std::string> notes;
  struct SpawnAtEnd {
    TaskGroup& tasks;
    Environment& environment;
    std::vector<std::string>& notes;
    ~SpawnAtEnd() { tasks.Spawn("heir", SleepForever(environment, notes)); }
  };
  tasks.Spawn("parent",
              [](TaskGroup& tasks,
                 Environment& environment,
                 std::vector<std::string>& notes) -> Task<void> {
                SpawnAtEnd at_end{tasks, environment, notes};
                co_await environment.Sleep(absl::Hours(1));
              }(tasks, environment, notes));
  environment.RunUntilIdle();
  environment.Await(tasks.CancelAndJoin());
  EXPECT_EQ(tasks.running(), 0u);
}

TEST(TaskGroupTest, RunsTasksAgainAfterAJoin) {
  SimulatedEnvironment environment(1);
  TaskGroup tasks(environment.executor());
  std::vector<std::string> notes;
  environment.Await(tasks.CancelAndJoin());
  tasks.Spawn("again", SleepThenNote(environment, absl::Seconds(1), notes, "again"));
  environment.RunFor(absl::Seconds(1));
  EXPECT_THAT(notes, ElementsAre("again"));
}

TEST(TaskGroupTest, JoinsATaskThatWaitsUnderADeadline) {
  SimulatedEnvironment environment(1);
  TaskGroup tasks(environment.executor());
  std::vector<std::string> notes;
  tasks.Spawn("limited",
              [](Environment& environment, std::vector<std::string>& notes) -> Task<void> {
                co_await WithTimeout(environment, absl::Hours(2), SleepForever(environment, notes));
                notes.push_back("went on");
              }(environment, notes));
  environment.RunFor(absl::Seconds(1));
  environment.Await(tasks.CancelAndJoin());
  EXPECT_THAT(notes, ElementsAre("unwound"));
}

}  // namespace
}  // namespace colibri
