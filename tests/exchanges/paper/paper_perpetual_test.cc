// The paper exchange on a venue of perpetuals: what a strategy sees of margin, positions, funding
// and liquidation.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/simulated_clock.h"
#include "core/strings.h"
#include "exchanges/paper/paper_exchange.h"
#include "tests/exchanges/paper/fake_feed.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const TradingPair kPair = {"BTC", "USDT"};
constexpr absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

VenueSpec FakeSpec() {
  VenueSpec spec;
  spec.name = "fake";
  spec.position_modes = {PositionMode::kOneWay, PositionMode::kHedge};
  spec.margin_modes = {MarginMode::kCross, MarginMode::kIsolated};
  spec.trigger_kinds = {TriggerKind::kStop, TriggerKind::kTakeProfit};
  spec.trigger_sources = {TriggerSource::kLast, TriggerSource::kMark};
  spec.fees.charge = FeeCharge::kAddedToCost;
  spec.fees.percent = {.maker = Decimal(), .taker = D("0.001")};
  return spec;
}

// 1,000 USDC, ten times; maintenance 1 %; liquidations 2 % beside the taker's 0.1 %.
PaperConfig DefaultConfig() {
  return {.market = {.venue = "fake", .pairs = {kPair}, .perpetual = {.leverage = 10}},
          .balances = {{"USDC", D("1000")}},
          .delay_to_venue = {.least = absl::Milliseconds(10)},
          .delay_from_venue = {.least = absl::Milliseconds(5)},
          .perpetual = {.maintenance_rate = D("0.01"), .liquidation_fee = D("0.02")}};
}

// Each event of the account in short words.
std::string Say(const Event& event) {
  const auto order_words = [](std::string_view word, const Order& order) {
    return StrCat(word, " ", order.client_order_id, order.reason.empty() ? "" : ": ", order.reason);
  };
  const auto fill_words = [](std::string_view word, const Fill& fill) {
    return StrCat(word,
                  " ",
                  ToString(fill.side),
                  " ",
                  fill.quantity,
                  " @ ",
                  fill.price,
                  " profit ",
                  fill.realised_profit.value_or(Notional()),
                  " fee ",
                  fill.fees.empty() ? Decimal() : fill.fees[0].amount);
  };
  if (const auto* filled = std::get_if<OrderFilled>(&event)) {
    return fill_words("filled", filled->fill);
  }
  if (const auto* foreign = std::get_if<ForeignFill>(&event)) {
    return fill_words("foreign", foreign->fill);
  }
  if (const auto* canceled = std::get_if<OrderCanceled>(&event)) {
    return order_words("canceled", canceled->order);
  }
  if (const auto* rejected = std::get_if<OrderRejected>(&event)) {
    return order_words("rejected", rejected->order);
  }
  if (const auto* expired = std::get_if<OrderExpired>(&event)) {
    return order_words("expired", expired->order);
  }
  if (const auto* triggered = std::get_if<OrderTriggered>(&event)) {
    return StrCat("triggered ", ToString(triggered->order.trigger->kind));
  }
  if (const auto* changed = std::get_if<PositionChanged>(&event)) {
    return StrCat("position ",
                  ToString(changed->position.side),
                  " ",
                  changed->position.quantity,
                  " @ ",
                  changed->position.entry_price);
  }
  if (const auto* payment = std::get_if<FundingPayment>(&event)) {
    return StrCat("funding ", payment->payment_id, " ", payment->amount, " ", payment->asset);
  }
  if (const auto* leverage = std::get_if<LeverageChanged>(&event)) {
    return StrCat(
        "leverage ", leverage->setting.leverage, " ", ToString(leverage->setting.margin_mode));
  }
  if (const auto* mode = std::get_if<PositionModeChanged>(&event)) {
    return StrCat("mode ", ToString(mode->mode));
  }
  if (const auto* refused = std::get_if<SettingRejected>(&event)) {
    return StrCat("setting refused: ", refused->reason);
  }
  if (const auto* liquidation = std::get_if<Liquidation>(&event)) {
    return StrCat("liquidation ", liquidation->quantity, " @ ", liquidation->price);
  }
  if (const auto* call = std::get_if<MarginCall>(&event)) {
    return StrCat("margin call, maintenance ", call->maintenance_margin.value_or(Notional()));
  }
  return "";
}

