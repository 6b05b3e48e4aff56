#include "connector/rule_keeper.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;

TEST(RuleKeeperTest, AnEmptyAnswerKeepsTheLastRulesAndStopsOrdersOnlyWhenItGoesOnS53) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  venue.http.AnswerAlways("GET /rules", "");

  venue.Run(absl::Minutes(100));
  ASSERT_NE(venue.exchange->rules(FakeVenue::kPair), nullptr);
  EXPECT_EQ(venue.exchange->rules(FakeVenue::kPair)->price_increment, *Price::Parse("0.01"));
  EXPECT_TRUE(venue.exchange->health().is_healthy("rules"));

  venue.Run(absl::Minutes(30));
  EXPECT_THAT(venue.exchange->health().Why(FakeVenue::kPair), HasSubstr("not confirmed for 2h"));
  venue.http.AnswerAlways("GET /rules", "rule BTC-USDT BTCUSDT 0.1 0.001");
  venue.Run(absl::Minutes(1));

  EXPECT_TRUE(venue.exchange->health().is_healthy("rules"));
  EXPECT_EQ(venue.exchange->rules(FakeVenue::kPair)->price_increment, *Price::Parse("0.1"));
}

}  // namespace
}  // namespace colibri
