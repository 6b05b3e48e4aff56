#include "exchanges/hyperliquid/hyperliquid_rules.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/hyperliquid/spot_samples.h"
#include "tests/exchanges/hyperliquid_common/samples.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

class HyperliquidRulesTest : public testing::Test {
 protected:
  absl::StatusOr<VenueRules> Parse(std::string_view body) { return ParseRules(body, names_); }

  // Of a token A with 2 decimals of size, and B.
  absl::StatusOr<VenueRules> ParsePairs(std::string_view universe) {
    return Parse(StrCat(R"({"tokens":[{"name":"A","szDecimals":2,"index":7},)",
                        R"({"name":"B","szDecimals":8,"index":0},)",
                        R"({"name":"FINE","szDecimals":9,"index":8},)",
                        R"({"name":"X-Y","szDecimals":1,"index":9}],"universe":[)",
                        universe,
                        "]}"));
  }

  TokenNames names_;
};

TEST_F(HyperliquidRulesTest, RefusesAnAnswerThatCannotBeRead) {
  EXPECT_THAT(Parse(""), StatusIs(kDataLoss));
  EXPECT_THAT(Parse("{}"), StatusIs(kDataLoss, HasSubstr("`tokens`")));
  EXPECT_THAT(Parse(R"({"tokens":[]})"), StatusIs(kDataLoss, HasSubstr("`universe`")));
}

// Without it nobody could say whether another token has the same name.
TEST_F(HyperliquidRulesTest, RefusesAnAnswerWithATokenThatCannotBeRead) {
  EXPECT_THAT(Parse(R"({"tokens":[{"name":"A","szDecimals":2}],"universe":[]})"),
              StatusIs(kDataLoss, HasSubstr("`index`")));
  EXPECT_THAT(Parse(R"({"tokens":[{"index":2}],"universe":[]})"),
              StatusIs(kDataLoss, HasSubstr("`name`")));
}

TEST_F(HyperliquidRulesTest, LeavesOutPairsOfTokensWhoseNameIsNotTheirsAlone) {
  const auto rules = Parse(kSpotMeta);

  ASSERT_THAT(rules, IsOk());
  EXPECT_THAT(rules->rules, SizeIs(2));
  EXPECT_EQ(rules->skipped, 1);
  EXPECT_THAT(rules->first_skip_reason, HasSubstr("token 201"));
}

TEST_F(HyperliquidRulesTest, LeavesOutWhatCannotBeReadWithAReason) {
  const auto skipped = [&](std::string_view pair) {
    const auto rules = ParsePairs(pair);
    return rules.ok() && rules->rules.empty() && rules->skipped == 1 ? rules->first_skip_reason
                                                                     : "not skipped";
  };

  EXPECT_THAT(skipped("1"), HasSubstr("pair"));
  EXPECT_THAT(skipped(R"({"tokens":[7,0]})"), HasSubstr("`index`"));
  EXPECT_THAT(skipped(R"({"tokens":[7],"index":3})"), HasSubstr("`tokens`"));
  EXPECT_THAT(skipped(R"({"tokens":[7,5],"index":3})"), HasSubstr("token 5"));
  EXPECT_THAT(skipped(R"({"tokens":[7,0],"index":90000})"), HasSubstr("`index`"));
  EXPECT_THAT(skipped(R"({"tokens":[8,0],"index":3})"), HasSubstr("`szDecimals`"));
  EXPECT_THAT(skipped(R"({"tokens":[7,9],"index":3})"), HasSubstr("X-Y"));
}

// Orders go by the number, books by the name: a pair with those of two markets is neither.
TEST_F(HyperliquidRulesTest, LeavesOutAPairWhoseNameIsNotThatOfItsNumber) {
  const auto rules = ParsePairs(R"({"name":"@4","tokens":[7,0],"index":3})");

  ASSERT_THAT(rules, IsOk());
  EXPECT_THAT(rules->rules, IsEmpty());
  EXPECT_THAT(rules->first_skip_reason, HasSubstr("@3"));
}

