#include "exchanges/binance/binance_answers.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/binance_common/order_samples.h"
#include "tests/exchanges/binance_common/reference_files.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kPlaced =
    R"({"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"clb-1",)"
    R"("transactTime":1507725176595,"price":"0.00000000","origQty":"10.00000000",)"
    R"("executedQty":"10.00000000","origQuoteOrderQty":"0.000000",)"
    R"("cummulativeQuoteQty":"10.00000000","status":"FILLED","timeInForce":"GTC","type":"MARKET",)"
    R"("side":"SELL","workingTime":1507725176595,"selfTradePreventionMode":"NONE",)"
    R"("fills":[{"price":"4000.00000000","qty":"1.00000000","commission":"4.00000000",)"
    R"("commissionAsset":"USDT","tradeId":56}]})";
constexpr std::string_view kCanceled =
    R"({"symbol":"LTCBTC","origClientOrderId":"clb-1","orderId":4,"orderListId":-1,)"
    R"("clientOrderId":"cancelMyOrder1","transactTime":1684804350068,"price":"2.00000000",)"
    R"("origQty":"1.00000000","executedQty":"0.25000000","cummulativeQuoteQty":"0.50000000",)"
    R"("status":"CANCELED","timeInForce":"GTC","type":"LIMIT","side":"BUY"})";
constexpr std::string_view kOrder =
    R"({"symbol":"LTCBTC","orderId":1,"orderListId":-1,"clientOrderId":"myOrder1","price":"0.1",)"
    R"("origQty":"1.0","executedQty":"0.0","cummulativeQuoteQty":"0.0","status":"NEW",)"
    R"("timeInForce":"GTC","type":"LIMIT","side":"BUY","time":1499827319558,)"
    R"("updateTime":1499827319559,"isWorking":true})";
constexpr std::string_view kTrades =
    R"([{"symbol":"BNBBTC","id":28457,"orderId":100234,"orderListId":-1,"price":"4.00000100",)"
    R"("qty":"12.00000000","quoteQty":"48.000012","commission":"10.10000000",)"
    R"("commissionAsset":"BNB","time":1499865549590,"isBuyer":true,"isMaker":false,)"
    R"("isBestMatch":true}])";
constexpr std::string_view kAccount =
    R"({"makerCommission":15,"commissionRates":{"maker":"0.00150000","taker":"0.00250000",)"
    R"("buyer":"0.00000000","seller":"0.00010000"},"updateTime":123456789,"balances":[)"
    R"({"asset":"BTC","free":"4723846.89208129","locked":"0.10791871"},)"
    R"({"asset":"LTC","free":"0","locked":"0"}]})";

// Every truncation of `body` is DataLoss, and so is any field made null, one at a time.
void ExpectOnlyWholeIsOk(std::string_view body,
                         const std::function<absl::Status(std::string_view)>& parse) {
  EXPECT_OK(parse(body));
  for (size_t size = 0; size < body.size(); ++size) {
    const std::string cut(body.substr(0, size));
    EXPECT_THAT(parse(cut), StatusIs(StatusCode::kDataLoss)) << cut;
  }
}

TEST(BinanceAnswersTest, RefusesEveryTruncation) {
  const InstrumentTable instruments = SampleInstruments();
  const Order order = SampleOrder();
  ExpectOnlyWholeIsOk(kPlaced, [&](auto body) { return ParsePlaced(body, order).status(); });
  ExpectOnlyWholeIsOk(kCanceled, [&](auto body) { return ParseCanceled(body, order).status(); });
  ExpectOnlyWholeIsOk(kOrder, [&](auto body) { return ParseOrder(body, instruments).status(); });
  ExpectOnlyWholeIsOk(kTrades, [&](auto body) { return ParseTrades(body, instruments).status(); });
  ExpectOnlyWholeIsOk(kAccount, [&](auto body) { return ParseBalances(body).status(); });
  ExpectOnlyWholeIsOk(kAccount, [&](auto body) { return ParseFees(body).status(); });
  ExpectOnlyWholeIsOk(R"({"serverTime":1499827319559})",
                      [&](auto body) { return ParseServerTime(body).status(); });
  ExpectOnlyWholeIsOk(R"({"listenKey":"pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65"})",
                      [&](auto body) { return ParseListenKey(body).status(); });
}

