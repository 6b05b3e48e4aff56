#include "exchanges/binance/binance_rules.h"

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
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kEthBtc =
    R"({"symbol":"ETHBTC","status":"TRADING","baseAsset":"ETH","baseAssetPrecision":8,)"
    R"("quoteAsset":"BTC","quotePrecision":8,"quoteAssetPrecision":8,"orderTypes":["LIMIT",)"
    R"("LIMIT_MAKER","MARKET","STOP_LOSS"],"quoteOrderQtyMarketAllowed":true,)"
    R"("isSpotTradingAllowed":true,"filters":[)"
    R"({"filterType":"PRICE_FILTER","minPrice":"0.00000100","maxPrice":"100000.00000000",)"
    R"("tickSize":"0.00000100"},)"
    R"({"filterType":"LOT_SIZE","minQty":"0.00100000","maxQty":"100000.00000000",)"
    R"("stepSize":"0.00100000"},)"
    R"({"filterType":"MARKET_LOT_SIZE","minQty":"0.00000000","maxQty":"1000.00000000",)"
    R"("stepSize":"0.00000000"},)"
    R"({"filterType":"NOTIONAL","minNotional":"10.00000000","applyMinToMarket":true,)"
    R"("maxNotional":"9000000.00000000","applyMaxToMarket":false,"avgPriceMins":5},)"
    R"({"filterType":"PERCENT_PRICE_BY_SIDE","bidMultiplierUp":"1.2","bidMultiplierDown":"0.2",)"
    R"("askMultiplierUp":"5","askMultiplierDown":"0.8","avgPriceMins":1},)"
    R"({"filterType":"A_FILTER_TO_COME","limit":[1,2]},)"
    R"({"filterType":"MAX_NUM_ORDERS","maxNumOrders":200}],)"
    R"("permissions":[],"permissionSets":[["SPOT","MARGIN"]]})";

constexpr std::string_view kLimits =
    R"([{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":1200},)"
    R"({"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100},)"
    R"({"rateLimitType":"ORDERS","interval":"DAY","intervalNum":1,"limit":200000},)"
    R"({"rateLimitType":"RAW_REQUESTS","interval":"MINUTE","intervalNum":5,"limit":5000},)"
    R"({"rateLimitType":"SOMETHING_NEW","interval":"MINUTE","intervalNum":5,"limit":1}])";

std::string Info(std::string_view symbols, std::string_view limits = "[]") {
  return StrCat(R"({"timezone":"UTC","serverTime":1565246363776,"rateLimits":)",
                limits,
                R"(,"exchangeFilters":[],"symbols":[)",
                symbols,
                "]}");
}

