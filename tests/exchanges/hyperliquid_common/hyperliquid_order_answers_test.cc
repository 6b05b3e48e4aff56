#include "exchanges/hyperliquid_common/hyperliquid_order_answers.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/hyperliquid_common/samples.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

std::string Statuses(std::string_view statuses) {
  return StrCat(
      R"({"status":"ok","response":{"type":"order","data":{"statuses":[)", statuses, "]}}}");
}

std::string StatusAnswer(std::string_view order, std::string_view status) {
  return StrCat(R"({"status":"order","order":{"order":)",
                order,
                R"(,"status":")",
                status,
                R"(","statusTimestamp":1724361546645}})");
}

constexpr std::string_view kOpenOrder =
    R"({"coin":"ETH","side":"B","limitPx":"1670.1","sz":"0.01","oid":4294967297,)"
    R"("timestamp":1724361546000,"origSz":"0.0147","cloid":"0x000000000000000000000000000a839d"})";

class HyperliquidOrderAnswersTest : public testing::Test {
 protected:
  const InstrumentTable instruments_ = SampleInstruments();
  const Order order_ = SampleOrder();
};

TEST_F(HyperliquidOrderAnswersTest, RefusesPlacementsThatCannotBeRead) {
  for (const std::string& body : {std::string(),
                                  std::string("{}"),
                                  std::string(R"({"status":"ok"})"),
                                  std::string(R"({"status":"ok","response":{"type":"default"}})"),
                                  Statuses(""),
                                  Statuses("7"),
                                  Statuses("{}"),
                                  Statuses(R"("unheardOf")"),
                                  Statuses(R"({"resting":{}})"),
                                  Statuses(R"({"filled":{"oid":1}})")}) {
    EXPECT_THAT(ParsePlaced(body, order_), StatusIs(kDataLoss)) << body;
  }
}

TEST_F(HyperliquidOrderAnswersTest, KnowsWhatHasTriggered) {
  const auto triggered = ParseOrder(StatusAnswer(kOpenOrder, "triggered"), instruments_);
  ASSERT_OK(triggered);
  EXPECT_EQ(triggered->state, OrderState::kPartiallyFilled);
  EXPECT_TRUE(triggered->is_triggered);
  EXPECT_FALSE(ParseOrder(StatusAnswer(kOpenOrder, "open"), instruments_)->is_triggered);
  EXPECT_FALSE(
      ParseOrder(StatusAnswer(kOpenOrder, "reduceOnlyCanceled"), instruments_)->is_triggered);
}

// A waiting one has no time in force.
TEST_F(HyperliquidOrderAnswersTest, TellsThoseThatWaitFromTheOthersOnTheList) {
  const std::string head =
      R"({"coin":"ETH","side":"B","limitPx":"1670.1","sz":"0.01","oid":7,"timestamp":1,)"
      R"("origSz":"0.01","triggerPx":"1680",)";
  const auto open = ParseOpenOrders(StrCat("[",
                                           head,
                                           R"("isTrigger":true,"tif":null},)",
                                           head,
                                           R"("isTrigger":true,"tif":"Gtc"},)",
                                           head,
                                           R"("isTrigger":false,"tif":"Gtc"}])"),
                                    instruments_);
  ASSERT_OK(open);
  ASSERT_EQ(open->size(), 3u);
  EXPECT_FALSE((*open)[0].is_triggered);
  EXPECT_TRUE((*open)[1].is_triggered);
  EXPECT_TRUE((*open)[2].is_triggered);
}

TEST_F(HyperliquidOrderAnswersTest, ReadsARestingOrder) {
  const auto placed = ParsePlaced(Statuses(R"({"resting":{"oid":4294967297}})"), order_);

  ASSERT_THAT(placed, IsOk());
  EXPECT_EQ(placed->order.state, OrderState::kOpen);
  EXPECT_EQ(placed->order.exchange_order_id.view(), "4294967297");
  EXPECT_EQ(placed->order.client_order_id.view(), "clb1");
  EXPECT_EQ(placed->order.cumulative_filled, std::nullopt);
  EXPECT_THAT(placed->trades, IsEmpty());
}

TEST_F(HyperliquidOrderAnswersTest, ReadsAnOrderThatWaits) {
  const auto placed = ParsePlaced(Statuses(R"("waitingForTrigger")"), order_);

  ASSERT_THAT(placed, IsOk());
  EXPECT_EQ(placed->order.state, OrderState::kOpen);
  EXPECT_TRUE(placed->order.exchange_order_id.empty());
}

