#include "strategies/quote_plan.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/random.h"
#include "core/strings.h"
#include "tests/support/scripted_exchange.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Lines(const QuotePlan& plan) {
  std::vector<std::string> lines;
  for (const Quote& quote : plan.quotes) {
    lines.push_back(StrCat(ToString(quote.side), " ", quote.quantity, " @ ", quote.price));
  }
  return lines;
}

class QuotePlanTest : public testing::Test {
 protected:
  QuotePlanTest() {
    config_.pair = {"BTC", "USDT"};
    config_.bid_spread = Dec("0.002");
    config_.ask_spread = Dec("0.002");
    config_.level_spacing = Dec("0.0005");
    config_.quantity = Qty("0.5");
    rule_.pair = config_.pair;
    rule_.price_increment = Px("0.01");
    rule_.quantity_increment = Qty("0.0001");
    rule_.quantity_min = Qty("0.0001");
    rule_.notional_min = Notional(Dec("5"));
    market_.rule = &rule_;
    SetTop("99.99", "100.01");
    market_.fees = {.maker = Dec("0.0005"), .taker = Dec("0.001")};
    market_.base_total = Dec("1000");
    market_.quote_total = Dec("100000");
    market_.base_budget = Qty("1000");
    market_.quote_budget = Notional(Dec("100000"));
  }

  void SetTop(std::string_view bid, std::string_view ask) {
    market_.best_bid = Px(bid);
    market_.best_ask = Px(ask);
    market_.reference = *Scale(market_.best_bid + market_.best_ask, Dec("0.5"), Rounding::kDown);
  }

  SimpleMarketMakerConfig config_;
  TradingRule rule_;
  QuoteMarket market_;
};

TEST_F(QuotePlanTest, FeeOfEverythingIsRefused) {
  market_.fees.maker = Dec("1");
  EXPECT_THAT(PlanQuotes(config_, market_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("maker fee of 1")));
}

