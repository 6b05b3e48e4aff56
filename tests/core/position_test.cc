#include "core/position.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/order.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::HasSubstr;

TEST(PositionTest, RefusesAnUnknownModeAndNamesTheKnownOnes) {
  EXPECT_THAT(ParsePositionMode("both"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("one_way or hedge")));
  EXPECT_THAT(ParseMarginMode(""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cross or isolated")));
}

TEST(PositionTest, WordsAreReadBack) {
  for (const PositionMode mode : {PositionMode::kOneWay, PositionMode::kHedge}) {
    EXPECT_EQ(*ParsePositionMode(ToString(mode)), mode);
  }
  for (const MarginMode mode : {MarginMode::kCross, MarginMode::kIsolated}) {
    EXPECT_EQ(*ParseMarginMode(ToString(mode)), mode);
  }
  EXPECT_EQ(ToString(PositionSide::kShort), "short");
  EXPECT_EQ(ToString(PositionAction::kClose), "close");
}

TEST(PositionTest, HedgeModeMapsEachOrderToItsSide) {
  const auto side = [](Side side, PositionAction action) {
    return SideOfPosition(PositionMode::kHedge, side, action);
  };
  EXPECT_EQ(side(Side::kBuy, PositionAction::kOpen), PositionSide::kLong);
  EXPECT_EQ(side(Side::kSell, PositionAction::kClose), PositionSide::kLong);
  EXPECT_EQ(side(Side::kSell, PositionAction::kOpen), PositionSide::kShort);
  EXPECT_EQ(side(Side::kBuy, PositionAction::kClose), PositionSide::kShort);
  EXPECT_EQ(SideOfPosition(PositionMode::kOneWay, Side::kSell, PositionAction::kClose),
            PositionSide::kNet);
}

TEST(PositionTest, ProfitHasTheSignOfTheMoveForLongAndShort) {
  Position position;
  position.quantity = *Quantity::Parse("0.5");
  position.entry_price = *Price::Parse("100");
  EXPECT_EQ(ProfitAt(position, *Price::Parse("110"))->ToString(), "5");
  position.quantity = *Quantity::Parse("-0.5");
  EXPECT_EQ(ProfitAt(position, *Price::Parse("110"))->ToString(), "-5");
}

TEST(PositionTest, ProfitBeyondTheRangeIsAnError) {
  Position position;
  position.quantity = *Quantity::Parse("100000000000");
  position.entry_price = *Price::Parse("1");
  EXPECT_THAT(ProfitAt(position, *Price::Parse("100000000000")),
              StatusIs(absl::StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace colibri
