// Orders, positions, settings, funding and liquidation of USD-M futures against the simulated
// venue.
#include <nlohmann/json.hpp>

#include "core/random.h"
#include "tests/integration/binance_perpetual_fixture.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using BinancePerpetualOrdersTest = BinancePerpetualTest;
using BinancePerpetualPositionsTest = BinancePerpetualTest;

TEST_F(BinancePerpetualOrdersTest, RefusesBeforeSendingWhatTheVenueWouldRefuse) {
  StartConnector({});
  EXPECT_THAT(connector_->Place(Limit(Side::kBuy, "0.00001", "59000")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  OrderRequest by_quote = Limit(Side::kBuy, "0", "59000");
  by_quote.type = OrderType::kMarket;
  by_quote.price.reset();
  by_quote.quantity = Quantity();
  by_quote.quote_quantity = *Notional::Parse("600");
  EXPECT_FALSE(connector_->Place(by_quote).ok());
  EXPECT_EQ(request_count("WS order.place"), 0);
}

TEST_F(BinancePerpetualOrdersTest, RestsALimitOrderAndCancelsIt) {
  StartConnector({});
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));
  EXPECT_EQ(StateOf(id), "open");
  ExpectTruth();
  ASSERT_THAT(connector_->Cancel(id), IsOk());
  Settle();
  EXPECT_THAT(EventsOf(id), ElementsAre("order_created", "order_canceled"));
  ExpectTruth();
}

TEST_F(BinancePerpetualOrdersTest, LogsOnOnceWithAnEd25519Key) {
  StartConnector({.api_key = Secret(kModern), .api_secret = Secret(kEd25519Pem)}, {});
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));
  EXPECT_EQ(StateOf(id), "open");
  ASSERT_THAT(connector_->Cancel(id), IsOk());
  Settle();

  EXPECT_THAT(EventsOf(id), ElementsAre("order_created", "order_canceled"));
  EXPECT_EQ(request_count("WS session.logon"), 1);
  EXPECT_EQ(request_count("WS order.place"), 1);
  EXPECT_EQ(request_count("WS order.cancel"), 1);
}

TEST_F(BinancePerpetualOrdersTest, RejectsAPostOnlyOrderThatWouldTake) {
  StartConnector({});
  OrderRequest request = Limit(Side::kBuy, "0.01", "60100");
  request.type = OrderType::kLimitMaker;
  const ClientOrderId id = PlaceAndSettle(request);
  EXPECT_THAT(EventsOf(id), ElementsAre("order_rejected"));
  EXPECT_THAT(order(id).reason, HasSubstr("-5022"));
  request.price = *Price::Parse("60099.9");
  EXPECT_EQ(StateOf(PlaceAndSettle(request)), "open");
  ExpectTruth();
}

TEST_F(BinancePerpetualOrdersTest, ExpiresWhatAnImmediateOrCancelOrderCanNotTake) {
  StartConnector({});
  OrderRequest request = Limit(Side::kBuy, "0.15", "60100");
  request.time_in_force = TimeInForce::kIoc;
  const ClientOrderId id = PlaceAndSettle(request);
  EXPECT_THAT(EventsOf(id), ElementsAre("order_created", "order_filled", "order_expired"));
  EXPECT_EQ(order(id).filled.ToString(), "0.1");
  ExpectTruth();
}

TEST_F(BinancePerpetualOrdersTest, LowersAQuantityInPlace) {
  StartConnector({});
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.02", "59000"));
  ASSERT_THAT(connector_->Amend(id, {.price = std::nullopt, .quantity = *Quantity::Parse("0.01")}),
              IsOk());
  Settle();
  EXPECT_EQ(order(id).quantity.ToString(), "0.01");
  EXPECT_EQ(order(id).price->ToString(), "59000");
  EXPECT_EQ(request_count("WS order.modify"), 1);
  ExpectTruth();
}

TEST_F(BinancePerpetualOrdersTest, CancelsAllOfAPair) {
  StartConnector({});
  const ClientOrderId buy = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));
  const ClientOrderId sell = PlaceAndSettle(Limit(Side::kSell, "0.01", "61500"));
  ASSERT_THAT(connector_->CancelAll(pair_), IsOk());
  Settle();
  EXPECT_EQ(StateOf(buy), "canceled");
  EXPECT_EQ(StateOf(sell), "canceled");
  ExpectTruth();
}

