#include "tools/venue_sim/margin/margin_math.h"

#include "gtest/gtest.h"

#include "tests/tools/venue_sim/margin/margin_fixture.h"

namespace colibri::venue_sim::margin {
namespace {

TEST(MarginMathTest, AveragesTheEntryOfWhatWasAdded) {
  const Instrument x(TestSpec(), 0);
  Position position;
  EXPECT_EQ(ApplyFill(x, position, 100, 1000), Decimal());  // 1 at 100
  EXPECT_EQ(ApplyFill(x, position, 200, 1030), Decimal());  // 2 at 103
  EXPECT_EQ(position.quantity, 300);
  EXPECT_EQ(position.cost, Dec("306"));
  EXPECT_EQ(EntryPrice(x, position), Dec("102"));
}

TEST(MarginMathTest, RealisesThePartThatCloses) {
  const Instrument x(TestSpec(), 0);
  Position position{.quantity = 300, .cost = Dec("306")};
  EXPECT_EQ(ApplyFill(x, position, -100, 1050), Dec("3"));  // 105 - 102
  EXPECT_EQ(position.quantity, 200);
  EXPECT_EQ(position.cost, Dec("204"));
  EXPECT_EQ(position.realized, Dec("3"));
}

TEST(MarginMathTest, RealisesTheProfitOfAShort) {
  const Instrument x(TestSpec(), 0);
  Position position;
  ApplyFill(x, position, -200, 1000);
  EXPECT_EQ(position.cost, Dec("-200"));
  EXPECT_EQ(ApplyFill(x, position, 100, 900), Dec("10"));
  EXPECT_EQ(position.cost, Dec("-100"));
}

TEST(MarginMathTest, ClosesThenOpensTheOtherWay) {
  const Instrument x(TestSpec(), 0);
  Position position{.quantity = 100, .cost = Dec("100")};
  EXPECT_EQ(ApplyFill(x, position, -300, 1100), Dec("10"));
  EXPECT_EQ(position.quantity, -200);
  EXPECT_EQ(position.cost, Dec("-220"));
  EXPECT_EQ(EntryPrice(x, position), Dec("110"));
}

TEST(MarginMathTest, LosesNothingToRounding) {
  const Instrument x(TestSpec(), 0);
  Position position{.quantity = 3, .cost = Dec("0.1")};  // 0.0333... a step
  Decimal realized;
  for (int i = 0; i < 3; ++i) {
    realized += ApplyFill(x, position, -1, 10);  // 0.01 at 1
  }
  EXPECT_EQ(realized, Dec("-0.07"));
  EXPECT_EQ(position.cost, Decimal());
}

TEST(MarginMathTest, NeedsMaintenanceByTier) {
  const Instrument x(TestSpec(), 0);
  EXPECT_EQ(x.MaintenanceOf(Dec("5000")), Dec("50"));
  EXPECT_EQ(x.MaintenanceOf(Dec("10000")), Dec("100"));
  EXPECT_EQ(x.MaintenanceOf(Dec("20000")), Dec("300"));  // 20000 * 0.02 - 100
  EXPECT_EQ(x.NotionalMax(20), Dec("10000"));
  EXPECT_EQ(x.NotionalMax(10), Dec("100000"));
  EXPECT_EQ(x.NotionalMax(21), Decimal());
}

TEST(MarginMathTest, TakesTheWorseSideOfOrders) {
  const Exposure exposure{.position = Dec("100"), .bids = Dec("50"), .asks = Dec("300")};
  EXPECT_EQ(WorstNotional(PositionSide::kNet, exposure), Dec("200"));
  EXPECT_EQ(WorstNotional(PositionSide::kLong, {.position = Dec("100"), .bids = Dec("50")}),
            Dec("150"));
  EXPECT_EQ(WorstNotional(PositionSide::kShort, {.position = Dec("-100"), .asks = Dec("50")}),
            Dec("150"));
}

TEST(MarginMathTest, RoundsInitialMarginUp) {
  EXPECT_EQ(InitialMargin(Dec("100"), 3), Dec("33.33333334"));
}

}  // namespace
}  // namespace colibri::venue_sim::margin
