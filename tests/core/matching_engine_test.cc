#include "core/matching_engine.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/book_picture.h"
#include "tests/support/naive_matching_engine.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Texts(absl::Span<const MatchEvent> events) {
  std::vector<std::string> texts;
  for (const MatchEvent& event : events) {
    texts.push_back(ToText(event));
  }
  return texts;
}

std::string Picture(const MatchingEngine& engine) {
  return BookPicture(engine.Levels(Side::kBuy, 100), engine.Levels(Side::kSell, 100));
}

MatchOrder Limit(uint64_t order_id, uint64_t owner, Side side, int64_t quantity, int64_t price) {
  return {.order_id = order_id, .owner = owner, .side = side, .price = price, .quantity = quantity};
}

MatchOrder Market(uint64_t order_id, uint64_t owner, Side side, int64_t quantity) {
  return {.order_id = order_id,
          .owner = owner,
          .side = side,
          .type = OrderType::kMarket,
          .quantity = quantity};
}

MatchOrder MarketByQuote(uint64_t order_id, Side side, Int128 budget, int64_t step) {
  return {.order_id = order_id,
          .owner = 9,
          .side = side,
          .type = OrderType::kMarket,
          .quote_budget = budget,
          .quantity_step = step};
}

class MatchingEngineTest : public testing::Test {
 protected:
  // 103  4        order 4
  // 102  3 2      orders 2 and 3, of owners 2 and 3
  // 101  5        order 1
  // --
  //  99  6        order 5
  //  98  7        order 6
  MatchingEngineTest() {
    engine_.Submit(Limit(1, 1, Side::kSell, 5, 101));
    engine_.Submit(Limit(2, 2, Side::kSell, 3, 102));
    engine_.Submit(Limit(3, 3, Side::kSell, 2, 102));
    engine_.Submit(Limit(4, 4, Side::kSell, 4, 103));
    engine_.Submit(Limit(5, 5, Side::kBuy, 6, 99));
    engine_.Submit(Limit(6, 6, Side::kBuy, 7, 98));
  }

  std::vector<std::string> Submit(const MatchOrder& order) { return Texts(engine_.Submit(order)); }

  MatchingEngine engine_;
};

TEST_F(MatchingEngineTest, RefusesOrderIdThatRests) {
  EXPECT_THAT(Submit(Limit(5, 9, Side::kSell, 1, 99)), ElementsAre("rejected duplicate id 5"));
  EXPECT_EQ(engine_.QuantityAt(Side::kBuy, 99), 6);
}

TEST_F(MatchingEngineTest, RefusesPostOnlyThatWouldTake) {
  MatchOrder order = Limit(7, 7, Side::kBuy, 1, 101);
  order.type = OrderType::kLimitMaker;
  EXPECT_THAT(Submit(order), ElementsAre("rejected would take 7"));
  order.price = 100;
  EXPECT_THAT(Submit(order), ElementsAre("accepted 7", "rested 7: 1"));
  EXPECT_EQ(engine_.best_bid(), 100);
}

TEST_F(MatchingEngineTest, FillOrKillTradesNothingWhenQuantityIsShort) {
  MatchOrder order = Limit(7, 7, Side::kBuy, 11, 102);
  order.time_in_force = TimeInForce::kFok;
  EXPECT_THAT(Submit(order), ElementsAre("accepted 7", "expired fok 7: 11"));
  order.quantity = 10;
  EXPECT_THAT(Submit(order),
              ElementsAre("accepted 7",
                          "trade 7 with 1: 5 @ 101, left 5 and 0",
                          "trade 7 with 2: 3 @ 102, left 2 and 0",
                          "trade 7 with 3: 2 @ 102, left 0 and 0"));
}

TEST_F(MatchingEngineTest, FillOrKillForeseesSelfTradePrevention) {
  MatchOrder order = Limit(7, 2, Side::kBuy, 10, 102);
  order.time_in_force = TimeInForce::kFok;
  for (const SelfTradePrevention mode : {SelfTradePrevention::kExpireTaker,
                                         SelfTradePrevention::kExpireMaker,
                                         SelfTradePrevention::kExpireBoth}) {
    order.self_trade_prevention = mode;
    EXPECT_THAT(Submit(order), ElementsAre("accepted 7", "expired fok 7: 10"));
  }
  EXPECT_EQ(engine_.resting_count(), 6);
  order.self_trade_prevention = SelfTradePrevention::kExpireMaker;
  order.quantity = 7;
  EXPECT_THAT(Submit(order),
              ElementsAre("accepted 7",
                          "trade 7 with 1: 5 @ 101, left 2 and 0",
                          "expired self trade 2: 3",
                          "trade 7 with 3: 2 @ 102, left 0 and 0"));
}