TEST_F(QuotePlanTest, QuantityBeyondTheRangeIsAnError) {
  config_.quantity = Quantity();
  config_.notional = Notional(Dec("100000000000000000000"));
  market_.best_bid = Px("0.000000001");
  market_.best_ask = Px("0.000000003");
  market_.reference = Px("0.000000002");
  rule_.price_increment = Px("0.000000000001");
  EXPECT_THAT(PlanQuotes(config_, market_), StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(QuotePlanTest, NothingIsQuotedWithoutBalance) {
  market_.base_budget = Quantity();
  market_.quote_budget = Notional();
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  EXPECT_THAT(Lines(plan), ElementsAre("buy 0 @ 99.8", "sell 0 @ 100.2"));
  EXPECT_EQ(plan.dropped_for_balance, 2);
}

TEST_F(QuotePlanTest, LevelBelowTheMinimumNotionalIsLeftOut) {
  config_.quantity = Qty("0.05");  // 4.99 below, 5.01 above
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  EXPECT_THAT(Lines(plan), ElementsAre("buy 0 @ 99.8", "sell 0.05 @ 100.2"));
  EXPECT_EQ(plan.dropped_below_minimum, 1);
}

TEST_F(QuotePlanTest, LevelsTakeTheBalanceFromTheBestOneOutward) {
  config_.levels = 3;
  market_.quote_budget = Notional(Dec("80"));  // 49.9 + 30.1 + nothing
  market_.base_budget = Qty("0.52");           // 0.5 + 0.02, which is 2.004: too small
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  EXPECT_THAT(Lines(plan),
              ElementsAre("buy 0.5 @ 99.8",
                          "buy 0.3017 @ 99.75",
                          "buy 0 @ 99.7",
                          "sell 0.5 @ 100.2",
                          "sell 0 @ 100.25",
                          "sell 0 @ 100.3"));
  EXPECT_EQ(plan.scaled_for_balance, 1);
  EXPECT_EQ(plan.dropped_for_balance, 3);
}

TEST_F(QuotePlanTest, MoreLevelsThanTheVenueAllowsAreLeftOut) {
  config_.levels = 2;
  rule_.open_orders_max = 3;
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  EXPECT_THAT(
      Lines(plan),
      ElementsAre("buy 0.5 @ 99.8", "buy 0 @ 99.75", "sell 0.5 @ 100.2", "sell 0 @ 100.25"));
  EXPECT_EQ(plan.dropped_for_order_limit, 2);
}

TEST_F(QuotePlanTest, PricesRoundAwayFromTheReference) {
  SetTop("61837.63", "61837.64");  // the mid is 61837.635
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  // 61713.95973 down, 61961.31027 up
  EXPECT_THAT(Lines(plan), ElementsAre("buy 0.5 @ 61713.95", "sell 0.5 @ 61961.32"));
}

TEST_F(QuotePlanTest, SidesHaveSpreadsOfTheirOwn) {
  config_.ask_spread = Dec("0.01");
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  EXPECT_THAT(Lines(plan), ElementsAre("buy 0.5 @ 99.8", "sell 0.5 @ 101"));
}

TEST_F(QuotePlanTest, NotionalIsTurnedIntoBaseAtEachPrice) {
  config_.quantity = Quantity();
  config_.notional = Notional(Dec("50"));
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  // 0.501002.. and 0.499001..
  EXPECT_THAT(Lines(plan), ElementsAre("buy 0.501 @ 99.8", "sell 0.499 @ 100.2"));
}

TEST_F(QuotePlanTest, QuantityAndNotionalAreCutToTheVenuesMaximum) {
  config_.quantity = Qty("50");
  rule_.quantity_max = Qty("9");
  rule_.notional_max = Notional(Dec("900"));
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  // 9 at 99.8 is 898.2; at 100.2 it would be 901.8
  EXPECT_THAT(Lines(plan), ElementsAre("buy 9 @ 99.8", "sell 8.982 @ 100.2"));
}

TEST_F(QuotePlanTest, SpreadWidensUntilARoundTripPaysItsFees) {
  config_.bid_spread = Dec("0.0001");
  config_.ask_spread = Dec("0.0001");
  market_.fees.maker = Dec("0.001");
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  EXPECT_EQ(plan.round_trip_min.ToString(), "0.002003004005006008");
  // 99.899849.. down, 100.100150.. up
  EXPECT_THAT(Lines(plan), ElementsAre("buy 0.5 @ 99.89", "sell 0.5 @ 100.11"));
}

TEST_F(QuotePlanTest, SpreadWidensByTheProfitAskedFor) {
  config_.bid_spread = Dec("0.0001");
  config_.ask_spread = Dec("0.0001");
  config_.profit_min = Dec("0.01");
  market_.fees.maker = Dec("0");
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  EXPECT_THAT(Lines(plan), ElementsAre("buy 0.5 @ 99.5", "sell 0.5 @ 100.5"));
}

TEST_F(QuotePlanTest, RebateNeedsNoSpread) {
  EXPECT_THAT(RoundTripMin(Dec("-0.0002"), Decimal()), IsOkAndHolds(Decimal()));
}

TEST_F(QuotePlanTest, BoughtAndSoldAgainAtTheLeastDistanceEarnsTheProfit) {
  ASSERT_OK_AND_ASSIGN(const Decimal least, RoundTripMin(Dec("0.001"), Dec("0.0005")));
  // 100 buys 1 less the fee; it sells at 100 * (1 + least), less the fee.
  const Decimal sold_at = *Multiply(Dec("100"), Dec("1") + least, Rounding::kDown);
  const Decimal proceeds = *Multiply(sold_at, Dec("0.998001"), Rounding::kDown);
  EXPECT_GE(proceeds, Dec("100.05"));
  EXPECT_LT(proceeds, Dec("100.0500000000000005"));
}

TEST_F(QuotePlanTest, EqualPricesAreNoRoundTrip) {
  EXPECT_FALSE(IsRoundTripCovered(Px("100"), Px("100"), Decimal()));
  EXPECT_TRUE(IsRoundTripCovered(Px("100"), Px("100.01"), Decimal()));
  EXPECT_FALSE(IsRoundTripCovered(Px("100"), Px("100.19"), Dec("0.002")));
  EXPECT_TRUE(IsRoundTripCovered(Px("100"), Px("100.2"), Dec("0.002")));
}

TEST_F(QuotePlanTest, ShiftedQuotesStayOutsideOfTheBestPrices) {
  market_.fees.maker = Decimal();
  config_.bid_spread = Dec("0.0001");
  config_.ask_spread = Dec("0.0001");
  config_.inventory.is_enabled = true;
  config_.inventory.price_shift = Dec("0.01");
  market_.base_total = Decimal();  // all is missing: up by 1 %
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  EXPECT_THAT(Lines(plan), ElementsAre("buy 1 @ 100", "sell 0 @ 101.02"));
}

TEST_F(QuotePlanTest, CappedLevelsAreATickApart) {
  market_.fees.maker = Decimal();
  config_.levels = 3;
  config_.level_spacing = Decimal();
  config_.bid_spread = Dec("0.0001");
  config_.ask_spread = Dec("0.0001");
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  EXPECT_THAT(Lines(plan),
              ElementsAre("buy 0.5 @ 99.99",
                          "buy 0.5 @ 99.98",
                          "buy 0.5 @ 99.97",
                          "sell 0.5 @ 100.01",
                          "sell 0.5 @ 100.02",
                          "sell 0.5 @ 100.03"));
}

TEST_F(QuotePlanTest, BidsThatWouldBeAtZeroAreLeftOut) {
  SetTop("0.01", "0.02");
  config_.quantity = Qty("5000");
  rule_.notional_min = Notional();
  ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));
  EXPECT_THAT(Lines(plan), ElementsAre("buy 5000 @ 0.01", "sell 1000 @ 0.02"));
  config_.bid_spread = Dec("0.5");
  ASSERT_OK_AND_ASSIGN(const QuotePlan wide, PlanQuotes(config_, market_));
  EXPECT_THAT(Lines(wide), ElementsAre("buy 0 @ 0", "sell 1000 @ 0.02"));
}

