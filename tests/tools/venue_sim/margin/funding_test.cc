#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/tools/venue_sim/margin/margin_fixture.h"

namespace colibri::venue_sim::margin {
namespace {

TEST(FundingTest, LongsPayShortsWhenTheRateIsPositive) {
  MarginFixture f;
  f.Trade(f.alice, f.bob, "20", "100");
  f.Mark("105");
  f.exchange.PinFundingRate(f.x, Dec("0.0003"));
  f.observer.notes.clear();
  f.now_ms = f.x.next_funding_ms;
  f.exchange.OnTime();
  // 20 * 105 * 0.0003
  EXPECT_EQ(f.alice.income().back().type, IncomeType::kFunding);
  EXPECT_EQ(f.alice.income().back().amount, Dec("-0.63"));
  EXPECT_EQ(f.alice.income().back().time_ms, f.now_ms);
  EXPECT_EQ(f.bob.income().back().amount, Dec("0.63"));
  EXPECT_NE(f.alice.income().back().id, f.bob.income().back().id);
  ASSERT_EQ(f.observer.notes.size(), 2u);
  EXPECT_EQ(f.observer.notes[0].second.reason, AccountReason::kFunding);
  EXPECT_EQ(f.observer.notes[0].second.changes.at("USD"), Dec("-0.63"));
  EXPECT_TRUE(f.observer.notes[0].second.positions.empty());
  EXPECT_EQ(f.exchange.TotalSupply().at("USD"), Dec("30000"));
}

TEST(FundingTest, HappensOnceAnInterval) {
  MarginFixture f;
  f.Trade(f.alice, f.bob, "1", "100");
  const int64_t first = f.x.next_funding_ms;
  EXPECT_EQ(first % 3'600'000, 0);
  f.now_ms = first - 1;
  f.exchange.OnTime();
  EXPECT_TRUE(f.x.settlements.empty());
  f.now_ms = first;
  f.exchange.OnTime();
  f.exchange.OnTime();
  ASSERT_EQ(f.x.settlements.size(), 1u);
  EXPECT_EQ(f.x.settlements[0].time_ms, first);
  EXPECT_EQ(f.x.settlements[0].rate, Dec("0.0001"));
  EXPECT_EQ(f.x.next_funding_ms, first + 3'600'000);
}

TEST(FundingTest, IsTakenFromAnIsolatedPosition) {
  MarginFixture f;
  EXPECT_EQ(f.exchange.SetIsolated(f.alice, f.x, true), Refusal::kNone);
  f.Trade(f.alice, f.bob, "10", "100");
  f.exchange.PinFundingRate(f.x, Dec("0.001"));
  f.now_ms = f.x.next_funding_ms;
  f.exchange.OnTime();
  EXPECT_EQ(f.alice.FindPosition("X", PositionSide::kNet)->isolated_wallet, Dec("99"));
}

TEST(FundingTest, RoundingIsNobodysGain) {
  MarginFixture f;
  f.Trade(f.alice, f.bob, "0.01", "100");
  f.Mark("100.33333333");
  f.exchange.PinFundingRate(f.x, Dec("0.00001234"));
  f.now_ms = f.x.next_funding_ms;
  f.exchange.OnTime();
  // 1.00333333 * 0.00001234 = 0.0000123811...: paid up, received down.
  EXPECT_EQ(f.alice.income().back().amount, Dec("-0.00001239"));
  EXPECT_EQ(f.bob.income().back().amount, Dec("0.00001238"));
  EXPECT_EQ(f.exchange.TotalSupply().at("USD"), Dec("30000"));
}

TEST(FundingTest, TheRateFollowsThePremium) {
  MarginFixture f;
  EXPECT_TRUE(f.Buy(f.alice, "1", "100.9").ok());
  EXPECT_TRUE(f.Sell(f.bob, "1", "101.1").ok());
  f.exchange.UpdatePrices(f.x, Dec("100"));
  // A premium of 0.01, pulled by 0.0005 towards the interest.
  EXPECT_EQ(f.x.funding_rate, Dec("0.0095"));
  EXPECT_EQ(f.x.index, Dec("100"));
  EXPECT_GT(f.x.mark, Dec("99.9"));
  EXPECT_LT(f.x.mark, Dec("101"));
}

}  // namespace
}  // namespace colibri::venue_sim::margin
