#include "connector/net/spsc_ring.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gmock/gmock.h"

#include "core/random.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;

std::vector<int> DrainAll(SpscRing<int>& ring, size_t max = 1000) {
  std::vector<int> values;
  ring.Drain(max, [&](int&& value) { values.push_back(value); });
  return values;
}

TEST(SpscRingTest, RefusesWhenItIsFullAndLeavesTheValue) {
  SpscRing<std::unique_ptr<int>> ring(2);
  EXPECT_TRUE(ring.TryPush(std::make_unique<int>(1)));
  EXPECT_TRUE(ring.TryPush(std::make_unique<int>(2)));
  auto third = std::make_unique<int>(3);
  EXPECT_FALSE(ring.TryPush(std::move(third)));
  ASSERT_NE(third, nullptr);
  EXPECT_EQ(ring.Drain(1, [](std::unique_ptr<int>&& value) { EXPECT_EQ(*value, 1); }), 1U);
  EXPECT_TRUE(ring.TryPush(std::move(third)));
  EXPECT_EQ(third, nullptr);
}

TEST(SpscRingTest, LosesOnlyTheValueWhoseTakingThrew) {
  SpscRing<int> ring(4);
  for (int i = 1; i <= 4; ++i) {
    EXPECT_TRUE(ring.TryPush(int{i}));
  }
  std::vector<int> taken;
  EXPECT_THROW(ring.Drain(4,
                          [&](int&& value) {
                            if (value == 2) {
                              throw std::runtime_error("no");
                            }
                            taken.push_back(value);
                          }),
               std::runtime_error);
  EXPECT_THAT(taken, ElementsAre(1));
  EXPECT_EQ(ring.size(), 2U);
  EXPECT_THAT(DrainAll(ring), ElementsAre(3, 4));
}

TEST(SpscRingTest, GivesNothingWhenItIsEmpty) {
  SpscRing<int> ring(4);
  EXPECT_THAT(DrainAll(ring), ElementsAre());
  EXPECT_TRUE(ring.TryPush(7));
  EXPECT_THAT(DrainAll(ring, 0), ElementsAre());
  EXPECT_THAT(DrainAll(ring), ElementsAre(7));
  EXPECT_EQ(ring.size(), 0U);
}

TEST(SpscRingTest, HoldsAPowerOfTwo) {
  EXPECT_EQ(SpscRing<int>(0).capacity(), 1U);
  EXPECT_EQ(SpscRing<int>(1).capacity(), 1U);
  EXPECT_EQ(SpscRing<int>(5).capacity(), 8U);
  EXPECT_EQ(SpscRing<int>(1024).capacity(), 1024U);
}

TEST(SpscRingTest, DoesWhatADequeDoes) {
  SpscRing<int> ring(8);
  std::deque<int> twin;
  Random random(1);
  for (int i = 0; i < 10'000; ++i) {
    if (random.Next() % 2 == 0) {
      const bool has_room = twin.size() < 8;
      EXPECT_EQ(ring.TryPush(int{i}), has_room);
      if (has_room) {
        twin.push_back(i);
      }
    } else {
      for (const int value : DrainAll(ring, random.Next() % 4)) {
        ASSERT_EQ(value, twin.front());
        twin.pop_front();
      }
    }
    ASSERT_EQ(ring.size(), twin.size());
  }
}

TEST(SpscRingTest, CarriesEveryValueInOrderBetweenTwoThreads) {
  for (const size_t capacity : {1, 8, 1024}) {
    // A turn of the threads for each of a ring's fillings, however long they wait for their turn.
    const int values = static_cast<int>(std::min<size_t>(2000 * capacity, 100'000));
    // On the heap, so that a sanitizer sees what a torn or early read would get.
    SpscRing<std::unique_ptr<int>> ring(capacity);
    std::thread producer([&] {
      for (int i = 0; i < values; ++i) {
        auto value = std::make_unique<int>(i);
        while (!ring.TryPush(std::move(value))) {
          std::this_thread::yield();
        }
      }
    });
    int next = 0;
    while (next < values) {
      const size_t taken = ring.Drain(
          16, [&](std::unique_ptr<int>&& value) { ASSERT_EQ(*std::move(value), next++); });
      if (taken == 0) {
        std::this_thread::yield();
      }
    }
    producer.join();
    EXPECT_EQ(ring.size(), 0U);
  }
}

}  // namespace
}  // namespace colibri
