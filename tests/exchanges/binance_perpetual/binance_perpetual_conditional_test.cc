// Conditional orders of Binance USD-M futures: what is asked of the Algo service, and what it says.
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "exchanges/binance_common/binance_order_answers.h"
#include "exchanges/binance_perpetual/binance_perpetual_answers.h"
#include "exchanges/binance_perpetual/binance_perpetual_requests.h"
#include "exchanges/binance_perpetual/binance_perpetual_user_stream.h"
#include "tests/exchanges/binance_common/order_samples.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance::perpetual {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

Order Waiting() {
  Order order = SampleOrder();
  order.trigger = OrderTrigger{
      .price = Price(D("23000")), .kind = TriggerKind::kStop, .source = TriggerSource::kLast};
  order.exchange_order_id = ExchangeOrderId("algo-2146760");
  return order;
}

Order Triggered(std::string_view exchange_order_id) {
  Order order = Waiting();
  order.is_triggered = true;
  order.exchange_order_id = ExchangeOrderId(exchange_order_id);
  return order;
}

// As the service answers a query; `fields` come first, and so go before the defaults.
std::string Answer(std::string_view fields) {
  return StrCat(
      "{",
      fields,
      R"("algoId":2146760,"clientAlgoId":"clb-1","algoType":"CONDITIONAL","orderType":"STOP",)"
      R"("symbol":"BTCUSDT","side":"BUY","positionSide":"BOTH","timeInForce":"GTC",)"
      R"("quantity":"0.5","algoStatus":"NEW","actualOrderId":"","triggerPrice":"23000.00",)"
      R"("price":"23416.10","workingType":"CONTRACT_PRICE","createTime":1750485492076,)"
      R"("updateTime":1750485492077,"triggerTime":0,"goodTillDate":0})");
}

std::string Event(std::string_view fields) {
  return StrCat(
      R"({"e":"ALGO_UPDATE","T":1750515742297,"E":1750515742303,"o":{)",
      fields,
      R"("caid":"clb-1","aid":2148719,"at":"CONDITIONAL","o":"STOP","s":"BTCUSDT","S":"SELL",)"
      R"("ps":"BOTH","f":"GTC","q":"0.01","X":"NEW","ai":"","ap":"0.00000","aq":"0.00000",)"
      R"("act":"0","tp":"750","p":"750","V":"EXPIRE_MAKER","wt":"CONTRACT_PRICE","pm":"NONE",)"
      R"("cp":false,"pP":false,"R":false,"tt":0,"gtd":0,"rm":"Reduce Only reject"}})");
}

class PerpetualConditionalTest : public testing::Test {
 protected:
  static ExchangeConfig Config() {
    ExchangeConfig config;
    config.venue = "binance_perpetual";
    return config;
  }

  OrderUpdate Read(std::string_view fields) {
    const absl::StatusOr<OrderUpdate> update = ParseOrder(Answer(fields), instruments_);
    EXPECT_OK(update) << fields;
    return update.value_or(OrderUpdate());
  }
  OrderUpdate Heard(std::string_view fields) {
    const absl::StatusOr<PrivateMessage> message = source_.Parse(Event(fields));
    EXPECT_OK(message) << fields;
    EXPECT_THAT(message.value_or(PrivateMessage()).orders, SizeIs(1));
    return message.ok() && !message->orders.empty() ? message->orders[0] : OrderUpdate();
  }

  const InstrumentTable instruments_ = SampleInstruments();
  const Instrument& btc_ = instruments_.at(2);
  const PerpetualRequests requests_{Config()};
  BinancePerpetualUserStream source_{VenueHosts(), {}, instruments_};
};

TEST_F(PerpetualConditionalTest, NamesTheFieldThatCannotBeRead) {
  EXPECT_THAT(ParseOrder(Answer(R"("algoStatus":"ASLEEP",)"), instruments_),
              StatusIs(StatusCode::kDataLoss, HasSubstr("algoStatus")));
  EXPECT_THAT(ParseOrder(Answer(R"("algoId":"x",)"), instruments_),
              StatusIs(StatusCode::kDataLoss, HasSubstr("algoId")));
  EXPECT_THAT(source_.Parse(Event(R"("caid":7,)")),
              StatusIs(StatusCode::kDataLoss, HasSubstr("caid")));
  EXPECT_THAT(source_.Parse(R"({"e":"ALGO_UPDATE","T":1})"), StatusIs(StatusCode::kDataLoss));
  const std::string refused = R"({"algoId":1,"clientAlgoId":"clb-1","code":"400","msg":"no"})";
  EXPECT_THAT(ParseCanceled(refused, Waiting()), StatusIs(StatusCode::kDataLoss));
}

TEST_F(PerpetualConditionalTest, RefusesAnAnswerAboutAnotherOrder) {
  EXPECT_THAT(ParsePlaced(Answer(R"("clientAlgoId":"clb-2",)"), Waiting()),
              StatusIs(StatusCode::kDataLoss, HasSubstr("clb-2")));
}

