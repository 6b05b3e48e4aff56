#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_answers.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/exchanges/hyperliquid_common/samples.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid::perpetual {
namespace {

using testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

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

class HyperliquidPerpetualAnswersTest : public testing::Test {
 protected:
  const InstrumentTable instruments_ = SampleInstruments();
};

// The account's value holds profit that is not realised, of coins traded elsewhere too.
TEST_F(HyperliquidPerpetualAnswersTest, ReadsTheBalanceWithoutProfitOfPositions) {
  const auto balances = ParseBalances(kAccount, instruments_);

  ASSERT_THAT(balances, IsOk());
  ASSERT_EQ(balances->size(), 1u);
  EXPECT_EQ((*balances)[0].asset, "USDC");
  EXPECT_EQ((*balances)[0].balance.total, D("1173.8125"));
  EXPECT_EQ((*balances)[0].balance.available, D("1010.57173"));
  EXPECT_EQ((*balances)[0].venue_time, absl::FromUnixMillis(1700000000000));
}

TEST_F(HyperliquidPerpetualAnswersTest, ReadsPositionsOfItsCoins) {
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

TEST_F(HyperliquidPerpetualAnswersTest, RefusesAnAccountThatCannotBeRead) {
  EXPECT_THAT(ParseBalances("{}", instruments_), StatusIs(kDataLoss));
  EXPECT_THAT(ParsePositions(R"({"marginSummary":{"accountValue":"1"},"withdrawable":"1","time":1,)"
                             R"("assetPositions":[{"position":{"coin":"BTC"}}]})",
                             instruments_),
              StatusIs(kDataLoss));
}

TEST_F(HyperliquidPerpetualAnswersTest, ReadsRulesAndKeepsThePlacesOfDelistedCoins) {
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
TEST_F(HyperliquidPerpetualAnswersTest, GivesRulesThatQuantizePricesAsTheVenueTakesThem) {
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

TEST_F(HyperliquidPerpetualAnswersTest, ReadsFees) {
  EXPECT_THAT(ParseFees("{}"), StatusIs(kDataLoss));

  const auto fees = ParseFees(R"({"userCrossRate":"0.00045","userAddRate":"0.00015"})");
  ASSERT_THAT(fees, IsOk());
  EXPECT_EQ(fees->maker, D("0.00015"));
  EXPECT_EQ(fees->taker, D("0.00045"));
}

TEST_F(HyperliquidPerpetualAnswersTest, ReadsLeverage) {
  EXPECT_THAT(ParseLeverage(R"({"user":"0x","coin":"ETH","leverage":{"type":"cross","value":20}})"),
              IsOkAndHolds(LeverageSetting{.leverage = 20, .margin_mode = MarginMode::kCross}));
  EXPECT_THAT(ParseLeverage(R"({"leverage":{"type":"isolated","value":3,"rawUsd":"1"}})"),
              IsOkAndHolds(LeverageSetting{.leverage = 3, .margin_mode = MarginMode::kIsolated}));
  EXPECT_THAT(ParseLeverage(R"({"leverage":{"type":"other","value":3}})"), StatusIs(kDataLoss));
  EXPECT_THAT(ParseLeverage(R"({"leverage":{"type":"cross","value":0}})"), StatusIs(kDataLoss));
}

TEST_F(HyperliquidPerpetualAnswersTest, ReadsFundingByTheCoinsPlace) {
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

TEST_F(HyperliquidPerpetualAnswersTest, ReadsFundingPaymentsOldestFirst) {
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
}  // namespace colibri::hyperliquid::perpetual
