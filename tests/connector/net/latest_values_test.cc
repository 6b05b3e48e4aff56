#include "connector/net/latest_values.h"

#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using Taken = std::vector<std::pair<size_t, int>>;

Taken DrainAll(LatestValues<int>& values, size_t max = 1000) {
  Taken taken;
  values.Drain(max, [&](size_t key, int value) { taken.emplace_back(key, value); });
  return taken;
}

TEST(LatestValuesTest, CountsWhatNobodySaw) {
  LatestValues<int> values(2);
  EXPECT_TRUE(values.Put(0, 1));
  EXPECT_FALSE(values.Put(0, 2));
  EXPECT_FALSE(values.Put(0, 3));
  EXPECT_TRUE(values.Put(1, 4));
  EXPECT_EQ(values.conflated(), 2);
  EXPECT_THAT(DrainAll(values), ElementsAre(Pair(0, 3), Pair(1, 4)));
  EXPECT_EQ(values.conflated(), 2);
}

TEST(LatestValuesTest, LosesNoKeyThatIsPutWhileABatchIsTaken) {
  LatestValues<int> values(4);
  for (size_t key = 0; key < 4; ++key) {
    values.Put(key, 1);
  }
  values.Drain(4, [&](size_t key, int value) {
    EXPECT_EQ(value, 1);
    EXPECT_TRUE(values.Put(key, 2));
  });
  EXPECT_THAT(DrainAll(values), ElementsAre(Pair(0, 2), Pair(1, 2), Pair(2, 2), Pair(3, 2)));
}

TEST(LatestValuesTest, GivesKeysInTheOrderOfTheirFirstValueNotTaken) {
  LatestValues<int> values(3);
  values.Put(2, 1);
  values.Put(0, 2);
  values.Put(2, 3);
  EXPECT_THAT(DrainAll(values, 1), ElementsAre(Pair(2, 3)));
  values.Put(2, 4);
  EXPECT_THAT(DrainAll(values), ElementsAre(Pair(0, 2), Pair(2, 4)));
  EXPECT_THAT(DrainAll(values), IsEmpty());
  EXPECT_TRUE(values.is_empty());
}

// Each value is all of one number: two halves would differ.
struct Image {
  int64_t words[20];
};

TEST(LatestValuesTest, NeverShowsHalfAValueOrAnOlderOneToAnotherThread) {
  constexpr size_t kKeys = 4;
  constexpr int64_t kRounds = 50'000;
  LatestValues<Image> values(kKeys);
  std::thread producer([&] {
    for (int64_t round = 1; round <= kRounds; ++round) {
      Image image;
      std::fill(std::begin(image.words), std::end(image.words), round);
      for (size_t key = 0; key < kKeys; ++key) {
        values.Put(key, image);
      }
    }
  });
  std::vector<int64_t> seen(kKeys, 0);
  int64_t taken = 0;
  const auto is_done = [&] {
    return std::all_of(seen.begin(), seen.end(), [](int64_t round) { return round == kRounds; });
  };
  while (!is_done()) {
    const size_t count = values.Drain(3, [&](size_t key, const Image& image) {
      for (const int64_t word : image.words) {
        ASSERT_EQ(word, image.words[0]);
      }
      ASSERT_GT(image.words[0], seen[key]);
      seen[key] = image.words[0];
      ++taken;
    });
    if (count == 0) {
      std::this_thread::yield();
    }
  }
  producer.join();
  EXPECT_EQ(taken + values.conflated(), static_cast<int64_t>(kKeys) * kRounds);
}

}  // namespace
}  // namespace colibri
