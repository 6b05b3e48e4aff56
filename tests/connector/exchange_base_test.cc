#include "connector/exchange_base.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ExchangeBaseTest, StartsWhenEverythingIsThere) {
  FakeVenue venue;

  EXPECT_THAT(venue.Start(), IsOk());

  EXPECT_TRUE(venue.exchange->health().can_trade(FakeVenue::kPair));
  EXPECT_EQ(venue.exchange->balance("USDT").available, Decimal::FromInteger(10000));
  EXPECT_THAT(venue.exchange->book(FakeVenue::kPair), IsOk());
}

TEST(ExchangeBaseTest, PlacesAnOrderAndCancelsIt) {
  FakeVenue venue;
  ASSERT_THAT(venue.Start(), IsOk());

  const ClientOrderId id = venue.PlaceOpen(venue.Buy("100", "1"));
  venue.http.Answer("DELETE /order", venue.OrderLine(id, "X1", "canceled", "0"));
  ASSERT_THAT(venue.exchange->Cancel(id), IsOk());
  venue.environment.RunUntilIdle();

  EXPECT_THAT(venue.seen, ElementsAre("order_created", "order_canceled"));
}

}  // namespace
}  // namespace colibri
