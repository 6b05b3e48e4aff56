// What goes wrong at a venue, and that orders, balances and books are right afterwards, or known to
// be unknown meanwhile.
#include "tests/integration/binance_venue_fixture.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using venue_sim::FailWhen;

using BinanceFaultsTest = BinanceVenueTest;

TEST_F(BinanceFaultsTest, FindsAnOrderThatLivesBehindA503) {
  StartConnector();
  sim_.faults().FailOrders(1, FailWhen::kAfterExecuting);
  const ClientOrderId id = Place(Limit(Side::kBuy, "0.01", "59000"));
  environment_.RunFor(absl::Seconds(30));
  EXPECT_EQ(StateOf(id), "open");
  EXPECT_FALSE(order(id).is_in_doubt);
  EXPECT_EQ(request_count("WS order.place"), 1);  // never sent again
  ExpectTruth();
}

TEST_F(BinanceFaultsTest, DoubtsAnOrderThatNeverArrivedUntilItIsSurelyAbsent) {
  StartConnector();
  sim_.faults().FailOrders(1, FailWhen::kBeforeExecuting);
  const ClientOrderId id = Place(Limit(Side::kBuy, "0.01", "59000"));
  environment_.RunFor(absl::Seconds(5));
  EXPECT_TRUE(order(id).is_in_doubt);
  EXPECT_THAT(EventsOf(id), ElementsAre("order_in_doubt"));
  environment_.RunFor(absl::Minutes(2));
  EXPECT_THAT(EventsOf(id), ElementsAre("order_in_doubt", "order_rejected"));
  EXPECT_EQ(request_count("WS order.place"), 1);
  ExpectTruth();
}

TEST_F(BinanceFaultsTest, FindsAnOrderWhoseAnswerWasCut) {
  StartConnector();
  sim_.faults().HangUpOrders(1);
  const ClientOrderId id = Place(Limit(Side::kBuy, "0.01", "60100"));
  environment_.RunFor(absl::Seconds(30));
  EXPECT_EQ(StateOf(id), "filled");
  EXPECT_EQ(request_count("WS order.place"), 1);
  ExpectTruth();
}

TEST_F(BinanceFaultsTest, FindsFillsOfTheTimeWithoutAUserStream) {
  StartConnector();
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59950"));
  sim_.faults().CutUserStreams();
  OtherLimit("SELL", "0.01", "59950");
  environment_.RunFor(absl::Minutes(1));
  EXPECT_THAT(EventsOf(id), ElementsAre("order_created", "order_filled", "order_completed"));
  ExpectTruth();
}

TEST_F(BinanceFaultsTest, FindsFillsThatTheUserStreamSwallowed) {
  StartConnector();
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59950"));
  sim_.faults().WithholdUserEvents(absl::Seconds(10));
  OtherLimit("SELL", "0.004", "59950");
  environment_.RunFor(absl::Minutes(1));
  EXPECT_EQ(order(id).filled.ToString(), "0.004");
  sim_.faults().WithholdUserEvents(absl::Seconds(10));
  OtherLimit("SELL", "0.006", "59950");
  environment_.RunFor(absl::Minutes(3));
  EXPECT_THAT(EventsOf(id),
              ElementsAre("order_created", "order_filled", "order_filled", "order_completed"));
  ExpectTruth();
}

TEST_F(BinanceFaultsTest, WaitsAsLongAsTheVenueSays) {
  StartConnector();
  sim_.faults().RefuseRequests(absl::Seconds(1), /*retry_after_seconds=*/20);
  const ClientOrderId refused = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));
  EXPECT_EQ(StateOf(refused), "rejected");
  const int64_t sent = request_count("WS order.place");
  const absl::Status while_closed = connector_->Place(Limit(Side::kBuy, "0.01", "59000")).status();
  EXPECT_EQ(while_closed.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(while_closed.message()), testing::HasSubstr("limit"));
  environment_.RunFor(absl::Seconds(15));
  EXPECT_EQ(request_count("WS order.place"), sent);
  environment_.RunFor(absl::Seconds(30));
  const ClientOrderId taken = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));
  EXPECT_EQ(StateOf(taken), "open");
  ExpectTruth();
}

TEST_F(BinanceFaultsTest, HealsAClockThatIsBehind) {
  StartConnector();
  sim_.faults().SkewClock(absl::Seconds(5));
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));
  EXPECT_EQ(StateOf(id), "open");
  ExpectTruth();
}

TEST_F(BinanceFaultsTest, HealsAClockThatIsAhead) {
  StartConnector();
  environment_.RunFor(
      absl::Seconds(10));  // so that nothing known is younger than the venue's new time
  sim_.faults().SkewClock(absl::Seconds(-5));
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));
  EXPECT_EQ(StateOf(id), "open");
  ExpectTruth();
}

TEST_F(BinanceFaultsTest, IsStaleFromAMissingDiffUntilResynced) {
  StartConnector();
  bool was_stale = false;
  const Subscription watch = connector_->events().Subscribe<BookChanged>(
      [&](const BookChanged& event) { was_stale |= event.is_stale; });
  sim_.faults().DropDepthEvents("BTCUSDT", 1);
  OtherLimit("BUY", "0.01", "59950");
  Settle();
  OtherLimit("BUY", "0.01", "59951");
  Settle();
  Settle();
  EXPECT_TRUE(was_stale);
  EXPECT_EQ(connector_->counters().book_resyncs, 1);
  ExpectTruth();
}

TEST_F(BinanceFaultsTest, ResyncsTheBookAfterItsStreamWasCut) {
  StartConnector();
  sim_.faults().CutMarketStreams();
  environment_.RunFor(absl::Milliseconds(5));
  EXPECT_THAT(connector_->book(pair_), StatusIs(absl::StatusCode::kUnavailable));
  OtherLimit("BUY", "0.01", "59950");
  environment_.RunFor(absl::Minutes(1));
  ExpectTruth();
}

TEST_F(BinanceFaultsTest, ComesBackAfterTheVenueShutItsStreamsDown) {
  StartConnector();
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59950"));
  sim_.faults().ShutDownStreams();
  environment_.RunFor(absl::Seconds(1));
  OtherLimit("SELL", "0.01", "59950");
  environment_.RunFor(absl::Minutes(1));
  EXPECT_EQ(StateOf(id), "filled");
  ExpectTruth();
}

TEST_F(BinanceFaultsTest, ReconnectsAMarketStreamThatFellSilent) {
  StartConnector();
  bool was_stale = false;
  const Subscription watch = connector_->events().Subscribe<BookChanged>(
      [&](const BookChanged& event) { was_stale |= event.is_stale; });
  sim_.faults().StallMarketStreams(absl::Minutes(3));
  environment_.RunFor(absl::Seconds(50));
  EXPECT_FALSE(was_stale);
  environment_.RunFor(absl::Seconds(15));
  EXPECT_TRUE(was_stale);
  environment_.RunFor(absl::Minutes(5));
  EXPECT_GE(connector_->counters().reconnects, 1);
  ExpectTruth();
}

TEST_F(BinanceFaultsTest, LeavesNoOrderBehind) {
  StartConnector();
  PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));
  PlaceAndSettle(Limit(Side::kSell, "0.01", "61000"));
  const ShutdownReport report = environment_.Await(connector_->Stop(absl::Seconds(10)));
  EXPECT_TRUE(report.is_verified);
  EXPECT_EQ(report.open_orders_left, 0);
  EXPECT_EQ(sim_.account(venue_sim::kTestApiKey)->open_order_count(), 0u);
  connector_.reset();
}

}  // namespace
}  // namespace colibri
