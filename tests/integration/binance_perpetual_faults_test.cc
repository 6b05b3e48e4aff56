// What goes wrong at USD-M futures, and that orders, positions, balances and books are right
// afterwards.
#include "tests/integration/binance_perpetual_fixture.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using venue_sim::FailWhen;

using BinancePerpetualFaultsTest = BinancePerpetualTest;

TEST_F(BinancePerpetualFaultsTest, FindsAnOrderThatLivesBehindA503) {
  StartConnector({});
  sim_.faults().FailOrders(1, FailWhen::kAfterExecuting);
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "60100"));
  environment_.RunFor(absl::Seconds(30));
  EXPECT_EQ(StateOf(id), "filled");
  EXPECT_EQ(PositionText(PositionSide::kNet), "0.01");
  EXPECT_EQ(request_count("WS order.place"), 1);  // never sent again
  ExpectTruth();
}

TEST_F(BinancePerpetualFaultsTest, DoubtsAnOrderThatNeverArrivedUntilItIsSurelyAbsent) {
  StartConnector({});
  network_.set_weather({.lose_request = 1});
  const ClientOrderId id = *connector_->Place(Limit(Side::kBuy, "0.01", "59000"));
  environment_.RunFor(absl::Milliseconds(100));
  network_.set_weather({.latency_max = absl::Milliseconds(1)});
  environment_.RunFor(absl::Seconds(12));
  EXPECT_TRUE(order(id).is_in_doubt);
  environment_.RunFor(absl::Minutes(2));
  EXPECT_THAT(EventsOf(id), ElementsAre("order_in_doubt", "order_rejected"));
  EXPECT_EQ(request_count("WS order.place"), 0);
  ExpectTruth();
}

TEST_F(BinancePerpetualFaultsTest, FindsFillsAndThePositionThatTheUserStreamSwallowed) {
  StartConnector({});
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59950"));
  sim_.faults().WithholdUserEvents(absl::Seconds(10));
  OtherLimit("SELL", "0.01", "59950");
  environment_.RunFor(absl::Minutes(3));
  EXPECT_EQ(StateOf(id), "filled");
  EXPECT_EQ(PositionText(PositionSide::kNet), "0.01");
  ExpectTruth();
}

TEST_F(BinancePerpetualFaultsTest, ComesBackAfterItsStreamsWereCut) {
  StartConnector({});
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59950"));
  sim_.faults().CutUserStreams();
  sim_.faults().CutMarketStreams();
  OtherLimit("SELL", "0.01", "59950");
  environment_.RunFor(absl::Minutes(1));
  EXPECT_THAT(EventsOf(id), ElementsAre("order_created", "order_filled", "order_completed"));
  EXPECT_EQ(PositionText(PositionSide::kNet), "0.01");
  ExpectTruth();
}

TEST_F(BinancePerpetualFaultsTest, IsStaleFromAMissingDiffUntilResynced) {
  StartConnector({});
  bool was_stale = false;
  const Subscription watch = connector_->events().Subscribe<BookChanged>(
      [&](const BookChanged& event) { was_stale |= event.is_stale; });
  sim_.faults().DropDepthEvents(kSymbol, 1);
  OtherLimit("BUY", "0.01", "59950");
  Settle();
  OtherLimit("BUY", "0.01", "59951");
  Settle();
  Settle();
  EXPECT_TRUE(was_stale);
  EXPECT_EQ(connector_->counters().book_resyncs, 1);
  ExpectTruth();
}

TEST_F(BinancePerpetualFaultsTest, HealsAClockThatIsBehind) {
  StartConnector({});
  sim_.faults().SkewClock(absl::Seconds(8));
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));
  EXPECT_EQ(StateOf(id), "open");
  ExpectTruth();
}

TEST_F(BinancePerpetualFaultsTest, LearnsOfALiquidationThatNoEventTold) {
  StartConnector({.margin_mode = MarginMode::kIsolated, .leverage = 50});
  PlaceAndSettle(Limit(Side::kBuy, "0.2", "60200"));
  sim_.faults().WithholdUserEvents(absl::Seconds(10));
  SetPrice("58000");
  environment_.RunFor(absl::Minutes(5));
  EXPECT_EQ(PositionText(PositionSide::kNet), "0");
  EXPECT_THAT(perpetual().positions(), IsEmpty());
}

TEST_F(BinancePerpetualFaultsTest, KnowsThatItIsDeleveraged) {
  StartConnector({});
  Ask(kPoor, "POST", "/fapi/v1/leverage?symbol=BTCUSDT&leverage=100");
  LimitOf(kPoor, "BUY", "0.1", "60050");
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kSell, "0.1", "60050"));
  ASSERT_EQ(StateOf(id), "filled");
  // Nobody buys what the ruined one must sell, and nobody insures: who gained from it pays.
  Ask(kOther, "DELETE", "/fapi/v1/allOpenOrders?symbol=BTCUSDT");
  sim_.DrainInsuranceFund();
  SetPrice("57000");
  Settle();
  EXPECT_EQ(PositionText(PositionSide::kNet), "0");
  ASSERT_THAT(Events<Liquidation>(), SizeIs(1));
  EXPECT_TRUE(Events<Liquidation>()[0].is_auto_deleveraging);
  EXPECT_EQ(Events<Liquidation>()[0].side, Side::kBuy);
  EXPECT_EQ(Events<Liquidation>()[0].quantity.ToString(), "0.1");
  ExpectTruth();
}

}  // namespace
}  // namespace colibri
