#include "exchanges/binance_perpetual/binance_perpetual_answers.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/binance_common/order_samples.h"
#include "tests/exchanges/binance_common/reference_files.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance::perpetual {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// `fields` come first, and so go before the defaults.
std::string OrderAnswer(std::string_view fields) {
  return StrCat(
      "{",
      fields,
      fields.empty() ? "" : ",",
      R"("clientOrderId":"clb-1","cumQty":"0","executedQty":"0","orderId":22542179,)"
      R"("origQty":"10","price":"0","reduceOnly":false,"side":"SELL","positionSide":"SHORT",)"
      R"("status":"NEW","symbol":"BTCUSDT","timeInForce":"GTC","type":"LIMIT",)"
      R"("updateTime":1566818724722})");
}

class PerpetualAnswersTest : public testing::Test {
 protected:
  const InstrumentTable instruments_ = SampleInstruments();
  const Instrument& btc_ = instruments_.at(2);
  const Order order_ = SampleOrder("clb-1");
};

TEST_F(PerpetualAnswersTest, RefusesWhatCannotBeRead) {
  for (const std::string_view body : {"", "x", "[", "5", R"({"symbol":5})", R"([5])"}) {
    EXPECT_THAT(ParseBalances(body), StatusIs(StatusCode::kDataLoss)) << body;
    EXPECT_THAT(ParseFees(body), StatusIs(StatusCode::kDataLoss)) << body;
    EXPECT_THAT(ParsePlaced(body, order_), StatusIs(StatusCode::kDataLoss)) << body;
    EXPECT_THAT(ParseCanceled(body, order_), StatusIs(StatusCode::kDataLoss)) << body;
    EXPECT_THAT(ParseAmended(body, order_), StatusIs(StatusCode::kDataLoss)) << body;
    EXPECT_THAT(CheckCanceledAll(body), StatusIs(StatusCode::kDataLoss)) << body;
    EXPECT_THAT(ParsePositionMode(body), StatusIs(StatusCode::kDataLoss)) << body;
    EXPECT_THAT(ParseLeverage(body, btc_), StatusIs(StatusCode::kDataLoss)) << body;
    EXPECT_THAT(ParsePositions(body, instruments_), StatusIs(StatusCode::kDataLoss)) << body;
    EXPECT_THAT(ParseFundingInfo(body, btc_), StatusIs(StatusCode::kDataLoss)) << body;
    EXPECT_THAT(ParseOpenInterest(body, btc_), StatusIs(StatusCode::kDataLoss)) << body;
    EXPECT_THAT(ParseFundingPayments(body, instruments_), StatusIs(StatusCode::kDataLoss)) << body;
  }
}

TEST_F(PerpetualAnswersTest, RefusesAnAnswerAboutAnotherOrder) {
  EXPECT_THAT(ParsePlaced(OrderAnswer(R"("clientOrderId":"other")"), order_),
              StatusIs(StatusCode::kDataLoss, HasSubstr("other")));
  EXPECT_THAT(ParseCanceled(OrderAnswer(R"("status":"LOST")"), order_),
              StatusIs(StatusCode::kDataLoss, HasSubstr("LOST")));
  EXPECT_THAT(ParseAmended(OrderAnswer(R"("origQty":"0")"), order_),
              StatusIs(StatusCode::kDataLoss, HasSubstr("`origQty`")));
  EXPECT_THAT(CheckCanceledAll(R"({"code":-1,"msg":""})"), StatusIs(StatusCode::kDataLoss));
}

