#include "tools/venue_sim/margin/margin_exchange.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/tools/venue_sim/margin/margin_fixture.h"

namespace colibri::venue_sim::margin {
namespace {

TEST(MarginExchangeTest, RefusesWhatTheCollateralDoesNotBear) {
  MarginFixture f;
  // 1,000 * 100 / 10 is all of the 10,000; one step more is too much.
  EXPECT_EQ(f.Buy(f.alice, "1000.01", "100").refusal, Refusal::kPositionMax);
  EXPECT_EQ(f.exchange.SetLeverage(f.alice, f.x, 9), Refusal::kNone);
  EXPECT_EQ(f.Buy(f.alice, "900.01", "100").refusal, Refusal::kMargin);
  EXPECT_TRUE(f.Buy(f.alice, "900", "100").ok());
  EXPECT_EQ(f.Figures(f.alice).available(), Decimal());
}

TEST(MarginExchangeTest, CountsWhatAnOrderLosesAtOnce) {
  MarginFixture f;
  EXPECT_TRUE(f.Sell(f.bob, "100", "110").ok());
  EXPECT_EQ(f.exchange.SetLeverage(f.alice, f.x, 1), Refusal::kNone);
  // 91 * 110 = 10,010 is beyond; 90 * 110 = 9,900 and a loss of 900 against the mark is, too.
  EXPECT_EQ(f.Buy(f.alice, "91", "110").refusal, Refusal::kMargin);
  EXPECT_EQ(f.Buy(f.alice, "90", "110").refusal, Refusal::kMargin);
  EXPECT_TRUE(f.Buy(f.alice, "83", "110").ok());  // 9,130 + 830
}

TEST(MarginExchangeTest, ChargesFeesAndRealisesProfit) {
  MarginFixture f;
  f.Trade(f.alice, f.bob, "2", "100");
  EXPECT_EQ(f.alice.wallet("USD"), Dec("9999.96"));  // maker: 200 * 0.0002
  EXPECT_EQ(f.bob.wallet("USD"), Dec("9999.92"));    // taker: 200 * 0.0004
  f.Trade(f.bob, f.alice, "1", "110");
  EXPECT_EQ(f.alice.wallet("USD"), Dec("10009.916"));  // + 10 - 110 * 0.0004
  EXPECT_EQ(f.bob.wallet("USD"), Dec("9989.898"));     // - 10 - 110 * 0.0002
  EXPECT_EQ(f.Held(f.alice), Dec("1"));
  EXPECT_EQ(f.Held(f.bob), Dec("-1"));
  EXPECT_EQ(f.exchange.fees().at("USD"), Dec("0.186"));
  EXPECT_EQ(f.exchange.TotalSupply().at("USD"), Dec("30000"));
}

TEST(MarginExchangeTest, RemembersIncome) {
  MarginFixture f;
  f.Trade(f.alice, f.bob, "1", "100");
  f.Trade(f.bob, f.alice, "1", "90");
  const std::deque<Income>& income = f.alice.income();
  ASSERT_EQ(income.size(), 4u);  // transfer, fee, loss, fee
  EXPECT_EQ(income[0].type, IncomeType::kTransfer);
  EXPECT_EQ(income[1].amount, Dec("-0.02"));
  EXPECT_EQ(income[2].type, IncomeType::kRealizedProfit);
  EXPECT_EQ(income[2].amount, Dec("-10"));
  EXPECT_EQ(income[3].amount, Dec("-0.036"));
  EXPECT_EQ(income[3].trade_id, 2);
}

TEST(MarginExchangeTest, FiguresFollowTheMark) {
  MarginFixture f;
  f.Trade(f.alice, f.bob, "20", "100");
  f.Mark("105");
  const MarginFigures figures = f.Figures(f.alice);
  EXPECT_EQ(figures.wallet, Dec("9999.6"));
  EXPECT_EQ(figures.profit, Dec("100"));
  EXPECT_EQ(figures.position_margin, Dec("210"));  // 2,100 / 10
  EXPECT_EQ(figures.maintenance, Dec("21"));
  EXPECT_EQ(figures.available(), Dec("9889.6"));
  EXPECT_EQ(f.Figures(f.bob).profit, Dec("-100"));
}

TEST(MarginExchangeTest, OrdersAgainstThePositionNeedNothingUntilTheyFlipIt) {
  MarginFixture f;
  f.Trade(f.alice, f.bob, "20", "100");
  EXPECT_TRUE(f.Sell(f.alice, "20", "101").ok());
  EXPECT_EQ(f.Figures(f.alice).order_margin, Decimal());
  EXPECT_TRUE(f.Sell(f.alice, "20", "100.5").ok());
  EXPECT_EQ(f.Figures(f.alice).order_margin, Dec("3"));  // (4,030 - 2,000 - 2,000) / 10
}

TEST(MarginExchangeTest, RefusesToReduceWhatIsNotThere) {
  MarginFixture f;
  EXPECT_EQ(f.Reduce(f.alice, Side::kSell, "1", "100").refusal, Refusal::kReduceOnly);
  f.Trade(f.alice, f.bob, "1", "100");
  EXPECT_EQ(f.Reduce(f.alice, Side::kBuy, "1", "100").refusal, Refusal::kReduceOnly);
}

TEST(MarginExchangeTest, ReducesToZeroAndExpiresTheRest) {
  MarginFixture f;
  f.Trade(f.alice, f.bob, "2", "100");
  EXPECT_TRUE(f.Buy(f.carol, "5", "100").ok());
  const PlaceResult placed = f.Reduce(f.alice, Side::kSell, "5", "100");
  EXPECT_EQ(placed.order.status, OrderStatus::kExpired);
  EXPECT_EQ(placed.order.end_reason, EndReason::kReduceOnly);
  EXPECT_EQ(placed.order.executed, 200);
  EXPECT_EQ(f.Held(f.alice), Decimal());
}

TEST(MarginExchangeTest, CutsRestingReducersWhenThePositionShrinks) {
  MarginFixture f;
  f.Trade(f.alice, f.bob, "3", "100");
  const int64_t near = f.Reduce(f.alice, Side::kSell, "1", "101").order.order_id;
  const int64_t far = f.Reduce(f.alice, Side::kSell, "2", "102").order.order_id;
  EXPECT_EQ(f.Reduce(f.alice, Side::kSell, "1", "103").refusal, Refusal::kReduceOnly);
  f.Trade(f.carol, f.alice, "2", "100");  // one is left
  EXPECT_EQ(f.alice.orders("X").Find(near)->working, 100);
  EXPECT_EQ(f.alice.orders("X").Find(far)->status, OrderStatus::kExpired);
  EXPECT_EQ(f.alice.orders("X").Find(far)->end_reason, EndReason::kReduceOnly);
}

TEST(MarginExchangeTest, ASweepDoesNotFlipThroughAReducer) {
  MarginFixture f;
  f.Trade(f.alice, f.bob, "1", "100");
  EXPECT_TRUE(f.Sell(f.alice, "1", "101").ok());
  const int64_t reducer = f.Reduce(f.alice, Side::kSell, "1", "102").order.order_id;
  EXPECT_TRUE(f.Buy(f.carol, "2", "105").ok());
  EXPECT_EQ(f.Held(f.alice), Decimal());
  EXPECT_EQ(f.alice.orders("X").Find(reducer)->executed, 0);
  EXPECT_EQ(f.Held(f.carol), Dec("1"));
}

TEST(MarginExchangeTest, KeepsLongAndShortApart) {
  MarginFixture f;
  EXPECT_EQ(f.exchange.SetTwoSided(f.alice, true), Refusal::kNone);
  EXPECT_EQ(f.Buy(f.alice, "1", "100").refusal, Refusal::kPositionSide);
  Ticket ticket = f.Limit(Side::kBuy, "2", "100");
  ticket.position_side = PositionSide::kLong;
  EXPECT_TRUE(f.exchange.Place(f.alice, f.x, ticket).ok());
  EXPECT_TRUE(f.Sell(f.bob, "2", "100").ok());
  ticket.position_side = PositionSide::kShort;
  EXPECT_EQ(f.exchange.Place(f.alice, f.x, ticket).refusal, Refusal::kReduceOnly);
  ticket = f.Limit(Side::kSell, "1", "100");
  ticket.position_side = PositionSide::kShort;
  EXPECT_TRUE(f.exchange.Place(f.alice, f.x, ticket).ok());
  EXPECT_TRUE(f.Buy(f.bob, "1", "100").ok());
  EXPECT_EQ(f.Held(f.alice, PositionSide::kLong), Dec("2"));
  EXPECT_EQ(f.Held(f.alice, PositionSide::kShort), Dec("-1"));
  EXPECT_EQ(f.Figures(f.alice).position_margin, Dec("30"));
  EXPECT_EQ(f.exchange.SetTwoSided(f.alice, false), Refusal::kHasPositions);
}

TEST(MarginExchangeTest, SetsIsolatedMarginAside) {
  MarginFixture f;
  EXPECT_EQ(f.exchange.SetIsolated(f.alice, f.x, true), Refusal::kNone);
  EXPECT_EQ(f.exchange.SetIsolated(f.alice, f.x, true), Refusal::kUnchanged);
  f.Trade(f.alice, f.bob, "4", "100");
  EXPECT_EQ(f.alice.FindPosition("X", PositionSide::kNet)->isolated_wallet, Dec("40"));
  EXPECT_EQ(f.Figures(f.alice).cross_wallet, Dec("9959.92"));  // 10,000 - 0.08 - 40
  EXPECT_EQ(f.exchange.MoveMargin(f.alice, f.x, PositionSide::kNet, Dec("10")), Refusal::kNone);
  EXPECT_EQ(f.exchange.MoveMargin(f.alice, f.x, PositionSide::kNet, Dec("-11")), Refusal::kMargin);
  f.Trade(f.bob, f.alice, "1", "100");
  EXPECT_EQ(f.alice.FindPosition("X", PositionSide::kNet)->isolated_wallet, Dec("37.5"));
  EXPECT_EQ(f.exchange.SetIsolated(f.alice, f.x, false), Refusal::kHasPositions);
}

TEST(MarginExchangeTest, AmendsAtTheEndOfTheQueue) {
  MarginFixture f;
  const PlaceResult placed = f.Buy(f.alice, "2", "100");
  EXPECT_TRUE(f.Buy(f.carol, "1", "99").ok());
  MarginOrder& order = *f.alice.orders("X").Find(placed.order.order_id);
  EXPECT_EQ(f.exchange.Amend(f.alice, f.x, order, 1000, 200).refusal, Refusal::kUnchanged);
  EXPECT_TRUE(f.exchange.Amend(f.alice, f.x, order, 990, 300).ok());
  EXPECT_EQ(f.observer.reports.back().kind, ExecutionKind::kAmended);
  EXPECT_TRUE(f.Sell(f.bob, "2", "99").ok());
  EXPECT_EQ(f.Held(f.carol), Dec("1"));
  EXPECT_EQ(f.Held(f.alice), Dec("1"));
  // At or below what has executed the order is canceled.
  EXPECT_EQ(f.exchange.Amend(f.alice, f.x, order, 990, 100).order.status, OrderStatus::kCanceled);
}

TEST(MarginExchangeTest, RefusesPostOnlyAndFillOrKillWithoutATrace) {
  MarginFixture f;
  EXPECT_TRUE(f.Sell(f.bob, "1", "100").ok());
  f.observer.reports.clear();
  Ticket ticket = f.Limit(Side::kBuy, "1", "100");
  ticket.type = OrderType::kLimitMaker;
  EXPECT_EQ(f.exchange.Place(f.alice, f.x, ticket).refusal, Refusal::kWouldTake);
  ticket = f.Limit(Side::kBuy, "2", "100");
  ticket.time_in_force = TimeInForce::kFok;
  EXPECT_EQ(f.exchange.Place(f.alice, f.x, ticket).refusal, Refusal::kFillOrKill);
  EXPECT_TRUE(f.observer.reports.empty());
}

TEST(MarginExchangeTest, ExpiresOrdersWhoseTimeIsOver) {
  MarginFixture f;
  Ticket ticket = f.Limit(Side::kBuy, "1", "90");
  ticket.good_till_ms = f.now_ms + 1000;
  const int64_t id = f.exchange.Place(f.alice, f.x, ticket).order.order_id;
  f.now_ms += 999;
  f.exchange.OnTime();
  EXPECT_TRUE(f.alice.orders("X").Find(id)->is_open());
  f.now_ms += 1;
  f.exchange.OnTime();
  EXPECT_EQ(f.alice.orders("X").Find(id)->end_reason, EndReason::kGoodTillTime);
}

TEST(MarginExchangeTest, LowersLeverageOnlyWhileItIsCovered) {
  MarginFixture f;
  f.Trade(f.alice, f.bob, "600", "100");  // 60,000
  EXPECT_EQ(f.exchange.SetLeverage(f.alice, f.x, 11), Refusal::kLeverageTooSmall);
  EXPECT_EQ(f.exchange.SetLeverage(f.alice, f.x, 5), Refusal::kMargin);
  EXPECT_EQ(f.exchange.SetLeverage(f.alice, f.x, 7), Refusal::kNone);
  EXPECT_EQ(f.exchange.SetLeverage(f.alice, f.x, 0), Refusal::kLeverage);
  EXPECT_EQ(f.exchange.SetLeverage(f.alice, f.x, 21), Refusal::kLeverage);
}

}  // namespace
}  // namespace colibri::venue_sim::margin
