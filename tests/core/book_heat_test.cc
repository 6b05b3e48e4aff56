#include "core/book_heat.h"

#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kStart = 1'700'000'000 * kSecond;

TEST(BookHeatTest, NamesTheKindsWhenItKnowsNone) {
  EXPECT_THAT(
      ParseBookKind("cold"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               testing::HasSubstr("unknown kind of book \"cold\": write auto, plain or hot")));
  for (const BookKind kind : {BookKind::kAuto, BookKind::kPlain, BookKind::kHot}) {
    EXPECT_EQ(*ParseBookKind(ToString(kind)), kind);
  }
}

TEST(BookHeatTest, IsColdBelowTheThreshold) {
  BookHeat heat;
  EXPECT_FALSE(heat.Note(kStart, BookHeat::kChangesMin - 1));
  EXPECT_FALSE(heat.Note(kStart + 10 * kSecond, 1)) << "it counts in the next period";
  EXPECT_FALSE(heat.Note(kStart + 20 * kSecond, 1));
}

TEST(BookHeatTest, IsHotAtTheEndOfAPeriodWithEnough) {
  BookHeat heat;
  for (int64_t i = 0; i < 100; ++i) {
    EXPECT_FALSE(heat.Note(kStart + i * kSecond / 10, 200));
  }
  EXPECT_TRUE(heat.Note(kStart + 10 * kSecond, 1));
  EXPECT_FALSE(heat.Note(kStart + 20 * kSecond, 1));
}

TEST(BookHeatTest, ABurstBetweenTwoPeriodsIsSharedByThem) {
  BookHeat heat;
  EXPECT_FALSE(heat.Note(kStart, 0));
  EXPECT_FALSE(heat.Note(kStart + 9 * kSecond, BookHeat::kChangesMin / 2));
  EXPECT_FALSE(heat.Note(kStart + 11 * kSecond, BookHeat::kChangesMin / 2));
  EXPECT_FALSE(heat.Note(kStart + 22 * kSecond, 0));
}

TEST(BookHeatTest, AClockSetBackStartsAnew) {
  BookHeat heat;
  EXPECT_FALSE(heat.Note(kStart, 10));
  EXPECT_FALSE(heat.Note(kStart - kSecond, 10));
  EXPECT_FALSE(heat.Note(INT64_MIN, 10));
  EXPECT_FALSE(heat.Note(INT64_MAX, 10));
}

}  // namespace
}  // namespace colibri