TEST_F(PerpetualAnswersTest, ReadsAnswersWithoutAveragePrice) {
  const absl::StatusOr<PlaceAnswer> placed = ParsePlaced(OrderAnswer(""), order_);
  ASSERT_OK(placed);
  EXPECT_EQ(placed->order.state, OrderState::kOpen);
  EXPECT_EQ(placed->order.exchange_order_id.view(), "22542179");
  EXPECT_EQ(placed->order.venue_time, absl::FromUnixMillis(1566818724722));
  EXPECT_THAT(placed->trades, IsEmpty());

  const absl::StatusOr<OrderUpdate> canceled =
      ParseCanceled(OrderAnswer(R"("status":"CANCELED","executedQty":"4")"), order_);
  ASSERT_OK(canceled);
  EXPECT_EQ(canceled->state, OrderState::kCanceled);
  EXPECT_EQ(canceled->cumulative_filled, Quantity(D("4")));

  const absl::StatusOr<OrderUpdate> amended = ParseAmended(OrderAnswer(""), order_);
  ASSERT_OK(amended);
  EXPECT_EQ(amended->quantity, Quantity(D("10")));
  EXPECT_OK(
      CheckCanceledAll(R"({"code":200,"msg":"The operation of cancel all open order is done."})"));
}

TEST_F(PerpetualAnswersTest, ReadsOrdersAndTradesAsSpotDoes) {
  const absl::StatusOr<OrderUpdate> order =
      ParseOrder(OrderAnswer(R"("avgPrice":"1.5","cumQuote":"0","time":1)"), instruments_);
  ASSERT_OK(order);
  EXPECT_EQ(order->client_order_id.view(), "clb-1");
  const absl::StatusOr<std::vector<TradeUpdate>> trades = ParseTrades(
      R"([{"buyer":false,"commission":"0.07819010","commissionAsset":"USDT","id":698759,)"
      R"("maker":false,"orderId":25851813,"price":"7819.01","qty":"0.002","quoteQty":"15.63802",)"
      R"("realizedPnl":"-0.91539999","side":"SELL","positionSide":"SHORT","symbol":"BTCUSDT",)"
      R"("time":1569514978020},)"
      R"({"buyer":true,"commission":"0","commissionAsset":"USDT","id":698758,"maker":true,)"
      R"("orderId":25851812,"price":"1","qty":"1","realizedPnl":"0","side":"BUY",)"
      R"("positionSide":"BOTH","symbol":"BTCUSDT","time":1569514978019}])",
      instruments_);
  ASSERT_OK(trades);
  ASSERT_THAT(*trades, SizeIs(2));
  EXPECT_EQ((*trades)[0].fill.trade_id.view(), "698758");
  EXPECT_TRUE((*trades)[0].fill.is_maker);
  EXPECT_EQ((*trades)[0].fill.position_side, PositionSide::kNet);
  const Fill& sold = (*trades)[1].fill;
  EXPECT_EQ(sold.side, Side::kSell);
  EXPECT_EQ(sold.position_side, PositionSide::kShort);
  EXPECT_EQ(sold.realised_profit, Notional(D("-0.91539999")));
  EXPECT_EQ(sold.fees[0], (AssetAmount{"USDT", D("0.0781901")}));
}

TEST_F(PerpetualAnswersTest, ReadsBalances) {
  const absl::StatusOr<std::vector<BalanceUpdate>> balances = ParseBalances(
      R"([{"accountAlias":"SgsR","asset":"USDT","balance":"122607.35",)"
      R"("crossWalletBalance":"23.72","crossUnPnl":"0.0","availableBalance":"23.72",)"
      R"("maxWithdrawAmount":"23.72","marginAvailable":true,"updateTime":1617939110373}])");
  ASSERT_OK(balances);
  ASSERT_THAT(*balances, SizeIs(1));
  EXPECT_EQ((*balances)[0].balance.total, D("122607.35"));
  EXPECT_EQ((*balances)[0].balance.available, D("23.72"));
  EXPECT_FALSE((*balances)[0].is_total_only);
  EXPECT_EQ((*balances)[0].source, Source::kRest);
  // Its time is of the wallet, and not of what is available.
  EXPECT_EQ((*balances)[0].venue_time, absl::InfinitePast());
}