TEST_F(PerpetualConditionalTest, PlacesEachKindAtTheService) {
  Order order = Waiting();
  EXPECT_EQ(requests_.Place(order, btc_).request.Target(),
            "/fapi/v1/algoOrder?algoType=CONDITIONAL&symbol=BTCUSDT&side=BUY&type=STOP"
            "&timeInForce=GTC&quantity=0.5&price=23416.1&triggerPrice=23000"
            "&workingType=CONTRACT_PRICE&clientAlgoId=clb-1&recvWindow=5000");
  order.type = OrderType::kMarket;
  order.price.reset();
  order.trigger->kind = TriggerKind::kTakeProfit;
  order.trigger->source = TriggerSource::kMark;
  order.position_action = PositionAction::kClose;
  const VenueCall call = requests_.Place(order, btc_);
  EXPECT_EQ(call.request.Target(),
            "/fapi/v1/algoOrder?algoType=CONDITIONAL&symbol=BTCUSDT&side=BUY"
            "&type=TAKE_PROFIT_MARKET&quantity=0.5&triggerPrice=23000&workingType=MARK_PRICE"
            "&clientAlgoId=clb-1&reduceOnly=true&recvWindow=5000");
  EXPECT_EQ(call.request.method, HttpMethod::kPost);
  EXPECT_EQ(call.priority, CallPriority::kReduceOnly);
}

// Which client order id the order has since its trigger is not documented.
TEST_F(PerpetualConditionalTest, AsksTheServiceUntilTheTriggerAndByTheNewNumberThen) {
  EXPECT_EQ(requests_.Cancel(Waiting(), btc_).request.Target(),
            "/fapi/v1/algoOrder?clientAlgoId=clb-1&recvWindow=5000");
  EXPECT_EQ(requests_.QueryOrder(Waiting(), btc_).request.Target(),
            "/fapi/v1/algoOrder?clientAlgoId=clb-1&recvWindow=5000");
  EXPECT_EQ(requests_.Cancel(Triggered("22542179"), btc_).request.Target(),
            "/fapi/v1/order?symbol=BTCUSDT&orderId=22542179&recvWindow=5000");
  EXPECT_EQ(requests_.QueryOrder(Triggered("22542179"), btc_).request.Target(),
            "/fapi/v1/order?symbol=BTCUSDT&orderId=22542179&recvWindow=5000");
  EXPECT_EQ(requests_.QueryOrder(Triggered("algo-2146760"), btc_).request.Target(),
            "/fapi/v1/order?symbol=BTCUSDT&origClientOrderId=clb-1&recvWindow=5000");
}

TEST_F(PerpetualConditionalTest, NeverLooksForTradesByANumberOfTheService) {
  EXPECT_THAT(requests_.OrderTrades(Waiting(), btc_).request.Target(),
              StartsWith("/fapi/v1/userTrades?symbol=BTCUSDT&startTime="));
  EXPECT_THAT(requests_.OrderTrades(Triggered("22542179"), btc_).request.Target(),
              HasSubstr("orderId=22542179"));
}

TEST_F(PerpetualConditionalTest, HasListsOfTheirOwn) {
  EXPECT_EQ(requests_.OpenConditionalOrders(btc_)->request.Target(),
            "/fapi/v1/openAlgoOrders?symbol=BTCUSDT&recvWindow=5000");
  EXPECT_EQ(requests_.CancelAllConditional(btc_)->request.Target(),
            "/fapi/v1/algoOpenOrders?symbol=BTCUSDT&recvWindow=5000");
  const absl::StatusOr<std::vector<OrderUpdate>> open =
      ParseOpenOrders(StrCat("[", Answer(""), "]"), instruments_);
  ASSERT_OK(open);
  ASSERT_THAT(*open, SizeIs(1));
  EXPECT_EQ((*open)[0].client_order_id, ClientOrderId("clb-1"));
  EXPECT_EQ((*open)[0].state, OrderState::kOpen);
}

// The two services number apart: a number of the one may be a number of the other.
TEST_F(PerpetualConditionalTest, MarksTheServicesNumbers) {
  const OrderUpdate waiting = Read("");
  EXPECT_EQ(waiting.exchange_order_id, ExchangeOrderId("algo-2146760"));
  EXPECT_FALSE(waiting.is_triggered);
  EXPECT_EQ(waiting.venue_time, absl::FromUnixMillis(1'750'485'492'077));
  EXPECT_EQ(waiting.cumulative_filled, std::nullopt);
  const OrderUpdate triggered = Read(R"("algoStatus":"TRIGGERED","actualOrderId":"22542179",)");
  EXPECT_EQ(triggered.exchange_order_id, ExchangeOrderId("22542179"));
  EXPECT_TRUE(triggered.is_triggered);
}

