#include "exchanges/paper/taken_depth.h"

#include "gtest/gtest.h"

#include "tests/exchanges/paper/fake_feed.h"

namespace colibri {
namespace {

PriceLevel Level(std::string_view price, std::string_view quantity) {
  return {P(price), Q(quantity)};
}

TEST(TakenDepthTest, LeavesWhatWasNotTaken) {
  TakenDepth taken;
  taken.Take(Level("101", "4"), Q("3"), 7);
  EXPECT_EQ(taken.Available(Level("101", "4"), 7), Q("1"));
  EXPECT_EQ(taken.Available(Level("102", "4"), 7), Q("4"));
  taken.Take(Level("101", "4"), Q("1"), 8);
  EXPECT_EQ(taken.Available(Level("101", "4"), 9), Q("0"));
}

TEST(TakenDepthTest, IsWholeAgainOnceAnotherQuantityShows) {
  TakenDepth taken;
  taken.Take(Level("101", "4"), Q("3"), 7);
  EXPECT_EQ(taken.Available(Level("101", "5"), 8), Q("5"));
  taken.Take(Level("101", "5"), Q("1"), 8);
  EXPECT_EQ(taken.Available(Level("101", "5"), 8), Q("4"));
}

TEST(TakenDepthTest, IsNotContradictedByAnOlderBook) {
  TakenDepth taken;
  taken.Take(Level("101", "4"), Q("3"), /*update_id=*/9);  // by a quote ahead of the book
  EXPECT_EQ(taken.Available(Level("101", "2"), 8), Q("0"));
  taken.Take(Level("101", "5"), Q("0.5"), 8);
  EXPECT_EQ(taken.Available(Level("101", "4"), 9), Q("0.5"));
}

TEST(TakenDepthTest, ForgetsLevelsThatChangedOrWent) {
  FakeFeed feed;
  feed.ShowBook({{"100", "5"}}, {{"101", "4"}, {"102", "6"}});
  const int64_t id = feed.raw_book().last_update_id();
  TakenDepth taken;
  taken.Take(Level("101", "4"), Q("1"), id);
  taken.Take(Level("102", "6"), Q("1"), id);
  taken.Forget(Side::kSell, feed.raw_book());
  EXPECT_EQ(taken.Available(Level("101", "4"), id), Q("3"));
  feed.ShowAsks({{"101", "0"}, {"102", "7"}});
  taken.Forget(Side::kSell, feed.raw_book());
  EXPECT_TRUE(taken.empty());
}

}  // namespace
}  // namespace colibri
