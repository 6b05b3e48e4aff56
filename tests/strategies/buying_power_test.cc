#include "strategies/buying_power.h"

#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

const Price kReference = *Price::Parse("100");

BuyingPower PowerOn(FakeVenue& venue) {
  return PowerOf(*venue.exchange, FakeVenue::kPair, kReference);
}

TEST(BuyingPowerTest, SpotIsWhatIsFreeOfEitherAsset) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());
  EXPECT_EQ(PowerOn(venue).base.ToString(), "10");
  EXPECT_EQ(PowerOn(venue).quote.ToString(), "10000");
}

TEST(BuyingPowerTest, NothingBeforeTheRulesAreKnown) {
  FakeVenue venue(/*has_keys=*/true, FakePerpetualSpec());
  venue.Build();
  EXPECT_TRUE(PowerOn(venue).base.is_zero());
  EXPECT_TRUE(PowerOn(venue).quote.is_zero());
}

// 10,000 USDT at 10x carry 100,000, of which 49 % are for each side.
TEST(BuyingPowerTest, MarginIsSharedByTheSides) {
  FakeVenue venue(/*has_keys=*/true, FakePerpetualSpec());
  ASSERT_THAT(venue.Start(), IsOk());
  EXPECT_EQ(PowerOn(venue).base.ToString(), "490");
  EXPECT_EQ(PowerOn(venue).quote.ToString(), "49000");
}

TEST(BuyingPowerTest, APositionCanBeClosedBesides) {
  FakeVenue venue(/*has_keys=*/true, FakePerpetualSpec());
  venue.http.AnswerAlways("GET /positions",
                          StrCat("position BTC-USDT net -3 100 ", venue.now_ms()));
  ASSERT_THAT(venue.Start(), IsOk());
  EXPECT_EQ(PowerOn(venue).base.ToString(), "490");
  EXPECT_EQ(PowerOn(venue).quote.ToString(), "49300");
}

}  // namespace
}  // namespace colibri