TEST(BinanceAnswersTest, NamesTheFieldThatIsWrong) {
  const auto placed = [](std::string_view body) {
    return ParsePlaced(body, SampleOrder()).status();
  };
  EXPECT_THAT(placed("{}"), StatusIs(StatusCode::kDataLoss, HasSubstr("clientOrderId")));
  EXPECT_THAT(placed(R"({"clientOrderId":"clb-1"})"),
              StatusIs(StatusCode::kDataLoss, HasSubstr("orderId")));
  EXPECT_THAT(placed(R"({"clientOrderId":"clb-1","orderId":-1})"),
              StatusIs(StatusCode::kDataLoss, HasSubstr("orderId")));
  EXPECT_THAT(placed(R"({"clientOrderId":"clb-1","orderId":1,"status":"NEW"})"),
              StatusIs(StatusCode::kDataLoss, HasSubstr("executedQty")));
  EXPECT_THAT(placed(R"({"clientOrderId":"clb-1","orderId":1,"status":"NEW","executedQty":"1e3"})"),
              StatusIs(StatusCode::kDataLoss, HasSubstr("executedQty")));
  EXPECT_THAT(placed(R"({"clientOrderId":"clb-1","orderId":1,"status":"NEW","executedQty":"-1"})"),
              StatusIs(StatusCode::kDataLoss, HasSubstr("executedQty")));
  EXPECT_THAT(placed(R"({"clientOrderId":"clb-1","orderId":1,"status":"LOST"})"),
              StatusIs(StatusCode::kDataLoss, HasSubstr("LOST")));
  EXPECT_THAT(placed(R"({"clientOrderId":"clb-1","orderId":1,"fills":[{"tradeId":1}]})"),
              StatusIs(StatusCode::kDataLoss, HasSubstr("price")));
}

TEST(BinanceAnswersTest, RefusesAnAnswerAboutAnotherOrder) {
  EXPECT_THAT(ParsePlaced(kPlaced, SampleOrder("clb-2")),
              StatusIs(StatusCode::kDataLoss, HasSubstr("clb-2")));
  EXPECT_THAT(ParseCanceled(kCanceled, SampleOrder("cancelMyOrder1")),
              StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(ParseOrder(R"({"symbol":"XRPUSD"})", SampleInstruments()),
              StatusIs(StatusCode::kDataLoss, HasSubstr("XRPUSD")));
}

TEST(BinanceAnswersTest, ReadsAPlacementWithItsFills) {
  Order order = SampleOrder();
  order.side = Side::kSell;
  ASSERT_OK_AND_ASSIGN(const PlaceAnswer answer, ParsePlaced(kPlaced, order));
  EXPECT_EQ(answer.order.client_order_id.view(), "clb-1");
  EXPECT_EQ(answer.order.exchange_order_id.view(), "28");
  EXPECT_EQ(answer.order.pair, (TradingPair{"BTC", "USDT"}));
  EXPECT_EQ(answer.order.state, OrderState::kFilled);
  EXPECT_EQ(answer.order.cumulative_filled, Quantity(D("10")));
  EXPECT_EQ(answer.order.venue_time, absl::FromUnixMillis(1507725176595));
  EXPECT_EQ(answer.order.source, Source::kRest);
  ASSERT_THAT(answer.trades, SizeIs(1));
  const Fill& fill = answer.trades[0].fill;
  EXPECT_EQ(fill.trade_id.view(), "56");
  EXPECT_EQ(fill.client_order_id.view(), "clb-1");
  EXPECT_EQ(fill.exchange_order_id.view(), "28");
  EXPECT_EQ(fill.side, Side::kSell);
  EXPECT_EQ(fill.price, Price(D("4000")));
  EXPECT_EQ(fill.quantity, Quantity(D("1")));
  EXPECT_THAT(fill.fees, ElementsAre(AssetAmount{"USDT", D("4")}));
  EXPECT_FALSE(fill.is_maker);
}

TEST(BinanceAnswersTest, ReadsAnAcknowledgementAsOpen) {
  ASSERT_OK_AND_ASSIGN(
      const PlaceAnswer answer,
      ParsePlaced(R"({"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"clb-1",)"
                  R"("transactTime":1507725176595})",
                  SampleOrder()));
  EXPECT_EQ(answer.order.state, OrderState::kOpen);
  EXPECT_EQ(answer.order.cumulative_filled, std::nullopt);
  EXPECT_THAT(answer.trades, IsEmpty());
}

