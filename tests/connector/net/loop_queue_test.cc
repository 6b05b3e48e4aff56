#include "connector/net/loop_queue.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include <boost/asio/post.hpp>

#include "connector/net/loop_group.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LoopQueueTest : public ::testing::TestWithParam<LoopMode> {
 protected:
  // More turns of the loop than any test has batches.
  void RunAll() {
    for (int turn = 0; turn < 20; ++turn) {
      environment_.Await(environment_.Sleep(absl::ZeroDuration()));
    }
  }

  AsioEnvironment environment_{{.loop = GetParam()}};
  std::vector<int> taken_;
};

TEST_P(LoopQueueTest, RefusesWhenItIsFullOrClosed) {
  LoopQueue<std::unique_ptr<int>> queue(
      "test", environment_, 2, [&](std::unique_ptr<int>&& value) { taken_.push_back(*value); });
  EXPECT_TRUE(queue.TryPush(std::make_unique<int>(1)));
  EXPECT_TRUE(queue.TryPush(std::make_unique<int>(2)));
  auto third = std::make_unique<int>(3);
  EXPECT_FALSE(queue.TryPush(std::move(third)));
  ASSERT_NE(third, nullptr);
  RunAll();
  EXPECT_TRUE(queue.TryPush(std::move(third)));
  queue.Close();
  EXPECT_FALSE(queue.TryPush(std::make_unique<int>(4)));
  EXPECT_FALSE(queue.Push(std::make_unique<int>(5)));
  RunAll();
  EXPECT_THAT(taken_, ElementsAre(1, 2, 3));
}

TEST_P(LoopQueueTest, ClosingEndsAPushThatWaits) {
  LoopQueue<int> queue("test", environment_, 1, [](int&&) {});
  std::atomic<bool> was_pushed = true;
  ASSERT_TRUE(queue.TryPush(1));
  std::thread producer([&] { was_pushed = queue.Push(2); });
  while (queue.waits() == 0) {
    std::this_thread::yield();
  }
  queue.Close();
  producer.join();
  EXPECT_FALSE(was_pushed);
}

TEST_P(LoopQueueTest, TakesNothingAfterItsEnd) {
  {
    LoopQueue<int> queue("test", environment_, 8, [&](int&& value) { taken_.push_back(value); });
    queue.TryPush(1);
  }
  RunAll();
  EXPECT_THAT(taken_, IsEmpty());
}

TEST_P(LoopQueueTest, LosesNothingThatIsPushedFasterThanItIsTaken) {
  constexpr int kValues = 20'000;
  LoopQueue<int> queue("test", environment_, 16, [&](int&& value) {
    taken_.push_back(value);
    if (value == kValues) {
      environment_.Stop();
    }
  });
  std::thread producer([&] {
    for (int i = 1; i <= kValues; ++i) {
      EXPECT_TRUE(queue.Push(int{i}));
    }
  });
  environment_.Run();
  producer.join();
  ASSERT_THAT(taken_, SizeIs(kValues));
  EXPECT_TRUE(std::is_sorted(taken_.begin(), taken_.end()));
}

TEST_P(LoopQueueTest, LetsOthersRunBetweenBatches) {
  LoopQueue<int> queue("test", environment_, 1024, [&](int&& value) {
    if (value == 0) {
      boost::asio::post(environment_.io_context(), [&] { taken_.push_back(-1); });
    }
    taken_.push_back(value);
  });
  for (int i = 0; i < 200; ++i) {
    queue.TryPush(int{i});
  }
  RunAll();
  ASSERT_THAT(taken_, SizeIs(201));
  EXPECT_EQ(taken_[kLoopQueueBatch], -1);
}

TEST_P(LoopQueueTest, ShowsTheNewestOfEachKey) {
  std::vector<std::pair<size_t, int>> seen;
  LatestQueue<int> queue(
      environment_, 2, [&](size_t key, int value) { seen.emplace_back(key, value); });
  queue.Put(1, 10);
  queue.Put(0, 20);
  queue.Put(1, 11);
  RunAll();
  EXPECT_THAT(seen, ElementsAre(std::pair(1, 11), std::pair(0, 20)));
  EXPECT_EQ(queue.conflated(), 1);
  queue.Put(0, 21);
  RunAll();
  EXPECT_EQ(seen.back(), std::pair(size_t{0}, 21));
}

// Each value finds the other loop asleep, or about to sleep: a lost wake-up would hang.
TEST_P(LoopQueueTest, WakesALoopThatSleepsEveryTime) {
  constexpr int kRounds = 2'000;
  LoopGroup loops({{.name = "ping", .environment = {.loop = GetParam()}},
                   {.name = "pong", .environment = {.loop = LoopMode{}}}});
  int last = 0;
  std::unique_ptr<LoopQueue<int>> pong;
  LoopQueue<int> ping("ping", loops.environment(0), 4, [&](int&& value) {
    last = value;
    EXPECT_TRUE(pong->TryPush(value + 1));
    if (value >= kRounds) {
      loops.environment(0).Stop();
    }
  });
  pong = std::make_unique<LoopQueue<int>>("pong", loops.environment(1), 4, [&](int&& value) {
    if (value > kRounds) {
      loops.environment(1).Stop();
    } else {
      EXPECT_TRUE(ping.TryPush(value + 1));
    }
  });
  std::thread other([&] { loops.environment(1).Run(); });
  ping.TryPush(0);
  loops.environment(0).Run();
  other.join();
  EXPECT_EQ(last, kRounds);
}

INSTANTIATE_TEST_SUITE_P(Modes,
                         LoopQueueTest,
                         ::testing::Values(LoopMode{},
                                           LoopMode{.kind = LoopMode::Kind::kCoalesce,
                                                    .pause = absl::Microseconds(20)},
                                           LoopMode{.kind = LoopMode::Kind::kBusyPoll}));

}  // namespace
}  // namespace colibri
