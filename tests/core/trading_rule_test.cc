#include "core/trading_rule.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Decimal D(std::string_view text) {
  return Decimal::Parse(text).value();
}
Price P(std::string_view text) {
  return Price(D(text));
}
Quantity Q(std::string_view text) {
  return Quantity(D(text));
}

TradingRule BtcRule() {
  TradingRule rule;
  rule.pair = {"BTC", "USDT"};
  rule.symbol = "BTCUSDT";
  rule.status = "TRADING";
  rule.price_increment = P("0.01");
  rule.price_min = P("0.01");
  rule.price_max = P("1000000");
  rule.quantity_increment = Q("0.00001");
  rule.quantity_min = Q("0.00001");
  rule.quantity_max = Q("9000");
  rule.market_quantity_max = Q("120");
  rule.notional_min = Notional(D("5"));
  rule.notional_max = Notional(D("9000000"));
  rule.bid_multiplier_up = D("1.2");
  rule.bid_multiplier_down = D("0.2");
  rule.ask_multiplier_up = D("5");
  rule.ask_multiplier_down = D("0.8");
  return rule;
}

OrderRequest Limit(Side side, std::string_view quantity, std::string_view price) {
  OrderRequest request;
  request.pair = {"BTC", "USDT"};
  request.side = side;
  request.quantity = Q(quantity);
  request.price = P(price);
  return request;
}

OrderRequest Market(Side side, std::string_view quantity) {
  OrderRequest request;
  request.pair = {"BTC", "USDT"};
  request.side = side;
  request.type = OrderType::kMarket;
  request.quantity = Q(quantity);
  return request;
}

OrderRequest MarketByQuote(Side side, std::string_view quote_quantity) {
  OrderRequest request = Market(side, "0");
  request.quote_quantity = Notional(D(quote_quantity));
  return request;
}

auto Refused(std::string_view part) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(part)));
}

TEST(CheckOrderTest, S31RefusesAQuantityBelowTheMinimum) {
  TradingRule rule = BtcRule();
  rule.quantity_min = Q("0.001");
  EXPECT_THAT(CheckOrder(rule, Limit(Side::kBuy, "0.0009", "60000"), std::nullopt),
              Refused("BTC-USDT buy limit: quantity 0.0009 is below quantity_min 0.001"));
}

TEST(CheckOrderTest, S31RefusesAQuantityThatQuantisesToZero) {
  const TradingRule rule = BtcRule();
  OrderRequest request = Limit(Side::kBuy, "0.000009", "60000");
  request.quantity = QuantizeQuantity(rule, request.quantity);
  EXPECT_THAT(CheckOrder(rule, request, std::nullopt),
              Refused("quantity 0 must be positive; amounts are rounded down to "
                      "quantity_increment 0.00001, and quantity_min is 0.00001"));
}

TEST(CheckOrderTest, S35RefusesAZeroQuantity) {
  EXPECT_THAT(CheckOrder(BtcRule(), Limit(Side::kSell, "0", "60000"), std::nullopt),
              Refused("quantity 0 must be positive"));
  EXPECT_THAT(CheckOrder(BtcRule(), Market(Side::kSell, "0"), std::nullopt),
              Refused("quantity 0 must be positive"));
  EXPECT_THAT(CheckOrder(TradingRule(), Limit(Side::kBuy, "0", "1"), std::nullopt),
              Refused("quantity 0 must be positive"));
}

TEST(CheckOrderTest, S35RefusesAZeroQuoteQuantity) {
  EXPECT_THAT(CheckOrder(BtcRule(), MarketByQuote(Side::kBuy, "0"), std::nullopt),
              Refused("quote_quantity 0 must be positive"));
}

TEST(CheckOrderTest, RefusesANegativeQuantity) {
  EXPECT_THAT(CheckOrder(BtcRule(), Limit(Side::kBuy, "-1", "60000"), std::nullopt),
              Refused("quantity -1 must be positive"));
}

TEST(CheckOrderTest, RefusesWhenThePairDoesNotTrade) {
  TradingRule rule = BtcRule();
  rule.is_trading = false;
  rule.status = "BREAK";
  EXPECT_THAT(CheckOrder(rule, Limit(Side::kBuy, "1", "60000"), std::nullopt),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("BTC-USDT"), HasSubstr("BREAK"))));
}

TEST(CheckOrderTest, RefusesTypesThatTheVenueDoesNotTake) {
  TradingRule rule = BtcRule();
  rule.allows_limit = rule.allows_limit_maker = rule.allows_market = false;
  OrderRequest maker = Limit(Side::kBuy, "1", "60000");
  maker.type = OrderType::kLimitMaker;
  EXPECT_THAT(CheckOrder(rule, Limit(Side::kBuy, "1", "60000"), std::nullopt),
              Refused("takes no limit orders"));
  EXPECT_THAT(CheckOrder(rule, maker, std::nullopt), Refused("takes no limit_maker orders"));
  EXPECT_THAT(CheckOrder(rule, Market(Side::kBuy, "1"), std::nullopt),
              Refused("takes no market orders"));
}