// kEthBtc with one part replaced.
std::string EthBtcWith(std::string_view from, std::string_view to) {
  std::string text(kEthBtc);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TradingRule OneRule(std::string_view symbol) {
  const absl::StatusOr<VenueRules> rules = ParseExchangeInfo(Info(symbol));
  EXPECT_OK(rules);
  EXPECT_THAT(rules->rules, SizeIs(1)) << rules->first_skip_reason;
  return rules->rules.empty() ? TradingRule() : rules->rules[0];
}

TEST(BinanceRulesTest, RefusesWhatIsNoExchangeInformation) {
  for (const std::string_view body : {"", "x", "[]", "{}", R"({"symbols":{}})", "<html></html>"}) {
    EXPECT_THAT(ParseExchangeInfo(body), StatusIs(StatusCode::kDataLoss)) << body;
  }
}

TEST(BinanceRulesTest, RefusesEveryTruncation) {
  const std::string body = Info(kEthBtc, kLimits);
  for (size_t size = 0; size < body.size(); ++size) {
    EXPECT_THAT(ParseExchangeInfo(body.substr(0, size)), StatusIs(StatusCode::kDataLoss));
  }
}

TEST(BinanceRulesTest, SkipsAndCountsBadEntries) {
  const std::string body =
      Info(StrCat("5,",
                  EthBtcWith(R"("tickSize":"0.00000100")", R"("tickSize":"tiny")"),
                  ",",
                  EthBtcWith(R"("baseAsset":"ETH")", R"("baseAsset":"")"),
                  ",",
                  EthBtcWith(R"("quoteAsset":"BTC")", R"("quoteAsset":"B-TC")"),
                  ",",
                  EthBtcWith(R"("orderTypes":["LIMIT",)", R"("orderTypesX":["LIMIT",)"),
                  ",",
                  kEthBtc,
                  ",",
                  kEthBtc));
  ASSERT_OK_AND_ASSIGN(const VenueRules rules, ParseExchangeInfo(body));
  EXPECT_THAT(rules.rules, SizeIs(1));
  EXPECT_EQ(rules.skipped, 6);
  EXPECT_THAT(rules.first_skip_reason, HasSubstr("not an object"));
}

TEST(BinanceRulesTest, TellsWhichFieldMadeItSkip) {
  ASSERT_OK_AND_ASSIGN(
      const VenueRules rules,
      ParseExchangeInfo(Info(EthBtcWith(R"("tickSize":"0.00000100")", R"("tickSize":"tiny")"))));
  EXPECT_EQ(rules.skipped, 1);
  EXPECT_THAT(rules.first_skip_reason, HasSubstr("tickSize"));
}

TEST(BinanceRulesTest, ReadsEveryFilter) {
  const TradingRule rule = OneRule(kEthBtc);
  EXPECT_EQ(rule.pair, (TradingPair{"ETH", "BTC"}));
  EXPECT_EQ(rule.symbol, "ETHBTC");
  EXPECT_TRUE(rule.is_trading);
  EXPECT_EQ(rule.status, "TRADING");
  EXPECT_EQ(rule.price_increment, Price(D("0.000001")));
  EXPECT_EQ(rule.price_min, Price(D("0.000001")));
  EXPECT_EQ(rule.price_max, Price(D("100000")));
  EXPECT_EQ(rule.quantity_increment, Quantity(D("0.001")));
  EXPECT_EQ(rule.quantity_min, Quantity(D("0.001")));
  EXPECT_EQ(rule.quantity_max, Quantity(D("100000")));
  EXPECT_EQ(rule.market_quantity_min, Quantity());
  EXPECT_EQ(rule.market_quantity_max, Quantity(D("1000")));
  EXPECT_EQ(rule.market_quantity_increment, Quantity());
  EXPECT_EQ(rule.notional_min, Notional(D("10")));
  EXPECT_EQ(rule.notional_max, Notional(D("9000000")));
  EXPECT_TRUE(rule.is_notional_min_for_market);
  EXPECT_FALSE(rule.is_notional_max_for_market);
  EXPECT_EQ(rule.bid_multiplier_up, D("1.2"));
  EXPECT_EQ(rule.bid_multiplier_down, D("0.2"));
  EXPECT_EQ(rule.ask_multiplier_up, D("5"));
  EXPECT_EQ(rule.ask_multiplier_down, D("0.8"));
  EXPECT_EQ(rule.open_orders_max, 200);
  EXPECT_TRUE(rule.allows_limit);
  EXPECT_TRUE(rule.allows_limit_maker);
  EXPECT_TRUE(rule.allows_market);
  EXPECT_TRUE(rule.allows_quote_quantity);
}

TEST(BinanceRulesTest, KeepsTheDecimalsOfRestingOrdersInTheBook) {
  EXPECT_EQ(OneRule(kEthBtc).scale(), (BookScale{.price_decimals = 8, .quantity_decimals = 8}));
}

TEST(BinanceRulesTest, ReadsOlderFilters) {
  const std::string symbol = EthBtcWith(
      R"({"filterType":"NOTIONAL","minNotional":"10.00000000","applyMinToMarket":true,)"
      R"("maxNotional":"9000000.00000000","applyMaxToMarket":false,"avgPriceMins":5},)"
      R"({"filterType":"PERCENT_PRICE_BY_SIDE","bidMultiplierUp":"1.2","bidMultiplierDown":"0.2",)"
      R"("askMultiplierUp":"5","askMultiplierDown":"0.8","avgPriceMins":1},)",
      R"({"filterType":"MIN_NOTIONAL","minNotional":"5","applyToMarket":false,"avgPriceMins":5},)"
      R"({"filterType":"PERCENT_PRICE","multiplierUp":"1.3","multiplierDown":"0.7"},)");
  const TradingRule rule = OneRule(symbol);
  EXPECT_EQ(rule.notional_min, Notional(D("5")));
  EXPECT_FALSE(rule.is_notional_min_for_market);
  EXPECT_EQ(rule.bid_multiplier_up, D("1.3"));
  EXPECT_EQ(rule.ask_multiplier_up, D("1.3"));
  EXPECT_EQ(rule.bid_multiplier_down, D("0.7"));
  EXPECT_EQ(rule.ask_multiplier_down, D("0.7"));
}

TEST(BinanceRulesTest, TakesThePrecisionWhereNoFilterGivesAStep) {
  const TradingRule disabled =
      OneRule(EthBtcWith(R"("tickSize":"0.00000100")", R"("tickSize":"0.00000000")"));
  EXPECT_EQ(disabled.price_increment, Price(D("0.00000001")));
  const TradingRule bare =
      OneRule(R"({"symbol":"AB","status":"TRADING","baseAsset":"A","baseAssetPrecision":2,)"
              R"("quoteAsset":"B","quotePrecision":3,"orderTypes":["MARKET"],"filters":[]})");
  EXPECT_EQ(bare.price_increment, Price(D("0.001")));
  EXPECT_EQ(bare.quantity_increment, Quantity(D("0.01")));
  EXPECT_EQ(bare.quantity_max, Quantity());
  EXPECT_TRUE(bare.allows_market);
  EXPECT_FALSE(bare.allows_limit);
  EXPECT_FALSE(bare.allows_quote_quantity);
}

TEST(BinanceRulesTest, TakesAnUnreachableMaximumForNone) {
  EXPECT_EQ(OneRule(EthBtcWith(R"("maxQty":"100000.00000000")",
                               R"("maxQty":"999999999999999999999999.0")"))
                .quantity_max,
            Quantity());
}

TEST(BinanceRulesTest, TellsWhatDoesNotTrade) {
  const TradingRule halted = OneRule(EthBtcWith(R"("status":"TRADING")", R"("status":"BREAK")"));
  EXPECT_FALSE(halted.is_trading);
  EXPECT_EQ(halted.status, "BREAK");
  EXPECT_FALSE(
      OneRule(EthBtcWith(R"("status":"TRADING")", R"("status":"CANCEL_ONLY")")).is_trading);
  const TradingRule margin =
      OneRule(EthBtcWith(R"([["SPOT","MARGIN"]])", R"([["MARGIN"],["LEVERAGED"]])"));
  EXPECT_FALSE(margin.is_trading);
  EXPECT_EQ(margin.status, "TRADING, not on spot");
  EXPECT_FALSE(
      OneRule(EthBtcWith(R"("isSpotTradingAllowed":true)", R"("isSpotTradingAllowed":false)"))
          .is_trading);
}

TEST(BinanceRulesTest, ReadsPermissionsInEveryForm) {
  EXPECT_TRUE(
      OneRule(EthBtcWith(R"([["SPOT","MARGIN"]])", R"([["TRD_GRP_1"],["SPOT"]])")).is_trading);
  EXPECT_TRUE(OneRule(EthBtcWith(R"("permissions":[],"permissionSets":[["SPOT","MARGIN"]])",
                                 R"("permissions":["SPOT"])"))
                  .is_trading);
  EXPECT_TRUE(OneRule(EthBtcWith(R"(,"permissions":[],"permissionSets":[["SPOT","MARGIN"]])", ""))
                  .is_trading);
}

TEST(BinanceRulesTest, ReadsLimits) {
  ASSERT_OK_AND_ASSIGN(const VenueRules rules, ParseExchangeInfo(Info(kEthBtc, kLimits)));
  ASSERT_THAT(rules.limits, SizeIs(4));
  EXPECT_EQ(rules.limits[0].name, "request_weight");
  EXPECT_EQ(rules.limits[0].limit, 1200);
  EXPECT_EQ(rules.limits[0].interval, absl::Minutes(1));
  EXPECT_EQ(rules.limits[0].used_header, "x-mbx-used-weight-1m");
  EXPECT_EQ(rules.limits[1].name, "orders");
  EXPECT_EQ(rules.limits[1].limit, 100);
  EXPECT_EQ(rules.limits[1].used_header, "x-mbx-order-count-10s");
  EXPECT_EQ(rules.limits[2].name, "orders_per_day");
  EXPECT_EQ(rules.limits[2].limit, 200000);
  EXPECT_EQ(rules.limits[2].used_header, "x-mbx-order-count-1d");
  EXPECT_EQ(rules.limits[3].name, "raw_requests");
  EXPECT_EQ(rules.limits[3].limit, 5000);
}

TEST(BinanceRulesTest, KeepsTheSpecsLimitsWhereTheVenuesCannotBeRead) {
  ASSERT_OK_AND_ASSIGN(const VenueRules none, ParseExchangeInfo(Info(kEthBtc, "[]")));
  EXPECT_THAT(none.limits, IsEmpty());
  ASSERT_OK_AND_ASSIGN(
      const VenueRules bad,
      ParseExchangeInfo(Info(
          kEthBtc,
          R"([{"rateLimitType":"REQUEST_WEIGHT","interval":"CENTURY","intervalNum":1,"limit":1},)"
          R"({"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":0,"limit":1},)"
          R"({"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":0},7])")));
  ASSERT_THAT(bad.limits, SizeIs(4));
  EXPECT_EQ(bad.limits[0].limit, 6000);
}

TEST(BinanceRulesTest, ReadsTheFixture) {
  const std::optional<std::string> text = ReadFixture("http_json/exchange_info_response.json");
  if (!text.has_value()) {
    GTEST_SKIP() << "no fixtures; set COLIBRI_REFERENCE";
  }
  ASSERT_OK_AND_ASSIGN(const VenueRules rules, ParseExchangeInfo(*text));
  ASSERT_THAT(rules.rules, SizeIs(1));
  EXPECT_EQ(rules.skipped, 0);
  EXPECT_EQ(rules.rules[0].symbol, "ETHBTC");
  EXPECT_EQ(rules.rules[0].scale(), (BookScale{8, 8}));
}

}  // namespace
}  // namespace colibri::binance
