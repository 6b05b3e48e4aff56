#include "core/fees.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/order.h"
#include "tests/support/status_matchers.h"

namespace colibri {

void PrintTo(const AssetAmount& amount, std::ostream* out) {
  *out << amount.amount << ' ' << amount.asset;
}

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Decimal D(std::string_view text) {
  return Decimal::Parse(text).value();
}
const TradingPair kPair = {"BTC", "USDT"};
const Price kPrice = Price(D("61837.63"));
const Quantity kQuantity = Quantity(D("0.02"));  // notional 1236.7526

FeeSchema SchemaOf(FeeCharge charge) {
  FeeSchema schema;
  schema.percent = {.maker = D("0.0002"), .taker = D("0.001")};
  schema.charge = charge;
  return schema;
}

TEST(FeesTest, ThirdAssetNeedsANameAndAPrice) {
  FeeSchema schema = SchemaOf(FeeCharge::kThirdAsset);
  EXPECT_THAT(schema.Estimate(kPair, Side::kBuy, kPrice, kQuantity, false),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("third_asset")));
  schema.third_asset = "BNB";
  EXPECT_THAT(schema.Estimate(kPair, Side::kBuy, kPrice, kQuantity, false),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("BNB")));
  schema.third_asset_price = Price();
  EXPECT_THAT(schema.Estimate(kPair, Side::kBuy, kPrice, kQuantity, false),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("third_asset_price")));
}

