#include "exchanges/paper/paper_exchange.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/simulated_clock.h"
#include "core/strings.h"
#include "tests/exchanges/paper/fake_feed.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const TradingPair kPair = {"BTC", "USDT"};

VenueSpec FakeSpec() {
  VenueSpec spec;
  spec.name = "fake";
  return spec;
}

PaperConfig DefaultConfig() {
  FeeSchema fees;
  fees.percent = {.maker = D("0.001"), .taker = D("0.002")};
  return {.market = {.venue = "fake", .pairs = {kPair}},
          .balances = {{"USDT", D("1000")}, {"BTC", D("10")}},
          .fees = fees,
          .delay_to_venue = {.least = absl::Milliseconds(10)},
          .delay_from_venue = {.least = absl::Milliseconds(5)}};
}

// Says each order event in short words: "filled B1 0.5 @ 100 maker fee 0.0005 BTC".
std::string Say(const Event& event) {
  const auto order_words = [](std::string_view word, const Order& order) {
    return StrCat(word, " ", order.client_order_id, order.reason.empty() ? "" : ": ", order.reason);
  };
  if (const auto* created = std::get_if<OrderCreated>(&event)) {
    return order_words("created", created->order);
  }
  if (const auto* filled = std::get_if<OrderFilled>(&event)) {
    const Fill& fill = filled->fill;
    std::string text = StrCat("filled ",
                              fill.client_order_id,
                              " ",
                              fill.quantity,
                              " @ ",
                              fill.price,
                              fill.is_maker ? " maker" : " taker");
    for (const AssetAmount& fee : fill.fees) {
      text += StrCat(" fee ", fee.amount, " ", fee.asset);
    }
    return text;
  }
  if (const auto* completed = std::get_if<OrderCompleted>(&event)) {
    return order_words(completed->is_incomplete ? "incomplete" : "completed", completed->order);
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
  if (const auto* refused = std::get_if<CancelRejected>(&event)) {
    return StrCat("cancel refused ", refused->order.client_order_id, ": ", refused->reason);
  }
  return "";
}

class PaperExchangeTest : public testing::Test {
 protected:
  void Open(PaperConfig config) {
    auto feed = std::make_unique<FakeFeed>();
    feed_ = feed.get();
    exchange_ = std::make_unique<PaperExchange>(std::move(config), spec_, std::move(feed), clock_);
    subscription_ = exchange_->events().SubscribeAll([this](const Event& event) {
      std::string words = Say(event);
      if (!words.empty()) {
        said_.push_back(std::move(words));
      }
    });
    ASSERT_THAT(exchange_->Open(), IsOk());
    feed_->ShowBook({{"100", "5"}, {"99", "8"}}, {{"101", "4"}, {"102", "6"}});
  }
  void SetUp() override { Open(DefaultConfig()); }

  static OrderRequest Limit(std::string_view id,
                            Side side,
                            std::string_view quantity,
                            std::string_view price,
                            OrderType type = OrderType::kLimit,
                            TimeInForce time_in_force = TimeInForce::kGtc) {
    return {.pair = kPair,
            .side = side,
            .type = type,
            .time_in_force = time_in_force,
            .quantity = Q(quantity),
            .price = P(price),
            .quote_quantity = std::nullopt,
            .client_order_id = ClientOrderId(id)};
  }
  static OrderRequest Market(std::string_view id, Side side, std::string_view quantity) {
    return {.pair = kPair,
            .side = side,
            .type = OrderType::kMarket,
            .quantity = Q(quantity),
            .price = std::nullopt,
            .quote_quantity = std::nullopt,
            .client_order_id = ClientOrderId(id)};
  }
  // Places and lets the report come back.
  void PlaceAndWait(const OrderRequest& request) {
    ASSERT_THAT(exchange_->Place(request), IsOk());
    Wait(15);
  }
  void Wait(int milliseconds) { clock_.AdvanceBy(absl::Milliseconds(milliseconds)); }
  std::vector<std::string> TakeSaid() { return std::exchange(said_, {}); }
  // "total available"
  std::string Holds(std::string_view asset) const {
    const Balance balance = exchange_->balance(asset);
    return StrCat(balance.total, " ", balance.available);
  }

  VenueSpec spec_ = FakeSpec();
  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  FakeFeed* feed_ = nullptr;
  std::unique_ptr<PaperExchange> exchange_;
  Subscription subscription_;
  std::vector<std::string> said_;
};

// --- refusals of ours

TEST_F(PaperExchangeTest, TellsEveryMistakeOfItsConfiguration) {
  PaperExchange exchange({.market = {},
                          .balances = {{"USDT", D("-1")}},
                          .delay_to_venue = {.least = -absl::Seconds(1)},
                          .cancels_ahead = D("2"),
                          .open_orders_max = 0},
                         spec_,
                         std::make_unique<FakeFeed>(),
                         clock_);
  const absl::Status status = exchange.Open();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string message(Std(status.message()));
  EXPECT_THAT(message, HasSubstr("pairs: none given"));
  EXPECT_THAT(message, HasSubstr("balances USDT: -1 must be from 0"));
  EXPECT_THAT(message, HasSubstr("delay_to_venue: must be from 0"));
  EXPECT_THAT(message, HasSubstr("cancels_ahead: 2 must be from 0 to 1"));
  EXPECT_THAT(message, HasSubstr("open_orders_max: must be positive"));
}

TEST_F(PaperExchangeTest, RefusesOrdersBeforeItIsOpen) {
  PaperExchange exchange(DefaultConfig(), spec_, std::make_unique<FakeFeed>(), clock_);
  EXPECT_THAT(exchange.Place(Limit("B1", Side::kBuy, "1", "90")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(PaperExchangeTest, RefusesOrdersWhileTheBookIsStale) {
  feed_->MakeStale();
  const auto placed = exchange_->Place(Limit("B1", Side::kBuy, "1", "90"));
  EXPECT_THAT(placed, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(placed.status().message()), HasSubstr("book BTC-USDT is stale: a gap"));
  EXPECT_FALSE(exchange_->health().can_trade(kPair));
  feed_->ShowBook({{"100", "5"}}, {{"101", "4"}});
  EXPECT_TRUE(exchange_->health().can_trade(kPair));
  EXPECT_THAT(exchange_->Place(Limit("B1", Side::kBuy, "1", "90")), IsOk());
}

TEST_F(PaperExchangeTest, RefusesWhatTheRulesForbid) {
  OrderRequest request = Limit("B1", Side::kBuy, "0.0009", "90");
  EXPECT_THAT(exchange_->Place(request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.quantity = Q("0.05");  // 4.5 USDT
  EXPECT_THAT(exchange_->Place(request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.pair = {"ETH", "USDT"};
  EXPECT_THAT(exchange_->Place(request), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(PaperExchangeTest, RefusesWhatTheBalanceDoesNotCover) {
  EXPECT_THAT(exchange_->Place(Limit("B1", Side::kBuy, "10.001", "100")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(exchange_->Place(Limit("S1", Side::kSell, "10.001", "101")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  // What is on the way counts at once.
  EXPECT_THAT(exchange_->Place(Limit("B2", Side::kBuy, "6", "100")), IsOk());
  EXPECT_EQ(Holds("USDT"), "1000 400");
  EXPECT_THAT(exchange_->Place(Limit("B3", Side::kBuy, "4.001", "100")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(TakeSaid(), IsEmpty());
}

TEST_F(PaperExchangeTest, RefusesAnIdTwice) {
  EXPECT_THAT(exchange_->Place(Limit("B1", Side::kBuy, "1", "90")), IsOk());
  EXPECT_THAT(exchange_->Place(Limit("B1", Side::kBuy, "1", "90")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(PaperExchangeTest, RefusesMoreOpenOrdersThanAllowed) {
  PaperConfig config = DefaultConfig();
  config.open_orders_max = 1;
  Open(config);
  EXPECT_THAT(exchange_->Place(Limit("B1", Side::kBuy, "1", "90")), IsOk());
  EXPECT_THAT(exchange_->Place(Limit("B2", Side::kBuy, "1", "90")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(PaperExchangeTest, RefusesToCancelWhatIsNotOpen) {
  EXPECT_THAT(exchange_->Cancel(ClientOrderId("B9")), StatusIs(absl::StatusCode::kNotFound));
  PlaceAndWait(Limit("B1", Side::kBuy, "1", "101"));
  EXPECT_THAT(exchange_->Cancel(ClientOrderId("B1")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

// --- refusals of the venue

TEST_F(PaperExchangeTest, RejectsAPostOnlyOrderThatWouldTakeOnArrival) {
  ASSERT_THAT(exchange_->Place(Limit("B1", Side::kBuy, "1", "100.5", OrderType::kLimitMaker)),
              IsOk());
  feed_->ShowAsks({{"100.5", "1"}});  // while the order is on its way
  Wait(15);
  EXPECT_THAT(TakeSaid(), ElementsAre(HasSubstr("rejected B1: post-only")));
  EXPECT_EQ(Holds("USDT"), "1000 1000");
  EXPECT_THAT(exchange_->open_orders(), IsEmpty());
}

TEST_F(PaperExchangeTest, RejectsWhatTheBalanceNoLongerCoversOnArrival) {
  // A market buy is checked at 101; when it arrives the book costs 400.
  ASSERT_THAT(exchange_->Place(Market("B1", Side::kBuy, "3")), IsOk());
  feed_->ShowBook({{"100", "5"}}, {{"400", "4"}});
  Wait(15);
  EXPECT_THAT(TakeSaid(),
              ElementsAre("rejected B1: insufficient balance: the order takes 1200 USDT, "
                          "available are 1000"));
  EXPECT_EQ(Holds("USDT"), "1000 1000");
}

TEST_F(PaperExchangeTest, RejectsOrdersThatArriveWhileTheBookIsStale) {
  ASSERT_THAT(exchange_->Place(Limit("B1", Side::kBuy, "1", "90")), IsOk());
  feed_->MakeStale();
  Wait(15);
  EXPECT_THAT(TakeSaid(), ElementsAre(HasSubstr("rejected B1: the paper venue can't match: book")));
  EXPECT_EQ(Holds("USDT"), "1000 1000");
}

TEST_F(PaperExchangeTest, ExpiresWhatWouldTradeWithAnOwnOrder) {
  PlaceAndWait(Limit("S1", Side::kSell, "1", "100.5"));
  PlaceAndWait(Limit("B1", Side::kBuy, "1", "100.5"));
  EXPECT_THAT(TakeSaid(),
              ElementsAre("created S1", "created B1", HasSubstr("expired B1: self-trade")));
  PlaceAndWait(Limit("B2", Side::kBuy, "1", "100.5", OrderType::kLimitMaker));
  EXPECT_THAT(TakeSaid(), ElementsAre(HasSubstr("rejected B2: post-only")));
  EXPECT_EQ(Holds("USDT"), "1000 1000");
}

// --- lives of orders

TEST_F(PaperExchangeTest, TellsOfAnOrderAfterBothDelays) {
  ASSERT_THAT(exchange_->Place(Limit("B1", Side::kBuy, "1", "99")), IsOk());
  Wait(14);
  EXPECT_THAT(TakeSaid(), IsEmpty());
  EXPECT_EQ(exchange_->FindOrder(ClientOrderId("B1"))->state, OrderState::kPendingCreate);
  EXPECT_EQ(exchange_->venue().open_count(), 1u);
  Wait(1);
  EXPECT_THAT(TakeSaid(), ElementsAre("created B1"));
  EXPECT_EQ(exchange_->FindOrder(ClientOrderId("B1"))->state, OrderState::kOpen);
  EXPECT_EQ(exchange_->counters().order_latency_last, absl::Milliseconds(15));
  EXPECT_EQ(Holds("USDT"), "1000 901");
}

TEST_F(PaperExchangeTest, FillsPartlyByPrintsAndPaysTheMakerFee) {
  PlaceAndWait(Limit("B1", Side::kBuy, "2", "100"));
  feed_->ShowTrade(Side::kSell, "100", "5.5");  // 5 stand ahead
  EXPECT_THAT(TakeSaid(), ElementsAre("created B1"));
  Wait(5);
  EXPECT_THAT(TakeSaid(), ElementsAre("filled B1 0.5 @ 100 maker fee 0.0005 BTC"));
  EXPECT_EQ(Holds("USDT"), "950 800");
  EXPECT_EQ(Holds("BTC"), "10.4995 10.4995");
  feed_->ShowTrade(Side::kSell, "99", "9");
  Wait(5);
  EXPECT_THAT(TakeSaid(), ElementsAre("filled B1 1.5 @ 100 maker fee 0.0015 BTC", "completed B1"));
  EXPECT_EQ(Holds("USDT"), "800 800");
  EXPECT_EQ(Holds("BTC"), "11.998 11.998");
}

TEST_F(PaperExchangeTest, TakesTheBookAtItsPricesAndRestsTheRemainder) {
  PlaceAndWait(Limit("B1", Side::kBuy, "5", "101"));
  EXPECT_THAT(TakeSaid(), ElementsAre("created B1", "filled B1 4 @ 101 taker fee 0.008 BTC"));
  EXPECT_EQ(Holds("USDT"), "596 495");
  EXPECT_EQ(exchange_->venue().simulator(kPair)->ahead_of(1), Q("0"));
}

TEST_F(PaperExchangeTest, TakesAtBetterPricesThanItsLimit) {
  PlaceAndWait(Limit("S1", Side::kSell, "2", "95"));
  EXPECT_THAT(TakeSaid(),
              ElementsAre("created S1", "filled S1 2 @ 100 taker fee 0.4 USDT", "completed S1"));
  EXPECT_EQ(Holds("USDT"), "1199.6 1199.6");
  EXPECT_EQ(Holds("BTC"), "8 8");
}

TEST_F(PaperExchangeTest, ExpiresTheRestOfImmediateOrCancel) {
  PlaceAndWait(Limit("B1", Side::kBuy, "5", "101", OrderType::kLimit, TimeInForce::kIoc));
  EXPECT_THAT(TakeSaid(),
              ElementsAre("created B1",
                          "filled B1 4 @ 101 taker fee 0.008 BTC",
                          HasSubstr("expired B1: immediate or cancel")));
  EXPECT_EQ(Holds("USDT"), "596 596");
}

TEST_F(PaperExchangeTest, FillsOrKillsAsAWhole) {
  PlaceAndWait(Limit("B1", Side::kBuy, "5", "101", OrderType::kLimit, TimeInForce::kFok));
  EXPECT_THAT(TakeSaid(), ElementsAre("created B1", HasSubstr("expired B1: fill or kill")));
  EXPECT_EQ(Holds("USDT"), "1000 1000");
  PlaceAndWait(Limit("B2", Side::kBuy, "5", "102", OrderType::kLimit, TimeInForce::kFok));
  EXPECT_THAT(TakeSaid(),
              ElementsAre("created B2",
                          "filled B2 4 @ 101 taker fee 0.008 BTC",
                          "filled B2 1 @ 102 taker fee 0.002 BTC",
                          "completed B2"));
}

TEST_F(PaperExchangeTest, ExpiresTheRestOfAMarketOrder) {
  feed_->ShowBook({{"100", "5"}}, {{"101", "4"}});
  PlaceAndWait(Market("S1", Side::kSell, "6"));
  EXPECT_THAT(TakeSaid(),
              ElementsAre("created S1",
                          "filled S1 5 @ 100 taker fee 1 USDT",
                          "expired S1: no liquidity left for the market order"));
}

TEST_F(PaperExchangeTest, SpendsAQuoteQuantity) {
  OrderRequest request = Market("B1", Side::kBuy, "0");
  request.quote_quantity = Notional(D("202"));
  PlaceAndWait(request);
  EXPECT_THAT(TakeSaid(),
              ElementsAre("created B1", "filled B1 2 @ 101 taker fee 0.004 BTC", "completed B1"));
  EXPECT_EQ(Holds("USDT"), "798 798");
}

TEST_F(PaperExchangeTest, CancelsAfterTheDelayAndUnlocks) {
  PlaceAndWait(Limit("B1", Side::kBuy, "1", "99"));
  ASSERT_THAT(exchange_->Cancel(ClientOrderId("B1")), IsOk());
  ASSERT_THAT(exchange_->Cancel(ClientOrderId("B1")), IsOk());  // asked twice, sent once
  Wait(15);
  EXPECT_THAT(TakeSaid(), ElementsAre("created B1", "canceled B1"));
  EXPECT_EQ(Holds("USDT"), "1000 1000");
}

TEST_F(PaperExchangeTest, LetsAFillWinTheRaceAgainstACancel) {
  PlaceAndWait(Limit("B1", Side::kBuy, "1", "100.5"));
  ASSERT_THAT(exchange_->Cancel(ClientOrderId("B1")), IsOk());
  Wait(9);
  feed_->ShowTrade(Side::kSell, "100", "3");
  Wait(20);
  EXPECT_THAT(TakeSaid(),
              ElementsAre("created B1", "filled B1 1 @ 100.5 maker fee 0.001 BTC", "completed B1"));
}

TEST_F(PaperExchangeTest, CancelsWhatAFillLeft) {
  PlaceAndWait(Limit("B1", Side::kBuy, "1", "100.5"));
  ASSERT_THAT(exchange_->Cancel(ClientOrderId("B1")), IsOk());
  feed_->ShowTrade(Side::kSell, "100", "0.25");
  Wait(15);
  EXPECT_THAT(
      TakeSaid(),
      ElementsAre("created B1", "filled B1 0.25 @ 100.5 maker fee 0.00025 BTC", "canceled B1"));
  EXPECT_EQ(Holds("USDT"), "974.875 974.875");
}

TEST_F(PaperExchangeTest, CancelsAnOrderThatIsStillOnItsWay) {
  ASSERT_THAT(exchange_->Place(Limit("B1", Side::kBuy, "1", "99")), IsOk());
  ASSERT_THAT(exchange_->CancelAll(std::nullopt), IsOk());
  Wait(15);
  EXPECT_THAT(TakeSaid(), ElementsAre("created B1", "canceled B1"));
}

TEST_F(PaperExchangeTest, AmendsByCancelingAndPlacing) {
  PlaceAndWait(Limit("B1", Side::kBuy, "2", "100.5"));
  feed_->ShowTrade(Side::kSell, "100.5", "0.5");
  Wait(5);
  const auto amended =
      exchange_->Amend(ClientOrderId("B1"), {.price = P("99"), .quantity = Q("3")});
  ASSERT_THAT(amended, IsOk());
  Wait(15);
  EXPECT_THAT(TakeSaid(),
              ElementsAre("created B1",
                          "filled B1 0.5 @ 100.5 maker fee 0.0005 BTC",
                          "canceled B1",
                          StrCat("created ", *amended)));
  EXPECT_EQ(exchange_->FindOrder(*amended)->quantity, Q("2.5"));
  EXPECT_EQ(Holds("USDT"), "949.75 702.25");
}

TEST_F(PaperExchangeTest, DoesNotReplaceWhatFilledMeanwhile) {
  PlaceAndWait(Limit("B1", Side::kBuy, "1", "100.5"));
  const auto amended =
      exchange_->Amend(ClientOrderId("B1"), {.price = P("99"), .quantity = std::nullopt});
  ASSERT_THAT(amended, IsOk());
  feed_->ShowTrade(Side::kSell, "100", "3");
  Wait(15);
  EXPECT_THAT(TakeSaid(),
              ElementsAre("created B1",
                          "filled B1 1 @ 100.5 maker fee 0.001 BTC",
                          "completed B1",
                          HasSubstr(StrCat("rejected ", *amended, ": not placed"))));
  EXPECT_EQ(Holds("USDT"), "899.5 899.5");
}

TEST_F(PaperExchangeTest, RefusesToAmendWhatIsNotAcknowledged) {
  ASSERT_THAT(exchange_->Place(Limit("B1", Side::kBuy, "1", "99")), IsOk());
  EXPECT_THAT(exchange_->Amend(ClientOrderId("B1"), {.price = P("98"), .quantity = std::nullopt}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(PaperExchangeTest, ShowsBalancesAsTheyAreWhenItTellsOfAFill) {
  std::string seen;
  const Subscription fills =
      exchange_->events().Subscribe<OrderFilled>([&](const OrderFilled&) { seen = Holds("BTC"); });
  PlaceAndWait(Limit("B1", Side::kBuy, "1", "101"));
  EXPECT_EQ(seen, "10.998 10.998");
}

TEST_F(PaperExchangeTest, AddsFeesToTheCostWhereTheVenueDoes) {
  PaperConfig config = DefaultConfig();
  config.fees->charge = FeeCharge::kAddedToCost;
  Open(config);
  PlaceAndWait(Limit("B1", Side::kBuy, "1", "99"));
  EXPECT_EQ(Holds("USDT"), "1000 900.802");  // locks the taker's rate
  feed_->ShowTrade(Side::kSell, "98", "1");
  Wait(5);
  EXPECT_EQ(Holds("USDT"), "900.901 900.901");
  EXPECT_EQ(Holds("BTC"), "11 11");
}

TEST_F(PaperExchangeTest, ChargesAThirdAssetWhileItLasts) {
  PaperConfig config = DefaultConfig();
  config.balances["BNB"] = D("0.001");
  config.fees->charge = FeeCharge::kThirdAsset;
  config.fees->third_asset = "BNB";
  config.fees->third_asset_price = P("500");
  Open(config);
  PlaceAndWait(Limit("B1", Side::kBuy, "1", "101"));  // 0.202 USDT, 0.000404 BNB
  PlaceAndWait(Limit("B2", Side::kBuy, "2", "101"));  // 0.000808 BNB: too much
  EXPECT_EQ(Holds("BNB"), "0.000596 0.000596");
  EXPECT_EQ(Holds("BTC"), "12.996 12.996");
}

TEST_F(PaperExchangeTest, ClosesWithNothingLeftOpen) {
  PlaceAndWait(Limit("B1", Side::kBuy, "1", "99"));
  ASSERT_THAT(exchange_->Place(Limit("B2", Side::kBuy, "1", "98")), IsOk());  // on its way
  const ShutdownReport report = exchange_->Close();
  EXPECT_TRUE(report.is_verified);
  EXPECT_EQ(report.open_orders_left, 0);
  EXPECT_THAT(TakeSaid(), ElementsAre("created B1", "created B2", "canceled B1", "canceled B2"));
  EXPECT_THAT(exchange_->Place(Limit("B3", Side::kBuy, "1", "98")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Holds("USDT"), "1000 1000");
}

TEST_F(PaperExchangeTest, PassesMarketDataOnUnderItsName) {
  std::vector<std::string> venues;
  const Subscription trades = exchange_->events().Subscribe<PublicTrade>(
      [&](const PublicTrade& trade) { venues.emplace_back(trade.header.venue); });
  feed_->ShowTrade(Side::kBuy, "101", "1");
  EXPECT_THAT(venues, ElementsAre("fake_paper"));
}

}  // namespace
}  // namespace colibri
