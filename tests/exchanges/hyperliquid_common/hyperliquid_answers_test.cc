#include "exchanges/hyperliquid_common/hyperliquid_answers.h"

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

constexpr std::string_view kAccount =
    R"({"assetPositions":[{"type":"oneWay","position":{"coin":"ETH","szi":"-0.5","entryPx":"1700.5",)"
    R"("leverage":{"type":"isolated","value":7,"rawUsd":"1.5"},"liquidationPx":"2500.25",)"
    R"("marginUsed":"10.5","positionValue":"840.25","returnOnEquity":"0.1","unrealizedPnl":"10.0",)"
    R"("cumFunding":{"allTime":"1","sinceOpen":"1","sinceChange":"1"}}},)"
    R"({"type":"oneWay","position":{"coin":"DOGE","szi":"100","entryPx":"0.1",)"
    R"("leverage":{"type":"cross","value":20},"liquidationPx":null,"marginUsed":"1",)"
    R"("positionValue":"9","returnOnEquity":"0.1","unrealizedPnl":"-1.5"}}],)"
    R"("marginSummary":{"accountValue":"1182.3125","totalMarginUsed":"1","totalNtlPos":"2",)"
    R"("totalRawUsd":"3"},"withdrawable":"1010.57173","time":1700000000000})";

class HyperliquidAnswersTest : public testing::Test {
 protected:
  const InstrumentTable instruments_ = SampleInstruments();
  const Order order_ = SampleOrder();
};