TEST_F(PerpetualAnswersTest, ReadsFees) {
  const absl::StatusOr<FeeRates> fees = ParseFees(
      R"({"symbol":"BTCUSDT","makerCommissionRate":"0.0002","takerCommissionRate":"0.0004"})");
  ASSERT_OK(fees);
  EXPECT_EQ(*fees, (FeeRates{D("0.0002"), D("0.0004")}));
  EXPECT_THAT(ParseFees(R"({"makerCommissionRate":"2","takerCommissionRate":"0"})"),
              StatusIs(StatusCode::kDataLoss));
}

TEST_F(PerpetualAnswersTest, ReadsSettings) {
  EXPECT_EQ(*ParsePositionMode(R"({"dualSidePosition":true})"), PositionMode::kHedge);
  EXPECT_EQ(*ParsePositionMode(R"({"dualSidePosition":false})"), PositionMode::kOneWay);
  constexpr std::string_view kSetting =
      R"({"symbol":"BTCUSDT","marginType":"CROSSED","isAutoAddMargin":false,"leverage":21})";
  const LeverageSetting wanted = {.leverage = 21, .margin_mode = MarginMode::kCross};
  EXPECT_EQ(*ParseLeverage(kSetting, btc_), wanted);
  EXPECT_EQ(*ParseLeverage(StrCat(R"([{"symbol":"ETHUSDT"},)", kSetting, "]"), btc_), wanted);
  EXPECT_EQ(ParseLeverage(R"({"symbol":"BTCUSDT","marginType":"ISOLATED","leverage":1})", btc_)
                ->margin_mode,
            MarginMode::kIsolated);
  for (const std::string_view body :
       {R"([])",
        R"([{"symbol":"ETHUSDT","marginType":"CROSSED","leverage":21}])",
        R"({"symbol":"BTCUSDT","marginType":"MIXED","leverage":21})",
        R"({"symbol":"BTCUSDT","marginType":"CROSSED","leverage":0})"}) {
    EXPECT_THAT(ParseLeverage(body, btc_), StatusIs(StatusCode::kDataLoss)) << body;
  }
}

TEST_F(PerpetualAnswersTest, ReadsPositionsOfItsPairsAlone) {
  const absl::StatusOr<std::vector<Position>> positions = ParsePositions(
      R"([{"symbol":"BTCUSD_PERP"},)"
      R"({"symbol":"BTCUSDT","positionSide":"SHORT","positionAmt":"-30","entryPrice":"0.385",)"
      R"("markPrice":"0.41","unRealizedProfit":"-0.7","liquidationPrice":"0.61",)"
      R"("updateTime":1720736417660},)"
      R"({"symbol":"ETHUSDT","positionSide":"BOTH","positionAmt":"1","entryPrice":"2",)"
      R"("unRealizedProfit":"0","liquidationPrice":"0"}])",
      instruments_);
  ASSERT_OK(positions);
  ASSERT_THAT(*positions, SizeIs(2));
  const Position& short_btc = (*positions)[0];
  EXPECT_EQ(short_btc.pair.ToString(), "BTC-USDT");
  EXPECT_EQ(short_btc.side, PositionSide::kShort);
  EXPECT_EQ(short_btc.quantity, Quantity(D("-30")));
  EXPECT_EQ(short_btc.entry_price, Price(D("0.385")));
  EXPECT_EQ(short_btc.unrealised_profit, Notional(D("-0.7")));
  EXPECT_EQ(short_btc.liquidation_price, Price(D("0.61")));
  EXPECT_EQ(short_btc.venue_time, absl::FromUnixMillis(1720736417660));
  EXPECT_EQ((*positions)[1].side, PositionSide::kNet);
  EXPECT_EQ((*positions)[1].liquidation_price, std::nullopt);
}

