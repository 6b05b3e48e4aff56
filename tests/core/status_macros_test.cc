#include "core/status_macros.h"

#include <memory>

#include "gtest/gtest.h"

#include "core/check.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

absl::Status RunSteps(const absl::Status& first, int& steps) {
  RETURN_IF_ERROR(first);
  ++steps;
  RETURN_IF_ERROR(absl::OkStatus());
  ++steps;
  return absl::OkStatus();
}

absl::StatusOr<int> Sum(const absl::StatusOr<int>& a, const absl::StatusOr<int>& b) {
  ASSIGN_OR_RETURN(const int left, a);
  int right = 0;
  ASSIGN_OR_RETURN(right, b);
  return left + right;
}

absl::StatusOr<int> Unwrap(absl::StatusOr<std::unique_ptr<int>> value) {
  ASSIGN_OR_RETURN(const std::unique_ptr<int> owned, std::move(value));
  return *owned;
}

TEST(StatusMacrosTest, ReturnIfErrorReturnsTheErrorAndStops) {
  int steps = 0;
  EXPECT_THAT(RunSteps(absl::NotFoundError("x"), steps),
              StatusIs(absl::StatusCode::kNotFound, "x"));
  EXPECT_EQ(steps, 0);
}

TEST(StatusMacrosTest, ReturnIfErrorGoesOnWhenOk) {
  int steps = 0;
  EXPECT_OK(RunSteps(absl::OkStatus(), steps));
  EXPECT_EQ(steps, 2);
}

TEST(StatusMacrosTest, AssignOrReturnReturnsTheError) {
  EXPECT_THAT(Sum(1, absl::DataLossError("b")), StatusIs(absl::StatusCode::kDataLoss, "b"));
  EXPECT_THAT(Sum(absl::AbortedError("a"), 2), StatusIs(absl::StatusCode::kAborted, "a"));
}

TEST(StatusMacrosTest, AssignOrReturnAssigns) {
  EXPECT_THAT(Sum(1, 2), IsOkAndHolds(3));
}

TEST(StatusMacrosTest, AssignOrReturnMovesWhatCannotBeCopied) {
  EXPECT_THAT(Unwrap(std::make_unique<int>(5)), IsOkAndHolds(5));
}

TEST(CheckDeathTest, NamesFileAndCondition) {
  const int value = 3;
  EXPECT_DEATH(CHECK(value == 4), "status_macros_test.cc:[0-9]+: CHECK failed: value == 4");
}

}  // namespace
}  // namespace colibri
