#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/tools/venue_sim/margin/margin_fixture.h"

namespace colibri::venue_sim::margin {
namespace {

// Alice is long 900 from 100 with 10,000: 90,000 at leverage 10. Her fees leave 9,982.
struct LiquidationTest : testing::Test, MarginFixture {
  LiquidationTest() {
    Trade(alice, bob, "900", "100");
    observer.reports.clear();
    observer.notes.clear();
    observer.tape.clear();
  }
};

TEST_F(LiquidationTest, WarnsBeforeItHappens) {
  // At 91: 9,982 - 8,100 = 1,882 against 81,900 * 0.02 - 100 = 1,538: 82 %.
  Mark("91");
  EXPECT_THAT(observer.warned, testing::ElementsAre(alice.id()));
  EXPECT_EQ(Held(alice), Dec("900"));
  Mark("91.1");
  EXPECT_EQ(observer.warned.size(), 1u);
  // q * p = cost - wallet - deduction + 0.02 * q * p: 79,918 / 882.
  EXPECT_EQ(LiquidationPrice(alice, exchange.instruments(), x, PositionSide::kNet),
            Dec("90.60997732"));
}

TEST_F(LiquidationTest, ClosesThroughTheBook) {
  EXPECT_EQ(exchange.Transfer(carol, "USD", Dec("90000")), Refusal::kNone);
  EXPECT_TRUE(Buy(carol, "1000", "90").ok());
  Mark("90.6");
  // The balance is 9,982 - 8,460 = 1,522, the maintenance 1,530.8.
  EXPECT_EQ(Held(alice), Decimal());
  EXPECT_EQ(Held(carol), Dec("900"));
  ASSERT_EQ(observer.liquidations.size(), 1u);
  const MarginOrder& order = observer.liquidations[0];
  EXPECT_EQ(order.ticket.client_order_id, "liquidation-1");
  // 90.6 - 1,522 / 900 = 88.908..., up to the tick.
  EXPECT_EQ(order.ticket.price, 890);
  EXPECT_EQ(order.executed, 90'000);
  // Sold at 90: 900 are left over the limit of 89; 81,000 * 0.0004 is the fee, the fund takes up
  // to 1 % of 81,000.
  EXPECT_EQ(alice.wallet("USD"), Dec("139.6"));  // 9,982 - 9,000 - 32.4 - 810
  EXPECT_EQ(exchange.insurance().wallet("USD"), Dec("810"));
  EXPECT_EQ(alice.income().back().type, IncomeType::kInsuranceClear);
  EXPECT_EQ(alice.income().back().amount, Dec("-810"));
}

TEST_F(LiquidationTest, ExpiresOrdersFirst) {
  EXPECT_TRUE(Sell(alice, "1", "120").ok());
  observer.reports.clear();
  Mark("90");
  ASSERT_FALSE(observer.reports.empty());
  EXPECT_EQ(observer.reports[0].kind, ExecutionKind::kExpired);
  EXPECT_EQ(observer.reports[0].order.end_reason, EndReason::kLiquidation);
}

TEST_F(LiquidationTest, TheFundTakesOverWhatTheBookDoesNot) {
  EXPECT_EQ(exchange.Transfer(exchange.insurance(), "USD", Dec("1000")), Refusal::kNone);
  Mark("90");
  // The balance is 982: 90 - 982 / 900 = 88.908..., so 89.
  EXPECT_EQ(Held(alice), Decimal());
  EXPECT_EQ(Held(exchange.insurance()), Dec("900"));
  EXPECT_EQ(alice.wallet("USD"), Dec("82"));  // 9,982 - 900 * 11
  EXPECT_EQ(Held(bob), Dec("-900"));
  EXPECT_TRUE(observer.tape.empty());
  EXPECT_EQ(observer.reports.back().order.origin, Origin::kInsurance);
}

TEST_F(LiquidationTest, DeleveragesTheOtherSideWithoutAFund) {
  Mark("90");
  EXPECT_EQ(Held(alice), Decimal());
  EXPECT_EQ(Held(bob), Decimal());
  EXPECT_EQ(alice.wallet("USD"), Dec("82"));
  // 10,000 - 36 + 900 * 11, no fee.
  EXPECT_EQ(bob.wallet("USD"), Dec("19864"));
  const auto& closing = bob.orders("X").orders.rbegin()->second;
  EXPECT_EQ(closing.ticket.client_order_id, "deleverage-2");
  EXPECT_EQ(closing.origin, Origin::kDeleverage);
  EXPECT_EQ(closing.status, OrderStatus::kFilled);
  EXPECT_TRUE(observer.tape.empty());
  EXPECT_EQ(exchange.TotalSupply().at("USD"), Dec("30000"));
}

TEST_F(LiquidationTest, DeleveragesWhoGainsMostFirst) {
  Trade(bob, carol, "100", "105");  // bob 800 short from 100, carol 100 short from 105
  EXPECT_EQ(exchange.DeleverageRank(carol, x, PositionSide::kNet), 2);
  EXPECT_EQ(exchange.DeleverageRank(bob, x, PositionSide::kNet), 0);
  Mark("90");
  EXPECT_EQ(Held(alice), Decimal());
  EXPECT_EQ(Held(bob), Decimal());
  EXPECT_EQ(Held(carol), Decimal());
  EXPECT_EQ(carol.orders("X").orders.rbegin()->second.ticket.client_order_id, "deleverage-2");
  EXPECT_EQ(bob.orders("X").orders.rbegin()->second.ticket.client_order_id, "deleverage-3");
}

TEST_F(LiquidationTest, AGapBelowZeroIsTheOtherSidesLoss) {
  Mark("80");
  // 9,982 - 18,000 = -8,018: the price that leaves nothing is 80 + 8.908..., above the mark.
  EXPECT_EQ(Held(alice), Decimal());
  EXPECT_EQ(alice.wallet("USD"), Dec("82"));
  EXPECT_EQ(exchange.TotalSupply().at("USD"), Dec("30000"));
}

TEST(IsolatedLiquidationTest, LosesItsOwnMarginAlone) {
  MarginFixture f;
  EXPECT_EQ(f.exchange.SetIsolated(f.alice, f.x, true), Refusal::kNone);
  f.Trade(f.alice, f.bob, "10", "100");  // 100 aside
  f.Mark("91");
  // 100 - 90 = 10 against 9.1: not yet.
  EXPECT_EQ(f.Held(f.alice), Dec("10"));
  f.Mark("90.9");
  // 9 against 9.09; 90.9 - 0.9 = 90 uses it up.
  EXPECT_EQ(f.Held(f.alice), Decimal());
  EXPECT_EQ(f.alice.wallet("USD"), Dec("9899.8"));  // 10,000 - 0.2 - 100
  EXPECT_EQ(f.Figures(f.alice).cross_wallet, Dec("9899.8"));
}

}  // namespace
}  // namespace colibri::venue_sim::margin
