// The side of a hot book: what BookSideTest shows of any side is not repeated, but compared with
// the other side and with the naive twin.
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/book_side.h"
#include "core/order.h"
#include "tests/support/book_picture.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/naive_order_book.h"
#include "tests/support/sanitizers.h"

namespace colibri {
namespace {

using testing::ElementsAre;

constexpr auto kTicks = static_cast<int64_t>(TickWindow::kTicks);

// A plain side, a hot one and the naive twin, which must never differ.
class Sides {
 public:
  explicit Sides(Side side) : is_bid_(side == Side::kBuy), plain(side), hot(side), naive(side) {
    hot.MakeHot();
  }

  void Set(int64_t price, int64_t quantity) {
    const bool is_best_changed = naive.Set(price, quantity);
    ASSERT_EQ(plain.Set(price, quantity), is_best_changed) << price << " " << quantity;
    ASSERT_EQ(hot.Set(price, quantity), is_best_changed) << price << " " << quantity;
    ASSERT_EQ(hot.best(), naive.best());
    ASSERT_EQ(hot.size(), naive.size());
    ASSERT_EQ(hot.QuantityAt(price), naive.QuantityAt(price));
  }
  void Clear() {
    plain.Clear();
    hot.Clear();
    naive.Clear();
  }
  // Levels so many prices apart, from the best on.
  void Fill(int64_t best, int64_t step, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      Set(Deeper(best, i * step), i + 1);
    }
  }
  int64_t Deeper(int64_t price, int64_t distance) const {
    return is_bid_ ? price - distance : price + distance;
  }
  void ExpectSame() const {
    plain.CheckInvariants();
    hot.CheckInvariants();
    const std::vector<BookLevel> levels = naive.levels();
    ASSERT_EQ(AllLevels(plain), levels);
    ASSERT_EQ(AllLevels(hot), levels);
  }

 private:
  bool is_bid_;