TEST_F(HyperliquidOrderAnswersTest, ReadsFilledOrders) {
  const auto filled =
      ParsePlaced(Statuses(R"({"filled":{"totalSz":"0.0147","avgPx":"1670.1","oid":7}})"), order_);
  ASSERT_THAT(filled, IsOk());
  EXPECT_EQ(filled->order.state, OrderState::kFilled);
  EXPECT_EQ(filled->order.cumulative_filled, Quantity(D("0.0147")));

  const std::string part = Statuses(R"({"filled":{"totalSz":"0.01","avgPx":"1670.1","oid":7}})");
  EXPECT_EQ(ParsePlaced(part, order_)->order.state, OrderState::kPartiallyFilled);

  Order ioc = order_;
  ioc.time_in_force = TimeInForce::kIoc;
  const auto rest_canceled = ParsePlaced(part, ioc);
  ASSERT_THAT(rest_canceled, IsOk());
  EXPECT_EQ(rest_canceled->order.state, OrderState::kCanceled);
  EXPECT_EQ(rest_canceled->order.cumulative_filled, Quantity(D("0.01")));

  Order market = order_;
  market.type = OrderType::kMarket;
  EXPECT_EQ(ParsePlaced(part, market)->order.state, OrderState::kCanceled);
}

TEST_F(HyperliquidOrderAnswersTest, ReadsCancels) {
  EXPECT_THAT(ParseCanceled(Statuses(R"("open")"), order_), StatusIs(kDataLoss));
  EXPECT_THAT(ParseCanceled("{}", order_), StatusIs(kDataLoss));

  const auto canceled = ParseCanceled(Statuses(R"("success")"), order_);

  ASSERT_THAT(canceled, IsOk());
  EXPECT_EQ(canceled->state, OrderState::kCanceled);
  EXPECT_EQ(canceled->client_order_id.view(), "clb1");
}

TEST_F(HyperliquidOrderAnswersTest, ReadsModifications) {
  const Order replacement = SampleOrder("clb2");
  const auto parse = [&](int status, std::string body) {
    return ParseReplaced(
        {.status = status, .headers = {}, .body = std::move(body)}, order_, replacement);
  };

  const auto done = parse(200, Statuses(R"({"resting":{"oid":9}})"));
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->canceled->client_order_id.view(), "clb1");
  EXPECT_EQ(done->canceled->state, OrderState::kCanceled);
  EXPECT_EQ(done->placed->order.client_order_id.view(), "clb2");
  EXPECT_EQ(done->placed->order.exchange_order_id.view(), "9");

  const auto over = parse(200, Statuses(R"({"error":"Cannot modify canceled or filled order"})"));
  ASSERT_THAT(over, IsOk());
  EXPECT_EQ(over->cancel_error->kind, ErrorKind::kCancelUnknownOrder);
  EXPECT_EQ(over->place_error->outcome, Outcome::kRejected);

  // Nobody says whether the old order stands: it is asked for.
  const auto refused = parse(200, Statuses(R"({"error":"Insufficient margin to place order."})"));
  ASSERT_THAT(refused, IsOk());
  EXPECT_EQ(refused->cancel_error->outcome, Outcome::kUnknown);
  EXPECT_EQ(refused->place_error->kind, ErrorKind::kInsufficientBalance);

  const auto lost = parse(502, "");
  ASSERT_THAT(lost, IsOk());
  EXPECT_EQ(lost->cancel_error->outcome, Outcome::kUnknown);
  EXPECT_EQ(lost->place_error->outcome, Outcome::kUnknown);

  EXPECT_THAT(parse(200, R"({"status":"ok","response":{"type":"default"}})"), StatusIs(kDataLoss));
}

TEST_F(HyperliquidOrderAnswersTest, ReadsOrders) {
  const auto update = ParseOrder(StatusAnswer(kOpenOrder, "open"), instruments_);

  ASSERT_THAT(update, IsOk());
  EXPECT_EQ(update->client_order_id.view(), "clb1");
  EXPECT_EQ(update->exchange_order_id.view(), "4294967297");
  EXPECT_EQ(update->pair.ToString(), "ETH-USD");
  EXPECT_EQ(update->state, OrderState::kPartiallyFilled);
  EXPECT_EQ(update->cumulative_filled, Quantity(D("0.0047")));
  EXPECT_EQ(update->venue_time, absl::FromUnixMillis(1724361546645));
  EXPECT_EQ(update->source, Source::kRest);
}

TEST_F(HyperliquidOrderAnswersTest, KnowsReasonsToComeByHowTheyEnd) {
  const auto state = [&](std::string_view status) {
    return ParseOrder(StatusAnswer(kOpenOrder, status), instruments_)->state;
  };

  for (const std::string_view status : {"canceled",
                                        "marginCanceled",
                                        "liquidatedCanceled",
                                        "scheduledCancel",
                                        "internalCancel",
                                        "newReasonCanceled"}) {
    EXPECT_EQ(state(status), OrderState::kCanceled) << status;
  }
  for (const std::string_view status :
       {"rejected", "tickRejected", "iocCancelRejected", "newReasonRejected"}) {
    EXPECT_EQ(state(status), OrderState::kRejected) << status;
  }
  EXPECT_EQ(state("filled"), OrderState::kFilled);
  EXPECT_EQ(state("triggered"), OrderState::kPartiallyFilled);
  EXPECT_THAT(ParseOrder(StatusAnswer(kOpenOrder, "melted"), instruments_),
              StatusIs(kDataLoss, HasSubstr("melted")));
}