TEST(CheckOrderTest, RefusesAPostOnlyOrderThatMayNotRest) {
  OrderRequest request = Limit(Side::kBuy, "1", "60000");
  request.type = OrderType::kLimitMaker;
  request.time_in_force = TimeInForce::kIoc;
  EXPECT_THAT(CheckOrder(BtcRule(), request, std::nullopt), Refused("ioc"));
}

TEST(CheckOrderTest, RefusesALimitOrderWithoutAPositivePrice) {
  OrderRequest request = Limit(Side::kBuy, "1", "0");
  EXPECT_THAT(CheckOrder(BtcRule(), request, std::nullopt), Refused("price 0 must be positive"));
  request.price = std::nullopt;
  EXPECT_THAT(CheckOrder(BtcRule(), request, std::nullopt),
              Refused("price is missing and must be positive"));
}

TEST(CheckOrderTest, RefusesAQuoteQuantityWhereItDoesNotBelong) {
  OrderRequest limit = Limit(Side::kBuy, "1", "60000");
  limit.quote_quantity = Notional(D("100"));
  EXPECT_THAT(CheckOrder(BtcRule(), limit, std::nullopt),
              Refused("quote_quantity is for market orders"));

  OrderRequest both = MarketByQuote(Side::kBuy, "100");
  both.quantity = Q("1");
  EXPECT_THAT(CheckOrder(BtcRule(), both, std::nullopt), Refused("exclude each other"));

  TradingRule rule = BtcRule();
  rule.allows_quote_quantity = false;
  EXPECT_THAT(CheckOrder(rule, MarketByQuote(Side::kBuy, "100"), std::nullopt),
              Refused("takes no quote_quantity"));
}

TEST(CheckOrderTest, RefusesAPriceOutsideItsBoundsOrOffItsIncrement) {
  TradingRule rule = BtcRule();
  rule.price_min = P("10");
  EXPECT_THAT(CheckOrder(rule, Limit(Side::kBuy, "1", "9.99"), std::nullopt),
              Refused("price 9.99 is below price_min 10"));
  EXPECT_THAT(CheckOrder(rule, Limit(Side::kBuy, "1", "1000000.01"), std::nullopt),
              Refused("price 1000000.01 is above price_max 1000000"));
  EXPECT_THAT(CheckOrder(rule, Limit(Side::kBuy, "1", "60000.005"), std::nullopt),
              Refused("price 60000.005 is not a multiple of price_increment 0.01"));
}

TEST(CheckOrderTest, RefusesAQuantityAboveTheMaximumOrOffItsIncrement) {
  EXPECT_THAT(CheckOrder(BtcRule(), Limit(Side::kBuy, "9000.00001", "60000"), std::nullopt),
              Refused("quantity 9000.00001 is above quantity_max 9000"));
  EXPECT_THAT(CheckOrder(BtcRule(), Limit(Side::kBuy, "0.100001", "60000"), std::nullopt),
              Refused("quantity 0.100001 is not a multiple of quantity_increment 0.00001"));
}

TEST(CheckOrderTest, HoldsMarketOrdersToTheMarketLotAsWell) {
  TradingRule rule = BtcRule();
  rule.market_quantity_min = Q("0.01");
  rule.market_quantity_increment = Q("0.01");
  EXPECT_THAT(CheckOrder(rule, Market(Side::kBuy, "120.00001"), std::nullopt),
              Refused("quantity 120.00001 is above market_quantity_max 120"));
  EXPECT_THAT(CheckOrder(rule, Market(Side::kBuy, "0.009"), std::nullopt),
              Refused("quantity 0.009 is below market_quantity_min 0.01"));
  EXPECT_THAT(CheckOrder(rule, Market(Side::kBuy, "0.015"), std::nullopt),
              Refused("not a multiple of market_quantity_increment 0.01"));
  EXPECT_THAT(CheckOrder(rule, Market(Side::kBuy, "9001"), std::nullopt),
              Refused("quantity_max 9000"));
  EXPECT_OK(CheckOrder(rule, Market(Side::kBuy, "0.02"), std::nullopt));
  EXPECT_OK(CheckOrder(rule, Limit(Side::kBuy, "0.005", "60000"), std::nullopt));
}

