#include "core/book_side.h"

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/order.h"
#include "tests/support/book_picture.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/naive_order_book.h"
#include "tests/support/sanitizers.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(BookSideTest, EmptySideHasNothing) {
  const BookSide asks(Side::kSell);
  EXPECT_EQ(asks.best(), std::nullopt);
  EXPECT_EQ(asks.QuantityAt(100), 0);
  EXPECT_EQ(asks.size(), 0);
  EXPECT_THAT(AllLevels(asks), IsEmpty());
}

TEST(BookSideTest, DeletingAnAbsentLevelIsNormal) {
  BookSide asks(Side::kSell);
  EXPECT_FALSE(asks.Set(100, 0));
  asks.Set(101, 5);
  EXPECT_FALSE(asks.Set(100, 0));
  EXPECT_FALSE(asks.Set(102, 0));
  EXPECT_THAT(AllLevels(asks), ElementsAre(BookLevel{101, 5}));
}

TEST(BookSideTest, NegativeQuantityDeletes) {
  BookSide bids(Side::kBuy);
  bids.Set(101, 5);
  EXPECT_TRUE(bids.Set(101, -3));
  EXPECT_TRUE(bids.empty());
}

TEST(BookSideTest, AsksAscendAndBidsDescend) {
  BookSide asks(Side::kSell);
  BookSide bids(Side::kBuy);
  for (const int64_t price : {102, 100, 103, 101}) {
    asks.Set(price, price * 10);
    bids.Set(price, price * 10);
  }
  EXPECT_THAT(
      AllLevels(asks),
      ElementsAre(
          BookLevel{100, 1000}, BookLevel{101, 1010}, BookLevel{102, 1020}, BookLevel{103, 1030}));
  EXPECT_THAT(
      AllLevels(bids),
      ElementsAre(
          BookLevel{103, 1030}, BookLevel{102, 1020}, BookLevel{101, 1010}, BookLevel{100, 1000}));
}

TEST(BookSideTest, TellsWhetherTheBestChanged) {
  BookSide bids(Side::kBuy);
  EXPECT_TRUE(bids.Set(100, 5));
  EXPECT_FALSE(bids.Set(99, 5));
  EXPECT_FALSE(bids.Set(99, 6));
  EXPECT_FALSE(bids.Set(100, 5)) << "the same again";
  EXPECT_TRUE(bids.Set(100, 6));
  EXPECT_TRUE(bids.Set(101, 1));
  EXPECT_FALSE(bids.Set(99, 0));
  EXPECT_TRUE(bids.Set(101, 0));
  EXPECT_TRUE(bids.Set(100, 0));
  EXPECT_TRUE(bids.empty());
}

TEST(BookSideTest, TakesTheWholeRangeOfIntegers) {
  for (const Side side : {Side::kBuy, Side::kSell}) {
    BookSide levels(side);
    for (const int64_t price : {INT64_MIN, int64_t{-1}, int64_t{0}, INT64_MAX}) {
      levels.Set(price, INT64_MAX);
    }
    levels.CheckInvariants();
    EXPECT_EQ(levels.size(), 4);
    const int64_t best_price = side == Side::kBuy ? INT64_MAX : INT64_MIN;
    EXPECT_EQ(levels.best(), (BookLevel{best_price, INT64_MAX}));
    EXPECT_EQ(levels.QuantityAt(INT64_MIN), INT64_MAX);
  }
}

TEST(BookSideTest, VisitEndsWhenToldTo) {
  BookSide asks(Side::kSell);
  for (int64_t price = 1; price <= 200; ++price) {
    asks.Set(price, 1);
  }
  int visits = 0;
  asks.ForEach([&visits](BookLevel level) {
    ++visits;
    return level.price < 100;
  });
  EXPECT_EQ(visits, 100);
}

TEST(BookSideTest, ClearLeavesAnEmptySideThatWorks) {
  BookSide asks(Side::kSell);
  for (int64_t price = 1; price <= 200; ++price) {
    asks.Set(price, 1);
  }
  asks.Clear();
  asks.CheckInvariants();
  EXPECT_TRUE(asks.empty());
  EXPECT_TRUE(asks.Set(7, 1));
  EXPECT_THAT(AllLevels(asks), ElementsAre(BookLevel{7, 1}));
}

