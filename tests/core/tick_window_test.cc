#include "core/tick_window.h"

#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/counting_allocator.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kTicks = static_cast<int64_t>(TickWindow::kTicks);

void Set(TickWindow& window, int64_t key, int64_t quantity) {
  const uint64_t tick = window.TickOf(key);
  ASSERT_LT(tick, TickWindow::kTicks) << key;
  window.Set(tick, quantity);
}

std::vector<KeyedLevel> LevelsOf(const TickWindow& window) {
  std::vector<KeyedLevel> levels;
  window.ForEach([&levels](KeyedLevel level) {
    levels.push_back(level);
    return true;
  });
  return levels;
}

TEST(TickWindowTest, CoversNothingUntilPlaced) {
  TickWindow window;
  EXPECT_FALSE(window.is_placed());
  for (const int64_t key : {int64_t{0}, int64_t{1}, INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(window.TickOf(key), TickWindow::kTicks);
    EXPECT_FALSE(window.Spans(key));
  }
  window.Place(0, 1);
  EXPECT_EQ(window.TickOf(0), 0U);
  window.Clear();
  EXPECT_EQ(window.TickOf(0), TickWindow::kTicks);
}

TEST(TickWindowDeathTest, ChecksWhereItIsPlaced) {
  TickWindow window;
  EXPECT_DEATH(window.Place(0, 0), "CHECK failed");
  EXPECT_DEATH(window.Place(0, TickWindow::kStepMax + 1), "CHECK failed");
  EXPECT_DEATH(window.Place(INT64_MAX - kTicks + 1, 1), "CHECK failed");
}

// Every step meets its multiples and nothing between them, below or above.
TEST(TickWindowTest, OnlyMultiplesOfTheStepHaveACell) {
  for (const int64_t step : {int64_t{1},
                             int64_t{2},
                             int64_t{3},
                             int64_t{25},
                             int64_t{64},
                             int64_t{1'000'000},
                             int64_t{99'999'989},
                             TickWindow::kStepMax}) {
    for (const int64_t base : {INT64_MIN, int64_t{-7}, INT64_MAX - kTicks * step}) {
      TickWindow window;
      window.Place(base, step);
      for (const int64_t tick : {int64_t{0}, int64_t{1}, int64_t{777}, kTicks - 1}) {
        const int64_t key = base + tick * step;
        EXPECT_EQ(window.TickOf(key), static_cast<uint64_t>(tick)) << step << " from " << base;
        EXPECT_TRUE(window.Spans(key));
        if (step > 1) {
          EXPECT_EQ(window.TickOf(key + 1), TickWindow::kTicks) << step << " from " << base;
          EXPECT_EQ(window.TickOf(key + step - 1), TickWindow::kTicks) << step << " from " << base;
        }
      }
      const auto before = static_cast<int64_t>(static_cast<uint64_t>(base) - 1);
      EXPECT_EQ(window.TickOf(before), TickWindow::kTicks);
      EXPECT_FALSE(window.Spans(before));
      EXPECT_EQ(window.TickOf(base + kTicks * step), TickWindow::kTicks);
      EXPECT_FALSE(window.Spans(base + kTicks * step));
      EXPECT_EQ(window.last_key(), base + (kTicks - 1) * step);
    }
  }
}

TEST(TickWindowTest, KeepsLevelsInOrderAndKnowsTheFirst) {
  TickWindow window;
  window.Place(1000, 10);
  EXPECT_EQ(window.first_tick(), TickWindow::kTicks);
  Set(window, 1640, 4);
  Set(window, 1000 + (kTicks - 1) * 10, 9);
  Set(window, 1010, 2);
  EXPECT_EQ(window.first(), (KeyedLevel{1010, 2}));
  EXPECT_THAT(
      LevelsOf(window),
      ElementsAre(
          KeyedLevel{1010, 2}, KeyedLevel{1640, 4}, KeyedLevel{1000 + (kTicks - 1) * 10, 9}));
  Set(window, 1000, 0);
  EXPECT_EQ(window.first(), (KeyedLevel{1010, 2})) << "what was not there leaves no trace";
  Set(window, 1010, -5);
  EXPECT_EQ(window.first(), (KeyedLevel{1640, 4}));
  Set(window, 1640, 7);
  EXPECT_EQ(window.first(), (KeyedLevel{1640, 7}));
  Set(window, 1640, 0);
  EXPECT_EQ(window.QuantityAt(window.TickOf(1640)), 0);
  EXPECT_EQ(window.first().quantity, 9);
  Set(window, window.last_key(), 0);
  EXPECT_TRUE(window.empty());
  EXPECT_EQ(window.first_tick(), TickWindow::kTicks);
  window.CheckInvariants();
}

TEST(TickWindowTest, VisitEndsWhenToldTo) {
  TickWindow window;
  window.Place(0, 1);
  for (int64_t key = 0; key < 200; ++key) {
    Set(window, key, 1);
  }
  int visits = 0;
  EXPECT_FALSE(window.ForEach([&visits](KeyedLevel level) {
    ++visits;
    return level.key < 99;
  }));
  EXPECT_EQ(visits, 100);
}

TEST(TickWindowTest, ShiftTellsWhatFallsOut) {
  TickWindow window;
  window.Place(0, 1);
  Set(window, 3, 30);
  Set(window, 31, 31);
  Set(window, 32, 32);
  Set(window, kTicks - 1, 5);
  std::vector<KeyedLevel> fallen;
  const auto collect = [&fallen](KeyedLevel level) { fallen.push_back(level); };
  window.Shift(1, collect);
  EXPECT_THAT(fallen, ElementsAre(KeyedLevel{3, 30}, KeyedLevel{31, 31}));
  EXPECT_EQ(window.base(), 32);
  EXPECT_EQ(window.first(), (KeyedLevel{32, 32}));
  EXPECT_EQ(window.TickOf(kTicks + 31), TickWindow::kTicks - 1);
  fallen.clear();
  window.Shift(-2, collect);
  EXPECT_THAT(fallen, ElementsAre(KeyedLevel{kTicks - 1, 5}));
  EXPECT_EQ(window.base(), -32);
  EXPECT_THAT(LevelsOf(window), ElementsAre(KeyedLevel{32, 32}));
  fallen.clear();
  window.Shift(100'000, collect);
  EXPECT_THAT(fallen, ElementsAre(KeyedLevel{32, 32}));
  EXPECT_TRUE(window.empty());
  EXPECT_EQ(window.base(), -32 + 3'200'000);
  window.CheckInvariants();
}

// The ring turns many times, both ways, and every level stays at its key.
TEST(TickWindowTest, EqualsAMapWhileItMoves) {
  constexpr int64_t kStep = 5;
  TickWindow window;
  std::map<int64_t, int64_t> twin;
  std::mt19937_64 random(11);
  window.Place(-kTicks, kStep);
  for (int i = 0; i < 100'000; ++i) {
    const auto tick = static_cast<int64_t>(random() % TickWindow::kTicks);
    const int64_t key = window.base() + tick * kStep;
    const auto quantity = static_cast<int64_t>(random() % 3);
    Set(window, key, quantity);
    quantity > 0 ? static_cast<void>(twin[key] = quantity) : static_cast<void>(twin.erase(key));
    if (i % 10 == 0) {
      const auto blocks = static_cast<int64_t>(random() % 41) - 20;
      window.Shift(blocks, [&twin](KeyedLevel level) {
        ASSERT_EQ(twin.at(level.key), level.quantity);
        twin.erase(level.key);
      });
    }
    ASSERT_EQ(window.size(), twin.size());
    if (!twin.empty()) {
      ASSERT_EQ(window.first(), (KeyedLevel{twin.begin()->first, twin.begin()->second}));
    }
    if (i % 1'000 == 0) {
      window.CheckInvariants();
      std::vector<KeyedLevel> levels;
      for (const auto& [level_key, level_quantity] : twin) {
        levels.push_back({level_key, level_quantity});
      }
      ASSERT_EQ(LevelsOf(window), levels);
    }
  }
}

TEST(TickWindowTest, AllocatesNothingOnceWarm) {
  TickWindow window;
  const auto fill_and_empty = [&window] {
    for (const int64_t quantity : {1, 0}) {
      for (uint64_t tick = 0; tick < TickWindow::kTicks; tick += 32) {
        window.Set(tick, quantity);
      }
    }
  };
  window.Place(0, 1);
  fill_and_empty();
  EXPECT_THAT(LevelsOf(window), IsEmpty());
  const AllocationCounter allocations;
  fill_and_empty();
  EXPECT_EQ(allocations.count(), 0);
}

}  // namespace
}  // namespace colibri