class PaperPerpetualTest : public testing::Test {
 protected:
  void Open(const PaperConfig& config) {
    auto feed = std::make_unique<FakeFeed>();
    feed_ = feed.get();
    feed_->rule().collateral = "USDC";
    feed_->rule().allows_quote_quantity = false;
    exchange_ = std::make_unique<PaperExchange>(config, spec_, std::move(feed), clock_);
    subscription_ = exchange_->events().SubscribeAll([this](const Event& event) {
      if (std::string words = Say(event); !words.empty()) {
        said_.push_back(std::move(words));
      }
    });
    ASSERT_THAT(exchange_->Open(), IsOk());
    feed_->ShowBook({{"100", "5"}, {"99", "80"}}, {{"101", "4"}, {"102", "60"}});
    said_.clear();
  }
  void SetUp() override { Open(DefaultConfig()); }
  void TearDown() override { EXPECT_EQ(perpetual().mismatches(), 0); }

  static OrderRequest Limit(Side side,
                            std::string_view quantity,
                            std::string_view price,
                            PositionAction action = PositionAction::kOpen) {
    return {.pair = kPair,
            .side = side,
            .quantity = Q(quantity),
            .price = P(price),
            .position_action = action};
  }
  static OrderRequest Market(Side side,
                             std::string_view quantity,
                             PositionAction action = PositionAction::kOpen) {
    return {.pair = kPair,
            .side = side,
            .type = OrderType::kMarket,
            .quantity = Q(quantity),
            .position_action = action};
  }
  ClientOrderId PlaceAndWait(const OrderRequest& request) {
    const absl::StatusOr<ClientOrderId> id = exchange_->Place(request);
    EXPECT_THAT(id, IsOk());
    Wait(15);
    return id.value_or(ClientOrderId());
  }
  void Wait(int milliseconds) { clock_.AdvanceBy(absl::Milliseconds(milliseconds)); }
  void Mark(std::string_view price, std::string_view rate = "0.0001") {
    feed_->ShowMark(price, rate, kStart + absl::Hours(1));
  }
  std::vector<std::string> TakeSaid() { return std::exchange(said_, {}); }
  // "total available"
  std::string Usdc() const {
    const Balance balance = exchange_->balance("USDC");
    return StrCat(balance.total, " ", balance.available);
  }
  PaperPerpetual& perpetual() { return *exchange_->perpetual(); }

  VenueSpec spec_ = FakeSpec();
  SimulatedClock clock_{kStart};
  FakeFeed* feed_ = nullptr;
  std::unique_ptr<PaperExchange> exchange_;
  Subscription subscription_;
  std::vector<std::string> said_;
};

