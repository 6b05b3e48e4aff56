#include "connector/margin_model.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "core/random.h"
#include "core/strings.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

Decimal D(std::string_view text) {
  return *Decimal::Parse(text);
}
Price P(std::string_view text) {
  return Price(D(text));
}
Quantity Q(std::string_view text) {
  return Quantity(D(text));
}
Notional N(std::string_view text) {
  return Notional(D(text));
}
MarginPosition At(std::string_view quantity, std::string_view entry) {
  return {.quantity = Q(quantity), .cost = P(entry) * Q(quantity)};
}
std::string Text(const std::optional<Price>& price) {
  return price.has_value() ? price->ToString() : "none";
}

TEST(MarginModelTest, SaysThatAmountsBeyondTheRangeAreBeyondIt) {
  const Notional huge = N("170000000000000000000");
  EXPECT_THAT(WorstNotional(huge, huge, Notional()), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(MaintenanceMargin(Q("100000000000"), P("10000000000"), D("0.01")),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_EQ(Text(LiquidationPrice({{Q("1"), huge}, {Q("1"), huge}}, Notional(), D("0.01"))),
            "none");
}

TEST(MarginModelTest, TakesHalfOfTheLeastInitialMarginForMaintenance) {
  EXPECT_EQ(MaintenanceRate(125), D("0.004"));
  EXPECT_EQ(MaintenanceRate(100), D("0.005"));
  EXPECT_EQ(MaintenanceRate(50), D("0.01"));
  EXPECT_EQ(MaintenanceRate(40), D("0.0125"));
  EXPECT_EQ(MaintenanceRate(3), D("0.166666666666666667"));
  EXPECT_EQ(LeverageMaxOf(D("0.005")), 100);
  EXPECT_EQ(LeverageMaxOf(D("0.0125")), 40);
  EXPECT_EQ(LeverageMaxOf(D("0.7")), 1);
}

TEST(MarginModelTest, RoundsMarginsUp) {
  EXPECT_EQ(InitialMargin(N("1000"), 10).value(), N("100"));
  EXPECT_EQ(InitialMargin(N("-1"), 3).value(), N("0.333333333333333334"));
  EXPECT_EQ(MaintenanceMargin(Q("-2"), P("50000"), D("0.004")).value(), N("400"));
}

TEST(MarginModelTest, CountsClosingOrdersOnlyBeyondThePosition) {
  EXPECT_EQ(WorstNotional(N("100"), N("30"), N("80")).value(), N("130"));
  EXPECT_EQ(WorstNotional(N("100"), N("0"), N("100")).value(), N("100"));
  EXPECT_EQ(WorstNotional(N("100"), N("0"), N("250")).value(), N("150"));
  EXPECT_EQ(WorstNotional(N("-100"), N("250"), N("10")).value(), N("150"));
  EXPECT_EQ(WorstNotional(N("0"), N("40"), N("50")).value(), N("50"));
}

// 1 BTC at 50,000 with 10x: 5,000 of margin, and 0.4 % of maintenance.
TEST(MarginModelTest, LiquidatesALongBelowAndAShortAboveItsEntry) {
  EXPECT_EQ(Text(LiquidationPrice({At("1", "50000")}, N("5000"), D("0.004"))),
            "45180.722891566265060241");  // 45,000 / 0.996
  EXPECT_EQ(Text(LiquidationPrice({At("-1", "50000")}, N("5000"), D("0.004"))),
            "54780.87649402390438247");  // 55,000 / 1.004
}

// Hyperliquid's formula: price - side * margin_available / size / (1 - l * side), where what is
// available is the margin less the maintenance at that price.
TEST(MarginModelTest, AgreesWithTheFormulaThatStartsFromThePrice) {
  const Decimal l = MaintenanceRate(40);
  const Notional available = N("5000") - MaintenanceMargin(Q("2"), P("50000"), l).value();
  const Decimal step = Divide((available.value()),
                              Multiply(D("2"), D("1") - l, Rounding::kDown).value(),
                              Rounding::kDown)
                           .value();
  EXPECT_EQ(LiquidationPrice({At("2", "50000")}, N("5000"), l), Price(D("50000") - step));
}

TEST(MarginModelTest, HasNoLiquidationPriceWhereNoneIsAboveZero) {
  EXPECT_EQ(Text(LiquidationPrice({At("1", "50000")}, N("50000"), D("0.004"))), "none");
  EXPECT_EQ(Text(LiquidationPrice({}, N("10"), D("0.004"))), "none");
  EXPECT_EQ(Text(BankruptcyPrice(At("1", "100"), N("100"))), "none");
}

// Both sides of hedge mode share one price: what they lose as it rises is maintenance alone.
TEST(MarginModelTest, TakesBothSidesOfAPairTogether) {
  const std::vector<MarginPosition> even = {At("1", "100"), At("-1", "110")};
  EXPECT_EQ(Text(LiquidationPrice(even, N("10"), D("0.01"))), "1000");  // 20 = 0.02 p
  const std::vector<MarginPosition> mostly_long = {At("3", "100"), At("-1", "100")};
  EXPECT_EQ(Text(LiquidationPrice(mostly_long, N("4"), D("0.01"))), "100");  // 196 / 1.96
}

TEST(MarginModelTest, LeavesNothingAtTheBankruptcyPrice) {
  EXPECT_EQ(Text(BankruptcyPrice(At("2", "100"), N("20"))), "90");
  EXPECT_EQ(Text(BankruptcyPrice(At("-2", "100"), N("20"))), "110");
}

// Just inside of the liquidation price the margin is enough, at it and beyond it is not more than
// just enough.
TEST(MarginModelTest, IsTheBorderWhateverThePosition) {
  Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const auto entry = Price::FromScaled(static_cast<int64_t>(random.Uniform(9'999'900)) + 100, 2);
    auto quantity = Quantity::FromScaled(static_cast<int64_t>(random.Uniform(10'000)) + 1, 3);
    quantity = random.Uniform(2) == 0 ? quantity : -quantity;
    const MarginPosition position = {.quantity = quantity, .cost = entry * quantity};
    const int leverage = static_cast<int>(random.Uniform(50)) + 1;
    const Notional margin = InitialMargin(position.cost, leverage).value();
    const Decimal rate = MaintenanceRate(100);
    const std::optional<Price> price = LiquidationPrice({position}, margin, rate);
    if (!price.has_value()) {
      EXPECT_EQ(leverage, 1);
      continue;
    }
    const auto left_at = [&](Price mark) {
      return margin + UnrealisedProfit(position, mark).value() -
             MaintenanceMargin(quantity, mark, rate).value();
    };
    const Price cent = P("0.01");
    const Price inside = quantity.is_positive() ? *price + cent : *price - cent;
    const Price beyond = quantity.is_positive() ? *price - cent : *price + cent;
    EXPECT_TRUE(left_at(inside).is_positive()) << StrCat(quantity, " @ ", entry);
    EXPECT_TRUE(left_at(beyond).is_negative()) << StrCat(quantity, " @ ", entry);
  }
}

}  // namespace
}  // namespace colibri
