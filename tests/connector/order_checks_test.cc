#include "connector/order_checks.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

class CheckTriggerTest : public testing::Test {
 protected:
  CheckTriggerTest() {
    spec_.name = "venue";
    spec_.trigger_kinds = {TriggerKind::kStop, TriggerKind::kTakeProfit};
    spec_.trigger_sources = {TriggerSource::kMark};
    rule_.pair = {"BTC", "USDT"};
    rule_.price_increment = Price(*Decimal::Parse("0.1"));
    rule_.quantity_increment = Quantity(*Decimal::Parse("0.001"));
    request_.pair = rule_.pair;
    request_.side = Side::kSell;
    request_.quantity = Quantity(*Decimal::Parse("0.5"));
    request_.price = Price(*Decimal::Parse("94.5"));
    request_.trigger = OrderTrigger{.price = Price(*Decimal::Parse("95.1")),
                                    .kind = TriggerKind::kStop,
                                    .source = TriggerSource::kMark};
  }

  absl::Status Check() const { return CheckTrigger(request_, spec_, rule_); }

  VenueSpec spec_;
  TradingRule rule_;
  OrderRequest request_;
};

TEST_F(CheckTriggerTest, RefusesWhereTheVenueTakesNone) {
  spec_.trigger_kinds.clear();
  spec_.trigger_sources.clear();
  EXPECT_THAT(Check(),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("takes no conditional orders")));
}

TEST_F(CheckTriggerTest, RefusesASourceThatTheVenueLacksAndNamesThoseThatItHas) {
  request_.trigger->source = TriggerSource::kLast;
  EXPECT_THAT(Check(),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("no stop by last price"),
                             HasSubstr("has stop, take_profit by mark price"))));
}

TEST_F(CheckTriggerTest, RefusesAPriceThatNeedsRoundingAndNamesTheNearest) {
  request_.trigger->price = Price(*Decimal::Parse("95.13"));
  EXPECT_THAT(Check(),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("trigger price 95.13 is not a multiple"),
                             HasSubstr("95.1 or 95.2 is"))));
  request_.trigger->price = Price();
  EXPECT_THAT(Check(), StatusIs(StatusCode::kInvalidArgument, HasSubstr("must be positive")));
}

TEST_F(CheckTriggerTest, RefusesWhatIsNeitherMarketNorPlainLimit) {
  request_.time_in_force = TimeInForce::kIoc;
  EXPECT_THAT(Check(), StatusIs(StatusCode::kInvalidArgument, HasSubstr("limit with gtc")));
  request_.time_in_force = TimeInForce::kGtc;
  request_.type = OrderType::kLimitMaker;
  EXPECT_THAT(Check(), StatusIs(StatusCode::kInvalidArgument, HasSubstr("limit with gtc")));
  request_.type = OrderType::kMarket;
  request_.quote_quantity = Notional(Decimal::FromInteger(100));
  EXPECT_THAT(Check(), StatusIs(StatusCode::kInvalidArgument, HasSubstr("has a quantity")));
}

// The venue knows its price better than we do, and who protects a position wants the order.
TEST_F(CheckTriggerTest, LeavesItToTheVenueWhetherItWouldTriggerAtOnce) {
  EXPECT_OK(Check());
  request_.trigger->kind = TriggerKind::kTakeProfit;
  EXPECT_OK(Check());
  request_.trigger.reset();
  EXPECT_OK(Check());
}

TEST_F(CheckTriggerTest, BoundsOfTheLimitPriceAreThoseAroundTheTrigger) {
  rule_.bid_multiplier_up = rule_.ask_multiplier_up = *Decimal::Parse("1.05");
  rule_.bid_multiplier_down = rule_.ask_multiplier_down = *Decimal::Parse("0.95");
  const std::optional<Price> mid = Price(Decimal::FromInteger(200));
  EXPECT_OK(QuantiseOrder(&rule_, mid, request_));
  request_.trigger.reset();
  EXPECT_THAT(QuantiseOrder(&rule_, mid, request_),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("ask_multiplier_down")));
}

TEST(WaitsForRiseTest, AStopWaitsForTheWorseAndATakeProfitForTheBetter) {
  EXPECT_TRUE(WaitsForRise(Side::kBuy, TriggerKind::kStop));
  EXPECT_FALSE(WaitsForRise(Side::kSell, TriggerKind::kStop));
  EXPECT_FALSE(WaitsForRise(Side::kBuy, TriggerKind::kTakeProfit));
  EXPECT_TRUE(WaitsForRise(Side::kSell, TriggerKind::kTakeProfit));
}

}  // namespace
}  // namespace colibri