TEST(CheckOrderTest, HoldsEachSideToItsPercentOfTheReferencePrice) {
  const TradingRule rule = BtcRule();
  const Price reference = P("60000");
  EXPECT_THAT(CheckOrder(rule, Limit(Side::kBuy, "1", "72000.01"), reference),
              Refused("price 72000.01 is above bid_multiplier_up 1.2 * reference price 60000 = "
                      "72000"));
  EXPECT_THAT(CheckOrder(rule, Limit(Side::kBuy, "1", "11999.99"), reference),
              Refused("below bid_multiplier_down 0.2 * reference price 60000 = 12000"));
  EXPECT_THAT(CheckOrder(rule, Limit(Side::kSell, "1", "300000.01"), reference),
              Refused("above ask_multiplier_up 5 * reference price 60000 = 300000"));
  EXPECT_THAT(CheckOrder(rule, Limit(Side::kSell, "1", "47999.99"), reference),
              Refused("below ask_multiplier_down 0.8 * reference price 60000 = 48000"));
  EXPECT_OK(CheckOrder(rule, Limit(Side::kBuy, "1", "72000"), reference));
  EXPECT_OK(CheckOrder(rule, Limit(Side::kBuy, "1", "12000"), reference));
  EXPECT_OK(CheckOrder(rule, Limit(Side::kSell, "1", "48000"), reference));
}

TEST(CheckOrderTest, SkipsThePercentPriceWithoutAReferenceOrAMultiplier) {
  EXPECT_OK(CheckOrder(BtcRule(), Limit(Side::kBuy, "1", "900000"), std::nullopt));
  EXPECT_OK(CheckOrder(BtcRule(), Limit(Side::kBuy, "1", "900000"), Price()));
  TradingRule rule = BtcRule();
  rule.bid_multiplier_up = std::nullopt;
  EXPECT_OK(CheckOrder(rule, Limit(Side::kBuy, "1", "900000"), P("60000")));
}

TEST(CheckOrderTest, SurvivesAMultiplierBeyondAllNumbers) {
  TradingRule rule = BtcRule();
  rule.bid_multiplier_up = D("100000000000000000000");
  EXPECT_OK(CheckOrder(rule, Limit(Side::kBuy, "1", "60000"), P("60000")));
  rule.bid_multiplier_down = D("100000000000000000000");
  EXPECT_THAT(CheckOrder(rule, Limit(Side::kBuy, "1", "60000"), P("60000")),
              Refused("bid_multiplier_down"));
}

TEST(CheckOrderTest, RefusesANotionalOutsideItsBounds) {
  EXPECT_THAT(CheckOrder(BtcRule(), Limit(Side::kBuy, "0.00008", "60000"), std::nullopt),
              Refused("notional 4.8 is below notional_min 5"));
  EXPECT_THAT(CheckOrder(BtcRule(), Limit(Side::kBuy, "151", "60000"), std::nullopt),
              Refused("notional 9060000 is above notional_max 9000000"));
  EXPECT_OK(CheckOrder(BtcRule(), Limit(Side::kBuy, "150", "60000"), std::nullopt));
}

TEST(CheckOrderTest, AppliesTheNotionalBoundsToMarketOrdersAsTheVenueSays) {
  TradingRule rule = BtcRule();
  rule.market_quantity_max = Quantity();
  const Price reference = P("60000");
  EXPECT_THAT(CheckOrder(rule, Market(Side::kBuy, "0.00008"), reference),
              Refused("notional 4.8 is below notional_min 5"));
  EXPECT_OK(CheckOrder(rule, Market(Side::kBuy, "0.00008"), std::nullopt));
  EXPECT_OK(CheckOrder(rule, Market(Side::kBuy, "151"), reference));
  rule.is_notional_min_for_market = false;
  rule.is_notional_max_for_market = true;
  EXPECT_OK(CheckOrder(rule, Market(Side::kBuy, "0.00008"), reference));
  EXPECT_THAT(CheckOrder(rule, Market(Side::kBuy, "151"), reference),
              Refused("above notional_max 9000000"));
}

TEST(CheckOrderTest, TakesAQuoteQuantityAsTheNotional) {
  EXPECT_THAT(CheckOrder(BtcRule(), MarketByQuote(Side::kBuy, "4.99"), std::nullopt),
              Refused("BTC-USDT buy market: notional 4.99 is below notional_min 5"));
  EXPECT_OK(CheckOrder(BtcRule(), MarketByQuote(Side::kBuy, "5"), std::nullopt));
}

TEST(CheckOrderTest, RefusesANotionalBeyondAllNumbers) {
  TradingRule rule;
  EXPECT_THAT(CheckOrder(rule, Limit(Side::kBuy, "100000000000", "100000000000"), std::nullopt),
              Refused("is beyond 1.7e20"));
}