TEST_F(BinancePerpetualPositionsTest, OpensAndClosesInOneWayMode) {
  StartConnector({});
  const ClientOrderId opened = PlaceAndSettle(Limit(Side::kBuy, "0.15", "60200"));
  EXPECT_EQ(StateOf(opened), "filled");
  ASSERT_THAT(order(opened).fees, SizeIs(1));
  EXPECT_EQ(order(opened).fees[0].asset, "USDT");
  EXPECT_EQ(PositionText(PositionSide::kNet), "0.15");
  ExpectTruth();

  const ClientOrderId closed = PlaceAndSettle(Close(Side::kSell, "0.1", "59900"));
  EXPECT_EQ(StateOf(closed), "filled");
  EXPECT_EQ(PositionText(PositionSide::kNet), "0.05");
  ExpectTruth();

  // Through zero, as a one-way position may.
  PlaceAndSettle(Limit(Side::kSell, "0.1", "59800"));
  EXPECT_EQ(PositionText(PositionSide::kNet), "-0.05");
  ExpectTruth();
}

TEST_F(BinancePerpetualPositionsTest, NeverOpensByAClose) {
  StartConnector({});
  const absl::StatusOr<ClientOrderId> id = connector_->Place(Close(Side::kSell, "0.01", "59900"));
  Settle();
  EXPECT_EQ(PositionText(PositionSide::kNet), "0");
  if (id.ok()) {
    EXPECT_EQ(StateOf(*id), "rejected");
    EXPECT_THAT(order(*id).reason, HasSubstr("-2022"));
  }
  ExpectTruth();
}

TEST_F(BinancePerpetualPositionsTest, HoldsBothSidesInHedgeMode) {
  StartConnector({.position_mode = PositionMode::kHedge});
  EXPECT_EQ(perpetual().position_mode(), PositionMode::kHedge);
  PlaceAndSettle(Limit(Side::kBuy, "0.05", "60100"));
  PlaceAndSettle(Limit(Side::kSell, "0.02", "59900"));
  EXPECT_EQ(PositionText(PositionSide::kLong), "0.05");
  EXPECT_EQ(PositionText(PositionSide::kShort), "-0.02");
  EXPECT_EQ(PositionText(PositionSide::kNet), "0");
  ExpectTruth();

  PlaceAndSettle(Close(Side::kSell, "0.03", "59900"));
  PlaceAndSettle(Close(Side::kBuy, "0.02", "60100"));
  EXPECT_EQ(PositionText(PositionSide::kLong), "0.02");
  EXPECT_EQ(PositionText(PositionSide::kShort), "0");
  ExpectTruth();
}

TEST_F(BinancePerpetualPositionsTest, FindsAPositionThatWasThereBefore) {
  Ask(venue_sim::kTestApiKey,
      "POST",
      "/fapi/v1/"
      "order?symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&side=SELL&quantity=0.04&price=59900");
  StartConnector({});
  EXPECT_EQ(PositionText(PositionSide::kNet), "-0.04");
  ExpectTruth();
}

TEST_F(BinancePerpetualPositionsTest, SetsLeverageAndMarginModeAndReadsThemBack) {
  StartConnector({.margin_mode = MarginMode::kIsolated, .leverage = 5});
  const LeverageSetting configured = {.leverage = 5, .margin_mode = MarginMode::kIsolated};
  EXPECT_EQ(perpetual().leverage(pair_), configured);
  const LeverageSetting wanted = {.leverage = 10, .margin_mode = MarginMode::kCross};
  ASSERT_THAT(perpetual().SetLeverage(pair_, wanted), IsOk());
  Settle();
  EXPECT_EQ(perpetual().leverage(pair_), wanted);
  EXPECT_THAT(Events<SettingRejected>(), IsEmpty());
  nlohmann::json theirs = nlohmann::json::parse(
      Ask(venue_sim::kTestApiKey, "GET", "/fapi/v1/symbolConfig?symbol=BTCUSDT"));
  if (theirs.is_array()) {
    theirs = theirs[0];
  }
  EXPECT_EQ(theirs["leverage"], 10);
  EXPECT_EQ(theirs["marginType"], "CROSSED");
}

