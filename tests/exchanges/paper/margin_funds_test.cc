#include "exchanges/paper/margin_funds.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/paper/fake_feed.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const TradingPair kBtc = {"BTC", "USDT"};
const TradingPair kEth = {"ETH", "USDT"};
constexpr LeverageSetting kCross10 = {.leverage = 10, .margin_mode = MarginMode::kCross};
constexpr LeverageSetting kIsolated10 = {.leverage = 10, .margin_mode = MarginMode::kIsolated};

// 1,000 USDT; maintenance 1 %; taker 0.1 %, maker free; liquidations 2 % more.
class MarginFundsTest : public testing::Test {
 protected:
  MarginFundsTest() {
    for (const TradingPair& pair : {kBtc, kEth}) {
      funds_.SetContract(pair,
                         {.collateral = "USDT", .maintenance_rate = D("0.01"), .tick = P("0.01")});
      funds_.SetMark(pair, P("100"));
      EXPECT_THAT(funds_.SetLeverage(pair, kCross10, false), IsOk());
    }
  }

  PaperTicket Ticket(Side side,
                     std::string_view quantity,
                     std::string_view price,
                     PositionAction action = PositionAction::kOpen,
                     const TradingPair& pair = kBtc) {
    PaperTicket ticket;
    ticket.number = ++last_number_;
    ticket.order.pair = pair;
    ticket.order.side = side;
    ticket.order.quantity = Q(quantity);
    ticket.order.price = P(price);
    ticket.order.position_action = action;
    ticket.order.position_side = SideOfPosition(funds_.position_mode(), side, action);
    return ticket;
  }
  absl::Status Rest(const PaperTicket& ticket) { return funds_.Take(ticket, TakePlan()); }
  // A fill at once; gives the profit.
  std::string Trade(Side side,
                    std::string_view quantity,
                    std::string_view price,
                    const TradingPair& pair = kBtc,
                    PositionAction action = PositionAction::kOpen) {
    const PaperTicket ticket = Ticket(side, quantity, price, action, pair);
    const auto settled = funds_.Settle(ticket, P(price), Q(quantity), /*is_maker=*/true);
    return settled.ok() ? settled->realised_profit.value_or(Notional()).ToString()
                        : settled.status().ToString();
  }
  // "total available"
  std::string Usdt() const {
    const Balance balance = funds_.balance("USDT");
    return StrCat(balance.total, " ", balance.available);
  }
  // "quantity @ entry"
  std::string Held(PositionSide side = PositionSide::kNet, const TradingPair& pair = kBtc) const {
    const Position position = funds_.position({pair, side});
    return StrCat(position.quantity, " @ ", position.entry_price);
  }
  std::string LiquidationPrice(PositionSide side = PositionSide::kNet) const {
    const auto price = funds_.position({kBtc, side}).liquidation_price;
    return price.has_value() ? price->ToString() : "none";
  }

  MarginFunds funds_{{{"USDT", D("1000")}},
                     {kBtc, kEth},
                     {.maker = Decimal(), .taker = D("0.001")},
                     /*liquidation_fee=*/D("0.02")};
  uint64_t last_number_ = 0;
};

TEST_F(MarginFundsTest, RefuseAnOrderThatTheMarginDoesNotCarry) {
  // 100 at 100 need 1,000 of margin, and 10 of fees.
  EXPECT_THAT(Rest(Ticket(Side::kBuy, "100", "100")),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("margin is insufficient: the order takes 1010 USDT, available "
                                 "are 1000")));
  EXPECT_EQ(Usdt(), "1000 1000");
  EXPECT_THAT(Rest(Ticket(Side::kBuy, "99", "100")), IsOk());
  EXPECT_EQ(Usdt(), "1000 10");
}

TEST_F(MarginFundsTest, RefuseAnOrderThatWouldLoseTheMarginAtOnce) {
  // 60 at 110: 660 of margin, 600 below what is paid, 6.6 of fees.
  EXPECT_THAT(Rest(Ticket(Side::kBuy, "60", "110")),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("takes 1266.6 USDT")));
  EXPECT_THAT(Rest(Ticket(Side::kBuy, "60", "90")), IsOk());
}

TEST_F(MarginFundsTest, RefuseToReduceWhatIsNotThere) {
  EXPECT_THAT(funds_.Tradable(Ticket(Side::kSell, "1", "100", PositionAction::kClose).order),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("reduce-only")));
  Trade(Side::kBuy, "2", "100");
  EXPECT_THAT(funds_.Tradable(Ticket(Side::kBuy, "1", "100", PositionAction::kClose).order),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(funds_.Tradable(Ticket(Side::kSell, "5", "100", PositionAction::kClose).order),
              IsOkAndHolds(Q("2")));
}