TEST_F(HyperliquidRulesTest, LeavesOutBothOfTwoPairsOfTheSameTokensOrNumber) {
  const auto tokens = ParsePairs(R"({"tokens":[7,0],"index":3},{"tokens":[7,0],"index":4})");
  ASSERT_THAT(tokens, IsOk());
  EXPECT_THAT(tokens->rules, IsEmpty());
  EXPECT_EQ(tokens->skipped, 2);
  EXPECT_THAT(tokens->first_skip_reason, HasSubstr("A-B twice"));

  const auto number = ParsePairs(R"({"tokens":[7,0],"index":3},{"tokens":[0,7],"index":3})");
  ASSERT_THAT(number, IsOk());
  EXPECT_THAT(number->rules, IsEmpty());
}

TEST_F(HyperliquidRulesTest, ReadsPairsByTheirIndexAndNotTheirPlace) {
  const auto rules = Parse(kSpotMeta);

  ASSERT_THAT(rules, IsOk());
  const TradingRule& purr = rules->rules[0];
  EXPECT_EQ(purr.pair.ToString(), "PURR-USDC");
  EXPECT_EQ(purr.symbol, "PURR/USDC");
  EXPECT_EQ(purr.venue_id, 10'000);
  EXPECT_EQ(purr.quantity_increment, Quantity(D("1")));
  EXPECT_EQ(purr.price_increment, Price(D("0.00000001")));
  const TradingRule& hype = rules->rules[1];
  EXPECT_EQ(hype.pair.ToString(), "HYPE-USDC");
  EXPECT_EQ(hype.symbol, "@107");
  EXPECT_EQ(hype.venue_id, 10'107);
  EXPECT_EQ(hype.quantity_increment, Quantity(D("0.01")));
  EXPECT_EQ(hype.quantity_min, Quantity(D("0.01")));
  EXPECT_EQ(hype.price_increment, Price(D("0.000001")));
  EXPECT_EQ(hype.price_significant_digits, 5);
  EXPECT_EQ(hype.notional_min, Notional(D("10")));
  EXPECT_TRUE(hype.is_trading);
  EXPECT_TRUE(hype.collateral.empty());
}

TEST_F(HyperliquidRulesTest, GivesRulesThatQuantizePricesAsTheVenueTakesThem) {
  const auto rules = Parse(kSpotMeta);
  ASSERT_THAT(rules, IsOk());
  const auto buy = [&](size_t index, std::string_view price) {
    return QuantizePrice(rules->rules[index], Side::kBuy, Price(D(price))).ToString();
  };

  EXPECT_EQ(buy(1, "123456.7"), "123456");
  EXPECT_EQ(buy(1, "25.12349"), "25.123");
  EXPECT_EQ(buy(1, "0.001234567"), "0.001234");
  EXPECT_EQ(buy(0, "0.000123456789"), "0.00012345");
}

TEST_F(HyperliquidRulesTest, KeepsWhatAPairMeansWhenATokenIsListedWithItsName) {
  ASSERT_THAT(Parse(kSpotMeta), IsOk());

  const auto rules = Parse(
      R"({"tokens":[{"name":"USDC","szDecimals":8,"index":0},)"
      R"({"name":"HYPE","szDecimals":2,"index":150},{"name":"HYPE","szDecimals":2,"index":900}],)"
      R"("universe":[{"tokens":[900,0],"index":300},{"tokens":[150,0],"index":107}]})");

  ASSERT_THAT(rules, IsOk());
  ASSERT_THAT(rules->rules, SizeIs(1));
  EXPECT_EQ(rules->rules[0].pair.ToString(), "HYPE-USDC");
  EXPECT_EQ(rules->rules[0].symbol, "@107");
}

// Found by the fuzzer.
TEST_F(HyperliquidRulesTest, LeavesOutPairsOfTokensThatAreListedNoMore) {
  ASSERT_THAT(Parse(kSpotMeta), IsOk());

  const auto rules = Parse(R"({"tokens":[{"name":"USDC","szDecimals":8,"index":0}],)"
                           R"("universe":[{"tokens":[150,0],"index":107}]})");

  ASSERT_THAT(rules, IsOk());
  EXPECT_THAT(rules->rules, IsEmpty());
  EXPECT_THAT(rules->first_skip_reason, HasSubstr("token 150"));
}

}  // namespace
}  // namespace colibri::hyperliquid
