#include "exchanges/binance_perpetual/binance_perpetual_rules.h"

#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/binance_common/order_samples.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance::perpetual {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// One symbol; `fields` come first, and so go before the defaults.
std::string Symbol(std::string_view fields) {
  return StrCat(
      "{",
      fields,
      fields.empty() ? "" : ",",
      R"("symbol":"BLZUSDT","pair":"BLZUSDT","contractType":"PERPETUAL","status":"TRADING",)"
      R"("maintMarginPercent":"2.5000","baseAsset":"BLZ","quoteAsset":"USDT","marginAsset":"USDT",)"
      R"("pricePrecision":5,"quantityPrecision":0,"filters":[)"
      R"({"filterType":"PRICE_FILTER","maxPrice":"300","minPrice":"0.0001","tickSize":"0.0001"},)"
      R"({"filterType":"LOT_SIZE","maxQty":"10000000","minQty":"1","stepSize":"1"},)"
      R"({"filterType":"MARKET_LOT_SIZE","maxQty":"590119","minQty":"1","stepSize":"1"},)"
      R"({"filterType":"MAX_NUM_ORDERS","limit":200},)"
      R"({"filterType":"MIN_NOTIONAL","notional":"5.0"},)"
      R"({"filterType":"PERCENT_PRICE","multiplierUp":"1.1500","multiplierDown":"0.8500",)"
      R"("multiplierDecimal":"4"}],"orderTypes":["LIMIT","MARKET","STOP"],)"
      R"("timeInForce":["GTC","IOC","FOK","GTX"]})");
}

absl::StatusOr<VenueRules> Parse(std::string_view symbols, std::string_view limits = "") {
  return ParseExchangeInfo(StrCat(R"({"rateLimits":[)", limits, R"(],"symbols":[)", symbols, "]}"));
}

TEST(PerpetualRulesTest, RefusesAnAnswerThatCannotBeRead) {
  for (const std::string_view body : {"", "x", "[]", "{}", R"({"symbols":{}})"}) {
    EXPECT_THAT(ParseExchangeInfo(body), StatusIs(StatusCode::kDataLoss)) << body;
  }
}

TEST(PerpetualRulesTest, SkipsAndCountsEntriesThatCannotBeUsed) {
  const absl::StatusOr<VenueRules> rules = Parse(StrCat(Symbol(R"("marginAsset":5)"),
                                                        ",5,",
                                                        Symbol(R"("filters":5)"),
                                                        ",",
                                                        Symbol(R"("pricePrecision":99)"),
                                                        ",",
                                                        Symbol(""),
                                                        ",",
                                                        Symbol(R"("symbol":"BLZUSDT2")")));
  ASSERT_OK(rules);
  EXPECT_THAT(rules->rules, SizeIs(1));
  EXPECT_EQ(rules->skipped, 5);
  EXPECT_THAT(rules->first_skip_reason, HasSubstr("`marginAsset`"));
}

TEST(PerpetualRulesTest, LeavesOutOtherContractsWithoutAWord) {
  const absl::StatusOr<VenueRules> rules = Parse(
      StrCat(Symbol(R"("symbol":"BLZUSDT_260626","contractType":"CURRENT_QUARTER")"),
             ",",
             Symbol(R"("symbol":"BLZUSD_PERP","quoteAsset":"USD","marginAsset":"BLZ")"),
             ",",
             Symbol(R"("symbol":"XAUUSDT","baseAsset":"XAU","contractType":"TRADIFI_PERPETUAL")")));
  ASSERT_OK(rules);
  EXPECT_EQ(rules->skipped, 0);
  ASSERT_THAT(rules->rules, SizeIs(1));
  EXPECT_EQ(rules->rules[0].pair.ToString(), "XAU-USDT");
}

TEST(PerpetualRulesTest, ReadsAContract) {
  const absl::StatusOr<VenueRules> rules = Parse(Symbol(""));
  ASSERT_OK(rules);
  ASSERT_THAT(rules->rules, SizeIs(1));
  const TradingRule& rule = rules->rules[0];
  EXPECT_EQ(rule.pair.ToString(), "BLZ-USDT");
  EXPECT_EQ(rule.symbol, "BLZUSDT");
  EXPECT_EQ(rule.collateral, "USDT");
  EXPECT_TRUE(rule.is_trading);
  EXPECT_EQ(rule.price_increment, Price(D("0.0001")));
  EXPECT_EQ(rule.price_max, Price(D("300")));
  EXPECT_EQ(rule.quantity_increment, Quantity(D("1")));
  EXPECT_EQ(rule.market_quantity_max, Quantity(D("590119")));
  EXPECT_EQ(rule.notional_min, Notional(D("5")));
  EXPECT_FALSE(rule.is_notional_min_for_close);
  EXPECT_EQ(rule.bid_multiplier_up, D("1.15"));
  EXPECT_EQ(rule.ask_multiplier_down, D("0.85"));
  EXPECT_EQ(rule.open_orders_max, 200);
  EXPECT_TRUE(rule.allows_limit && rule.allows_limit_maker && rule.allows_market);
  EXPECT_FALSE(rule.allows_quote_quantity);
  // Finer than the tick: orders that rest since before it was made coarser.
  EXPECT_EQ(rule.scale().price_decimals, 5);
  EXPECT_EQ(rule.scale().quantity_decimals, 0);
}

TEST(PerpetualRulesTest, KnowsContractsThatDoNotTradeAndOrdersThatAreNotTaken) {
  const absl::StatusOr<VenueRules> rules = Parse(
      StrCat(Symbol(R"("status":"SETTLING","timeInForce":["GTC"])"),
             ",",
             Symbol(R"("symbol":"ABUSDT","baseAsset":"AB","orderTypes":["LIMIT"],"filters":[])")));
  ASSERT_OK(rules);
  ASSERT_THAT(rules->rules, SizeIs(2));
  EXPECT_FALSE(rules->rules[0].is_trading);
  EXPECT_EQ(rules->rules[0].status, "SETTLING");
  EXPECT_FALSE(rules->rules[0].allows_limit_maker);
  EXPECT_FALSE(rules->rules[1].allows_market);
  EXPECT_EQ(rules->rules[1].price_increment, Price(D("0.00001")));
}

TEST(PerpetualRulesTest, ReadsBothPoolsOfOrders) {
  EXPECT_THAT(Parse("")->limits, IsEmpty());
  const absl::StatusOr<VenueRules> rules = Parse(
      "",
      R"({"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":2401},)"
      R"({"rateLimitType":"ORDERS","interval":"MINUTE","intervalNum":1,"limit":1201},)"
      R"({"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":301})");
  ASSERT_OK(rules);
  std::string text;
  for (const RateLimitPool& pool : rules->limits) {
    text.append(StrCat(pool.name,
                       " ",
                       pool.limit,
                       "/",
                       absl::ToInt64Seconds(pool.interval),
                       " ",
                       pool.used_header,
                       "\n"));
  }
  EXPECT_EQ(text,
            "request_weight 2401/60 x-mbx-used-weight-1m\n"
            "orders 301/10 x-mbx-order-count-10s\n"
            "orders_per_minute 1201/60 x-mbx-order-count-1m\n");
}

}  // namespace
}  // namespace colibri::binance::perpetual
