#include "core/strings.h"

#include "gtest/gtest.h"

#include "core/decimal.h"
#include "core/trading_pair.h"
#include "tests/support/counting_allocator.h"

namespace colibri {
namespace {

TEST(StringsTest, StrCatTakesBothViewsNumbersAndValues) {
  const std::string_view standard = "std";
  const absl::string_view abseil = "absl";
  EXPECT_EQ(StrCat(standard,
                   " ",
                   abseil,
                   " ",
                   42,
                   " ",
                   TradingPair{"BTC", "USDT"},
                   " ",
                   Decimal::FromScaled(15, 1)),
            "std absl 42 BTC-USDT 1.5");
}

TEST(StringsTest, ViewsConvertWithoutLosingBytes) {
  const std::string_view text("a\0b", 3);
  EXPECT_EQ(Std(Abs(text)), text);
}

TEST(StringsTest, MapIsSearchedWithAViewWithoutACopy) {
  StringMap<int> map;
  map["a key that is longer than what a short string holds inline"] = 1;
  const std::string_view key = "a key that is longer than what a short string holds inline";
  const AllocationCounter allocations;
  const auto found = map.find(key);
  EXPECT_EQ(allocations.count(), 0);
  ASSERT_NE(found, map.end());
  EXPECT_EQ(found->second, 1);
  EXPECT_EQ(map.find(std::string_view("b")), map.end());
}

}  // namespace
}  // namespace colibri