TEST_F(MarginFundsTest, RefuseAnOrderOfTheOtherPositionMode) {
  Order order = Ticket(Side::kBuy, "1", "100").order;
  order.position_side = PositionSide::kLong;
  EXPECT_THAT(funds_.Tradable(order),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("position side long")));
}

TEST_F(MarginFundsTest, RefuseSettingsUnderAPosition) {
  Trade(Side::kBuy, "60", "100");
  EXPECT_THAT(funds_.SetLeverage(kBtc, kIsolated10, false),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("margin mode")));
  EXPECT_THAT(funds_.SetPositionMode(PositionMode::kHedge, false),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("a position")));
  EXPECT_THAT(funds_.SetLeverage(kBtc, {.leverage = 5}, false),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("insufficient")));
  EXPECT_EQ(funds_.leverage(kBtc), kCross10);
  EXPECT_THAT(funds_.SetLeverage(kBtc, {.leverage = 6}, false), IsOk());
  EXPECT_EQ(Usdt(), "1000 0");
}

TEST_F(MarginFundsTest, RefuseModesUnderOpenOrders) {
  EXPECT_THAT(funds_.SetLeverage(kBtc, kIsolated10, /*has_open_orders=*/true),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("an open order")));
  EXPECT_THAT(funds_.SetPositionMode(PositionMode::kHedge, /*has_open_orders=*/true),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("an open order")));
  EXPECT_THAT(funds_.SetPositionMode(PositionMode::kOneWay, true), IsOk());
}

TEST_F(MarginFundsTest, CountTheWorseSideOfOpenOrdersOnly) {
  const PaperTicket buy = Ticket(Side::kBuy, "10", "90");
  EXPECT_THAT(Rest(buy), IsOk());
  EXPECT_EQ(Usdt(), "1000 910");
  EXPECT_THAT(Rest(Ticket(Side::kSell, "10", "110")), IsOk());
  EXPECT_EQ(Usdt(), "1000 890");
  funds_.Release(buy);
  EXPECT_EQ(Usdt(), "1000 890");
}

TEST_F(MarginFundsTest, RealiseProfitAndFlip) {
  EXPECT_EQ(Trade(Side::kBuy, "2", "100"), "0");
  EXPECT_EQ(Trade(Side::kBuy, "1", "130"), "0");
  EXPECT_EQ(Held(), "3 @ 110");
  EXPECT_EQ(Trade(Side::kSell, "4", "120"), "30");
  EXPECT_EQ(Held(), "-1 @ 120");
  EXPECT_EQ(funds_.balance("USDT").total, D("1030"));
  EXPECT_EQ(Trade(Side::kBuy, "1", "121"), "-1");
  EXPECT_EQ(Held(), "0 @ 0");
  EXPECT_EQ(Usdt(), "1029 1029");
}

TEST_F(MarginFundsTest, ChargeTheTakerInTheCollateral) {
  const auto settled =
      funds_.Settle(Ticket(Side::kSell, "3", "100"), P("100"), Q("3"), /*is_maker=*/false);
  ASSERT_THAT(settled, IsOk());
  ASSERT_THAT(settled->fees, SizeIs(1));
  EXPECT_EQ(settled->fees[0], (AssetAmount{"USDT", D("0.3")}));
  EXPECT_EQ(funds_.balance("USDT").total, D("999.7"));
}

TEST_F(MarginFundsTest, KeepBothSidesOfHedgeModeApart) {
  ASSERT_THAT(funds_.SetPositionMode(PositionMode::kHedge, false), IsOk());
  Trade(Side::kBuy, "3", "100");
  Trade(Side::kSell, "2", "104");
  EXPECT_EQ(Held(PositionSide::kLong), "3 @ 100");
  EXPECT_EQ(Held(PositionSide::kShort), "-2 @ 104");
  EXPECT_EQ(Trade(Side::kSell, "1", "101", kBtc, PositionAction::kClose), "1");
  EXPECT_EQ(Held(PositionSide::kLong), "2 @ 100");
  EXPECT_EQ(LiquidationPrice(PositionSide::kLong), LiquidationPrice(PositionSide::kShort));
}

