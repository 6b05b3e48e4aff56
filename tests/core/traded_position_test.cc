#include "core/traded_position.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/random.h"
#include "core/strings.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

Decimal Dec(std::string_view text) {
  return *Decimal::Parse(text);
}
Price Px(std::string_view text) {
  return Price(Dec(text));
}
Quantity Qty(std::string_view text) {
  return Quantity(Dec(text));
}

// "quantity average realised"
std::string Text(const TradedPosition& position) {
  return StrCat(position.quantity(),
                " ",
                position.average_cost().value_or(Price()),
                " ",
                position.realised_profit());
}

TEST(TradedPositionTest, OverflowIsAnErrorAndChangesNothing) {
  TradedPosition position;
  ASSERT_OK(position.Add(Side::kBuy, Px("100"), Qty("1")));
  EXPECT_THAT(position.Add(Side::kBuy, Px("1000000000000"), Qty("1000000000000")),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_EQ(Text(position), "1 100 0");
}

TEST(TradedPositionTest, KeepsAverageCostThroughShortAndLong) {
  TradedPosition position;
  ASSERT_OK(position.Add(Side::kBuy, Px("100"), Qty("1")));
  EXPECT_EQ(Text(position), "1 100 0");
  ASSERT_OK(position.Add(Side::kBuy, Px("110"), Qty("1")));
  EXPECT_EQ(Text(position), "2 105 0");
  ASSERT_OK(position.Add(Side::kSell, Px("120"), Qty("0.5")));
  EXPECT_EQ(Text(position), "1.5 105 7.5");
  ASSERT_OK(position.Add(Side::kSell, Px("90"), Qty("2")));
  EXPECT_EQ(Text(position), "-0.5 90 -15");
  ASSERT_OK(position.Add(Side::kBuy, Px("80"), Qty("0.5")));
  EXPECT_EQ(Text(position), "0 0 -10");
  EXPECT_TRUE(position.cost().is_zero());
  EXPECT_EQ(position.average_cost(), std::nullopt);
}

TEST(TradedPositionTest, UnrealisedIsValueLessCost) {
  TradedPosition position;
  ASSERT_OK(position.Add(Side::kSell, Px("100"), Qty("2")));
  EXPECT_THAT(position.UnrealisedProfit(Px("95")), IsOkAndHolds(Notional(Dec("10"))));
}

TEST(TradedPositionTest, RealisedAndUnrealisedAddUpToTheFlowsToTheLastDigit) {
  Random random(11);
  TradedPosition position;
  Notional quote_flow;
  Quantity base_flow;
  for (int i = 0; i < 20'000; ++i) {
    const Side side = random.Next() % 2 == 0 ? Side::kBuy : Side::kSell;
    const Price price =
        Price::FromScaled(static_cast<int64_t>(6'000'000 + random.Next() % 70'000), 2);
    const Quantity quantity =
        Quantity::FromScaled(static_cast<int64_t>(1 + random.Next() % 300'000'000), 8);
    ASSERT_OK(position.Add(side, price, quantity));
    quote_flow += side == Side::kBuy ? -(price * quantity) : price * quantity;
    base_flow += side == Side::kBuy ? quantity : -quantity;
    ASSERT_OK_AND_ASSIGN(const Notional unrealised, position.UnrealisedProfit(price));
    ASSERT_EQ(position.realised_profit() + unrealised, quote_flow + price * base_flow);
  }
  EXPECT_EQ(position.quantity(), base_flow);
}

}  // namespace
}  // namespace colibri
