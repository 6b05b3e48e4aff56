#include "tests/support/status_matchers.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::Not;
using testing::Pointee;
using testing::StringMatchResultListener;

TEST(StatusMatchersTest, IsOkTakesStatusAndStatusOr) {
  EXPECT_THAT(absl::OkStatus(), IsOk());
  EXPECT_THAT(absl::StatusOr<int>(3), IsOk());
  EXPECT_THAT(absl::NotFoundError("x"), Not(IsOk()));
  EXPECT_THAT(absl::StatusOr<int>(absl::NotFoundError("x")), Not(IsOk()));
}

TEST(StatusMatchersTest, StatusIsComparesCodeAndMessage) {
  const absl::Status refused = absl::InvalidArgumentError("price: 0 is too low");
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too low")));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument, "price: 0 is too low"));
  EXPECT_THAT(refused, Not(StatusIs(absl::StatusCode::kNotFound)));
  EXPECT_THAT(refused, Not(StatusIs(absl::StatusCode::kInvalidArgument, "other")));
  EXPECT_THAT(absl::StatusOr<int>(refused), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(StatusMatchersTest, IsOkAndHoldsMatchesTheValue) {
  EXPECT_THAT(absl::StatusOr<int>(3), IsOkAndHolds(3));
  EXPECT_THAT(absl::StatusOr<int>(3), IsOkAndHolds(Gt(2)));
  EXPECT_THAT(absl::StatusOr<int>(3), Not(IsOkAndHolds(4)));
  EXPECT_THAT(absl::StatusOr<int>(absl::NotFoundError("x")), Not(IsOkAndHolds(3)));
  EXPECT_THAT(absl::StatusOr<std::string>("abc"), IsOkAndHolds("abc"));
  EXPECT_THAT((absl::StatusOr<std::vector<int>>({1, 2})), IsOkAndHolds(ElementsAre(1, 2)));
}

TEST(StatusMatchersTest, MismatchNamesTheStatus) {
  StringMatchResultListener listener;
  const testing::Matcher<const absl::StatusOr<int>&> matcher = IsOkAndHolds(3);
  EXPECT_FALSE(
      matcher.MatchAndExplain(absl::StatusOr<int>(absl::NotFoundError("no book")), &listener));
  EXPECT_THAT(listener.str(), HasSubstr("NOT_FOUND: no book"));
}

TEST(StatusMatchersTest, AssertOkAndAssignMovesTheValueOut) {
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<int> value,
                       absl::StatusOr<std::unique_ptr<int>>(std::make_unique<int>(7)));
  EXPECT_THAT(value, Pointee(7));
}

}  // namespace
}  // namespace colibri