 public:
  BookSide plain;
  BookSide hot;
  NaiveBookSide naive;
};

class HotBookSideTest : public testing::TestWithParam<Side> {
 protected:
  Sides sides_{GetParam()};
};

TEST_P(HotBookSideTest, HasNoWindowWithFewLevels) {
  sides_.Fill(1'000, 1, static_cast<int64_t>(BookSide::kHotLevelsMin) - 1);
  EXPECT_EQ(sides_.hot.window_levels(), 0U);
  sides_.Set(sides_.Deeper(1'000, 500), 1);
  EXPECT_EQ(sides_.hot.window_levels(), BookSide::kHotLevelsMin);
  sides_.ExpectSame();
}

TEST_P(HotBookSideTest, BecomesHotWithTheLevelsItHas) {
  sides_.Fill(1'000'000, 7, 10'000);
  const std::vector<BookLevel> before = AllLevels(sides_.plain);

  sides_.plain.MakeHot();

  EXPECT_TRUE(sides_.plain.is_hot());
  EXPECT_GT(sides_.plain.window_levels(), 1'000U);
  EXPECT_LT(sides_.plain.window_levels(), 10'000U) << "some are to be beyond the window";
  sides_.plain.CheckInvariants();
  EXPECT_EQ(AllLevels(sides_.plain), before);
}

TEST_P(HotBookSideTest, FindsTheWidthOfATick) {
  for (const int64_t width : {int64_t{1},
                              int64_t{2},
                              int64_t{5},
                              int64_t{10},
                              int64_t{25},
                              int64_t{125},
                              int64_t{50},
                              int64_t{1'000'000},
                              int64_t{2'500'000'000'000}}) {
    sides_.Clear();
    sides_.Fill(700 * width, width, 300);
    EXPECT_EQ(sides_.hot.tick_width(), width);
    EXPECT_EQ(sides_.hot.window_levels(), 300U);
    sides_.ExpectSame();
  }
}

TEST_P(HotBookSideTest, PricesBetweenTicksStandInOrder) {
  sides_.Fill(100'000, 100, 200);
  sides_.Set(sides_.Deeper(100'000, -50), 7);  // better than the best
  sides_.Set(sides_.Deeper(100'000, 150), 8);
  sides_.Set(sides_.Deeper(100'000, 199 * 100 + 1), 9);
  EXPECT_EQ(sides_.hot.tick_width(), 100);
  EXPECT_EQ(sides_.hot.window_levels(), 200U);
  sides_.ExpectSame();
  sides_.Set(sides_.Deeper(100'000, -50), 0);
  sides_.Set(sides_.Deeper(100'000, 150), 0);
  sides_.ExpectSame();
}

TEST_P(HotBookSideTest, AsksForTheWidthAgainWhenPricesBecomeFiner) {
  sides_.Fill(100'000, 100, 200);
  ASSERT_EQ(sides_.hot.tick_width(), 100);

  sides_.Fill(99'999, 1, 2'000);

  EXPECT_EQ(sides_.hot.tick_width(), 1);
  EXPECT_GT(sides_.hot.window_levels(), 2'000U);
  sides_.ExpectSame();
}

TEST_P(HotBookSideTest, AFewPricesBetweenTicksDoNotNarrowTheTicks) {
  sides_.Fill(1'000'000, 100, 1'000);
  for (int i = 0; i < 10'000; ++i) {
    sides_.Set(sides_.Deeper(1'000'000, i % 10 * 100 + 50), i % 2);
  }
  EXPECT_EQ(sides_.hot.tick_width(), 100);
  EXPECT_EQ(sides_.hot.window_levels(), 1'000U);
  sides_.ExpectSame();
}

// The market walks several windows far, level by level, and back; most levels stay in the window.
TEST_P(HotBookSideTest, TheWindowFollowsTheMarket) {
  constexpr int64_t kLevels = 500;
  for (const int64_t step : {1, 50}) {
    sides_.Clear();
    sides_.Fill(0, step, kLevels);
    for (const int64_t direction : {1, -1}) {
      for (int64_t move = 0; move < 3 * kTicks; move += 3) {
        const int64_t from = direction > 0 ? move : 3 * kTicks - move;
        const int64_t to = from + 3 * direction;
        // The best three go or come, and as many at the far end.
        for (int64_t i = 0; i < 3; ++i) {
          const int64_t edge = direction > 0 ? from + i : to + i;
          const int64_t quantity = direction > 0 ? 0 : i + 1;
          sides_.Set(sides_.Deeper(0, edge * step), quantity);
          sides_.Set(sides_.Deeper(0, (edge + kLevels) * step), i + 1 - quantity);
        }
        ASSERT_GE(sides_.hot.window_levels() * 10, sides_.hot.size() * 9) << "at " << to;
      }
      sides_.ExpectSame();
    }
  }
}

TEST_P(HotBookSideTest, JumpsFurtherThanTheWindow) {
  sides_.Fill(0, 1, 100);
  for (const int64_t best : {int64_t{10'000'000}, int64_t{-1} << 40, int64_t{1} << 40}) {
    sides_.Fill(best, 1, 100);
    sides_.ExpectSame();
  }
  // Of the best hundred: the others are too far from them.
  EXPECT_EQ(sides_.hot.window_levels(), 100U);
  const std::vector<BookLevel> levels = sides_.naive.levels();
  for (const BookLevel& level : levels) {
    sides_.Set(level.price, 0);
  }
  EXPECT_TRUE(sides_.hot.empty());
  sides_.ExpectSame();
  sides_.Fill(5, 1, 100);
  EXPECT_EQ(sides_.hot.window_levels(), 100U);
  sides_.ExpectSame();
}

TEST_P(HotBookSideTest, TakesTheWholeRangeOfIntegers) {
  for (const int64_t edge : {INT64_MIN, INT64_MIN + 100'000, INT64_MAX - 200, INT64_MAX - 50'000}) {
    for (const int64_t step : {1, 2}) {
      sides_.Clear();
      for (int64_t i = 0; i < 100; ++i) {
        sides_.Set(edge + i * step, INT64_MAX - i);
      }
      for (const int64_t price : {INT64_MIN, int64_t{-1}, int64_t{0}, INT64_MAX}) {
        sides_.Set(price, INT64_MAX);
      }
      sides_.ExpectSame();
      for (int64_t i = 0; i < 100; ++i) {
        sides_.Set(edge + i * step, 0);
      }
      sides_.ExpectSame();
    }
  }
}

TEST_P(HotBookSideTest, VisitEndsWhenToldTo) {
  sides_.Fill(0, 10, 100);
  sides_.Set(sides_.Deeper(0, 5), 1);
  sides_.Set(sides_.Deeper(0, kTicks * 20), 1);
  for (const int wanted : {1, 2, 3, 50, 101, 102}) {
    int visits = 0;
    sides_.hot.ForEach([&](BookLevel) { return ++visits < wanted; });
    EXPECT_EQ(visits, wanted);
  }
}

TEST_P(HotBookSideTest, AppliesAMessageAsLevelByLevel) {
  sides_.Fill(1'000, 1, 100);
  const std::vector<BookLevel> message = {{1'000, 0}, {1'001, 5}, {999, 6}, {999, 0}, {1'000, 3}};
  BookSide& hot = sides_.plain;
  hot.MakeHot();
  hot.Apply(message);
  for (const BookLevel& level : message) {
    sides_.hot.Set(level.price, level.quantity);
  }
  EXPECT_EQ(hot.best(), sides_.hot.best());
  EXPECT_EQ(AllLevels(hot), AllLevels(sides_.hot));
}

TEST_P(HotBookSideTest, EmptiesAndFillsAgain) {
  for (int round = 0; round < 3; ++round) {
    sides_.Fill(1'000 * round, 1, 200);
    for (int64_t i = 0; i < 200; ++i) {
      sides_.Set(sides_.Deeper(1'000 * round, i), 0);
    }
    EXPECT_TRUE(sides_.hot.empty());
    EXPECT_EQ(sides_.hot.best(), std::nullopt);
    sides_.ExpectSame();
  }
}

// Prices of every kind: near a top that wanders, leaps and returns; far; between ticks; and a tick
// that changes.
struct RandomPrices {
  int64_t Next() {
    const uint64_t dice = random();
    if (dice % 64 == 0) {
      top += static_cast<int64_t>(random() % 401) - 200;
    }
    if (dice / 64 % 20'000 == 0) {
      top = static_cast<int64_t>(random() % 10'000'000);
      step = kSteps[random() % std::size(kSteps)];
    }
    const uint64_t kind = dice >> 40;
    if (kind % 100 == 0) {
      return static_cast<int64_t>(random());
    }
    const auto rank = static_cast<int64_t>(random() % (kind % 8 == 0 ? 100'000 : 3'000));
    const int64_t off_step = kind % 32 == 0 ? 1 : 0;
    return (is_bid ? top - rank : top + rank) * step + off_step;
  }

  static constexpr int64_t kSteps[] = {1, 5, 100, 1'000'000};
  bool is_bid;
  std::mt19937_64 random{20240809};
  int64_t top = 5'000'000;
  int64_t step = 1;
};

TEST_P(HotBookSideTest, EqualsItsTwins) {
  constexpr int kUpdates = kIsSanitized ? 100'000 : 1'000'000;
  RandomPrices prices{.is_bid = GetParam() == Side::kBuy};
  std::mt19937_64 random(5);
  for (int i = 0; i < kUpdates; ++i) {
    const int64_t quantity = random() % 3 == 0 ? 0 : static_cast<int64_t>(1 + random() % 100);
    sides_.Set(prices.Next(), quantity);
    ASSERT_FALSE(HasFatalFailure()) << "update " << i;
    if (i % 10'000 == 0) {
      sides_.ExpectSame();
      ASSERT_FALSE(HasFatalFailure()) << "update " << i;
    }
    if (i % 100'000 == 99'999) {
      // The best half goes, as in a crash.
      const std::vector<BookLevel> levels = sides_.naive.levels();
      for (size_t n = 0; n < levels.size() / 2; ++n) {
        sides_.Set(levels[n].price, 0);
      }
    }
  }
  sides_.ExpectSame();
}

TEST_P(HotBookSideTest, AllocatesNothingOnceWarm) {
  const auto run = [this] {
    RandomPrices prices{.is_bid = GetParam() == Side::kBuy};
    for (int i = 0; i < 50'000; ++i) {
      sides_.hot.Set(prices.Next(), i % 3);
    }
  };
  run();
  sides_.hot.Clear();
  const AllocationCounter allocations;
  run();
  EXPECT_EQ(allocations.count(), 0);
}

INSTANTIATE_TEST_SUITE_P(Sides,
                         HotBookSideTest,
                         testing::Values(Side::kBuy, Side::kSell),
                         [](const auto& info) {
                           return info.param == Side::kBuy ? "Bids" : "Asks";
                         });

}  // namespace
}  // namespace colibri
