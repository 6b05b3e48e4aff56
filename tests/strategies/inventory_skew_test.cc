#include "strategies/inventory_skew.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/scripted_exchange.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

struct SkewCase {
  std::string name;
  std::string base;
  std::string quote;
  std::string target;
  std::string min;
  std::string max;
  std::string bid;
  std::string ask;
};

class InventorySkewTest : public testing::TestWithParam<SkewCase> {};

// At a price of 1000. The limits are those that a range of base around the target leads to.
TEST_P(InventorySkewTest, MovesQuantityFromOneSideToTheOther) {
  const SkewCase& c = GetParam();
  const InventoryConfig config{.is_enabled = true,
                               .base_share_target = Dec(c.target),
                               .base_share_min = Dec(c.min),
                               .base_share_max = Dec(c.max)};
  ASSERT_OK_AND_ASSIGN(const InventorySkew skew,
                       SkewFor(config, Dec(c.base), Dec(c.quote), Px("1000")));
  EXPECT_EQ(skew.bid_quantity_factor.ToString(), c.bid);
  EXPECT_EQ(skew.ask_quantity_factor.ToString(), c.ask);
}

INSTANTIATE_TEST_SUITE_P(
    Reference,
    InventorySkewTest,
    testing::Values(SkewCase{"AtTarget", "1", "1000", "0.5", "0", "1", "1", "1"},
                    SkewCase{"HalfMissing", "0.5", "1500", "0.5", "0", "1", "1.5", "0.5"},
                    SkewCase{"BaseOnly", "2", "0", "0.5", "0", "1", "0", "2"},
                    SkewCase{"LittleTooMuch", "1.2", "800", "0.5", "0", "1", "0.8", "1.2"},
                    SkewCase{"AtTheLimit", "1", "1000", "0.3", "0.1", "0.5", "0", "2"},
                    SkewCase{"BeyondTheLimit", "0", "2000", "0.5", "0.45", "0.55", "2", "0"}),
    [](const testing::TestParamInfo<SkewCase>& info) { return info.param.name; });

TEST(InventorySkewLimitTest, NothingToValueIsNoDeviation) {
  const InventoryConfig config{.is_enabled = true};
  ASSERT_OK_AND_ASSIGN(const InventorySkew skew, SkewFor(config, Decimal(), Decimal(), Px("1000")));
  EXPECT_EQ(skew.base_share, Dec("0.5"));
  EXPECT_EQ(skew.bid_quantity_factor, Dec("1"));
}

TEST(InventorySkewLimitTest, ValueBeyondTheRangeIsAnError) {
  EXPECT_THAT(SkewFor({.is_enabled = true}, Dec("100000000000000000000"), Decimal(), Px("1000")),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(InventorySkewLimitTest, LimitStopsASideWhateverTheStrength) {
  const InventoryConfig config{
      .is_enabled = true, .base_share_max = Dec("0.75"), .quantity_strength = Dec("0.1")};
  ASSERT_OK_AND_ASSIGN(const InventorySkew below,
                       SkewFor(config, Dec("2.96"), Dec("1000"), Px("1000")));
  EXPECT_GT(below.bid_quantity_factor, Dec("0.9"));
  ASSERT_OK_AND_ASSIGN(const InventorySkew at, SkewFor(config, Dec("3"), Dec("1000"), Px("1000")));
  EXPECT_EQ(at.bid_quantity_factor, Dec("0"));
  EXPECT_EQ(at.ask_quantity_factor, Dec("1.1"));
}

TEST(InventorySkewLimitTest, PriceMovesAgainstTheInventory) {
  const InventoryConfig config{.is_enabled = true, .price_shift = Dec("0.002")};
  ASSERT_OK_AND_ASSIGN(const InventorySkew long_base,
                       SkewFor(config, Dec("3"), Dec("1000"), Px("1000")));
  EXPECT_EQ(long_base.price_factor, Dec("0.999"));
  ASSERT_OK_AND_ASSIGN(const InventorySkew short_base,
                       SkewFor(config, Decimal(), Dec("1000"), Px("1000")));
  EXPECT_EQ(short_base.price_factor, Dec("1.002"));
}

TEST(InventorySkewLimitTest, DisabledChangesNothingButStillMeasures) {
  ASSERT_OK_AND_ASSIGN(const InventorySkew skew,
                       SkewFor({.price_shift = Dec("0.1")}, Dec("2"), Decimal(), Px("1000")));
  EXPECT_EQ(skew.base_share, Dec("1"));
  EXPECT_EQ(skew.bid_quantity_factor, Dec("1"));
  EXPECT_EQ(skew.price_factor, Dec("1"));
}

}  // namespace
}  // namespace colibri