TEST_F(MatchingEngineTest, ImmediateOrCancelNeverRests) {
  MatchOrder order = Limit(7, 7, Side::kBuy, 6, 101);
  order.time_in_force = TimeInForce::kIoc;
  EXPECT_THAT(
      Submit(order),
      ElementsAre("accepted 7", "trade 7 with 1: 5 @ 101, left 1 and 0", "expired ioc 7: 1"));
  EXPECT_EQ(engine_.Find(7), std::nullopt);
}

TEST_F(MatchingEngineTest, MarketOrderExpiresWhenTheBookIsEmpty) {
  EXPECT_THAT(Submit(Market(7, 7, Side::kSell, 14)),
              ElementsAre("accepted 7",
                          "trade 7 with 5: 6 @ 99, left 8 and 0",
                          "trade 7 with 6: 7 @ 98, left 1 and 0",
                          "expired no liquidity 7: 1"));
  EXPECT_EQ(engine_.best_bid(), std::nullopt);
  EXPECT_THAT(Submit(Market(8, 7, Side::kSell, 1)),
              ElementsAre("accepted 8", "expired no liquidity 8: 1"));
}

TEST_F(MatchingEngineTest, LimitOrderTradesAtMakersPricesAndRestsWithTheRest) {
  EXPECT_THAT(Submit(Limit(7, 7, Side::kBuy, 12, 102)),
              ElementsAre("accepted 7",
                          "trade 7 with 1: 5 @ 101, left 7 and 0",
                          "trade 7 with 2: 3 @ 102, left 4 and 0",
                          "trade 7 with 3: 2 @ 102, left 2 and 0",
                          "rested 7: 2"));
  EXPECT_EQ(Picture(engine_),
            "103 4\n"
            "--\n"
            "102 2\n"
            "99 6\n"
            "98 7\n");
}

TEST_F(MatchingEngineTest, OlderOrderTradesFirstAtTheSamePrice) {
  engine_.Submit(Limit(7, 7, Side::kBuy, 1, 99));
  EXPECT_THAT(Submit(Limit(8, 8, Side::kSell, 6, 99)),
              ElementsAre("accepted 8", "trade 8 with 5: 6 @ 99, left 0 and 0"));
  EXPECT_EQ(engine_.Find(7)->remaining, 1);
}

TEST_F(MatchingEngineTest, ReduceKeepsPriority) {
  EXPECT_THAT(Texts(engine_.Reduce(2, 1)), ElementsAre("reduced 2: 1"));
  EXPECT_EQ(engine_.QuantityAt(Side::kSell, 102), 3);
  EXPECT_THAT(Submit(Limit(7, 7, Side::kBuy, 7, 102)),
              ElementsAre("accepted 7",
                          "trade 7 with 1: 5 @ 101, left 2 and 0",
                          "trade 7 with 2: 1 @ 102, left 1 and 0",
                          "trade 7 with 3: 1 @ 102, left 0 and 1"));
}

TEST_F(MatchingEngineTest, ReduceOnlyLowers) {
  EXPECT_THAT(Texts(engine_.Reduce(2, 3)), IsEmpty());
  EXPECT_THAT(Texts(engine_.Reduce(2, 4)), IsEmpty());
  EXPECT_THAT(Texts(engine_.Reduce(77, 1)), IsEmpty());
  EXPECT_THAT(Texts(engine_.Reduce(2, 0)), ElementsAre("canceled 2: 3"));
  EXPECT_EQ(engine_.QuantityAt(Side::kSell, 102), 2);
}

TEST_F(MatchingEngineTest, CancelTakesOutWhatIsLeft) {
  engine_.Submit(Limit(7, 7, Side::kBuy, 2, 101));
  EXPECT_THAT(Texts(engine_.Cancel(1)), ElementsAre("canceled 1: 3"));
  EXPECT_THAT(Texts(engine_.Cancel(1)), IsEmpty());
  EXPECT_EQ(engine_.best_ask(), 102);
}

TEST_F(MatchingEngineTest, CanceledOrderIdMayComeAgain) {
  engine_.Cancel(5);
  EXPECT_THAT(Submit(Limit(5, 5, Side::kBuy, 1, 97)), ElementsAre("accepted 5", "rested 5: 1"));
}