TEST_F(PaperPerpetualTest, RefusesWhatTheMarginDoesNotCarry) {
  EXPECT_THAT(exchange_->Place(Limit(Side::kBuy, "100", "100")),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not enough USDC")));
  EXPECT_THAT(TakeSaid(), IsEmpty());
}

TEST_F(PaperPerpetualTest, RejectsByEventWhatTheMarginCarriesNoMore) {
  PlaceAndWait(Market(Side::kBuy, "10"));
  TakeSaid();
  // By what is told 897 are free; at the venue the mark price has fallen meanwhile.
  ASSERT_THAT(exchange_->Place(Limit(Side::kBuy, "80", "100")), IsOk());
  Mark("91");
  Wait(15);
  EXPECT_THAT(TakeSaid(), ElementsAre(HasSubstr("margin is insufficient: the order takes")));
  EXPECT_EQ(exchange_->open_orders().size(), 0u);
}

TEST_F(PaperPerpetualTest, OpensAndClosesAPosition) {
  PlaceAndWait(Market(Side::kBuy, "6"));
  EXPECT_THAT(TakeSaid(),
              ElementsAre("position net 6 @ 101.333333333333333333",
                          "filled buy 4 @ 101 profit 0 fee 0.404",
                          "filled buy 2 @ 102 profit 0 fee 0.204"));
  Mark("103");
  PlaceAndWait(Market(Side::kSell, "6", PositionAction::kClose));
  EXPECT_THAT(TakeSaid(),
              ElementsAre("position net 0 @ 0",
                          "filled sell 5 @ 100 profit -6.666666666666666667 fee 0.5",
                          "filled sell 1 @ 99 profit -2.333333333333333333 fee 0.099"));
  EXPECT_EQ(Usdc(), "989.793 989.793");
  EXPECT_THAT(perpetual().positions(), IsEmpty());
}

TEST_F(PaperPerpetualTest, NeverTurnsAPositionByAnOrderThatCloses) {
  EXPECT_THAT(exchange_->Place(Limit(Side::kSell, "1", "110", PositionAction::kClose)), IsOk());
  Wait(15);
  EXPECT_THAT(TakeSaid(), ElementsAre(HasSubstr("there is no position to reduce")));
  PlaceAndWait(Market(Side::kBuy, "2"));
  TakeSaid();
  PlaceAndWait(Market(Side::kSell, "5", PositionAction::kClose));
  EXPECT_THAT(TakeSaid(),
              ElementsAre("position net 0 @ 0",
                          "filled sell 2 @ 100 profit -2 fee 0.2",
                          HasSubstr("reduce-only: the position is closed")));
}

OrderRequest Waiting(OrderRequest request,
                     TriggerKind kind,
                     std::string_view price,
                     TriggerSource source) {
  request.trigger = OrderTrigger{.price = P(price), .kind = kind, .source = source};
  return request;
}

TEST_F(PaperPerpetualTest, RefusesConditionalOrdersWhereTheVenueTakesNone) {
  const OrderRequest stop =
      Waiting(Limit(Side::kSell, "1", "95"), TriggerKind::kStop, "96.005", TriggerSource::kLast);
  feed_->rule().price_increment = P("0.01");
  EXPECT_THAT(exchange_->Place(stop),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("price_increment")));
  spec_.trigger_kinds.clear();
  EXPECT_THAT(exchange_->Place(stop),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no conditional orders")));
}

TEST_F(PaperPerpetualTest, ClosesByAStopOfTheLastPrice) {
  PlaceAndWait(Market(Side::kBuy, "2"));
  const std::string before = Usdc();
  const ClientOrderId id = PlaceAndWait(Waiting(Market(Side::kSell, "2", PositionAction::kClose),
                                                TriggerKind::kStop,
                                                "98",
                                                TriggerSource::kLast));
  TakeSaid();
  EXPECT_EQ(Usdc(), before);
  EXPECT_TRUE(exchange_->FindOrder(id)->is_waiting());
  Mark("90");  // another source
  feed_->ShowTrade(Side::kSell, "98.01", "1");
  Wait(5);
  EXPECT_TRUE(exchange_->FindOrder(id)->is_waiting());
  feed_->ShowTrade(Side::kSell, "98", "1");
  Wait(5);
  EXPECT_THAT(
      TakeSaid(),
      ElementsAre("position net 0 @ 0", "triggered stop", "filled sell 2 @ 100 profit -2 fee 0.2"));
  EXPECT_THAT(exchange_->open_orders(), IsEmpty());
}

TEST_F(PaperPerpetualTest, TakesProfitByTheMarkPriceAndRests) {
  Mark("100");
  const ClientOrderId id = PlaceAndWait(Waiting(
      Limit(Side::kSell, "1", "105"), TriggerKind::kTakeProfit, "103", TriggerSource::kMark));
  feed_->ShowTrade(Side::kBuy, "104", "1");
  Mark("103");
  Wait(5);
  EXPECT_THAT(TakeSaid(), ElementsAre("triggered take_profit"));
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kOpen);
  feed_->ShowTrade(Side::kBuy, "106", "5");
  Wait(5);
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kFilled);
}