TEST_F(MarginFundsTest, PayFundingFromTheIsolatedMargin) {
  ASSERT_THAT(funds_.SetLeverage(kBtc, kIsolated10, false), IsOk());
  Trade(Side::kBuy, "10", "100");
  EXPECT_EQ(Usdt(), "1000 900");
  EXPECT_EQ(LiquidationPrice(), "90.91");  // 900 / 9.9, up to the next tick
  const auto payments = funds_.PayFunding(kBtc, P("100"), D("0.001"));
  ASSERT_THAT(payments, SizeIs(1));
  EXPECT_EQ(payments[0].second, D("-1"));
  EXPECT_EQ(Usdt(), "999 900");
  EXPECT_EQ(LiquidationPrice(), "91.02");  // 901 / 9.9
  EXPECT_THAT(funds_.PayFunding(kEth, P("100"), D("0.001")), IsEmpty());
}

TEST_F(MarginFundsTest, PayShortsWhenTheRateIsPositive) {
  Trade(Side::kSell, "3", "100");
  const auto payments = funds_.PayFunding(kBtc, P("100.01"), D("0.000123456789012345"));
  ASSERT_THAT(payments, SizeIs(1));
  EXPECT_EQ(payments[0].second, D("0.037040740407373870"));  // down at the 18th decimal
}

TEST_F(MarginFundsTest, GiveIsolatedMarginBackAsThePositionCloses) {
  ASSERT_THAT(funds_.SetLeverage(kBtc, kIsolated10, false), IsOk());
  Trade(Side::kBuy, "10", "100");
  Trade(Side::kSell, "4", "100");
  EXPECT_EQ(Usdt(), "1000 940");
  Trade(Side::kSell, "7", "100");  // turned: -1
  EXPECT_EQ(Usdt(), "1000 990");
  Trade(Side::kBuy, "1", "100");
  EXPECT_EQ(Usdt(), "1000 1000");
}

// The order was accepted when it closed a position that another order has closed since.
TEST_F(MarginFundsTest, RefuseAFillThatTheIsolatedMarginIsNotThereFor) {
  ASSERT_THAT(funds_.SetLeverage(kBtc, kIsolated10, false), IsOk());
  Trade(Side::kBuy, "80", "100");
  const PaperTicket sell = Ticket(Side::kSell, "80", "101");
  ASSERT_THAT(Rest(sell), IsOk());
  Trade(Side::kSell, "80", "90");  // 200 are left
  EXPECT_THAT(funds_.Settle(sell, P("101"), Q("80"), /*is_maker=*/true),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("the fill takes 808 USDT, there are 200")));
  EXPECT_EQ(Held(), "0 @ 0");
}

TEST_F(MarginFundsTest, NameThePositionToLiquidate) {
  Trade(Side::kBuy, "40", "100", kBtc);
  Trade(Side::kBuy, "50", "100", kEth);
  EXPECT_EQ(funds_.ToLiquidate(), std::nullopt);
  // 1,000 - 40 * 12 - 50 * 9 = 70 of margin; 35.2 + 45.5 of maintenance.
  funds_.SetMark(kBtc, P("88"));
  funds_.SetMark(kEth, P("91"));
  EXPECT_EQ(funds_.ToLiquidate(), (PositionKey{kEth, PositionSide::kNet}));
  EXPECT_EQ(funds_.BankruptcyBound({kEth, PositionSide::kNet}), P("89.6"));
}

TEST_F(MarginFundsTest, LiquidateIsolatedPositionsAlone) {
  ASSERT_THAT(funds_.SetLeverage(kBtc, kIsolated10, false), IsOk());
  Trade(Side::kBuy, "10", "100");
  funds_.SetMark(kBtc, P("90.91"));
  EXPECT_EQ(funds_.ToLiquidate(), std::nullopt);
  funds_.SetMark(kBtc, P("90.90"));
  const PositionKey key = {kBtc, PositionSide::kNet};
  ASSERT_EQ(funds_.ToLiquidate(), key);
  EXPECT_EQ(funds_.BankruptcyBound(key), P("90"));
  // At 90.5 the position leaves 5; the fees of 2.1 % would be 19.005.
  const auto closed = funds_.Liquidate(key, P("90.5"), Q("10"), Notional(D("905")));
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->realised_profit, Notional(D("-95")));
  EXPECT_EQ(closed->fees[0].amount, D("5"));
  EXPECT_EQ(Usdt(), "900 900");
}

}  // namespace
}  // namespace colibri