TEST_F(PerpetualConditionalTest, EndsNothingThatHasBecomeAnOrder) {
  for (const std::string_view status : {"TRIGGERED", "FINISHED", "CANCELED", "EXPIRED"}) {
    const OrderUpdate update =
        Read(StrCat(R"("algoStatus":")", status, R"(","actualOrderId":"22542179",)"));
    EXPECT_EQ(update.state, OrderState::kOpen) << status;
    EXPECT_TRUE(update.is_triggered) << status;
  }
  const OrderUpdate finished = Read(R"("algoStatus":"FINISHED",)");
  EXPECT_EQ(finished.state, OrderState::kOpen);
  EXPECT_TRUE(finished.is_triggered);
  EXPECT_TRUE(finished.exchange_order_id.empty());
}

TEST_F(PerpetualConditionalTest, HearsEachStatus) {
  struct Row {
    std::string_view status;
    OrderState state;
    bool is_triggered;
  };
  for (const Row& row : {Row{"NEW", OrderState::kOpen, false},
                         Row{"TRIGGERING", OrderState::kOpen, false},
                         Row{"TRIGGERED", OrderState::kOpen, true},
                         Row{"FINISHED", OrderState::kOpen, true},
                         Row{"CANCELED", OrderState::kCanceled, false},
                         Row{"EXPIRED", OrderState::kExpired, false},
                         Row{"REJECTED", OrderState::kExpired, false}}) {
    const OrderUpdate update = Heard(StrCat(R"("X":")", row.status, R"(",)"));
    EXPECT_EQ(update.state, row.state) << row.status;
    EXPECT_EQ(update.is_triggered, row.is_triggered) << row.status;
    EXPECT_EQ(update.reason, IsTerminal(row.state) ? "Reduce Only reject" : "") << row.status;
    EXPECT_EQ(update.source, Source::kStream);
  }
  const OrderUpdate triggered = Heard(R"("X":"TRIGGERED","ai":"22542179",)");
  EXPECT_EQ(triggered.exchange_order_id, ExchangeOrderId("22542179"));
  EXPECT_EQ(triggered.client_order_id, ClientOrderId("clb-1"));
}

// Whoever asks only after it was refused must not call it rejected: the stream tells later that it
// was there.
TEST_F(PerpetualConditionalTest, OneThatTheEngineRefusedHadBeenThere) {
  const OrderUpdate refused = Read(R"("algoStatus":"REJECTED",)");
  EXPECT_EQ(refused.state, OrderState::kExpired);
  EXPECT_FALSE(refused.exchange_order_id.empty());
  EXPECT_EQ(Heard(R"("X":"REJECTED","ai":"22542179",)").state, OrderState::kExpired);
}

TEST_F(PerpetualConditionalTest, LeavesOutWhatItDoesNotTrade) {
  EXPECT_EQ(source_.Parse(Event(R"("s":"XRPUSDT",)"))->kind, PrivateMessage::Kind::kIgnored);
}

TEST_F(PerpetualConditionalTest, TheAnswerOfACancelEndsIt) {
  const absl::StatusOr<OrderUpdate> update = ParseCanceled(
      R"({"algoId":2146760,"clientAlgoId":"clb-1","code":"200","msg":"success"})", Waiting());
  ASSERT_OK(update);
  EXPECT_EQ(update->state, OrderState::kCanceled);
  EXPECT_FALSE(update->is_triggered);
}

TEST_F(PerpetualConditionalTest, AnOrderOfAnotherClientIdIsKnownByItsNumber) {
  const std::string body =
      R"({"clientOrderId":"made-by-the-venue","executedQty":"0","orderId":22542179,)"
      R"("origQty":"0.5","status":"CANCELED","symbol":"BTCUSDT","updateTime":1566818724722})";
  const absl::StatusOr<OrderUpdate> update = ParseCanceled(body, Triggered("22542179"));
  ASSERT_OK(update);
  EXPECT_EQ(update->state, OrderState::kCanceled);
  EXPECT_THAT(ParseCanceled(body, Triggered("22542180")), StatusIs(StatusCode::kDataLoss));
}

TEST_F(PerpetualConditionalTest, AnOrderThatIsReplacedAfterItsTriggerGoesOn) {
  const absl::StatusOr<PrivateMessage> message = source_.Parse(
      R"({"e":"ORDER_TRADE_UPDATE","E":1,"T":1,"o":{"s":"BTCUSDT","c":"clb-1","S":"SELL",)"
      R"("o":"STOP","q":"0.5","x":"EXPIRED","X":"EXPIRED","i":8886774,"l":"0","z":"0","L":"0",)"
      R"("T":1568879465650,"t":0,"m":false,"ps":"BOTH","rp":"0","er":"8"}})");
  ASSERT_OK(message);
  ASSERT_THAT(message->orders, SizeIs(1));
  EXPECT_EQ(message->orders[0].state, OrderState::kOpen);
  EXPECT_TRUE(message->orders[0].is_triggered);
}

}  // namespace
}  // namespace colibri::binance::perpetual