TEST_F(PaperPerpetualTest, CancelsWhatWaits) {
  const ClientOrderId id = PlaceAndWait(
      Waiting(Limit(Side::kBuy, "1", "105"), TriggerKind::kStop, "104", TriggerSource::kLast));
  EXPECT_THAT(exchange_->Amend(id, {.quantity = Q("0.5")}).status(),
              StatusIs(absl::StatusCode::kUnimplemented));
  ASSERT_THAT(exchange_->Cancel(id), IsOk());
  Wait(15);
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kCanceled);
  feed_->ShowTrade(Side::kBuy, "104", "5");
  Wait(5);
  EXPECT_THAT(TakeSaid(), ElementsAre(HasSubstr("canceled ")));
}

// The margin is asked for at the trigger, and the order was there until then.
TEST_F(PaperPerpetualTest, ExpiresAConditionalOrderThatTheMarginDoesNotCarryAtItsTrigger) {
  PlaceAndWait(
      Waiting(Limit(Side::kBuy, "100", "100"), TriggerKind::kStop, "104", TriggerSource::kLast));
  feed_->ShowTrade(Side::kBuy, "104", "5");
  Wait(5);
  EXPECT_THAT(TakeSaid(), ElementsAre("triggered stop", HasSubstr("margin is insufficient")));
  EXPECT_THAT(exchange_->open_orders(), IsEmpty());
}

TEST_F(PaperPerpetualTest, ExpiresRestingOrdersThatHaveNothingLeftToClose) {
  PlaceAndWait(Market(Side::kBuy, "2"));
  PlaceAndWait(Limit(Side::kSell, "2", "110", PositionAction::kClose));
  PlaceAndWait(Limit(Side::kSell, "2", "111", PositionAction::kClose));
  TakeSaid();
  feed_->ShowTrade(Side::kBuy, "112", "10");
  Wait(5);
  EXPECT_THAT(TakeSaid(),
              ElementsAre("position net 0 @ 0",
                          "filled sell 2 @ 110 profit 18 fee 0",
                          HasSubstr("reduce-only: the position is closed")));
  EXPECT_THAT(exchange_->open_orders(), IsEmpty());
}

TEST_F(PaperPerpetualTest, KeepsTwoPositionsInHedgeMode) {
  ASSERT_THAT(perpetual().SetPositionMode(PositionMode::kHedge), IsOk());
  Wait(15);
  EXPECT_EQ(perpetual().position_mode(), PositionMode::kHedge);
  PlaceAndWait(Market(Side::kBuy, "1"));
  PlaceAndWait(Market(Side::kSell, "2"));
  PlaceAndWait(Market(Side::kSell, "1", PositionAction::kClose));
  EXPECT_THAT(TakeSaid(),
              ElementsAre("mode hedge",
                          "position long 1 @ 101",
                          "filled buy 1 @ 101 profit 0 fee 0.101",
                          "position short -2 @ 100",
                          "filled sell 2 @ 100 profit 0 fee 0.2",
                          "position long 0 @ 0",
                          "filled sell 1 @ 100 profit -1 fee 0.1"));
  ASSERT_THAT(perpetual().SetPositionMode(PositionMode::kOneWay), IsOk());
  Wait(15);
  EXPECT_THAT(TakeSaid(), ElementsAre(HasSubstr("setting refused: the position mode can't be")));
}