TEST(BinanceAnswersTest, ReadsEveryStatus) {
  struct Row {
    std::string_view status;
    OrderState state;
  };
  const Row rows[] = {{"NEW", OrderState::kOpen},
                      {"PENDING_NEW", OrderState::kPendingCreate},
                      {"PARTIALLY_FILLED", OrderState::kPartiallyFilled},
                      {"FILLED", OrderState::kFilled},
                      {"CANCELED", OrderState::kCanceled},
                      {"PENDING_CANCEL", OrderState::kOpen},
                      {"REJECTED", OrderState::kRejected},
                      {"EXPIRED", OrderState::kExpired},
                      {"EXPIRED_IN_MATCH", OrderState::kExpired}};
  for (const Row& row : rows) {
    EXPECT_THAT(ParseOrderState(row.status), IsOkAndHolds(row.state)) << row.status;
  }
  EXPECT_THAT(ParseOrderState("new"), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(ParseOrderState(""), StatusIs(StatusCode::kDataLoss));
}

TEST(BinanceAnswersTest, TellsWhyAnOrderExpired) {
  ASSERT_OK_AND_ASSIGN(
      const PlaceAnswer answer,
      ParsePlaced(R"({"orderId":28,"clientOrderId":"clb-1","status":"EXPIRED_IN_MATCH",)"
                  R"("executedQty":"0.1","expiryReason":"UNFILLED_IOC_QUANTITY_EXPIRED"})",
                  SampleOrder()));
  EXPECT_EQ(answer.order.state, OrderState::kExpired);
  EXPECT_EQ(answer.order.reason, "self-trade prevention, UNFILLED_IOC_QUANTITY_EXPIRED");
  EXPECT_EQ(answer.order.venue_time, absl::InfinitePast());
}

TEST(BinanceAnswersTest, ReadsACancelByTheOrdersOwnId) {
  ASSERT_OK_AND_ASSIGN(const OrderUpdate update, ParseCanceled(kCanceled, SampleOrder()));
  EXPECT_EQ(update.client_order_id.view(), "clb-1");
  EXPECT_EQ(update.exchange_order_id.view(), "4");
  EXPECT_EQ(update.state, OrderState::kCanceled);
  EXPECT_EQ(update.cumulative_filled, Quantity(D("0.25")));
}

TEST(BinanceAnswersTest, TakesOrderListsApart) {
  const InstrumentTable instruments = SampleInstruments();
  constexpr std::string_view kBody =
      R"([{"symbol":"BTCUSDT","origClientOrderId":"a","orderId":11,"clientOrderId":"x",)"
      R"("executedQty":"0.0","status":"CANCELED"},{"orderListId":1929,"symbol":"BTCUSDT",)"
      R"("orderReports":[{"symbol":"BTCUSDT","origClientOrderId":"b","orderId":20,)"
      R"("executedQty":"0.0","status":"CANCELED"},{"symbol":"BTCUSDT","origClientOrderId":"c",)"
      R"("orderId":21,"executedQty":"0.0","status":"CANCELED"}]}])";
  ASSERT_OK_AND_ASSIGN(const std::vector<OrderUpdate> updates,
                       ParseCanceledAll(kBody, instruments.at(2)));
  ASSERT_THAT(updates, SizeIs(3));
  EXPECT_EQ(updates[0].client_order_id.view(), "a");
  EXPECT_EQ(updates[2].client_order_id.view(), "c");
  EXPECT_EQ(updates[2].exchange_order_id.view(), "21");
  EXPECT_THAT(ParseCanceledAll(kBody, instruments.at(0)), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(ParseCanceledAll("[]", instruments.at(0)), IsOkAndHolds(IsEmpty()));
}

TEST(BinanceAnswersTest, ReadsAnAmendment) {
  ASSERT_OK_AND_ASSIGN(
      const OrderUpdate update,
      ParseAmended(
          R"({"transactTime":1741926410255,"executionId":75,"amendedOrder":{)"
          R"("symbol":"BTCUSDT","orderId":33,"orderListId":-1,"origClientOrderId":"clb-1",)"
          R"("clientOrderId":"clb-1","price":"6.00000000","qty":"5.00000000",)"
          R"("executedQty":"0.00000000","status":"NEW","side":"SELL"}})",
          SampleOrder()));
  EXPECT_EQ(update.quantity, Quantity(D("5")));
  EXPECT_EQ(update.state, OrderState::kOpen);
  EXPECT_EQ(update.venue_time, absl::FromUnixMillis(1741926410255));
  EXPECT_THAT(ParseAmended(R"({"amendedOrder":{}})", SampleOrder()),
              StatusIs(StatusCode::kDataLoss));
}

constexpr std::string_view kHalfCanceled =
    R"({"symbol":"BTCUSDT","origClientOrderId":"clb-1","orderId":9,"clientOrderId":"x",)"
    R"("transactTime":1684804350068,"executedQty":"0.0","status":"CANCELED"})";
constexpr std::string_view kHalfPlaced =
    R"({"symbol":"BTCUSDT","orderId":10,"clientOrderId":"clb-2","transactTime":1684804350068,)"
    R"("executedQty":"0.0","status":"NEW","fills":[]})";

absl::StatusOr<ReplaceAnswer> Replaced(int http_status, std::string body) {
  return ParseReplaced(
      {.status = http_status, .body = std::move(body)}, SampleOrder("clb-1"), SampleOrder("clb-2"));
}

TEST(BinanceAnswersTest, ReadsAReplacementThatWorked) {
  ASSERT_OK_AND_ASSIGN(const ReplaceAnswer answer,
                       Replaced(200,
                                StrCat(R"({"cancelResult":"SUCCESS","newOrderResult":"SUCCESS",)",
                                       R"("cancelResponse":)",
                                       kHalfCanceled,
                                       R"(,"newOrderResponse":)",
                                       kHalfPlaced,
                                       "}")));
  ASSERT_TRUE(answer.canceled.has_value());
  EXPECT_EQ(answer.canceled->state, OrderState::kCanceled);
  ASSERT_TRUE(answer.placed.has_value());
  EXPECT_EQ(answer.placed->order.client_order_id.view(), "clb-2");
  EXPECT_FALSE(answer.cancel_error.has_value());
  EXPECT_FALSE(answer.place_error.has_value());
}

TEST(BinanceAnswersTest, ReadsAReplacementOfWhichOneHalfFailed) {
  ASSERT_OK_AND_ASSIGN(
      const ReplaceAnswer answer,
      Replaced(409,
               StrCat(R"({"code":-2021,"msg":"Order cancel-replace partially failed.","data":{)",
                      R"("cancelResult":"SUCCESS","newOrderResult":"FAILURE","cancelResponse":)",
                      kHalfCanceled,
                      R"(,"newOrderResponse":{"code":-2010,)",
                      R"("msg":"Order would immediately match and take."}}})")));
  ASSERT_TRUE(answer.canceled.has_value());
  ASSERT_TRUE(answer.place_error.has_value());
  EXPECT_EQ(answer.place_error->kind, ErrorKind::kWouldTake);
  EXPECT_EQ(answer.place_error->outcome, Outcome::kRejected);
}

TEST(BinanceAnswersTest, ReadsAReplacementThatStoppedAtTheCancel) {
  ASSERT_OK_AND_ASSIGN(const ReplaceAnswer answer,
                       Replaced(400,
                                R"({"code":-2022,"msg":"Order cancel-replace failed.","data":{)"
                                R"("cancelResult":"FAILURE","newOrderResult":"NOT_ATTEMPTED",)"
                                R"("cancelResponse":{"code":-2011,"msg":"Unknown order sent."},)"
                                R"("newOrderResponse":null}})"));
  ASSERT_TRUE(answer.cancel_error.has_value());
  EXPECT_EQ(answer.cancel_error->kind, ErrorKind::kCancelUnknownOrder);
  ASSERT_TRUE(answer.place_error.has_value());
  EXPECT_EQ(answer.place_error->outcome, Outcome::kNotSent);
  EXPECT_THAT(answer.place_error->status, StatusIs(StatusCode::kCancelled));
}

TEST(BinanceAnswersTest, ReadsAReplacementThatFailedAsAWhole) {
  ASSERT_OK_AND_ASSIGN(const ReplaceAnswer refused,
                       Replaced(400, R"({"code":-1021,"msg":"Timestamp outside."})"));
  EXPECT_EQ(refused.cancel_error->kind, ErrorKind::kClockSkew);
  EXPECT_EQ(refused.place_error->kind, ErrorKind::kClockSkew);
  ASSERT_OK_AND_ASSIGN(const ReplaceAnswer unknown, Replaced(502, "<html>"));
  EXPECT_EQ(unknown.cancel_error->outcome, Outcome::kUnknown);
  EXPECT_EQ(unknown.place_error->outcome, Outcome::kUnknown);
  EXPECT_THAT(Replaced(200, "{}"), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(Replaced(200, R"({"cancelResult":"SUCCESS","newOrderResult":"SUCCESS"})"),
              StatusIs(StatusCode::kDataLoss));
  ASSERT_OK_AND_ASSIGN(const ReplaceAnswer unread,
                       Replaced(409,
                                R"({"code":-2021,"msg":"x","data":{"cancelResult":"FAILURE",)"
                                R"("newOrderResult":"FAILURE"}})"));
  EXPECT_EQ(unread.cancel_error->outcome, Outcome::kUnknown);
  EXPECT_EQ(unread.place_error->outcome, Outcome::kUnknown);
}

TEST(BinanceAnswersTest, ReadsOrders) {
  ASSERT_OK_AND_ASSIGN(const OrderUpdate update, ParseOrder(kOrder, SampleInstruments()));
  EXPECT_EQ(update.pair, (TradingPair{"LTC", "BTC"}));
  EXPECT_EQ(update.client_order_id.view(), "myOrder1");
  EXPECT_EQ(update.state, OrderState::kOpen);
  EXPECT_EQ(update.venue_time, absl::FromUnixMillis(1499827319559));
  ASSERT_OK_AND_ASSIGN(const std::vector<OrderUpdate> open,
                       ParseOpenOrders(StrCat("[", kOrder, "]"), SampleInstruments()));
  ASSERT_THAT(open, SizeIs(1));
  EXPECT_EQ(open[0].exchange_order_id.view(), "1");
  EXPECT_THAT(ParseOpenOrders("[]", SampleInstruments()), IsOkAndHolds(IsEmpty()));
}

TEST(BinanceAnswersTest, LeavesIdsThatAreTooLongEmpty) {
  ASSERT_OK_AND_ASSIGN(
      const std::vector<OrderUpdate> open,
      ParseOpenOrders(StrCat(R"([{"symbol":"LTCBTC","orderId":1,"clientOrderId":")",
                             std::string(60, 'x'),
                             R"(","status":"NEW","executedQty":"0"}])"),
                      SampleInstruments()));
  EXPECT_TRUE(open[0].client_order_id.empty());
  EXPECT_EQ(open[0].exchange_order_id.view(), "1");
}

