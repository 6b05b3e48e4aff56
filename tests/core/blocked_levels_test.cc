#include "core/blocked_levels.h"

#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<KeyedLevel> LevelsOf(const BlockedLevels& levels) {
  std::vector<KeyedLevel> result;
  for (auto at = levels.begin(); !at.is_end(); at.Next()) {
    result.push_back(at.level());
  }
  return result;
}

TEST(BlockedLevelsTest, EmptyHasNothing) {
  BlockedLevels levels;
  EXPECT_THAT(LevelsOf(levels), IsEmpty());
  EXPECT_EQ(levels.QuantityAt(3), 0);
  levels.Set(3, 0);
  levels.TakeIf(INT64_MIN, INT64_MAX, [](KeyedLevel) { return true; });
  EXPECT_TRUE(levels.empty());
  levels.CheckInvariants();
}

TEST(BlockedLevelsTest, KeysAscend) {
  BlockedLevels levels;
  for (const int64_t key : {3, -1, 2}) {
    levels.Set(key, key + 10);
  }
  EXPECT_EQ(levels.first(), (KeyedLevel{-1, 9}));
  EXPECT_THAT(LevelsOf(levels),
              ElementsAre(KeyedLevel{-1, 9}, KeyedLevel{2, 12}, KeyedLevel{3, 13}));
}

TEST(BlockedLevelsTest, TakesOnlyWhatIsAskedAndWanted) {
  BlockedLevels levels;
  for (int64_t key = 0; key < 10; ++key) {
    levels.Set(key, 1);
  }
  std::vector<int64_t> asked;
  levels.TakeIf(3, 7, [&asked](KeyedLevel level) {
    asked.push_back(level.key);
    return level.key % 2 == 0;
  });
  EXPECT_THAT(asked, ElementsAre(3, 4, 5, 6, 7));
  EXPECT_EQ(levels.size(), 8U);
  EXPECT_EQ(levels.QuantityAt(4), 0);
  EXPECT_EQ(levels.QuantityAt(5), 1);
  EXPECT_EQ(levels.QuantityAt(8), 1);
  levels.CheckInvariants();
}

TEST(BlockedLevelsTest, WorksOnWithoutItsSpareBlocks) {
  BlockedLevels levels;
  for (const int64_t count : {500, 100, 1'000}) {
    for (int64_t key = 0; key < count; ++key) {
      levels.Set(key, 1);
    }
    levels.TakeIf(10, INT64_MAX, [](KeyedLevel) { return true; });
    levels.FreeSpareBlocks();
    levels.CheckInvariants();
    EXPECT_EQ(levels.size(), 10U);
  }
}

// Whole blocks go, others are left sparse, at both ends and in the middle.
TEST(BlockedLevelsTest, TakingEqualsErasing) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 500; ++round) {
    BlockedLevels levels;
    std::map<int64_t, int64_t> twin;
    for (uint64_t n = random() % 600; n > 0; --n) {
      const auto key = static_cast<int64_t>(random() % 1'000);
      levels.Set(key, 1);
      twin[key] = 1;
    }
    const auto first = static_cast<int64_t>(random() % 1'100) - 50;
    const auto last = first + static_cast<int64_t>(random() % 1'000);
    const uint64_t stride = 1 + random() % 5;
    const auto is_wanted = [&](int64_t key) {
      return key >= first && key <= last && static_cast<uint64_t>(key) % stride == 0;
    };
    levels.TakeIf(first, last, [&](KeyedLevel level) { return is_wanted(level.key); });
    std::erase_if(twin, [&](const auto& level) { return is_wanted(level.first); });
    levels.CheckInvariants();
    std::vector<KeyedLevel> expected;
    for (const auto& [key, quantity] : twin) {
      expected.push_back({key, quantity});
    }
    ASSERT_EQ(LevelsOf(levels), expected) << "round " << round;
    levels.Set(first, 5);
    levels.Set(500, 6);
    levels.CheckInvariants();
  }
}

}  // namespace
}  // namespace colibri
