#include "exchanges/hyperliquid/token_names.h"

#include "gtest/gtest.h"

#include "tests/exchanges/hyperliquid/spot_samples.h"

namespace colibri::hyperliquid {
namespace {

TEST(TokenNamesTest, GivesNoNameThatSeveralTokensHave) {
  const auto names = SampleNames();

  EXPECT_EQ(names->NameOf(201), std::nullopt);
  EXPECT_EQ(names->NameOf(202), std::nullopt);
  EXPECT_EQ(names->NameOf(999), std::nullopt);
  EXPECT_EQ(names->NameOf(150), "HYPE");
}

TEST(TokenNamesTest, CallsBalancesOfOthersByTheirNumberToo) {
  const auto names = SampleNames();

  EXPECT_EQ(names->Asset("HYPE", 150), "HYPE");
  EXPECT_EQ(names->Asset("HYPE", 999), "HYPE@999");
  EXPECT_EQ(names->Asset("SAME", 201), "SAME@201");
  EXPECT_EQ(names->Asset("+10", 100000010), "+10@100000010");
}

TEST(TokenNamesTest, LeavesANameToItsTokenWhenAnotherOneTakesIt) {
  const auto names = SampleNames();

  names->Learn({{150, "HYPE"}, {999, "HYPE"}, {1000, "USDC"}});

  EXPECT_EQ(names->NameOf(150), "HYPE");
  EXPECT_EQ(names->NameOf(999), std::nullopt);
  EXPECT_EQ(names->NameOf(1000), std::nullopt);  // though USDC itself was not listed
}

TEST(TokenNamesTest, KeepsTheFirstNameOfAToken) {
  const auto names = SampleNames();

  names->Learn({{150, "RENAMED"}});

  EXPECT_EQ(names->NameOf(150), "HYPE");
}

}  // namespace
}  // namespace colibri::hyperliquid
