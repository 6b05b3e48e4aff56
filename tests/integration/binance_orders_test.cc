// Every order type and time in force against the simulated venue, and what can happen to an order
// there.
#include "tests/integration/binance_venue_fixture.h"

namespace colibri {
namespace {

using testing::ElementsAre;

using BinanceOrdersTest = BinanceVenueTest;

TEST_F(BinanceOrdersTest, RefusesBeforeSendingWhatTheVenueWouldRefuse) {
  StartConnector();
  EXPECT_THAT(connector_->Place(Limit(Side::kBuy, "0.000001", "59000")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(connector_->Place(Limit(Side::kBuy, "0.00001", "59000")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(connector_->Place(Limit(Side::kBuy, "100", "59000")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(request_count("WS order.place"), 0);
  EXPECT_TRUE(events_.empty());
}

TEST_F(BinanceOrdersTest, RestsALimitOrderAndCancelsIt) {
  StartConnector();
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));
  EXPECT_EQ(StateOf(id), "open");
  ExpectTruth();

  ASSERT_THAT(connector_->Cancel(id), IsOk());
  Settle();
  EXPECT_THAT(EventsOf(id), ElementsAre("order_created", "order_canceled"));
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, LogsOnOnceWithAnEd25519Key) {
  StartConnector({.api_key = Secret(kModern), .api_secret = Secret(kEd25519Pem)});
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));
  EXPECT_EQ(StateOf(id), "open");
  ASSERT_THAT(connector_->Cancel(id), IsOk());
  Settle();

  EXPECT_THAT(EventsOf(id), ElementsAre("order_created", "order_canceled"));
  EXPECT_EQ(request_count("WS session.logon"), 1);
  EXPECT_EQ(request_count("WS order.place"), 1);
  EXPECT_EQ(request_count("WS order.cancel"), 1);
}

TEST_F(BinanceOrdersTest, LogsOnAgainOnEachConnection) {
  StartConnector({.api_key = Secret(kModern), .api_secret = Secret(kEd25519Pem)});
  network_.Partition(absl::Minutes(1));
  environment_.RunFor(absl::Minutes(2));

  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));

  EXPECT_EQ(StateOf(id), "open");
  EXPECT_EQ(request_count("WS session.logon"), 2);
  EXPECT_EQ(request_count("WS order.place"), 1);
}

TEST_F(BinanceOrdersTest, QuantisesPassively) {
  StartConnector();
  const ClientOrderId buy = PlaceAndSettle(Limit(Side::kBuy, "0.0100099", "59000.019"));
  const ClientOrderId sell = PlaceAndSettle(Limit(Side::kSell, "0.0100099", "61000.011"));
  EXPECT_EQ(order(buy).price->ToString(), "59000.01");
  EXPECT_EQ(order(sell).price->ToString(), "61000.02");
  EXPECT_EQ(order(buy).quantity.ToString(), "0.01");
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, TakesWithALimitOrderAndRestsWhatIsLeft) {
  StartConnector();
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.15", "60100"));
  EXPECT_EQ(StateOf(id), "partially_filled");
  EXPECT_EQ(order(id).filled.ToString(), "0.1");
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, RejectsAPostOnlyOrderThatWouldTake) {
  StartConnector();
  OrderRequest request = Limit(Side::kBuy, "0.01", "60100");
  request.type = OrderType::kLimitMaker;
  const ClientOrderId id = PlaceAndSettle(request);
  EXPECT_THAT(EventsOf(id), ElementsAre("order_rejected"));
  EXPECT_THAT(order(id).reason, testing::HasSubstr("-2010"));
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, RestsAPostOnlyOrder) {
  StartConnector();
  OrderRequest request = Limit(Side::kSell, "0.01", "60099.99");
  request.type = OrderType::kLimitMaker;
  const ClientOrderId id = PlaceAndSettle(request);
  EXPECT_THAT(EventsOf(id), ElementsAre("order_created"));
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, ExpiresWhatAnImmediateOrCancelOrderCanNotTake) {
  StartConnector();
  OrderRequest request = Limit(Side::kBuy, "0.15", "60100");
  request.time_in_force = TimeInForce::kIoc;
  const ClientOrderId id = PlaceAndSettle(request);
  EXPECT_THAT(EventsOf(id), ElementsAre("order_created", "order_filled", "order_expired"));
  EXPECT_EQ(order(id).filled.ToString(), "0.1");
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, FillsAFillOrKillOrderWholeOrNotAtAll) {
  StartConnector();
  OrderRequest request = Limit(Side::kBuy, "0.15", "60100");
  request.time_in_force = TimeInForce::kFok;
  const ClientOrderId killed = PlaceAndSettle(request);
  EXPECT_EQ(StateOf(killed), "expired");
  EXPECT_TRUE(order(killed).filled.is_zero());

  request.price = *Price::Parse("60200");
  const ClientOrderId filled = PlaceAndSettle(request);
  EXPECT_EQ(StateOf(filled), "filled");
  EXPECT_EQ(order(filled).filled_notional.ToString(), "9020");  // 0.1 * 60100 + 0.05 * 60200
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, TakesAtMarketByBaseAndByQuote) {
  StartConnector();
  OrderRequest request;
  request.pair = pair_;
  request.type = OrderType::kMarket;
  request.side = Side::kSell;
  request.quantity = *Quantity::Parse("0.05");
  const ClientOrderId sold = PlaceAndSettle(request);
  EXPECT_EQ(StateOf(sold), "filled");
  EXPECT_EQ(order(sold).filled_notional.ToString(), "2995");  // at 59900

  request.side = Side::kBuy;
  request.quantity = Quantity();
  request.quote_quantity = *Notional::Parse("601");
  const ClientOrderId bought = PlaceAndSettle(request);
  EXPECT_EQ(StateOf(bought), "filled");
  EXPECT_EQ(order(bought).filled.ToString(), "0.01");
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, AddsUpPartialFillsWithTheirFees) {
  StartConnector();
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.03", "59950"));
  OtherLimit("SELL", "0.01", "59950");
  OtherLimit("SELL", "0.005", "59950");
  Settle();
  EXPECT_EQ(StateOf(id), "partially_filled");
  EXPECT_EQ(order(id).filled.ToString(), "0.015");
  OtherLimit("SELL", "0.015", "59950");
  Settle();
  EXPECT_THAT(
      EventsOf(id),
      ElementsAre(
          "order_created", "order_filled", "order_filled", "order_filled", "order_completed"));
  ASSERT_EQ(order(id).fees.size(), 1u);
  EXPECT_EQ(order(id).fees[0].asset, "BTC");
  EXPECT_EQ(order(id).fees[0].amount.ToString(), "0.00003");
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, ExpiresTheRestingOrderOfASelfTrade) {
  StartConnector("EXPIRE_MAKER");
  const ClientOrderId resting = PlaceAndSettle(Limit(Side::kSell, "0.01", "60050"));
  const ClientOrderId taking = PlaceAndSettle(Limit(Side::kBuy, "0.01", "60050"));
  EXPECT_THAT(EventsOf(resting), ElementsAre("order_created", "order_expired"));
  EXPECT_EQ(StateOf(taking), "open");
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, ExpiresTheTakingOrderOfASelfTrade) {
  StartConnector("EXPIRE_TAKER");
  const ClientOrderId resting = PlaceAndSettle(Limit(Side::kSell, "0.01", "60050"));
  const ClientOrderId taking = PlaceAndSettle(Limit(Side::kBuy, "0.01", "60050"));
  EXPECT_EQ(StateOf(resting), "open");
  EXPECT_EQ(StateOf(taking), "expired");
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, LetsTheFillWinOverACancelOnItsWay) {
  StartConnector();
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59950"));
  ASSERT_THAT(connector_->Cancel(id), IsOk());
  OtherLimit("SELL", "0.01", "59950");  // the cancel is still on the wire
  Settle();
  EXPECT_THAT(EventsOf(id), ElementsAre("order_created", "order_filled", "order_completed"));
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, KeepsTheFillsOfAnOrderCanceledHalfWay) {
  StartConnector();
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.02", "59950"));
  ASSERT_THAT(connector_->Cancel(id), IsOk());
  OtherLimit("SELL", "0.01", "59950");
  Settle();
  EXPECT_THAT(EventsOf(id), ElementsAre("order_created", "order_filled", "order_canceled"));
  EXPECT_EQ(order(id).filled.ToString(), "0.01");
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, CancelsAllOrdersOfThePair) {
  StartConnector();
  std::vector<ClientOrderId> ids;
  for (const char* price : {"59000", "58900", "58800"}) {
    ids.push_back(PlaceAndSettle(Limit(Side::kBuy, "0.01", price)));
  }
  ASSERT_THAT(connector_->CancelAll(pair_), IsOk());
  Settle();
  for (const ClientOrderId& id : ids) {
    EXPECT_THAT(EventsOf(id), ElementsAre("order_created", "order_canceled"));
  }
  ExpectTruth();
}

TEST_F(BinanceOrdersTest, AmendsInPlaceAndReplaces) {
  StartConnector();
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.02", "59000"));
  const absl::StatusOr<ClientOrderId> lowered =
      connector_->Amend(id, {.price = std::nullopt, .quantity = Quantity::FromScaled(1, 2)});
  Settle();
  ASSERT_THAT(lowered, IsOk());
  EXPECT_EQ(*lowered, id);
  EXPECT_EQ(order(id).quantity.ToString(), "0.01");

  const absl::StatusOr<ClientOrderId> moved =
      connector_->Amend(id, {.price = *Price::Parse("59100"), .quantity = std::nullopt});
  Settle();
  ASSERT_THAT(moved, IsOk());
  EXPECT_NE(*moved, id);
  EXPECT_EQ(StateOf(id), "canceled");
  EXPECT_EQ(StateOf(*moved), "open");
  EXPECT_EQ(order(*moved).price->ToString(), "59100");
  ExpectTruth();
}

}  // namespace
}  // namespace colibri
