#include "strategies/simple_market_maker_config.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/scripted_exchange.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SimpleMarketMakerConfig ValidConfig() {
  SimpleMarketMakerConfig config;
  config.pair = {"BTC", "USDT"};
  config.quantity = Qty("0.01");
  return config;
}

std::vector<std::string> Keys(const SimpleMarketMakerConfig& config) {
  std::vector<std::string> keys;
  for (const ConfigProblem& problem : Validate(config)) {
    keys.push_back(problem.key);
  }
  return keys;
}

TEST(SimpleMarketMakerConfigTest, ReportsEveryProblemAtOnce) {
  SimpleMarketMakerConfig config;
  config.levels = 0;
  config.bid_spread = Dec("1");
  config.ask_spread = Dec("0");
  config.level_spacing = Dec("-0.1");
  config.profit_min = Dec("0.6");
  config.inventory.base_share_min = Dec("0.6");
  config.inventory.quantity_strength = Dec("2");
  config.inventory.price_shift = Dec("-0.1");
  config.reference_tolerance = Dec("-1");
  config.refresh_interval = absl::ZeroDuration();
  config.price_tolerance = Dec("2");
  config.quantity_tolerance = Dec("-0.1");
  config.order_age_max = absl::ZeroDuration();
  config.requests_per_second = 0;
  config.retry_delay_min = absl::ZeroDuration();
  config.retry_delay_max = -absl::Seconds(1);
  config.balance_settle_delay = -absl::Seconds(1);
  EXPECT_THAT(Keys(config),
              ElementsAre("pair",
                          "levels",
                          "bid_spread",
                          "ask_spread",
                          "level_spacing",
                          "quantity",
                          "profit_min",
                          "inventory.base_share_target",
                          "inventory.quantity_strength",
                          "inventory.price_shift",
                          "reference_tolerance",
                          "refresh_interval",
                          "price_tolerance",
                          "quantity_tolerance",
                          "order_age_max",
                          "requests_per_second",
                          "retry_delay_min",
                          "retry_delay_max",
                          "balance_settle_delay"));
}

TEST(SimpleMarketMakerConfigTest, SaysWhatIsAllowed) {
  SimpleMarketMakerConfig config = ValidConfig();
  config.bid_spread = Dec("10");
  EXPECT_THAT(
      Validate(config),
      ElementsAre(ConfigProblem{"bid_spread",
                                "is 10: write a fraction above 0 and below 1, such as 0.001 for "
                                "0.1 % on each side"}));
}

TEST(SimpleMarketMakerConfigTest, TakesQuantityOrNotionalNotBoth) {
  SimpleMarketMakerConfig config = ValidConfig();
  config.notional = Notional(Dec("10"));
  ASSERT_THAT(Keys(config), ElementsAre("quantity"));
  EXPECT_THAT(Validate(config)[0].message, HasSubstr("both given"));
  config.quantity = Quantity();
  EXPECT_THAT(Validate(config), IsEmpty());
  config.notional = Notional();
  ASSERT_THAT(Keys(config), ElementsAre("quantity"));
  EXPECT_THAT(Validate(config)[0].message, HasSubstr("both missing"));
}

TEST(SimpleMarketMakerConfigTest, RefusesLevelsThatReachZero) {
  SimpleMarketMakerConfig config = ValidConfig();
  config.levels = 10;
  config.level_spacing = Dec("0.12");
  ASSERT_THAT(Keys(config), ElementsAre("level_spacing"));
  EXPECT_THAT(Validate(config)[0].message, HasSubstr("1.081 below the reference"));
}

TEST(SimpleMarketMakerConfigTest, DefaultsNeedOnlyAPairAndASize) {
  EXPECT_THAT(Validate(ValidConfig()), IsEmpty());
}

}  // namespace
}  // namespace colibri
