// When the balance does not suffice for the quotes, or comes late.
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/strategies/simple_market_maker_fixture.h"

namespace colibri {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

class SimpleMarketMakerBalanceTest : public SimpleMarketMakerTest {};

TEST_F(SimpleMarketMakerBalanceTest, ShortBalanceMakesOrdersSmallerInsteadOfRefused) {
  config_.levels = 2;
  exchange_.SetBalance("USDT", "150");
  exchange_.SetBalance("BTC", "1.5");
  SimpleMarketMaker& maker = Start();
  Pass(config_.balance_settle_delay);
  EXPECT_THAT(
      exchange_.Open(),
      ElementsAre("buy 1 @ 99.8", "buy 0.5032 @ 99.75", "sell 1 @ 100.2", "sell 0.5 @ 100.25"));
  EXPECT_EQ(maker.counters().refusals, 0);
  EXPECT_THAT(maker.status().warnings,
              Contains("2 levels made smaller: the balance does not suffice"));
}

TEST_F(SimpleMarketMakerBalanceTest, BalanceThatIsOnItsWayIsWaitedFor) {
  exchange_.SetBalance("USDT", "100");
  exchange_.set_auto_cancel(false);
  Start();
  exchange_.SetMid("99");
  // The bid ends, and the exchange hears later than we that its money is free.
  exchange_.SetBalanceSilently("USDT", "50");
  exchange_.FinishCancel(exchange_.open_id(Side::kBuy));
  EXPECT_THAT(exchange_.Open(), ElementsAre("sell 1 @ 100.2"));
  Pass(absl::Milliseconds(249));
  exchange_.SetBalance("USDT", "100");
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 98.8", "sell 1 @ 100.2"));
}

TEST_F(SimpleMarketMakerBalanceTest, WantOfBalanceThatLastsMakesTheOrderSmaller) {
  exchange_.SetBalance("USDT", "100");
  Start();
  exchange_.Fill(exchange_.open_id(Side::kBuy), "1");
  exchange_.SetBalance("USDT", "60");
  EXPECT_THAT(exchange_.Open(), ElementsAre("sell 1 @ 100.2"));
  Pass(absl::Milliseconds(249));
  EXPECT_THAT(exchange_.Open(), ElementsAre("sell 1 @ 100.2"));
  Pass(absl::Milliseconds(1));
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 0.6012 @ 99.8", "sell 1 @ 100.2"));
}

TEST_F(SimpleMarketMakerBalanceTest, ShortLevelsAreReplacedOnceNotAgainAndAgain) {
  config_.levels = 2;
  config_.quantity_tolerance = Dec("0.1");
  exchange_.SetBalance("BTC", "1.2");
  Start();
  Pass(absl::Seconds(1));
  ASSERT_THAT(exchange_.Open(),
              ElementsAre("buy 1 @ 99.8", "buy 1 @ 99.75", "sell 1 @ 100.2", "sell 0.2 @ 100.25"));
  const size_t requests = exchange_.requests();
  // 1.15 is left. The first level should have 1 and stays at 0.95, the second should have 0.15.
  exchange_.Fill(exchange_.open_id(Side::kSell), "0.05");
  Pass(absl::Minutes(1));
  EXPECT_THAT(
      exchange_.Open(),
      ElementsAre("buy 1 @ 99.8", "buy 1 @ 99.75", "sell 0.95 @ 100.2", "sell 0.15 @ 100.25"));
  EXPECT_EQ(exchange_.requests(), requests + 2);
}

TEST_F(SimpleMarketMakerBalanceTest, OrderThatCannotGrowIsNotReplaced) {
  config_.levels = 2;
  config_.quantity_tolerance = Dec("0.2");
  config_.inventory.is_enabled = true;
  exchange_.SetBalance("BTC", "1.5");
  exchange_.SetBalance("USDT", "150");
  Start();
  Pass(absl::Seconds(1));
  ASSERT_THAT(
      exchange_.Open(),
      ElementsAre("buy 1 @ 99.8", "buy 0.5032 @ 99.75", "sell 1 @ 100.2", "sell 0.5 @ 100.25"));
  // Too little base now: asks should be 0.85 and the 0.65 that is left. The first stays at 1, so
  // there is nothing that the second could grow by.
  exchange_.SetBalance("USDT", "202.94");
  Pass(absl::Minutes(1));
  EXPECT_THAT(
      exchange_.Open(),
      ElementsAre("buy 1 @ 99.8", "buy 0.884 @ 99.75", "sell 1 @ 100.2", "sell 0.5 @ 100.25"));
  EXPECT_EQ(exchange_.requests(), 6U);
}

TEST_F(SimpleMarketMakerBalanceTest, BalanceOfAnOrderBeingCanceledIsWaitedFor) {
  config_.levels = 2;
  exchange_.SetBalance("USDT", "200");
  exchange_.set_auto_cancel(false);
  Start();
  exchange_.SetMid("110");
  Pass(absl::Seconds(1));
  exchange_.FinishCancel(exchange_.open_id(Side::kSell));
  exchange_.FinishCancel(exchange_.open_id(Side::kSell));
  exchange_.FinishCancel(exchange_.open_id(Side::kBuy));
  // 100.25 are free, and 109.78 are wanted.
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 99.75", "sell 1 @ 110.22", "sell 1 @ 110.28"));
  exchange_.FinishCancel(exchange_.open_id(Side::kBuy));
  EXPECT_THAT(
      exchange_.Open(),
      ElementsAre("buy 1 @ 109.78", "buy 0.8222 @ 109.72", "sell 1 @ 110.22", "sell 1 @ 110.28"));
}

}  // namespace
}  // namespace colibri
