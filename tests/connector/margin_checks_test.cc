#include "connector/margin_checks.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::HasSubstr;

const TradingPair kPair = {"BTC", "USDT"};

VenueSpec OneWaySpec() {
  VenueSpec spec;
  spec.name = "fake";
  spec.position_modes = {PositionMode::kOneWay};
  spec.margin_modes = {MarginMode::kCross};
  return spec;
}

TEST(MarginChecksTest, RefuseLeverageBeyondTheBounds) {
  const VenueSpec spec = OneWaySpec();
  EXPECT_THAT(CheckLeverage(spec, kPair, {.leverage = 0}, 20),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("0 is not within 1 and 20")));
  EXPECT_THAT(CheckLeverage(spec, kPair, {.leverage = 21}, 20),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("21 is not within 1 and 20")));
  EXPECT_THAT(CheckLeverage(spec, kPair, {.leverage = 20}, 20), IsOk());
  EXPECT_THAT(CheckLeverage(spec, kPair, {.leverage = 500}, /*leverage_max=*/0), IsOk());
}

TEST(MarginChecksTest, RefuseModesThatTheVenueDoesNotHave) {
  const VenueSpec spec = OneWaySpec();
  EXPECT_THAT(CheckLeverage(spec, kPair, {.leverage = 2, .margin_mode = MarginMode::kIsolated}, 20),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no margin mode isolated")));
  EXPECT_THAT(CheckPositionMode(spec, PositionMode::kHedge),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("no position mode hedge")));
  EXPECT_THAT(CheckPositionMode(spec, PositionMode::kOneWay), IsOk());
}

TEST(MarginChecksTest, PreferTheLeverageOfThePair) {
  const PerpetualConfig config = {.leverage = 5, .leverage_by_pair = {{"ETH-USDT", 3}}};
  const LeverageSetting has = {.leverage = 20, .margin_mode = MarginMode::kIsolated};
  EXPECT_EQ(WantedLeverage({}, kPair, has), has);
  EXPECT_EQ(WantedLeverage(config, kPair, has).leverage, 5);
  EXPECT_EQ(WantedLeverage(config, {"ETH", "USDT"}, has),
            (LeverageSetting{.leverage = 3, .margin_mode = MarginMode::kIsolated}));
}

TEST(MarginChecksTest, CountOnlyWhatAnOrderOpens) {
  OrderRequest request;
  request.side = Side::kSell;
  request.quantity = Quantity(Decimal::FromInteger(3));
  const auto held = [](int64_t quantity) { return Quantity(Decimal::FromInteger(quantity)); };
  EXPECT_EQ(OpeningQuantity(request, PositionMode::kOneWay, held(0)), held(3));
  EXPECT_EQ(OpeningQuantity(request, PositionMode::kOneWay, held(2)), held(1));
  EXPECT_EQ(OpeningQuantity(request, PositionMode::kOneWay, held(5)), held(0));
  EXPECT_EQ(OpeningQuantity(request, PositionMode::kOneWay, held(-2)), held(3));
  EXPECT_EQ(OpeningQuantity(request, PositionMode::kHedge, held(2)), held(3));
  request.position_action = PositionAction::kClose;
  EXPECT_EQ(OpeningQuantity(request, PositionMode::kHedge, held(2)), held(0));
}

}  // namespace
}  // namespace colibri