TEST(BinanceAnswersTest, ReadsTradesOldestFirst) {
  ASSERT_OK_AND_ASSIGN(const std::vector<TradeUpdate> trades,
                       ParseTrades(kTrades, SampleInstruments()));
  ASSERT_THAT(trades, SizeIs(1));
  const Fill& fill = trades[0].fill;
  EXPECT_EQ(fill.trade_id.view(), "28457");
  EXPECT_TRUE(fill.client_order_id.empty());
  EXPECT_EQ(fill.exchange_order_id.view(), "100234");
  EXPECT_EQ(fill.price, Price(D("4.000001")));
  EXPECT_EQ(fill.quantity, Quantity(D("12")));
  EXPECT_EQ(fill.side, Side::kBuy);
  EXPECT_THAT(fill.fees, ElementsAre(AssetAmount{"BNB", D("10.1")}));
  const auto trade = [](int64_t id, int64_t time) {
    return StrCat(R"({"symbol":"BNBBTC","id":)",
                  id,
                  R"(,"orderId":1,"price":"1","qty":"1",)",
                  R"("commission":"0","commissionAsset":null,"time":)",
                  time,
                  R"(,"isBuyer":false,"isMaker":true})");
  };
  ASSERT_OK_AND_ASSIGN(
      const std::vector<TradeUpdate> sorted,
      ParseTrades(StrCat("[", trade(10, 5), ",", trade(9, 5), ",", trade(11, 4), "]"),
                  SampleInstruments()));
  ASSERT_THAT(sorted, SizeIs(3));
  EXPECT_EQ(sorted[0].fill.trade_id.view(), "9");
  EXPECT_EQ(sorted[1].fill.trade_id.view(), "10");
  EXPECT_EQ(sorted[2].fill.trade_id.view(), "11");
  EXPECT_THAT(sorted[0].fill.fees, IsEmpty());
  EXPECT_TRUE(sorted[0].fill.is_maker);
}