TEST_F(PerpetualAnswersTest, ReadsFunding) {
  const absl::StatusOr<FundingInfo> info = ParseFundingInfo(
      R"({"symbol":"BTCUSDT","markPrice":"11793.63104562","indexPrice":"11781.80495970",)"
      R"("estimatedSettlePrice":"11781.16","lastFundingRate":"-0.00038246",)"
      R"("interestRate":"0.00010000","nextFundingTime":1597392000000,"time":1597370495002})",
      btc_);
  ASSERT_OK(info);
  EXPECT_EQ(info->mark_price, Price(D("11793.63104562")));
  EXPECT_EQ(info->index_price, Price(D("11781.8049597")));
  EXPECT_EQ(info->rate, D("-0.00038246"));
  EXPECT_EQ(info->next_funding_time, absl::FromUnixMillis(1597392000000));
  EXPECT_EQ(info->open_interest, std::nullopt);
}

TEST_F(PerpetualAnswersTest, ReadsOpenInterest) {
  EXPECT_THAT(ParseOpenInterest(
                  R"({"openInterest":"10659.509","symbol":"ETHUSDT","time":1589437530011})", btc_),
              StatusIs(StatusCode::kDataLoss, HasSubstr("symbol")));
  EXPECT_THAT(ParseOpenInterest(
                  R"({"openInterest":"10659.509","symbol":"BTCUSDT","time":1589437530011})", btc_),
              IsOkAndHolds(Quantity(D("10659.509"))));
}

TEST_F(PerpetualAnswersTest, ReadsFundingPaymentsOldestFirst) {
  const absl::StatusOr<std::vector<FundingPaymentUpdate>> payments = ParseFundingPayments(
      R"([{"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"-0.37500000","asset":"USDT",)"
      R"("info":"","time":1570608000001,"tranId":9689322392,"tradeId":""},)"
      R"({"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"0.5","asset":"USDT",)"
      R"("time":1570608000000,"tranId":9689322391},)"
      R"({"symbol":"BTCUSDT","incomeType":"COMMISSION","income":"9","asset":"USDT","time":5},)"
      R"({"symbol":"XRPUSDT","incomeType":"FUNDING_FEE","income":"9","asset":"USDT","time":5}])",
      instruments_);
  ASSERT_OK(payments);
  ASSERT_THAT(*payments, SizeIs(2));
  EXPECT_EQ((*payments)[0].amount, D("0.5"));
  EXPECT_EQ((*payments)[1].amount, D("-0.375"));
  EXPECT_EQ((*payments)[1].asset, "USDT");
  EXPECT_EQ((*payments)[1].venue_time, absl::FromUnixMillis(1570608000001));
}

TEST_F(PerpetualAnswersTest, KeepsWhatBothSidesOfAHedgePayAtOnceApart) {
  const absl::StatusOr<std::vector<FundingPaymentUpdate>> payments = ParseFundingPayments(
      R"([{"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"2.5","asset":"USDT","time":8,
           "tranId":12},
          {"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"-3","asset":"USDT","time":8,
           "tranId":11}])",
      instruments_);
  ASSERT_OK(payments);
  ASSERT_THAT(*payments, SizeIs(2));
  EXPECT_EQ((*payments)[0].payment_id, PaymentId("11"));
  EXPECT_EQ((*payments)[0].amount, D("-3"));
  EXPECT_EQ((*payments)[1].payment_id, PaymentId("12"));
}

TEST_F(PerpetualAnswersTest, ReadsTheFixtures) {
  const auto read = [](std::string_view name) {
    return ReadReferenceFile(StrCat("fixtures/binance_usdm/http_json/", name, ".json"));
  };
  const std::optional<std::string> balances = read("balance");
  if (!balances.has_value()) {
    GTEST_SKIP() << "no fixtures; set COLIBRI_REFERENCE";
  }
  ASSERT_OK(ParseBalances(*balances));
  EXPECT_EQ((*ParseBalances(*balances))[0].balance.total, D("122.12345678"));
  const auto positions = ParsePositions(*read("position_risk"), instruments_);
  ASSERT_OK(positions);
  EXPECT_EQ((*positions)[0].liquidation_price, Price(D("45000")));
  EXPECT_OK(ParseOrder(*read("order_response"), instruments_));
  EXPECT_OK(ParsePlaced(*read("order_response"), SampleOrder("testOrder123")));
}

}  // namespace
}  // namespace colibri::binance::perpetual
