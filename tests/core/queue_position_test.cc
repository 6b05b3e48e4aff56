#include "core/queue_position.h"

#include "gtest/gtest.h"

namespace colibri {
namespace {

Quantity Q(std::string_view text) {
  return *Quantity::Parse(text);
}
const Decimal kInProportion = Decimal::FromInteger(1);
const Decimal kNever;

QueuePosition Behind(std::string_view displayed, Decimal cancels_ahead = kInProportion) {
  return QueuePosition(Q(displayed), Q("1"), cancels_ahead);
}

// Pictures: "##" stands ahead, "|" is us, ".." joined behind.

TEST(QueuePositionTest, GivesNothingWhileTradesTakeThoseAhead) {
  QueuePosition queue = Behind("10");  // ##########|
  EXPECT_EQ(queue.OnTrade(Q("4"), Q("0")), Q("0"));
  EXPECT_EQ(queue.ahead(), Q("6"));  // ######|
  EXPECT_EQ(queue.OnTrade(Q("6"), Q("0")), Q("0"));
  EXPECT_EQ(queue.ahead(), Q("0"));  // |
}

TEST(QueuePositionTest, GivesWhatAPrintLeaves) {
  QueuePosition queue = Behind("5");
  EXPECT_EQ(queue.OnTrade(Q("8"), Q("0")), Q("3"));
  EXPECT_EQ(queue.OnTrade(Q("2"), Q("0")), Q("2"));
}

TEST(QueuePositionTest, LeavesToOwnOrdersBeforeItWhatTheyTook) {
  QueuePosition queue = Behind("5");
  // Of a print of 8, an own order ahead took 2: 6 pass by the 5 that stand here.
  EXPECT_EQ(queue.OnTrade(Q("8"), Q("2")), Q("1"));
  EXPECT_EQ(queue.ahead(), Q("0"));
}

TEST(QueuePositionTest, DoesNotCountAPrintTwiceWhenTheLevelShowsIt) {
  QueuePosition queue = Behind("10");
  queue.OnTrade(Q("4"), Q("0"));  // ######|
  queue.OnLevel(Q("6"));
  EXPECT_EQ(queue.ahead(), Q("6"));
}

TEST(QueuePositionTest, WaitsForTheLevelThatShowsAPrint) {
  QueuePosition queue = Behind("10");
  queue.OnTrade(Q("4"), Q("0"));
  queue.OnLevel(Q("10"));  // a diff that does not know of the print yet
  queue.OnLevel(Q("6"));
  EXPECT_EQ(queue.ahead(), Q("6"));
}

TEST(QueuePositionTest, MovesUpByTheShareOfCancelsAhead) {
  QueuePosition queue = Behind("6");  // ######|
  queue.OnLevel(Q("9"));              // ######|...
  EXPECT_EQ(queue.ahead(), Q("6"));
  queue.OnLevel(Q("6"));  // 3 of 9 canceled: 2 of the 6 ahead
  EXPECT_EQ(queue.ahead(), Q("4"));
}

TEST(QueuePositionTest, RoundsCancelsAheadAgainstUs) {
  QueuePosition queue = Behind("5");
  queue.OnLevel(Q("7"));  // #####|..
  queue.OnLevel(Q("6"));  // 1 of 7 canceled: 5/7 of a step ahead
  EXPECT_EQ(queue.ahead(), Q("5"));
}

TEST(QueuePositionTest, KeepsItsPlaceWhenCancelsAheadAreTurnedOff) {
  QueuePosition queue = Behind("6", kNever);
  queue.OnLevel(Q("12"));
  queue.OnLevel(Q("8"));
  EXPECT_EQ(queue.ahead(), Q("6"));
}

TEST(QueuePositionTest, HalvesTheShareOfCancelsAhead) {
  QueuePosition queue = Behind("8", *Decimal::Parse("0.5"));
  queue.OnLevel(Q("16"));
  queue.OnLevel(Q("8"));  // in proportion 4 of those ahead, at one half 2
  EXPECT_EQ(queue.ahead(), Q("6"));
}

TEST(QueuePositionTest, NeverStandsBehindMoreThanIsShown) {
  QueuePosition queue = Behind("6", kNever);
  queue.OnLevel(Q("2"));
  EXPECT_EQ(queue.ahead(), Q("2"));
  queue.OnLevel(Q("0"));
  EXPECT_EQ(queue.ahead(), Q("0"));
  queue.OnLevel(Q("50"));  // all of them came later
  EXPECT_EQ(queue.ahead(), Q("0"));
}

TEST(QueuePositionTest, SplitsADropIntoTradesAndCancels) {
  QueuePosition queue = Behind("6");
  queue.OnLevel(Q("12"));         // ######|......
  queue.OnTrade(Q("2"), Q("0"));  // ####|......
  queue.OnLevel(Q("5"));          // 5 of the 10 left canceled: 2 of the 4 ahead
  EXPECT_EQ(queue.ahead(), Q("2"));
}

TEST(QueuePositionTest, CountsAdditionsThatHideATrade) {
  QueuePosition queue = Behind("6");
  queue.OnTrade(Q("2"), Q("0"));
  queue.OnLevel(Q("7"));  // 3 joined behind the 4 that were left
  EXPECT_EQ(queue.ahead(), Q("4"));
}

TEST(QueuePositionTest, HasNobodyAheadOnceATradeWentThrough) {
  QueuePosition queue = Behind("6");
  queue.OnTradeThrough();
  EXPECT_EQ(queue.ahead(), Q("0"));
  EXPECT_EQ(queue.OnTrade(Q("3"), Q("0")), Q("3"));
}

TEST(QueuePositionTest, OnlyCapsAfterATimeUnseen) {
  QueuePosition queue = Behind("6");
  queue.OnResync(Q("20"));
  EXPECT_EQ(queue.ahead(), Q("6"));
  queue.OnResync(Q("4"));
  EXPECT_EQ(queue.ahead(), Q("4"));
}

TEST(QueuePositionTest, TakesQuantitiesNearTheEndOfTheRange) {
  const Quantity tiny = Quantity::FromScaled(1, 18);
  QueuePosition queue(Q("100000000000000000000"), tiny, kInProportion);
  queue.OnLevel(Q("50000000000000000000"));
  EXPECT_EQ(queue.ahead(), Q("50000000000000000000"));
}

TEST(QueuePositionTest, TakesPrintsLargerThanTheRangeAllowsToAdd) {
  QueuePosition queue = Behind("5");
  const Quantity huge = Q("170000000000000000000");
  EXPECT_EQ(queue.OnTrade(huge, Q("0")), huge - Q("5"));
  EXPECT_EQ(queue.OnTrade(huge, Q("0")), huge);
}

}  // namespace
}  // namespace colibri