// Block borders: inserting into full blocks at their start, middle and end, and deleting down to
// empty and merged blocks, from both ends and alternately.
TEST(BookSideTest, SplitsAndMergesKeepTheOrder) {
  constexpr int64_t kLevels = 320;  // five blocks
  for (const int64_t stride : {1, 3, 7, 63, 64, 65, 127}) {
    BookSide asks(Side::kSell);
    NaiveBookSide naive(Side::kSell);
    for (int64_t i = 0; i < kLevels; ++i) {
      // A stride without a common factor visits every price once.
      const int64_t price = i * stride % 331;
      asks.Set(price, i + 1);
      naive.Set(price, i + 1);
      asks.CheckInvariants();
    }
    EXPECT_EQ(AllLevels(asks), naive.levels()) << "stride " << stride;
    for (int64_t i = 0; i < 331; ++i) {
      const int64_t price = i * stride % 331;
      EXPECT_EQ(asks.Set(price, 0), naive.Set(price, 0));
      asks.CheckInvariants();
    }
    EXPECT_TRUE(asks.empty());
  }
}

TEST(BookSideTest, ForgetsTheWorstLevelsBeyondTheLimit) {
  BookSide asks(Side::kSell);
  const auto limit = static_cast<int64_t>(BlockedLevels::kMaxLevels);
  for (int64_t price = 1; price <= limit; ++price) {
    asks.Set(price, 1);
  }
  asks.Set(limit + 1, 1);
  EXPECT_EQ(asks.size(), BlockedLevels::kMaxLevels);
  EXPECT_EQ(asks.QuantityAt(limit + 1), 0);
  EXPECT_EQ(asks.QuantityAt(limit), 1);
  asks.Set(0, 1);
  EXPECT_EQ(asks.size(), BlockedLevels::kMaxLevels);
  EXPECT_EQ(asks.QuantityAt(0), 1);
  EXPECT_EQ(asks.QuantityAt(limit), 0);
  asks.CheckInvariants();
}

// Updates as real ones are: most near the top at a geometric rank, some far away, a third deletes,
// and a top that wanders, so that blocks come and go at both ends.
class RandomUpdates {
 public:
  explicit RandomUpdates(Side side) : is_bid_(side == Side::kBuy), random_(20240809) {}

  BookLevel Next() {
    const uint64_t dice = random_();
    if (dice % 64 == 0) {
      top_ += static_cast<int64_t>(random_() % 21) - 10;
    }
    int64_t rank = static_cast<int64_t>(-std::log(Fraction()) * 86);
    if (dice / 64 % 16 == 0) {
      rank = static_cast<int64_t>(random_() % 6'000);
    }
    const bool is_delete = dice / 1024 % 3 == 0;
    return {is_bid_ ? top_ - rank : top_ + rank,
            is_delete ? 0 : static_cast<int64_t>(1 + dice / 4096 % 1'000'000)};
  }

 private:
  double Fraction() { return (static_cast<double>(random_() >> 11) + 1) / 9007199254740993.0; }

  bool is_bid_;
  std::mt19937_64 random_;
  int64_t top_ = 6'183'763;
};

class BookSideTwinTest : public testing::TestWithParam<Side> {};

TEST_P(BookSideTwinTest, EqualsItsNaiveTwin) {
  // 10 million over the two sides.
  constexpr int kUpdates = kIsSanitized ? 200'000 : 5'000'000;
  RandomUpdates updates(GetParam());
  BookSide side(GetParam());
  NaiveBookSide naive(GetParam());
  for (int i = 0; i < kUpdates; ++i) {
    const BookLevel level = updates.Next();
    ASSERT_EQ(side.Set(level.price, level.quantity), naive.Set(level.price, level.quantity))
        << "update " << i;
    ASSERT_EQ(side.size(), naive.size()) << "update " << i;
    if (i % 16 == 0) {
      ASSERT_EQ(side.best(), naive.best()) << "update " << i;
      const int64_t price = updates.Next().price;
      ASSERT_EQ(side.QuantityAt(price), naive.QuantityAt(price)) << "update " << i;
    }
    if (i % 20'000 == 0) {
      side.CheckInvariants();
      ASSERT_EQ(AllLevels(side), naive.levels()) << "update " << i;
    }
  }
  ASSERT_EQ(AllLevels(side), naive.levels());
  EXPECT_GT(side.size(), 1'000) << "the updates are to fill many blocks";
}

INSTANTIATE_TEST_SUITE_P(Sides,
                         BookSideTwinTest,
                         testing::Values(Side::kBuy, Side::kSell),
                         [](const auto& info) {
                           return info.param == Side::kBuy ? "Bids" : "Asks";
                         });

TEST(BookSideTest, AllocatesNothingOnceWarm) {
  BookSide side(Side::kBuy);
  const auto run = [&side] {
    RandomUpdates updates(Side::kBuy);
    for (int i = 0; i < 100'000; ++i) {
      const BookLevel level = updates.Next();
      side.Set(level.price, level.quantity);
    }
  };
  run();
  side.Clear();
  const AllocationCounter allocations;
  run();
  EXPECT_EQ(allocations.count(), 0);
}

}  // namespace
}  // namespace colibri