// Whatever the market: on the tick and step, outside of the best prices, levels apart, round trips
// paid, budgets kept.
TEST_F(QuotePlanTest, RandomMarketsGetAllowedQuotes) {
  Random random(7);
  for (int run = 0; run < 5'000; ++run) {
    const auto pick = [&random](int64_t low, int64_t high) {
      return low + static_cast<int64_t>(random.Next() % static_cast<uint64_t>(high - low + 1));
    };
    const int64_t bid = pick(50, 10'000'000);
    market_.best_bid = Price::FromScaled(bid, 2);
    market_.best_ask = Price::FromScaled(bid + pick(1, 50), 2);
    market_.reference =
        *Scale(market_.best_bid + market_.best_ask, Dec("0.5"), Rounding::kHalfEven);
    market_.fees.maker = Decimal::FromScaled(pick(-5, 20), 4);
    market_.base_total = Decimal::FromScaled(pick(0, 1'000'000), 4);
    market_.quote_total = Decimal::FromScaled(pick(0, 100'000'000), 2);
    market_.base_budget = Quantity(market_.base_total);
    market_.quote_budget = Notional(market_.quote_total);
    config_.levels = static_cast<int>(pick(1, 5));
    config_.bid_spread = Decimal::FromScaled(pick(1, 100), 4);
    config_.ask_spread = Decimal::FromScaled(pick(1, 100), 4);
    config_.level_spacing = Decimal::FromScaled(pick(0, 20), 4);
    config_.quantity = Quantity::FromScaled(pick(1, 100'000), 5);
    config_.inventory.is_enabled = pick(0, 1) == 1;
    config_.inventory.price_shift = Decimal::FromScaled(pick(0, 100), 4);
    ASSERT_OK_AND_ASSIGN(const QuotePlan plan, PlanQuotes(config_, market_));

    ASSERT_EQ(plan.quotes.size(), static_cast<size_t>(2 * config_.levels));
    Notional spent;
    Quantity offered;
    for (const Quote& quote : plan.quotes) {
      ASSERT_TRUE(quote.price.value().IsMultipleOf(Dec("0.01")));
      ASSERT_TRUE(quote.quantity.value().IsMultipleOf(Dec("0.0001")));
      const bool is_buy = quote.side == Side::kBuy;
      ASSERT_TRUE(is_buy ? quote.price < market_.best_ask : quote.price > market_.best_bid);
      if (quote.level > 0) {
        const Quote& better = *(&quote - 1);
        ASSERT_TRUE(is_buy ? quote.price < better.price : quote.price > better.price);
      }
      if (!quote.quantity.is_zero()) {
        ASSERT_GE(quote.price * quote.quantity, rule_.notional_min);
      }
      spent += is_buy ? quote.price * quote.quantity : Notional();
      offered += is_buy ? Quantity() : quote.quantity;
    }
    ASSERT_LE(spent, market_.quote_budget);
    ASSERT_LE(offered, market_.base_budget);
    const Quote& first_bid = plan.quotes[0];
    const Quote& first_ask = plan.quotes[static_cast<size_t>(config_.levels)];
    ASSERT_TRUE(!first_bid.price.is_positive() ||
                IsRoundTripCovered(first_bid.price, first_ask.price, plan.round_trip_min))
        << first_bid.price << " " << first_ask.price << " " << plan.round_trip_min;
  }
}

}  // namespace
}  // namespace colibri