TEST_F(BinancePerpetualPositionsTest, HearsASettingThatSomebodyElseChanged) {
  StartConnector({});
  Ask(venue_sim::kTestApiKey, "POST", "/fapi/v1/leverage?symbol=BTCUSDT&leverage=7");
  Settle();
  EXPECT_EQ(perpetual().leverage(pair_).leverage, 7);
  EXPECT_THAT(Events<LeverageChanged>(), testing::Not(IsEmpty()));
}

TEST_F(BinancePerpetualPositionsTest, TellsWhyASettingIsRefused) {
  StartConnector({});
  PlaceAndSettle(Limit(Side::kBuy, "0.01", "60100"));
  ASSERT_THAT(perpetual().SetPositionMode(PositionMode::kHedge), IsOk());
  Settle();
  EXPECT_EQ(perpetual().position_mode(), PositionMode::kOneWay);
  ASSERT_THAT(Events<SettingRejected>(), SizeIs(1));
  EXPECT_THAT(Events<SettingRejected>()[0].reason, HasSubstr("-4068"));
}

TEST_F(BinancePerpetualPositionsTest, IsLiquidatedAndKnowsIt) {
  StartConnector({.margin_mode = MarginMode::kIsolated, .leverage = 50});
  PlaceAndSettle(Limit(Side::kBuy, "0.2", "60200"));
  ASSERT_EQ(PositionText(PositionSide::kNet), "0.2");
  SetPrice("58000");
  Settle();
  EXPECT_EQ(PositionText(PositionSide::kNet), "0");
  ASSERT_THAT(Events<Liquidation>(), testing::Not(IsEmpty()));
  EXPECT_EQ(Events<Liquidation>()[0].side, Side::kSell);
  EXPECT_FALSE(Events<Liquidation>()[0].is_auto_deleveraging);
  ExpectTruth();
}

class BinancePerpetualFundingTest : public BinancePerpetualTest {
 protected:
  BinancePerpetualFundingTest() : BinancePerpetualTest({.funding_interval = absl::Seconds(60)}) {}
};

TEST_F(BinancePerpetualFundingTest, CountsEveryPaymentOnce) {
  sim_.SetFundingRate(kSymbol, *Decimal::Parse("0.001"));
  StartConnector({});
  PlaceAndSettle(Limit(Side::kBuy, "0.1", "60100"));
  environment_.RunFor(absl::Minutes(4));
  const nlohmann::json theirs = nlohmann::json::parse(
      Ask(venue_sim::kTestApiKey, "GET", "/fapi/v1/income?incomeType=FUNDING_FEE"));
  const std::vector<FundingPayment> ours = Events<FundingPayment>();
  ASSERT_GE(theirs.size(), 3u);
  ASSERT_EQ(ours.size(), theirs.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    EXPECT_EQ(ours[i].amount, *Decimal::Parse(theirs[i]["income"].get<std::string>()));
    EXPECT_TRUE(ours[i].amount.is_negative());
    EXPECT_EQ(absl::ToUnixMillis(ours[i].header.venue_time), theirs[i]["time"].get<int64_t>());
    EXPECT_EQ(ours[i].asset, "USDT");
  }
  ASSERT_TRUE(perpetual().funding(pair_).has_value());
  EXPECT_EQ(perpetual().funding(pair_)->mark_price.ToString(), "60000");
  EXPECT_GT(perpetual().funding(pair_)->next_funding_time, environment_.clock().now());
  ExpectTruth();
}

class BinancePerpetualListenKeyTest : public BinancePerpetualTest {
 protected:
  // Sooner than the connector renews it.
  BinancePerpetualListenKeyTest()
      : BinancePerpetualTest({.listen_key_lifetime = absl::Minutes(10)}) {}
};

TEST_F(BinancePerpetualListenKeyTest, ComesBackWhenItsKeyExpires) {
  StartConnector({});
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.05", "59950"));
  environment_.RunFor(absl::Minutes(12));
  EXPECT_GE(request_count("POST /fapi/v1/listenKey"), 2);
  OtherLimit("SELL", "0.05", "59950");
  Settle();
  EXPECT_EQ(StateOf(id), "filled");
  EXPECT_EQ(PositionText(PositionSide::kNet), "0.05");
  ExpectTruth();
}