TEST(FeesTest, ValueBeyondTheRangeIsOutOfRange) {
  const FeeSchema schema = SchemaOf(FeeCharge::kAddedToCost);
  EXPECT_THAT(schema.Estimate(
                  kPair, Side::kBuy, Price(D("100000000000")), Quantity(D("100000000000")), true),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(FeesTest, DeductsBaseFromABuyAndQuoteFromASell) {
  const FeeSchema schema = SchemaOf(FeeCharge::kDeductedFromReturns);
  EXPECT_THAT(schema.Estimate(kPair, Side::kBuy, kPrice, kQuantity, /*is_maker=*/false),
              IsOkAndHolds(ElementsAre(AssetAmount{"BTC", D("0.00002")})));
  EXPECT_THAT(schema.Estimate(kPair, Side::kSell, kPrice, kQuantity, /*is_maker=*/false),
              IsOkAndHolds(ElementsAre(AssetAmount{"USDT", D("1.2367526")})));
  EXPECT_THAT(schema.Estimate(kPair, Side::kBuy, kPrice, kQuantity, /*is_maker=*/true),
              IsOkAndHolds(ElementsAre(AssetAmount{"BTC", D("0.000004")})));
}

TEST(FeesTest, AddsQuoteToTheCostOnBothSides) {
  const FeeSchema schema = SchemaOf(FeeCharge::kAddedToCost);
  EXPECT_THAT(schema.Estimate(kPair, Side::kBuy, kPrice, kQuantity, /*is_maker=*/false),
              IsOkAndHolds(ElementsAre(AssetAmount{"USDT", D("1.2367526")})));
  EXPECT_THAT(schema.Estimate(kPair, Side::kSell, kPrice, kQuantity, /*is_maker=*/true),
              IsOkAndHolds(ElementsAre(AssetAmount{"USDT", D("0.24735052")})));
}

TEST(FeesTest, ChargesAThirdAssetAtItsPrice) {
  FeeSchema schema = SchemaOf(FeeCharge::kThirdAsset);
  schema.third_asset = "BNB";
  schema.third_asset_price = Price(D("500"));
  EXPECT_THAT(schema.Estimate(kPair, Side::kSell, kPrice, kQuantity, /*is_maker=*/false),
              IsOkAndHolds(ElementsAre(AssetAmount{"BNB", D("0.0024735052")})));
}

TEST(FeesTest, RoundsUpAtThe18thDecimalAgainstUs) {
  FeeSchema schema = SchemaOf(FeeCharge::kThirdAsset);
  schema.percent = {.maker = D("-0.1"), .taker = D("0.1")};
  schema.third_asset = "BNB";
  schema.third_asset_price = Price(D("3"));
  const Price price(D("1"));
  const Quantity quantity(D("1"));
  EXPECT_THAT(schema.Estimate(kPair, Side::kBuy, price, quantity, /*is_maker=*/false),
              IsOkAndHolds(ElementsAre(AssetAmount{"BNB", D("0.033333333333333334")})));
  EXPECT_THAT(schema.Estimate(kPair, Side::kBuy, price, quantity, /*is_maker=*/true),
              IsOkAndHolds(ElementsAre(AssetAmount{"BNB", D("-0.033333333333333333")})));
}

TEST(FeesTest, RoundsTheValueOfATinyFillAgainstUsToo) {
  FeeSchema schema = SchemaOf(FeeCharge::kAddedToCost);
  schema.percent = {.maker = D("-1"), .taker = D("1")};
  const Price price(D("0.0000000001"));
  const Quantity quantity(D("0.0000000001"));  // value 1e-20
  EXPECT_THAT(schema.Estimate(kPair, Side::kBuy, price, quantity, /*is_maker=*/false),
              IsOkAndHolds(ElementsAre(AssetAmount{"USDT", D("0.000000000000000001")})));
  EXPECT_THAT(schema.Estimate(kPair, Side::kBuy, price, quantity, /*is_maker=*/true),
              IsOkAndHolds(IsEmpty()));
}

TEST(FeesTest, ZeroRatesAndNoFixedFeeAreFree) {
  EXPECT_THAT(FeeSchema().Estimate(kPair, Side::kBuy, kPrice, kQuantity, false),
              IsOkAndHolds(IsEmpty()));
}

TEST(FeesTest, NegativeMakerRateIsARebate) {
  FeeSchema schema = SchemaOf(FeeCharge::kDeductedFromReturns);
  schema.percent.maker = D("-0.0001");
  EXPECT_THAT(schema.Estimate(kPair, Side::kSell, kPrice, kQuantity, /*is_maker=*/true),
              IsOkAndHolds(ElementsAre(AssetAmount{"USDT", D("-0.12367526")})));
}

TEST(FeesTest, FixedFeesJoinThePercentageInTheirAsset) {
  FeeSchema schema = SchemaOf(FeeCharge::kAddedToCost);
  schema.taker_fixed = {{"USDT", D("0.5")}, {"ETH", D("0.001")}};
  schema.maker_fixed = {{"ETH", D("0.0005")}};
  EXPECT_THAT(schema.Estimate(kPair, Side::kBuy, kPrice, kQuantity, /*is_maker=*/false),
              IsOkAndHolds(ElementsAre(AssetAmount{"USDT", D("1.7367526")},
                                       AssetAmount{"ETH", D("0.001")})));
  EXPECT_THAT(schema.Estimate(kPair, Side::kBuy, kPrice, kQuantity, /*is_maker=*/true),
              IsOkAndHolds(ElementsAre(AssetAmount{"USDT", D("0.24735052")},
                                       AssetAmount{"ETH", D("0.0005")})));
}

TEST(FeesTest, AddFeeSumsByAsset) {
  FeeAmounts total;
  EXPECT_TRUE(AddFee(total, {"BNB", D("0.1")}));
  EXPECT_TRUE(AddFee(total, {"USDT", D("1")}));
  EXPECT_TRUE(AddFee(total, {"BNB", D("-0.3")}));
  EXPECT_THAT(total, ElementsAre(AssetAmount{"BNB", D("-0.2")}, AssetAmount{"USDT", D("1")}));
}

TEST(FeesTest, AddFeeBeyondTheRangeLeavesTheTotal) {
  FeeAmounts total = {{"X", D("170000000000000000000")}};
  EXPECT_FALSE(AddFee(total, {"X", D("1000000000000000000")}));
  EXPECT_THAT(total, ElementsAre(AssetAmount{"X", D("170000000000000000000")}));
}

}  // namespace
}  // namespace colibri