TEST_F(HyperliquidAnswersTest, RefusesPlacementsThatCannotBeRead) {
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

TEST_F(HyperliquidAnswersTest, ReadsARestingOrder) {
  const auto placed = ParsePlaced(Statuses(R"({"resting":{"oid":4294967297}})"), order_);

  ASSERT_THAT(placed, IsOk());
  EXPECT_EQ(placed->order.state, OrderState::kOpen);
  EXPECT_EQ(placed->order.exchange_order_id.view(), "4294967297");
  EXPECT_EQ(placed->order.client_order_id.view(), "clb1");
  EXPECT_EQ(placed->order.cumulative_filled, std::nullopt);
  EXPECT_THAT(placed->trades, IsEmpty());
}

TEST_F(HyperliquidAnswersTest, ReadsAnOrderThatWaits) {
  const auto placed = ParsePlaced(Statuses(R"("waitingForTrigger")"), order_);

  ASSERT_THAT(placed, IsOk());
  EXPECT_EQ(placed->order.state, OrderState::kOpen);
  EXPECT_TRUE(placed->order.exchange_order_id.empty());
}

TEST_F(HyperliquidAnswersTest, ReadsFilledOrders) {
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

TEST_F(HyperliquidAnswersTest, ReadsCancels) {
  EXPECT_THAT(ParseCanceled(Statuses(R"("open")"), order_), StatusIs(kDataLoss));
  EXPECT_THAT(ParseCanceled("{}", order_), StatusIs(kDataLoss));

  const auto canceled = ParseCanceled(Statuses(R"("success")"), order_);

  ASSERT_THAT(canceled, IsOk());
  EXPECT_EQ(canceled->state, OrderState::kCanceled);
  EXPECT_EQ(canceled->client_order_id.view(), "clb1");
}

TEST_F(HyperliquidAnswersTest, ReadsModifications) {
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

TEST_F(HyperliquidAnswersTest, ReadsOrders) {
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

TEST_F(HyperliquidAnswersTest, KnowsReasonsToComeByHowTheyEnd) {
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

TEST_F(HyperliquidAnswersTest, ReadsOpenOrdersOfItsCoins) {
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

TEST_F(HyperliquidAnswersTest, RefusesOrdersWithMoreLeftThanTheyHad) {
  EXPECT_THAT(
      ParseOpenOrders(
          R"([{"coin":"BTC","side":"A","limitPx":"1","sz":"2","oid":3,"timestamp":1,"origSz":"1"}])",
          instruments_),
      StatusIs(kDataLoss, HasSubstr("`sz`")));
}

TEST_F(HyperliquidAnswersTest, ReadsFillsOldestFirst) {
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

// The account's value holds profit that is not realised, of coins traded elsewhere too.
TEST_F(HyperliquidAnswersTest, ReadsTheBalanceWithoutProfitOfPositions) {
  const auto balances = ParseBalances(kAccount, instruments_);

  ASSERT_THAT(balances, IsOk());
  ASSERT_EQ(balances->size(), 1u);
  EXPECT_EQ((*balances)[0].asset, "USDC");
  EXPECT_EQ((*balances)[0].balance.total, D("1173.8125"));
  EXPECT_EQ((*balances)[0].balance.available, D("1010.57173"));
  EXPECT_EQ((*balances)[0].venue_time, absl::FromUnixMillis(1700000000000));
}

TEST_F(HyperliquidAnswersTest, ReadsPositionsOfItsCoins) {
  const auto positions = ParsePositions(kAccount, instruments_);

  ASSERT_THAT(positions, IsOk());
  ASSERT_EQ(positions->size(), 1u);
  const Position& position = (*positions)[0];
  EXPECT_EQ(position.pair.ToString(), "ETH-USD");
  EXPECT_EQ(position.side, PositionSide::kNet);
  EXPECT_EQ(position.quantity, Quantity(D("-0.5")));
  EXPECT_EQ(position.entry_price, Price(D("1700.5")));
  EXPECT_EQ(position.unrealised_profit, Notional(D("10")));
  EXPECT_EQ(position.liquidation_price, Price(D("2500.25")));
}

TEST_F(HyperliquidAnswersTest, RefusesAnAccountThatCannotBeRead) {
  EXPECT_THAT(ParseBalances("{}", instruments_), StatusIs(kDataLoss));
  EXPECT_THAT(ParsePositions(R"({"marginSummary":{"accountValue":"1"},"withdrawable":"1","time":1,)"
                             R"("assetPositions":[{"position":{"coin":"BTC"}}]})",
                             instruments_),
              StatusIs(kDataLoss));
}

TEST_F(HyperliquidAnswersTest, ReadsRulesAndKeepsThePlacesOfDelistedCoins) {
  const auto rules =
      ParseRules(R"({"universe":[{"name":"BTC","szDecimals":5,"maxLeverage":40},)"
                 R"({"name":"MATIC","szDecimals":1,"maxLeverage":20,"isDelisted":true},)"
                 R"({"name":"BAD","szDecimals":7},)"
                 R"({"name":"kPEPE","szDecimals":0,"maxLeverage":10,"isDelisted":null}]})");

  ASSERT_THAT(rules, IsOk());
  ASSERT_EQ(rules->rules.size(), 3u);
  EXPECT_EQ(rules->skipped, 1);
  EXPECT_THAT(rules->first_skip_reason, HasSubstr("`szDecimals`"));
  const TradingRule& btc = rules->rules[0];
  EXPECT_EQ(btc.pair.ToString(), "BTC-USD");
  EXPECT_EQ(btc.symbol, "BTC");
  EXPECT_EQ(btc.venue_id, 0);
  EXPECT_EQ(btc.price_increment, Price(D("0.1")));
  EXPECT_EQ(btc.price_significant_digits, 5);
  EXPECT_EQ(btc.quantity_increment, Quantity(D("0.00001")));
  EXPECT_EQ(btc.notional_min, Notional(D("10")));
  EXPECT_EQ(btc.collateral, "USDC");
  EXPECT_EQ(btc.leverage_max, 40);
  EXPECT_FALSE(rules->rules[1].is_trading);
  EXPECT_EQ(rules->rules[2].symbol, "kPEPE");
  EXPECT_EQ(rules->rules[2].venue_id, 3);
}

// Five digits that count, six decimals less those of the size; whole prices always.
TEST_F(HyperliquidAnswersTest, GivesRulesThatQuantizePricesAsTheVenueTakesThem) {
  const auto rules = ParseRules(R"({"universe":[{"name":"BTC","szDecimals":5,"maxLeverage":40},)"
                                R"({"name":"ETH","szDecimals":4,"maxLeverage":25}]})");
  ASSERT_THAT(rules, IsOk());
  const auto buy = [&](size_t index, std::string_view price) {
    return QuantizePrice(rules->rules[index], Side::kBuy, Price(D(price))).ToString();
  };

  EXPECT_EQ(buy(0, "105055.7"), "105055");
  EXPECT_EQ(buy(0, "99999.97"), "99999");
  EXPECT_EQ(buy(0, "9999.97"), "9999.9");
  EXPECT_EQ(buy(1, "1670.19"), "1670.1");
  EXPECT_EQ(buy(1, "123.456"), "123.45");
  EXPECT_EQ(buy(1, "1.23456"), "1.23");
}

TEST_F(HyperliquidAnswersTest, ReadsTimeAndFees) {
  EXPECT_THAT(ParseServerTime(R"({"time":1770000000000,"specialStatuses":null})"),
              IsOkAndHolds(absl::FromUnixMillis(1770000000000)));
  EXPECT_THAT(ParseServerTime(R"({"time":1770000000})"), StatusIs(kDataLoss));
  EXPECT_THAT(ParseServerTime("{}"), StatusIs(kDataLoss));

  const auto fees = ParseFees(R"({"userCrossRate":"0.00045","userAddRate":"0.00015"})");
  ASSERT_THAT(fees, IsOk());
  EXPECT_EQ(fees->maker, D("0.00015"));
  EXPECT_EQ(fees->taker, D("0.00045"));
}

TEST_F(HyperliquidAnswersTest, ReadsLeverage) {
  EXPECT_THAT(ParseLeverage(R"({"user":"0x","coin":"ETH","leverage":{"type":"cross","value":20}})"),
              IsOkAndHolds(LeverageSetting{.leverage = 20, .margin_mode = MarginMode::kCross}));
  EXPECT_THAT(ParseLeverage(R"({"leverage":{"type":"isolated","value":3,"rawUsd":"1"}})"),
              IsOkAndHolds(LeverageSetting{.leverage = 3, .margin_mode = MarginMode::kIsolated}));
  EXPECT_THAT(ParseLeverage(R"({"leverage":{"type":"other","value":3}})"), StatusIs(kDataLoss));
  EXPECT_THAT(ParseLeverage(R"({"leverage":{"type":"cross","value":0}})"), StatusIs(kDataLoss));
}

TEST_F(HyperliquidAnswersTest, ReadsFundingByTheCoinsPlace) {
  constexpr std::string_view kContexts =
      R"([{"universe":[]},[{"funding":"0.1","openInterest":"1","oraclePx":"2","markPx":"3"},1,2,3,)"
      R"({"funding":"-0.0000125","openInterest":"5.5","oraclePx":"1671","markPx":"1670.5",)"
      R"("midPx":null,"impactPxs":null}]])";

  const auto funding = ParseFundingInfo(kContexts, instruments_.at(1));

  ASSERT_THAT(funding, IsOk());
  EXPECT_EQ(funding->rate, D("-0.0000125"));
  EXPECT_EQ(funding->mark_price, Price(D("1670.5")));
  EXPECT_EQ(funding->index_price, Price(D("1671")));
  EXPECT_EQ(funding->open_interest, Quantity(D("5.5")));
  EXPECT_THAT(ParseFundingInfo("[{},[]]", instruments_.at(1)), StatusIs(kDataLoss));
  EXPECT_THAT(ParseFundingInfo("[]", instruments_.at(1)), StatusIs(kDataLoss));
}

TEST_F(HyperliquidAnswersTest, ReadsFundingPaymentsOldestFirst) {
  const auto payments = ParseFundingPayments(
      R"([{"delta":{"coin":"ETH","fundingRate":"0.0001","nSamples":3,"szi":"-6.03","type":"funding",)"
      R"("usdc":"-0.145796"},"hash":"0xe3","time":1681952400000},)"
      R"({"delta":{"coin":"APE","fundingRate":"0.1","szi":"1","type":"funding","usdc":"1"},)"
      R"("hash":"0xe3","time":1681948800000},)"
      R"({"delta":{"coin":"BTC","fundingRate":"-0.0003","nSamples":null,"szi":"4","type":"funding",)"
      R"("usdc":"0.5"},"hash":"0xe3","time":1681948800000}])",
      instruments_);

  ASSERT_THAT(payments, IsOk());
  ASSERT_EQ(payments->size(), 2u);
  EXPECT_EQ((*payments)[0].pair.ToString(), "BTC-USD");
  EXPECT_EQ((*payments)[1].pair.ToString(), "ETH-USD");
  EXPECT_EQ((*payments)[1].asset, "USDC");
  EXPECT_EQ((*payments)[1].amount, D("-0.145796"));
  EXPECT_EQ((*payments)[1].rate, D("0.0001"));
  EXPECT_EQ((*payments)[1].venue_time, absl::FromUnixMillis(1681952400000));
}

}  // namespace
}  // namespace colibri::hyperliquid
