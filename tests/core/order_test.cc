#include "core/order.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;

TEST(OrderWordsTest, UnknownWordNamesTheKnownOnes) {
  EXPECT_THAT(ParseSide("BUY"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("buy or sell")));
  EXPECT_THAT(
      ParseOrderType("stop"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("limit, limit_maker or market")));
  EXPECT_THAT(ParseTimeInForce(""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("gtc, ioc or fok")));
}

TEST(OrderWordsTest, EveryWordParsesToItsValue) {
  for (const Side side : {Side::kBuy, Side::kSell}) {
    EXPECT_THAT(ParseSide(ToString(side)), IsOkAndHolds(side));
  }
  for (const OrderType type : {OrderType::kLimit, OrderType::kLimitMaker, OrderType::kMarket}) {
    EXPECT_THAT(ParseOrderType(ToString(type)), IsOkAndHolds(type));
  }
  for (const TimeInForce value : {TimeInForce::kGtc, TimeInForce::kIoc, TimeInForce::kFok}) {
    EXPECT_THAT(ParseTimeInForce(ToString(value)), IsOkAndHolds(value));
  }
}

TEST(OrderWordsTest, WordsAreSnakeCase) {
  EXPECT_EQ(ToString(Side::kSell), "sell");
  EXPECT_EQ(ToString(OrderType::kLimitMaker), "limit_maker");
  EXPECT_EQ(ToString(TimeInForce::kIoc), "ioc");
  EXPECT_EQ(ToString(OrderState::kPendingCreate), "pending_create");
  EXPECT_EQ(ToString(OrderState::kOpen), "open");
  EXPECT_EQ(ToString(OrderState::kPartiallyFilled), "partially_filled");
  EXPECT_EQ(ToString(OrderState::kFilled), "filled");
  EXPECT_EQ(ToString(OrderState::kCanceled), "canceled");
  EXPECT_EQ(ToString(OrderState::kRejected), "rejected");
  EXPECT_EQ(ToString(OrderState::kExpired), "expired");
}

TEST(OrderStateTest, RanksRiseToTheTerminalStates) {
  EXPECT_EQ(Rank(OrderState::kPendingCreate), 0);
  EXPECT_EQ(Rank(OrderState::kOpen), 1);
  EXPECT_EQ(Rank(OrderState::kPartiallyFilled), 2);
  EXPECT_EQ(Rank(OrderState::kFilled), 3);
  EXPECT_EQ(Rank(OrderState::kExpired), 3);
  EXPECT_FALSE(IsTerminal(OrderState::kPartiallyFilled));
  EXPECT_TRUE(IsTerminal(OrderState::kCanceled));
}

TEST(OrderTest, HasNoAveragePriceBeforeTheFirstFill) {
  EXPECT_EQ(Order().average_price(), std::nullopt);
}

TEST(OrderTest, AveragePriceIsVolumeWeighted) {
  Order order;
  order.quantity = *Quantity::Parse("1");
  order.filled = *Quantity::Parse("0.3");
  order.filled_notional = *Notional::Parse("30.2");  // 0.1 at 100 and 0.2 at 101
  EXPECT_EQ(order.average_price(), *Price::Parse("100.666666666666666667"));
  EXPECT_EQ(order.remaining(), *Quantity::Parse("0.7"));
}

TEST(OrderTest, HasNoAveragePriceWhereItIsBeyondTheRange) {
  Order order;
  order.filled = *Quantity::Parse("0.000000000000000001");
  order.filled_notional = *Notional::Parse("1000");
  EXPECT_EQ(order.average_price(), std::nullopt);
}

}  // namespace
}  // namespace colibri