TEST_F(PaperPerpetualTest, SetsLeverageWithinTheVenuesBounds) {
  EXPECT_THAT(perpetual().SetLeverage(kPair, {.leverage = 51}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("51 is not within 1 and 50")));
  EXPECT_THAT(perpetual().SetLeverage({"ETH", "USDT"}, {.leverage = 5}),
              StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(perpetual().SetLeverage(kPair, {.leverage = 5, .margin_mode = MarginMode::kIsolated}),
              IsOk());
  EXPECT_EQ(perpetual().leverage(kPair).leverage, 10);
  Wait(15);
  EXPECT_THAT(TakeSaid(), ElementsAre("leverage 5 isolated"));
  EXPECT_EQ(perpetual().leverage(kPair).leverage, 5);
}

TEST_F(PaperPerpetualTest, RefusesAConfigurationThatTheVenueDoesNotHave) {
  spec_.position_modes = {PositionMode::kOneWay};
  PaperConfig config = DefaultConfig();
  config.market.perpetual.position_mode = PositionMode::kHedge;
  PaperExchange hedged(config, spec_, std::make_unique<FakeFeed>(), clock_);
  EXPECT_THAT(hedged.Open(), StatusIs(absl::StatusCode::kUnimplemented));
  config = DefaultConfig();
  config.market.perpetual.leverage = 51;
  PaperExchange leveraged(config, spec_, std::make_unique<FakeFeed>(), clock_);
  EXPECT_THAT(leveraged.Open(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1 and 50")));
}

TEST_F(PaperPerpetualTest, KeepsSpotVenuesWithoutPositions) {
  VenueSpec spot;
  spot.name = "fake";
  PaperExchange exchange(DefaultConfig(), spot, std::make_unique<FakeFeed>(), clock_);
  ASSERT_THAT(exchange.Open(), IsOk());
  EXPECT_EQ(exchange.perpetual(), nullptr);
  EXPECT_THAT(exchange.Place(Limit(Side::kSell, "1", "110", PositionAction::kClose)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no positions to close")));
}

TEST_F(PaperPerpetualTest, PaysFundingAtTheVenuesTime) {
  feed_->ShowMark("100", "0.0001", kStart + absl::Seconds(60));
  PlaceAndWait(Limit(Side::kSell, "5", "100"));
  feed_->ShowMark("102", "0.001", kStart + absl::Seconds(60));
  TakeSaid();
  clock_.AdvanceTo(kStart + absl::Seconds(60));
  EXPECT_THAT(TakeSaid(), IsEmpty());  // on its way
  Wait(5);
  EXPECT_THAT(TakeSaid(), ElementsAre("funding 1 0.51 USDC"));
  EXPECT_EQ(exchange_->balance("USDC").total, D("1000.01"));  // 0.5 of fees
  const std::optional<FundingInfo> info = perpetual().funding(kPair);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->rate, D("0.001"));
  clock_.AdvanceBy(absl::Minutes(10));
  EXPECT_THAT(TakeSaid(), IsEmpty());
}

TEST_F(PaperPerpetualTest, LiquidatesAtTheBookWhenTheMarginIsGone) {
  PlaceAndWait(Limit(Side::kBuy, "60", "102"));  // 4 @ 101, 56 @ 102
  EXPECT_EQ(perpetual().position(kPair, PositionSide::kNet).liquidation_price, P("86.24"));
  PlaceAndWait(Limit(Side::kSell, "1", "150", PositionAction::kClose));
  TakeSaid();
  feed_->ShowBook({{"87", "50"}, {"86", "100"}}, {{"88", "5"}});
  Mark("86.4");
  Wait(5);
  EXPECT_THAT(TakeSaid(), ElementsAre("margin call, maintenance 51.84"));
  Mark("86.1");
  Wait(5);
  // 993.884 - 6116 + 50 * 87 + 10 * 86 = 87.884 are left for the fee: 2.1 % of 5210 are 109.41.
  EXPECT_THAT(TakeSaid(),
              ElementsAre("position net 0 @ 0",
                          "liquidation 50 @ 87",
                          "liquidation 10 @ 86",
                          "foreign sell 50 @ 87 profit -746.666666666666666667 fee 0",
                          "foreign sell 10 @ 86 profit -159.333333333333333333 fee 87.884",
                          HasSubstr("the position is liquidated")));
  EXPECT_EQ(Usdc(), "0 0");
  EXPECT_THAT(perpetual().positions(), IsEmpty());
}

TEST_F(PaperPerpetualTest, LosesNoMoreThanTheMarginInAGap) {
  PlaceAndWait(Limit(Side::kBuy, "60", "102"));
  TakeSaid();
  feed_->ShowBook({{"20", "10"}}, {{"21", "5"}});
  Wait(5);
  const std::vector<std::string> said = TakeSaid();
  EXPECT_THAT(said, testing::Contains(HasSubstr("liquidation 10 @ 85.37")));
  EXPECT_THAT(said, testing::Contains(HasSubstr("liquidation 50 @ 85.37")));
  EXPECT_GE(exchange_->balance("USDC").total, Decimal());
  EXPECT_LT(exchange_->balance("USDC").total, D("1"));
}

TEST_F(PaperPerpetualTest, WaitsWithALiquidationUntilTheBookIsBack) {
  PlaceAndWait(Limit(Side::kBuy, "60", "102"));
  Mark("100");
  feed_->MakeStale();
  TakeSaid();
  Mark("86");
  Wait(5);
  EXPECT_THAT(TakeSaid(), ElementsAre(HasSubstr("margin call")));
  feed_->ShowBook({{"86", "100"}}, {{"88", "5"}});
  Wait(5);
  EXPECT_THAT(TakeSaid(), testing::Contains("liquidation 60 @ 86"));
}

TEST_F(PaperPerpetualTest, LiquidatesAnIsolatedPositionAlone) {
  ASSERT_THAT(
      perpetual().SetLeverage(kPair, {.leverage = 10, .margin_mode = MarginMode::kIsolated}),
      IsOk());
  PlaceAndWait(Limit(Side::kSell, "5", "100"));
  EXPECT_EQ(Usdc(), "999.5 949.5");
  EXPECT_EQ(perpetual().position(kPair, PositionSide::kNet).liquidation_price, P("108.91"));
  TakeSaid();
  feed_->ShowBook({{"108", "5"}}, {{"109", "80"}});
  Mark("108.92");
  Wait(5);
  // At 109 the position leaves 5 of its 50; 2.1 % of 545 would be 11.445.
  EXPECT_THAT(
      TakeSaid(),
      ElementsAre(
          "position net 0 @ 0", "liquidation 5 @ 109", "foreign buy 5 @ 109 profit -45 fee 5"));
  EXPECT_EQ(Usdc(), "949.5 949.5");
}

TEST_F(PaperPerpetualTest, TellsBalanceAndPositionAgainWhileThePriceMoves) {
  PlaceAndWait(Market(Side::kBuy, "4"));
  EXPECT_EQ(Usdc(), "999.596 957.396");  // 101 at 100.5: 40.2 of margin, 2 less worth
  Mark("110");
  Wait(5);
  EXPECT_EQ(Usdc(), "999.596 957.396");
  clock_.AdvanceBy(absl::Seconds(10));
  Mark("110");
  Wait(5);
  EXPECT_EQ(Usdc(), "999.596 991.596");  // 36 of profit, less 44 of margin
  EXPECT_EQ(perpetual().position(kPair, PositionSide::kNet).unrealised_profit, Notional(D("36")));
}

TEST_F(PaperPerpetualTest, CarriesActionAndMarginThroughAnAmendment) {
  PlaceAndWait(Market(Side::kBuy, "2"));
  const ClientOrderId id = PlaceAndWait(Limit(Side::kSell, "2", "110", PositionAction::kClose));
  const absl::StatusOr<ClientOrderId> amended = exchange_->Amend(id, {.price = P("109")});
  ASSERT_THAT(amended, IsOk());
  Wait(15);
  const Order* order = exchange_->FindOrder(*amended);
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->position_action, PositionAction::kClose);
  EXPECT_TRUE(order->is_open());
}

}  // namespace
}  // namespace colibri