TEST_F(HyperliquidOrderAnswersTest, ReadsOpenOrdersOfItsCoins) {
  const auto open = ParseOpenOrders(
      StrCat(
          "[",
          kOpenOrder,
          R"(,{"coin":"DOGE","side":"A","limitPx":"1","sz":"1","oid":2,"timestamp":1,"origSz":"1"})",
          R"(,{"coin":"BTC","side":"A","limitPx":"1","sz":"1","oid":3,"timestamp":1,"origSz":"1",)",
          R"("cloid":null}])"),
      instruments_);

  ASSERT_THAT(open, IsOk());
  ASSERT_EQ(open->size(), 2u);
  EXPECT_EQ((*open)[0].state, OrderState::kPartiallyFilled);
  EXPECT_EQ((*open)[1].pair.ToString(), "BTC-USD");
  EXPECT_EQ((*open)[1].state, OrderState::kOpen);
  EXPECT_TRUE((*open)[1].client_order_id.empty());
}

TEST_F(HyperliquidOrderAnswersTest, RefusesOrdersWithMoreLeftThanTheyHad) {
  EXPECT_THAT(
      ParseOpenOrders(
          R"([{"coin":"BTC","side":"A","limitPx":"1","sz":"2","oid":3,"timestamp":1,"origSz":"1"}])",
          instruments_),
      StatusIs(kDataLoss, HasSubstr("`sz`")));
}

TEST_F(HyperliquidOrderAnswersTest, ReadsFillsOldestFirst) {
  const auto trades = ParseTrades(
      R"([{"coin":"ETH","px":"1670.1","sz":"0.01","side":"A","time":1700000000002,)"
      R"("startPosition":"0.01","dir":"Close Long","closedPnl":"0.7106","hash":"0x1","oid":4294967297,)"
      R"("crossed":true,"fee":"0.0075","tid":122379282851005,"feeToken":"USDC",)"
      R"("cloid":"0x000000000000000000000000000a839d","twapId":null},)"
      R"({"coin":"@156","px":"160.32","sz":"1.267","side":"B","time":1700000000001,"oid":1,)"
      R"("crossed":false,"fee":"0.0","tid":3,"feeToken":"HYPE"},)"
      R"({"coin":"BTC","px":"66653.0","sz":"0.001","side":"B","time":1700000000001,"closedPnl":"0.0",)"
      R"("oid":5,"crossed":false,"fee":"-0.001","tid":7,"feeToken":"USDC"}])",
      instruments_);

  ASSERT_THAT(trades, IsOk());
  ASSERT_EQ(trades->size(), 2u);
  const Fill& first = (*trades)[0].fill;
  EXPECT_EQ(first.pair.ToString(), "BTC-USD");
  EXPECT_TRUE(first.is_maker);
  EXPECT_EQ(first.fees, (FeeAmounts{{.asset = "USDC", .amount = D("-0.001")}}));
  const Fill& second = (*trades)[1].fill;
  EXPECT_EQ(second.trade_id.view(), "122379282851005");
  EXPECT_EQ(second.client_order_id.view(), "clb1");
  EXPECT_EQ(second.exchange_order_id.view(), "4294967297");
  EXPECT_EQ(second.side, Side::kSell);
  EXPECT_EQ(second.price, Price(D("1670.1")));
  EXPECT_EQ(second.quantity, Quantity(D("0.01")));
  EXPECT_FALSE(second.is_maker);
  EXPECT_EQ(second.realised_profit, Notional(D("0.7106")));
  EXPECT_EQ(second.fees, (FeeAmounts{{.asset = "USDC", .amount = D("0.0075")}}));
  EXPECT_EQ(second.venue_time, absl::FromUnixMillis(1700000000002));
}

TEST_F(HyperliquidOrderAnswersTest, ReadsTheTime) {
  EXPECT_THAT(ParseServerTime(R"({"time":1770000000000,"specialStatuses":null})"),
              IsOkAndHolds(absl::FromUnixMillis(1770000000000)));
  EXPECT_THAT(ParseServerTime(R"({"time":1770000000})"), StatusIs(kDataLoss));
  EXPECT_THAT(ParseServerTime("{}"), StatusIs(kDataLoss));
}

}  // namespace
}  // namespace colibri::hyperliquid