TEST_F(BinancePerpetualOrdersTest, LeavesNoOrderBehindWhenItFallsSilent) {
  StartConnector({.dead_mans_switch = absl::Seconds(30)});
  const ClientOrderId id = PlaceAndSettle(Limit(Side::kBuy, "0.01", "59000"));
  environment_.RunFor(absl::Minutes(2));
  EXPECT_EQ(StateOf(id), "open");
  network_.Partition(absl::Seconds(50));
  environment_.RunFor(absl::Seconds(45));
  EXPECT_EQ(sim_.account(venue_sim::kTestApiKey)->open_order_count(), 0u);
  environment_.RunFor(absl::Minutes(3));
  EXPECT_EQ(StateOf(id), "canceled");
  ExpectTruth();
}

class BinancePerpetualMarketTest : public BinancePerpetualTest {
 protected:
  BinancePerpetualMarketTest()
      : BinancePerpetualTest({.funding_interval = absl::Minutes(2)}, /*is_lively=*/true) {}

  // Ten minutes of orders of all kinds around the middle, then all is canceled.
  void TradeAtRandom(PerpetualConfig config) {
    StartConnector(std::move(config));
    std::vector<ClientOrderId> placed;
    for (int i = 0; i < 300; ++i) {
      environment_.RunFor(absl::Seconds(2));
      if (!placed.empty() && random_.Uniform(3) == 0) {
        connector_->Cancel(placed[random_.Uniform(placed.size())]).IgnoreError();
        continue;
      }
      const absl::StatusOr<ClientOrderId> id = connector_->Place(RandomOrder());
      if (id.ok()) {
        placed.push_back(*id);
      }
    }
    ASSERT_THAT(connector_->CancelAll(std::nullopt), IsOk());
    sim_.SetTradersPaused(true);
    environment_.RunFor(absl::Minutes(3));
  }

  OrderRequest RandomOrder() {
    const OrderBook* const book = connector_->book(pair_).value();
    OrderRequest request;
    request.pair = pair_;
    request.side = random_.Uniform(2) == 0 ? Side::kBuy : Side::kSell;
    request.quantity = Quantity::FromScaled(static_cast<int64_t>(random_.Uniform(20)) + 2, 3);
    request.position_action =
        random_.Uniform(3) == 0 ? PositionAction::kClose : PositionAction::kOpen;
    const int64_t kind = static_cast<int64_t>(random_.Uniform(4));
    request.type = kind == 0   ? OrderType::kMarket
                   : kind == 1 ? OrderType::kLimitMaker
                               : OrderType::kLimit;
    if (request.type != OrderType::kMarket) {
      request.price =
          request.side == Side::kBuy ? book->best_bid()->price : book->best_ask()->price;
    }
    return request;
  }

  // Fills, payments and positions add up to what the venue has.
  void ExpectAllCounted() {
    ExpectTruth();
    Decimal ours;
    for (const FundingPayment& payment : Events<FundingPayment>()) {
      ours += payment.amount;
    }
    Decimal theirs;
    for (const nlohmann::json& payment : nlohmann::json::parse(Ask(
             venue_sim::kTestApiKey, "GET", "/fapi/v1/income?incomeType=FUNDING_FEE&limit=1000"))) {
      theirs += *Decimal::Parse(payment["income"].get<std::string>());
    }
    EXPECT_EQ(ours, theirs);
    EXPECT_FALSE(theirs.is_zero());
    EXPECT_GT(Events<OrderFilled>().size(), 20u);
  }

  Random random_{3};
};

TEST_F(BinancePerpetualMarketTest, KeepsTheTruthInOneWayMode) {
  TradeAtRandom({});
  ExpectAllCounted();
}

TEST_F(BinancePerpetualMarketTest, KeepsTheTruthInHedgeMode) {
  TradeAtRandom({.position_mode = PositionMode::kHedge});
  ExpectAllCounted();
}

}  // namespace
}  // namespace colibri