TEST_F(MatchingEngineTest, SelfTradesUnlessPrevented) {
  EXPECT_THAT(Submit(Limit(7, 1, Side::kBuy, 1, 101)),
              ElementsAre("accepted 7", "trade 7 with 1: 1 @ 101, left 0 and 4"));
}

TEST_F(MatchingEngineTest, SelfTradePreventionExpiresTaker) {
  MatchOrder order = Limit(7, 2, Side::kBuy, 9, 102);
  order.self_trade_prevention = SelfTradePrevention::kExpireTaker;
  EXPECT_THAT(
      Submit(order),
      ElementsAre(
          "accepted 7", "trade 7 with 1: 5 @ 101, left 4 and 0", "expired self trade 7: 4"));
  EXPECT_EQ(engine_.Find(2)->remaining, 3);
}

TEST_F(MatchingEngineTest, SelfTradePreventionExpiresMaker) {
  MatchOrder order = Limit(7, 2, Side::kBuy, 9, 102);
  order.self_trade_prevention = SelfTradePrevention::kExpireMaker;
  EXPECT_THAT(Submit(order),
              ElementsAre("accepted 7",
                          "trade 7 with 1: 5 @ 101, left 4 and 0",
                          "expired self trade 2: 3",
                          "trade 7 with 3: 2 @ 102, left 2 and 0",
                          "rested 7: 2"));
}

TEST_F(MatchingEngineTest, SelfTradePreventionExpiresBoth) {
  MatchOrder order = Limit(7, 1, Side::kBuy, 9, 102);
  order.self_trade_prevention = SelfTradePrevention::kExpireBoth;
  EXPECT_THAT(Submit(order),
              ElementsAre("accepted 7", "expired self trade 1: 5", "expired self trade 7: 9"));
  EXPECT_EQ(engine_.best_ask(), 102);
}

TEST_F(MatchingEngineTest, ExpiredMakerIsNamedWithItsOwnSideAndPrice) {
  MatchOrder order = Limit(7, 1, Side::kBuy, 1, 101);
  order.self_trade_prevention = SelfTradePrevention::kExpireMaker;
  const MatchEvent expired = engine_.Submit(order)[1];
  EXPECT_EQ(expired.order_id, 1);
  EXPECT_EQ(expired.owner, 1);
  EXPECT_EQ(expired.side, Side::kSell);
  EXPECT_EQ(expired.price, 101);
}

TEST_F(MatchingEngineTest, QuoteBudgetBuysWholeSteps) {
  // 5 * 101 = 505 leaves 195; 102 buys 1, and the rest of 93 buys no step.
  EXPECT_THAT(Submit(MarketByQuote(7, Side::kBuy, 700, 1)),
              ElementsAre("accepted 7",
                          "trade 7 with 1: 5 @ 101, left 1 and 0",
                          "trade 7 with 2: 1 @ 102, left 0 and 2"));
}

TEST_F(MatchingEngineTest, QuoteBudgetThatEndsBetweenPricesIsComplete) {
  // 5 * 101 leaves 101: one more at 101, none at 102.
  EXPECT_THAT(Submit(MarketByQuote(7, Side::kBuy, 606, 1)),
              ElementsAre("accepted 7", "trade 7 with 1: 5 @ 101, left 0 and 0"));
}

TEST_F(MatchingEngineTest, QuoteBudgetFillsAreMultiplesOfTheStep) {
  EXPECT_THAT(Submit(MarketByQuote(7, Side::kBuy, 490, 2)),
              ElementsAre("accepted 7", "trade 7 with 1: 4 @ 101, left 0 and 1"));
}

TEST_F(MatchingEngineTest, QuoteBudgetBelowOneStepExpires) {
  EXPECT_THAT(Submit(MarketByQuote(7, Side::kBuy, 100, 1)),
              ElementsAre("accepted 7", "expired no liquidity 7: 0"));
}

TEST_F(MatchingEngineTest, QuoteBudgetBeyondTheBookExpiresWithTheRest) {
  // 6 * 99 + 7 * 98 = 1280; the last 200 would sell 2 more at 98.
  EXPECT_THAT(Submit(MarketByQuote(7, Side::kSell, 1480, 1)),
              ElementsAre("accepted 7",
                          "trade 7 with 5: 6 @ 99, left 8 and 0",
                          "trade 7 with 6: 7 @ 98, left 2 and 0",
                          "expired no liquidity 7: 2"));
}

