#include "strategies/simple_market_maker.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/strategies/simple_market_maker_fixture.h"

namespace colibri {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

TEST_F(SimpleMarketMakerTest, WrongConfigurationIsRefusedWithAllItsProblems) {
  config_.levels = 0;
  config_.bid_spread = Dec("2");
  SimpleMarketMaker maker(config_);
  EXPECT_THAT(maker.Start({exchange_, exchange_.clock()}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::AllOf(HasSubstr("levels is 0"), HasSubstr("bid_spread is 2"))));
  EXPECT_THAT(exchange_.placed(), IsEmpty());
}

TEST_F(SimpleMarketMakerTest, PairThatIsNotConnectedIsRefused) {
  config_.pair = {"ETH", "USDT"};
  SimpleMarketMaker maker(config_);
  EXPECT_THAT(maker.Start({exchange_, exchange_.clock()}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("ETH-USDT")));
}

TEST_F(SimpleMarketMakerTest, StartsPausedWhenTheRulesAreNotKnown) {
  exchange_.set_rules_known(false);
  SimpleMarketMaker& maker = Start();
  EXPECT_EQ(maker.state(), StrategyState::kPaused);
  EXPECT_THAT(maker.status().reason, HasSubstr("rules of BTC-USDT"));
  exchange_.set_rules_known(true);
  Pass(config_.refresh_interval);
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 99.8", "sell 1 @ 100.2"));
}

TEST_F(SimpleMarketMakerTest, StaleBookCancelsTheQuotesUntilItIsBack) {
  SimpleMarketMaker& maker = Start();
  exchange_.MakeStale("gap at 17");
  EXPECT_THAT(exchange_.Open(), IsEmpty());
  EXPECT_EQ(maker.state(), StrategyState::kPaused);
  EXPECT_THAT(maker.status().reason, HasSubstr("gap at 17"));
  Pass(absl::Seconds(60));
  EXPECT_THAT(exchange_.Open(), IsEmpty());
  exchange_.SetMid("110");
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 109.78", "sell 1 @ 110.22"));
  EXPECT_EQ(maker.state(), StrategyState::kRunning);
}

TEST_F(SimpleMarketMakerTest, UnhealthyExchangeCancelsTheQuotes) {
  SimpleMarketMaker& maker = Start();
  exchange_.SetHealth("user_stream", false, "cut");
  EXPECT_THAT(exchange_.Open(), IsEmpty());
  EXPECT_THAT(maker.status().reason, HasSubstr("user_stream: cut"));
  exchange_.SetHealth("user_stream", true);
  EXPECT_THAT(exchange_.Open(), SizeIs(2));
}

TEST_F(SimpleMarketMakerTest, CancelRefusedWhilePausedIsTriedAgain) {
  Start();
  exchange_.RefuseNextCancel(absl::UnavailableError("limits"));
  exchange_.MakeStale("gap");
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 99.8"));
  Pass(absl::Milliseconds(999));
  EXPECT_THAT(exchange_.Open(), SizeIs(1));
  Pass(absl::Milliseconds(1));
  EXPECT_THAT(exchange_.Open(), IsEmpty());
}

TEST_F(SimpleMarketMakerTest, CancelRejectedByTheVenueIsTriedAgain) {
  Start();
  exchange_.set_auto_cancel(false);
  exchange_.MakeStale("gap");
  ASSERT_THAT(exchange_.canceled(), SizeIs(2));
  exchange_.RejectCancel(exchange_.canceled()[0], "too busy");
  Pass(absl::Milliseconds(500));
  EXPECT_THAT(exchange_.canceled(), SizeIs(2));
  exchange_.set_auto_cancel(true);
  Pass(absl::Milliseconds(500));
  EXPECT_THAT(exchange_.canceled(), SizeIs(3));
  EXPECT_THAT(exchange_.Open(), SizeIs(1));
}

TEST_F(SimpleMarketMakerTest, CancelWithoutAnOutcomeIsAskedForAgain) {
  Start();
  exchange_.set_auto_cancel(false);
  exchange_.MakeStale("gap");
  Pass(absl::Milliseconds(4999));
  EXPECT_THAT(exchange_.canceled(), SizeIs(2));
  Pass(absl::Milliseconds(1));
  EXPECT_THAT(exchange_.canceled(), SizeIs(4));
}

TEST_F(SimpleMarketMakerTest, RefusedPlacementIsTriedAgainEverMoreSlowly) {
  config_.refresh_interval = absl::Hours(1);
  for (int i = 0; i < 4; ++i) {
    exchange_.RefuseNextPlace(absl::FailedPreconditionError("not ready"));
  }
  SimpleMarketMaker& maker = Start();  // both sides refused
  EXPECT_THAT(exchange_.Open(), IsEmpty());
  EXPECT_THAT(maker.status().warnings, Contains(HasSubstr("not ready")));
  Pass(absl::Milliseconds(250));  // both again
  EXPECT_EQ(maker.counters().refusals, 4);
  Pass(absl::Milliseconds(499));
  EXPECT_THAT(exchange_.Open(), IsEmpty());
  Pass(absl::Milliseconds(1));
  EXPECT_THAT(exchange_.Open(), SizeIs(2));
}

TEST_F(SimpleMarketMakerTest, RetriesReachTheLongestDelayAndNoFurther) {
  config_.refresh_interval = absl::Hours(1);
  config_.retry_delay_max = absl::Seconds(1);
  exchange_.RejectNextOrders(1000, "would take");
  SimpleMarketMaker& maker = Start();
  Pass(absl::Seconds(10));  // at 0, 0.25, 0.75, 1.75, 2.75 ... 9.75, on both sides
  EXPECT_EQ(maker.counters().rejections, 24);
  EXPECT_EQ(maker.counters().refusals, 0);
  EXPECT_THAT(maker.status().warnings, Contains(HasSubstr("rejected: would take")));
}

TEST_F(SimpleMarketMakerTest, RejectedPostOnlyOrderIsQuotedAnewAtTheNewPrice) {
  exchange_.set_auto_ack(false);
  Start();
  exchange_.Reject(exchange_.open_id(Side::kBuy), "would take");
  exchange_.Ack(exchange_.open_id(Side::kSell));
  exchange_.set_auto_ack(true);
  exchange_.SetMid("99");
  Pass(absl::Seconds(1));
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 98.8", "sell 1 @ 99.2"));
}

TEST_F(SimpleMarketMakerTest, OrderThatTheExchangeForgotHoldsNoSlot) {
  exchange_.set_auto_cancel(false);
  Start();
  exchange_.RefuseNextCancel(absl::FailedPreconditionError("order is over"));
  exchange_.SetMid("101");  // the bid's cancel is refused, its end comes now
  const ClientOrderId bid = exchange_.open_id(Side::kBuy);
  exchange_.FinishCancel(bid);
  exchange_.FinishCancel(exchange_.open_id(Side::kSell));
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 100.79", "sell 1 @ 101.21"));
}

TEST_F(SimpleMarketMakerTest, AcknowledgedOrderEndsTheRowOfRefusals) {
  config_.refresh_interval = absl::Hours(1);
  exchange_.set_auto_ack(false);
  SimpleMarketMaker& maker = Start();
  exchange_.Ack(exchange_.open_id(Side::kSell));
  exchange_.Reject(exchange_.open_id(Side::kBuy), "would take");
  Pass(absl::Milliseconds(250));
  exchange_.Reject(exchange_.open_id(Side::kBuy), "would take");
  Pass(absl::Milliseconds(500));
  exchange_.Ack(exchange_.open_id(Side::kBuy));
  exchange_.Expire(exchange_.open_id(Side::kBuy), "self trade");
  Pass(absl::Milliseconds(250));
  EXPECT_THAT(exchange_.Open(), SizeIs(2));
  EXPECT_EQ(maker.counters().rejections, 3);
}

TEST_F(SimpleMarketMakerTest, QuotesToTheTick) {
  config_.levels = 3;
  config_.level_spacing = Dec("0.0005");
  exchange_.SetMid("61837.63");
  exchange_.SetBalance("USDT", "1000000");
  Start();
  EXPECT_THAT(exchange_.Open(),
              ElementsAre("buy 1 @ 61713.95",
                          "buy 1 @ 61683.03",
                          "buy 1 @ 61652.11",
                          "sell 1 @ 61961.31",
                          "sell 1 @ 61992.23",
                          "sell 1 @ 62023.15"));
  EXPECT_EQ(exchange_.placed()[0].type, OrderType::kLimitMaker);
  EXPECT_EQ(exchange_.placed()[0].time_in_force, TimeInForce::kGtc);
}

TEST_F(SimpleMarketMakerTest, BestLevelsOfBothSidesGoFirst) {
  config_.levels = 2;
  Start();
  ASSERT_THAT(exchange_.placed(), SizeIs(4));
  EXPECT_EQ(exchange_.placed()[0].price, Px("99.8"));
  EXPECT_EQ(exchange_.placed()[1].price, Px("100.2"));
  EXPECT_EQ(exchange_.placed()[2].price, Px("99.75"));
}

TEST_F(SimpleMarketMakerTest, PostOnlyCanBeSwitchedOff) {
  config_.is_post_only = false;
  Start();
  EXPECT_EQ(exchange_.placed()[0].type, OrderType::kLimit);
}

TEST_F(SimpleMarketMakerTest, SmallMovesOfTheMidChangeNothing) {
  config_.reference_tolerance = Dec("0.001");
  SimpleMarketMaker& maker = Start();
  const int64_t looks = maker.counters().requotes;
  exchange_.SetMid("100.1");
  EXPECT_EQ(maker.counters().requotes, looks);
  exchange_.SetMid("100.11");
  EXPECT_GT(maker.counters().requotes, looks);
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 99.9", "sell 1 @ 100.32"));
}

TEST_F(SimpleMarketMakerTest, OrdersWithinTheToleranceStay) {
  config_.reference_tolerance = Decimal();
  config_.price_tolerance = Dec("0.001");
  Start();
  exchange_.SetMid("100.09");  // the bid would move by 0.09 of 99.88
  EXPECT_EQ(exchange_.requests(), 2U);
  exchange_.SetMid("100.11");
  EXPECT_EQ(exchange_.requests(), 6U);
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 99.9", "sell 1 @ 100.32"));
}

TEST_F(SimpleMarketMakerTest, TimeRefreshesWhatTheBookDidNot) {
  config_.reference_tolerance = Dec("0.01");
  config_.refresh_interval = absl::Seconds(5);
  Start();
  exchange_.SetMid("100.5");
  EXPECT_EQ(exchange_.requests(), 2U);
  Pass(absl::Seconds(5));
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 100.29", "sell 1 @ 100.71"));
}

TEST_F(SimpleMarketMakerTest, OldOrdersAreReplaced) {
  config_.order_age_max = absl::Seconds(30);
  Start();
  Pass(absl::Seconds(29));
  EXPECT_EQ(exchange_.requests(), 2U);
  Pass(absl::Seconds(1));
  EXPECT_EQ(exchange_.requests(), 6U);
}

TEST_F(SimpleMarketMakerTest, FillIsQuotedAnewAtOnce) {
  Start();
  exchange_.Fill(exchange_.open_id(Side::kBuy), "1");
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 99.8", "sell 1 @ 100.2"));
  EXPECT_EQ(exchange_.requests(), 3U);
}

TEST_F(SimpleMarketMakerTest, PartialFillIsTopedUpBeyondTheToleranceOnly) {
  config_.quantity_tolerance = Dec("0.3");
  Start();
  exchange_.Fill(exchange_.open_id(Side::kSell), "0.3");
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 99.8", "sell 0.7 @ 100.2"));
  exchange_.Fill(exchange_.open_id(Side::kSell), "0.0001");
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 99.8", "sell 1 @ 100.2"));
}

TEST_F(SimpleMarketMakerTest, NewOrderWaitsForTheEndOfTheOldOne) {
  exchange_.set_auto_cancel(false);
  Start();
  exchange_.SetMid("101");
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 99.8", "sell 1 @ 100.2"));
  EXPECT_THAT(exchange_.canceled(), SizeIs(2));
  Pass(absl::Seconds(4));
  EXPECT_THAT(exchange_.canceled(), SizeIs(2));
  exchange_.FinishCancel(exchange_.open_id(Side::kSell));
  exchange_.FinishCancel(exchange_.open_id(Side::kBuy));
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 100.79", "sell 1 @ 101.21"));
  EXPECT_EQ(exchange_.most_open(), 2U);
}

TEST_F(SimpleMarketMakerTest, FillThatWinsAgainstTheCancelIsAnEndToo) {
  exchange_.set_auto_cancel(false);
  Start();
  exchange_.SetMid("99");
  exchange_.Fill(exchange_.open_id(Side::kBuy), "1");
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 98.8", "sell 1 @ 100.2"));
}

TEST_F(SimpleMarketMakerTest, NewQuoteWaitsForAnOrderThatItWouldCross) {
  exchange_.set_auto_cancel(false);
  Start();
  exchange_.SetMid("101");
  exchange_.FinishCancel(exchange_.open_id(Side::kBuy));
  // A bid of 100.79 would meet the ask of 100.2, whose cancel is under way.
  EXPECT_THAT(exchange_.Open(), ElementsAre("sell 1 @ 100.2"));
  exchange_.FinishCancel(exchange_.open_id(Side::kSell));
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 100.79", "sell 1 @ 101.21"));
}

TEST_F(SimpleMarketMakerTest, KeptOrderYieldsToAQuoteThatFeesNeedFarther) {
  config_.price_tolerance = Dec("0.01");
  config_.bid_spread = Dec("0.0001");
  config_.ask_spread = Dec("0.0001");
  config_.reference_tolerance = Decimal();
  SimpleMarketMaker& maker = Start();
  ASSERT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 99.94", "sell 1 @ 100.06"));
  ASSERT_EQ(maker.plan()->round_trip_min, Dec("0.001000750500312688"));
  // Both stay within the tolerance; the bid fills, and its successor is too near to the old ask.
  exchange_.SetMid("100.05");
  ASSERT_EQ(exchange_.requests(), 2U);
  exchange_.Fill(exchange_.open_id(Side::kBuy), "1");
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 99.99", "sell 1 @ 100.11"));
}

TEST_F(SimpleMarketMakerTest, SkewMovesQuantityToTheSideThatLeadsBack) {
  config_.inventory.is_enabled = true;
  config_.inventory.base_share_min = Dec("0.25");
  config_.inventory.base_share_max = Dec("0.75");
  exchange_.SetBalance("BTC", "62.5");
  exchange_.SetBalance("USDT", "3750");  // 6250 of 10000 is base
  SimpleMarketMaker& maker = Start();
  EXPECT_EQ(maker.plan()->skew.deviation, Dec("0.5"));
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 0.5 @ 99.8", "sell 1.5 @ 100.2"));
}

TEST_F(SimpleMarketMakerTest, SideBeyondTheLimitIsNotQuoted) {
  config_.inventory.is_enabled = true;
  config_.inventory.base_share_max = Dec("0.75");
  config_.quantity_tolerance = Decimal();
  exchange_.SetBalance("BTC", "70");
  exchange_.SetBalance("USDT", "3000");
  Start();
  ASSERT_THAT(exchange_.Open(), SizeIs(2));
  exchange_.SetBalance("BTC", "80");
  exchange_.SetBalance("USDT", "2000");
  EXPECT_THAT(exchange_.Open(), ElementsAre("sell 2 @ 100.2"));
}

TEST_F(SimpleMarketMakerTest, RequestsPerSecondAreBounded) {
  config_.levels = 3;
  config_.requests_per_second = 4;
  Start();
  EXPECT_EQ(exchange_.requests(), 4U);
  Pass(absl::Milliseconds(999));
  EXPECT_EQ(exchange_.requests(), 4U);
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(exchange_.requests(), 6U);
  EXPECT_THAT(exchange_.Open(), SizeIs(6));
}

TEST_F(SimpleMarketMakerTest, CancelsForSafetyAreNotHeldBack) {
  config_.levels = 3;
  config_.requests_per_second = 6;
  Start();
  Pass(absl::Seconds(1));
  exchange_.MakeStale("gap");
  EXPECT_THAT(exchange_.Open(), IsEmpty());
  exchange_.SetMid("100");
  EXPECT_THAT(exchange_.Open(), IsEmpty());  // the second is used up
  Pass(absl::Seconds(1));
  EXPECT_THAT(exchange_.Open(), SizeIs(6));
}

TEST_F(SimpleMarketMakerTest, OwnOrdersAtTheTopDoNotMoveTheReference) {
  SimpleMarketMaker& maker = Start();
  exchange_.SetBook({{"99.8", "1"}, {"99.5", "3"}}, {{"100.2", "1"}, {"100.5", "3"}});
  EXPECT_EQ(maker.reference(), Px("100"));
  EXPECT_EQ(exchange_.requests(), 2U);
}

TEST_F(SimpleMarketMakerTest, StopCancelsAllUntilTheVenueConfirms) {
  exchange_.set_auto_cancel(false);
  SimpleMarketMaker& maker = Start();
  maker.Stop();
  ASSERT_THAT(exchange_.canceled(), SizeIs(2));
  exchange_.RejectCancel(exchange_.canceled()[0], "busy");
  exchange_.FinishCancel(exchange_.canceled()[1]);
  EXPECT_EQ(maker.state(), StrategyState::kStopping);
  Pass(absl::Seconds(1));
  ASSERT_THAT(exchange_.canceled(), SizeIs(3));
  exchange_.FinishCancel(exchange_.canceled()[2]);
  EXPECT_EQ(maker.state(), StrategyState::kStopped);
  exchange_.SetMid("105");
  Pass(absl::Minutes(1));
  EXPECT_EQ(exchange_.placed().size(), 2U);
}

TEST_F(SimpleMarketMakerTest, OtherOrdersOfTheAccountAreLeftAlone) {
  OrderRequest request;
  request.pair = kPair;
  request.side = Side::kBuy;
  request.price = Px("50");
  request.quantity = Qty("1");
  ASSERT_OK(exchange_.Place(request));
  exchange_.set_open_orders_max(3);
  maker_ = std::make_unique<SimpleMarketMaker>(config_);
  ASSERT_OK(maker_->Start({exchange_, exchange_.clock()}));
  maker_->Stop();
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 50"));
}

TEST_F(SimpleMarketMakerTest, StatusShowsQuotesAndWhatIsWrong) {
  config_.levels = 2;
  exchange_.SetBalance("USDT", "100");
  SimpleMarketMaker& maker = Start();
  const StrategyStatus status = maker.status();
  EXPECT_EQ(status.name, "simple_market_maker");
  EXPECT_THAT(status.fields, Contains(Pair("reference", "100")));
  EXPECT_THAT(status.fields, Contains(Pair("bid", "1 @ 99.8")));
  EXPECT_THAT(status.fields, Contains(Pair("ask", "1 @ 100.2")));
  EXPECT_THAT(status.fields, Contains(Pair("orders", "3 of 4")));
  EXPECT_THAT(status.warnings, ElementsAre("1 level left out: the balance does not suffice"));
}

}  // namespace
}  // namespace colibri
