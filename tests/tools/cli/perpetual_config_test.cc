#include "tools/cli/perpetual_config.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "exchanges/registry.h"
#include "tests/tools/cli/cli_fixture.h"
#include "tools/cli/run_config.h"

namespace colibri::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunConfigReading Read(const std::string& text) {
  static const Registry& registry = *new Registry(MakeRegistry());
  return ReadRunConfig(text, "run.yaml", registry, [](std::string_view) { return std::nullopt; });
}

constexpr char kStrategy[] = "strategy: {name: simple_market_maker, quantity: 0.01}\n";

TEST(PerpetualConfigTest, TellsEveryMistakeWithItsLine) {
  const RunConfigReading reading = Read(std::string(R"(exchange:
  venue: hyperliquid_perpetual
  pairs: [BTC-USD]
  position_mode: hedge
  margin_mode: crossed
  leverage: 0
  leverage_by_pair: {BTC-USD: 2.5, BTC-USDT: 3}
paper:
  balances: {USDC: 1000}
  maintenance_rate: 0.6
  leverage_max: 0
  liquidation_fee: 1
  funding: {rate: 2, interval: 25h}
)") + kStrategy);
  EXPECT_THAT(reading.problems,
              ElementsAre(HasSubstr("run.yaml:4: exchange.position_mode: hyperliquid_perpetual has "
                                    "no position mode hedge"),
                          HasSubstr("run.yaml:5: exchange.margin_mode: "),
                          HasSubstr("run.yaml:6: exchange.leverage: is 0"),
                          HasSubstr("run.yaml:7: exchange.leverage_by_pair.BTC-USD: is \"2.5\""),
                          HasSubstr("leverage_by_pair.BTC-USDT: is not one of exchange.pairs"),
                          HasSubstr("run.yaml:10: paper.maintenance_rate: is 0.6"),
                          HasSubstr("run.yaml:11: paper.leverage_max: is 0"),
                          HasSubstr("run.yaml:12: paper.liquidation_fee: is 1"),
                          HasSubstr("run.yaml:13: paper.funding.rate: is 2"),
                          HasSubstr("run.yaml:13: paper.funding.interval: is 25h")));
}

TEST(PerpetualConfigTest, KnowsNoneOfItOnSpot) {
  const RunConfigReading reading = Read(std::string(R"(exchange:
  venue: binance
  pairs: [BTC-USDT]
  leverage: 5
paper:
  balances: {USDT: 1000}
  leverage_max: 20
)") + kStrategy);
  EXPECT_THAT(reading.problems,
              ElementsAre(HasSubstr("run.yaml:4: exchange.leverage: unknown key"),
                          HasSubstr("run.yaml:7: paper.leverage_max: unknown key")));
}

TEST(PerpetualConfigTest, ReadsSettingsMarginAndFunding) {
  const RunConfigReading reading = Read(R"(exchange:
  venue: binance_perpetual
  pairs: [BTC-USDT, ETH-USDT]
  position_mode: hedge
  margin_mode: isolated
  leverage: 5
  leverage_by_pair: {ETH-USDT: 3}
paper:
  balances: {USDT: 1000}
  maintenance_rate: 0.004
  leverage_max: 125
  liquidation_fee: 0
  funding: {rate: -0.0002, interval: 4h}
strategy: {name: simple_market_maker, pair: BTC-USDT, quantity: 0.01}
)");
  ASSERT_THAT(reading.problems, IsEmpty());
  const PerpetualConfig& settings = reading.config.paper.market.perpetual;
  EXPECT_EQ(settings.position_mode, PositionMode::kHedge);
  EXPECT_EQ(settings.margin_mode, MarginMode::kIsolated);
  EXPECT_EQ(settings.leverage, 5);
  EXPECT_THAT(settings.leverage_by_pair, ElementsAre(std::pair("ETH-USDT", 3)));
  const PaperPerpetualConfig& paper = reading.config.paper.perpetual;
  EXPECT_EQ(paper.maintenance_rate, Decimal::FromScaled(4, 3));
  EXPECT_EQ(paper.leverage_max, 125);
  EXPECT_EQ(paper.liquidation_fee, Decimal());
  EXPECT_EQ(paper.funding_rate, Decimal::FromScaled(-2, 4));
  EXPECT_EQ(paper.funding_interval, absl::Hours(4));
}

TEST(PerpetualConfigTest, ReadsTheRulesThatARecordingDoesNotHold) {
  const RunConfigReading reading = Read(std::string(R"(exchange:
  venue: hyperliquid_perpetual
  pairs: [BTC-USD]
paper: {balances: {USDC: 1000}}
recording:
  files: [a.gz]
  rules: {price_increment: 0.1, quantity_increment: 0.00001, price_significant_digits: 5,
          collateral: USDC}
)") + kStrategy);
  ASSERT_THAT(reading.problems, IsEmpty());
  const TradingRule& rule = reading.config.paper.rules.front();
  EXPECT_EQ(rule.collateral, "USDC");
  EXPECT_EQ(rule.price_significant_digits, 5);
  EXPECT_FALSE(rule.allows_quote_quantity);
}

TEST(PerpetualConfigTest, TakesTheQuoteAssetForCollateral) {
  const RunConfigReading reading = Read(std::string(R"(exchange:
  venue: binance_perpetual
  pairs: [BTC-USDT]
paper: {balances: {USDT: 1000}}
recording: {files: [a.gz], rules: {price_increment: 0.1, quantity_increment: 0.001}}
)") + kStrategy);
  ASSERT_THAT(reading.problems, IsEmpty());
  EXPECT_EQ(reading.config.paper.rules.front().collateral, "USDT");
}

TEST(PerpetualConfigTest, FindsNothingWrongWithTheExamples) {
  for (const char* name : {"paper_perpetual_recorded.yaml", "paper_perpetual_live.yaml"}) {
    EXPECT_THAT(Read(ReadText(std::string("docs/examples/") + name)).problems, IsEmpty()) << name;
  }
}

}  // namespace
}  // namespace colibri::cli