TEST_F(MatchingEngineTest, QuoteBudgetSpentAfterAnExpiredMakerIsComplete) {
  MatchOrder order = MarketByQuote(7, Side::kBuy, 505 + 102, 1);
  order.owner = 2;
  order.self_trade_prevention = SelfTradePrevention::kExpireMaker;
  EXPECT_THAT(Submit(order),
              ElementsAre("accepted 7",
                          "trade 7 with 1: 5 @ 101, left 1 and 0",
                          "expired self trade 2: 3",
                          "trade 7 with 3: 1 @ 102, left 0 and 1"));
}

TEST_F(MatchingEngineTest, CanFillCountsLevelsWithinTheLimit) {
  EXPECT_TRUE(engine_.CanFill(Side::kBuy, 102, 10));
  EXPECT_FALSE(engine_.CanFill(Side::kBuy, 102, 11));
  EXPECT_FALSE(engine_.CanFill(Side::kBuy, 100, 1));
  EXPECT_TRUE(engine_.CanFill(Side::kSell, 98, 13));
  EXPECT_FALSE(engine_.CanFill(Side::kSell, 98, 14));
}

TEST_F(MatchingEngineTest, LevelsEndAtTheDepth) {
  EXPECT_THAT(engine_.Levels(Side::kSell, 2), ElementsAre(BookLevel{101, 5}, BookLevel{102, 5}));
  EXPECT_THAT(engine_.Levels(Side::kBuy, 1), ElementsAre(BookLevel{99, 6}));
  EXPECT_THAT(engine_.Levels(Side::kBuy, 0), IsEmpty());
}

TEST_F(MatchingEngineTest, ChangesAreTakenOnceInOrderOfFirstChange) {
  std::vector<BookLevel> bids;
  std::vector<BookLevel> asks;
  engine_.TakeChanges(bids, asks);
  EXPECT_THAT(bids, ElementsAre(BookLevel{99, 6}, BookLevel{98, 7}));
  EXPECT_THAT(asks, ElementsAre(BookLevel{101, 5}, BookLevel{102, 5}, BookLevel{103, 4}));

  engine_.Cancel(6);
  engine_.Submit(Limit(7, 7, Side::kBuy, 7, 102));
  engine_.TakeChanges(bids, asks);
  EXPECT_THAT(bids, ElementsAre(BookLevel{98, 0}));
  EXPECT_THAT(asks, ElementsAre(BookLevel{101, 0}, BookLevel{102, 3}));

  engine_.TakeChanges(bids, asks);
  EXPECT_THAT(bids, IsEmpty());
  EXPECT_THAT(asks, IsEmpty());
}

TEST_F(MatchingEngineTest, LevelThatCameBackAsItWasIsNoChange) {
  std::vector<BookLevel> bids;
  std::vector<BookLevel> asks;
  engine_.TakeChanges(bids, asks);
  engine_.Cancel(5);
  engine_.Submit(Limit(7, 7, Side::kBuy, 6, 99));
  engine_.Submit(Limit(8, 8, Side::kSell, 1, 110));
  engine_.Cancel(8);
  engine_.TakeChanges(bids, asks);
  EXPECT_THAT(bids, IsEmpty());
  EXPECT_THAT(asks, IsEmpty());
}

TEST(MatchingEngineLimitsTest, TotalsSaturate) {
  MatchingEngine engine;
  engine.Submit(Limit(1, 1, Side::kSell, INT64_MAX, INT64_MAX));
  engine.Submit(Limit(2, 1, Side::kSell, INT64_MAX, INT64_MAX));
  EXPECT_EQ(engine.QuantityAt(Side::kSell, INT64_MAX), INT64_MAX);
  EXPECT_THAT(
      Texts(engine.Submit(Market(3, 3, Side::kBuy, INT64_MAX))),
      ElementsAre("accepted 3",
                  "trade 3 with 1: 9223372036854775807 @ 9223372036854775807, left 0 and 0"));
  EXPECT_EQ(engine.QuantityAt(Side::kSell, INT64_MAX), INT64_MAX);
}

TEST(MatchingEngineDeathTest, ChecksOrders) {
  MatchingEngine engine;
  EXPECT_DEATH(engine.Submit(Limit(1, 1, Side::kBuy, 0, 100)), "CHECK failed");
  EXPECT_DEATH(engine.Submit(Limit(1, 1, Side::kBuy, 1, 0)), "CHECK failed");
  EXPECT_DEATH(engine.Submit(Market(1, 1, Side::kBuy, -1)), "CHECK failed");
}

}  // namespace
}  // namespace colibri