TEST(BinanceAnswersTest, ReadsBalances) {
  ASSERT_OK_AND_ASSIGN(const std::vector<BalanceUpdate> balances, ParseBalances(kAccount));
  ASSERT_THAT(balances, SizeIs(2));
  EXPECT_EQ(balances[0].asset, "BTC");
  EXPECT_EQ(balances[0].balance.total, D("4723847"));
  EXPECT_EQ(balances[0].balance.available, D("4723846.89208129"));
  EXPECT_EQ(balances[0].venue_time, absl::FromUnixMillis(123456789));
  EXPECT_EQ(balances[1].balance.total, D("0"));
  EXPECT_THAT(ParseBalances(R"({"balances":[{"asset":"X","free":"100000000000000000000",)"
                            R"("locked":"100000000000000000000"}]})"),
              StatusIs(StatusCode::kDataLoss));
}

TEST(BinanceAnswersTest, AddsUpFeeRates) {
  EXPECT_THAT(ParseFees(kAccount), IsOkAndHolds(FeeRates{D("0.0016"), D("0.0026")}));
  EXPECT_THAT(
      ParseFees(R"({"symbol":"BTCUSDT","standardCommission":{"maker":"0.001","taker":"0.002",)"
                R"("buyer":"0","seller":"0"},"taxCommission":{"maker":"0.0001","taker":"0.0002",)"
                R"("buyer":"0.00001","seller":"0"},"discount":{"discount":"0.75"}})"),
      IsOkAndHolds(FeeRates{D("0.00111"), D("0.00221")}));
  EXPECT_THAT(ParseFees("{}"), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(ParseFees(R"({"standardCommission":{"maker":"10","taker":"10"}})"),
              StatusIs(StatusCode::kDataLoss));
}

TEST(BinanceAnswersTest, ReadsTimeInMillisecondsOnly) {
  EXPECT_THAT(ParseServerTime(R"({"serverTime":1499827319559})"),
              IsOkAndHolds(absl::FromUnixMillis(1499827319559)));
  EXPECT_THAT(ParseServerTime(R"({"serverTime":1499827319})"), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(ParseServerTime(R"({"serverTime":1499827319559123})"),
              StatusIs(StatusCode::kDataLoss));
}

TEST(BinanceAnswersTest, RefusesAListenKeyThatIsNoKey) {
  EXPECT_THAT(ParseListenKey(R"({"listenKey":"abc_DEF-123"})"), IsOkAndHolds("abc_DEF-123"));
  EXPECT_THAT(ParseListenKey(R"({"listenKey":"a/../b"})"), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(ParseListenKey(R"({"listenKey":""})"), StatusIs(StatusCode::kDataLoss));
}

TEST(BinanceAnswersTest, ReadsTheFixtures) {
  const InstrumentTable instruments = SampleInstruments();
  const auto fixture = [](std::string_view name) {
    return ReadFixture(StrCat("http_json/", name, "_response.json"));
  };
  if (!fixture("order").has_value()) {
    GTEST_SKIP() << "no fixtures; set COLIBRI_REFERENCE";
  }
  ASSERT_OK_AND_ASSIGN(
      const PlaceAnswer placed,
      ParsePlaced(*fixture("new_order_full"), SampleOrder("6gCrw2kRUAF9CvJDGP16IP")));
  EXPECT_EQ(placed.order.state, OrderState::kFilled);
  ASSERT_THAT(placed.trades, SizeIs(5));
  Quantity sum;
  for (const TradeUpdate& trade : placed.trades) {
    sum += trade.fill.quantity;
  }
  EXPECT_EQ(sum, placed.order.cumulative_filled);
  EXPECT_EQ(placed.trades[4].fill.trade_id.view(), "60");
  ASSERT_OK_AND_ASSIGN(const OrderUpdate canceled,
                       ParseCanceled(*fixture("cancel_order"), SampleOrder("myOrder1")));
  EXPECT_EQ(canceled.exchange_order_id.view(), "4");
  ASSERT_OK_AND_ASSIGN(const std::vector<OrderUpdate> all,
                       ParseCanceledAll(*fixture("cancel_open_orders"), instruments.at(2)));
  ASSERT_THAT(all, SizeIs(4));
  EXPECT_EQ(all[3].client_order_id.view(), "461cPg51vQjV3zIMOXNz39");
  EXPECT_THAT(ParseOrder(*fixture("order"), instruments), IsOk());
  EXPECT_THAT(ParseOpenOrders(*fixture("open_orders"), instruments), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(ParseOpenOrders(*fixture("all_orders"), instruments), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(ParseTrades(*fixture("account_trades"), instruments), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(ParseBalances(*fixture("account")), IsOkAndHolds(SizeIs(2)));
  EXPECT_THAT(ParseFees(*fixture("account")), IsOkAndHolds(FeeRates{D("0.0015"), D("0.0015")}));
  EXPECT_THAT(ParseServerTime(*fixture("server_time")),
              IsOkAndHolds(absl::FromUnixMillis(1499827319559)));
}

TEST(BinanceAnswersTest, SurvivesEveryTruncationOfTheFixtures) {
  const InstrumentTable instruments = SampleInstruments();
  const Order order = SampleOrder("myOrder1");
  int fixtures = 0;
  for (const std::string_view name : {"account",
                                      "account_trades",
                                      "all_orders",
                                      "cancel_open_orders",
                                      "cancel_order",
                                      "new_order_full",
                                      "open_orders",
                                      "order",
                                      "server_time"}) {
    const std::optional<std::string> text =
        ReadFixture(StrCat("http_json/", name, "_response.json"));
    if (!text.has_value()) {
      GTEST_SKIP() << "no fixtures; set COLIBRI_REFERENCE";
    }
    ++fixtures;
    const size_t end = text->find_last_of("]}");
    for (size_t size = 0; size <= end; ++size) {
      const std::string cut = text->substr(0, size);
      EXPECT_FALSE(ParsePlaced(cut, order).ok());
      EXPECT_FALSE(ParseCanceled(cut, order).ok());
      EXPECT_FALSE(ParseCanceledAll(cut, instruments.at(2)).ok());
      EXPECT_FALSE(ParseAmended(cut, order).ok());
      EXPECT_FALSE(ParseOrder(cut, instruments).ok());
      EXPECT_FALSE(ParseOpenOrders(cut, instruments).ok());
      EXPECT_FALSE(ParseTrades(cut, instruments).ok());
      EXPECT_FALSE(ParseBalances(cut).ok());
      EXPECT_FALSE(ParseFees(cut).ok());
      EXPECT_FALSE(ParseServerTime(cut).ok());
    }
  }
  EXPECT_EQ(fixtures, 9);
}

}  // namespace
}  // namespace colibri::binance