TEST(CheckOrderTest, AnEmptyRuleTakesEveryPositiveOrder) {
  EXPECT_OK(CheckOrder(TradingRule(), Limit(Side::kBuy, "0.000000000000000001", "0.1"), P("9")));
}

TEST(QuantizeTest, IsPassive) {
  const TradingRule rule = BtcRule();
  EXPECT_EQ(QuantizePrice(rule, Side::kBuy, P("60000.019")), P("60000.01"));
  EXPECT_EQ(QuantizePrice(rule, Side::kSell, P("60000.011")), P("60000.02"));
  EXPECT_EQ(QuantizePrice(rule, Side::kSell, P("60000.01")), P("60000.01"));
  EXPECT_EQ(QuantizeQuantity(rule, Q("0.123459")), Q("0.12345"));
}

TEST(QuantizeTest, LeavesValuesWithoutAnIncrementAlone) {
  EXPECT_EQ(QuantizePrice(TradingRule(), Side::kBuy, P("1.23456")), P("1.23456"));
  EXPECT_EQ(QuantizeQuantity(TradingRule(), Q("1.23456")), Q("1.23456"));
}

TEST(TradingRuleTest, ScaleIsTheDecimalsOfTheIncrements) {
  EXPECT_EQ(BtcRule().scale(), (BookScale{.price_decimals = 2, .quantity_decimals = 5}));
  TradingRule rule;
  rule.price_increment = P("0.5");
  rule.quantity_increment = Q("10");
  EXPECT_EQ(rule.scale(), (BookScale{.price_decimals = 1, .quantity_decimals = 0}));
  EXPECT_EQ(TradingRule().scale(), BookScale());
}

// Hyperliquid: at most 5 significant figures and 6 - szDecimals decimals; whole prices always.
TEST(TradingRuleTest, SignificantDigitsMakeTheIncrementGrowWithThePrice) {
  TradingRule rule;
  rule.price_increment = *Price::Parse("0.0001");
  rule.price_significant_digits = 5;
  const auto increment = [&rule](std::string_view price) {
    return PriceIncrementAt(rule, *Price::Parse(price)).ToString();
  };
  EXPECT_EQ(increment("0.012345"), "0.0001");
  EXPECT_EQ(increment("1.2345"), "0.0001");
  EXPECT_EQ(increment("9.9999"), "0.0001");
  EXPECT_EQ(increment("10"), "0.001");
  EXPECT_EQ(increment("1670.1"), "0.1");
  EXPECT_EQ(increment("9999.9"), "0.1");
  EXPECT_EQ(increment("10000"), "1");
  EXPECT_EQ(increment("123456"), "1") << "whole prices are always taken";
  EXPECT_EQ(increment("170000000000000000000"), "1");
}

TEST(TradingRuleTest, SignificantDigitsQuantisePassively) {
  TradingRule rule;
  rule.price_increment = *Price::Parse("0.01");
  rule.price_significant_digits = 5;
  const auto quantize = [&rule](Side side, std::string_view price) {
    return QuantizePrice(rule, side, *Price::Parse(price)).ToString();
  };
  EXPECT_EQ(quantize(Side::kBuy, "1670.19"), "1670.1");
  EXPECT_EQ(quantize(Side::kSell, "1670.11"), "1670.2");
  EXPECT_EQ(quantize(Side::kSell, "9999.96"), "10000");
  EXPECT_EQ(quantize(Side::kBuy, "123456.7"), "123456");
}

TEST(TradingRuleTest, RefusesAPriceOfTooManySignificantDigits) {
  TradingRule rule;
  rule.pair = {"BTC", "USD"};
  rule.price_increment = *Price::Parse("0.1");
  rule.price_significant_digits = 5;
  OrderRequest request;
  request.pair = rule.pair;
  request.quantity = *Quantity::Parse("1");
  request.price = *Price::Parse("43187.1");
  EXPECT_THAT(std::string(CheckOrder(rule, request, std::nullopt).message()),
              testing::HasSubstr("price 43187.1 is not a multiple of price_increment 1"));
}

TEST(TradingRuleTest, ACloseMayBeBelowTheNotionalMinWhereTheVenueSaysSo) {
  TradingRule rule;
  rule.pair = {"BTC", "USDT"};
  rule.notional_min = *Notional::Parse("5");
  rule.is_notional_min_for_close = false;
  OrderRequest request;
  request.pair = rule.pair;
  request.quantity = *Quantity::Parse("1");
  request.price = *Price::Parse("4");
  EXPECT_FALSE(CheckOrder(rule, request, std::nullopt).ok());
  request.position_action = PositionAction::kClose;
  EXPECT_TRUE(CheckOrder(rule, request, std::nullopt).ok());
}

}  // namespace
}  // namespace colibri
