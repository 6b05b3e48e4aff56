#include "exchanges/hyperliquid/hyperliquid_balances.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/exchanges/hyperliquid/spot_samples.h"
#include "tests/exchanges/hyperliquid_common/samples.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

using testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

// Only what this clone trades: HYPE and USDC, which the account holds, and PURR, which it does not.
constexpr std::string_view kState =
    R"({"balances":[{"coin":"USDC","token":0,"total":"14.625485","hold":"4.5","entryNtl":"0.0"},)"
    R"({"coin":"HYPE","token":150,"total":"5.2","hold":"0","entryNtl":"75.4"},)"
    R"({"coin":"HYPE","token":999,"total":"777","hold":"0","entryNtl":"0"},)"
    R"({"coin":"+10","token":100000010,"total":"25","hold":"0","entryNtl":"12.5"}]})";

std::map<std::string, BalanceUpdate> ByAsset(const std::vector<BalanceUpdate>& balances) {
  std::map<std::string, BalanceUpdate> by_asset;
  for (const BalanceUpdate& balance : balances) {
    EXPECT_TRUE(by_asset.emplace(balance.asset, balance).second) << balance.asset;
  }
  return by_asset;
}

class HyperliquidBalancesTest : public testing::Test {
 protected:
  absl::StatusOr<std::vector<BalanceUpdate>> Parse(std::string_view body) {
    return ParseBalances(body, *names_, instruments_);
  }

  const std::shared_ptr<TokenNames> names_ = SampleNames();
  const InstrumentTable instruments_ = SampleSpotInstruments();
};

TEST_F(HyperliquidBalancesTest, RefusesBalancesThatCannotBeRead) {
  EXPECT_THAT(Parse("[]"), StatusIs(kDataLoss));
  EXPECT_THAT(Parse("{}"), StatusIs(kDataLoss, HasSubstr("`balances`")));
  EXPECT_THAT(Parse(R"({"balances":[{"coin":"USDC","total":"1","hold":"0"}]})"),
              StatusIs(kDataLoss, HasSubstr("`token`")));
  EXPECT_THAT(Parse(R"({"balances":[{"coin":"USDC","token":0,"total":"1"}]})"),
              StatusIs(kDataLoss, HasSubstr("`hold`")));
  EXPECT_THAT(Parse(R"({"balances":[{"coin":"USDC","token":0,"total":"x","hold":"0"}]})"),
              StatusIs(kDataLoss, HasSubstr("`total`")));
}

// A token that somebody sent to the account to be taken for another.
TEST_F(HyperliquidBalancesTest, NeverTakesATokenForItsNamesake) {
  const auto parsed = Parse(kState);
  ASSERT_THAT(parsed, IsOk());
  const auto balances = ByAsset(*parsed);

  EXPECT_EQ(balances.at("HYPE").balance.total, D("5.2"));
  EXPECT_EQ(balances.at("HYPE@999").balance.total, D("777"));
}

TEST_F(HyperliquidBalancesTest, ReadsWhatIsHeldAsNotAvailable) {
  const auto parsed = Parse(kState);
  ASSERT_THAT(parsed, IsOk());
  const auto balances = ByAsset(*parsed);

  EXPECT_EQ(balances.at("USDC").balance.total, D("14.625485"));
  EXPECT_EQ(balances.at("USDC").balance.available, D("10.125485"));
  EXPECT_EQ(balances.at("USDC").source, Source::kRest);
  EXPECT_EQ(balances.at("USDC").venue_time, absl::InfinitePast());
}

TEST_F(HyperliquidBalancesTest, TellsThatNothingIsLeftOfWhatIsNotListed) {
  const auto parsed = Parse(kState);
  ASSERT_THAT(parsed, IsOk());

  EXPECT_EQ(ByAsset(*parsed).at("PURR").balance, Balance{});
}

TEST_F(HyperliquidBalancesTest, TakesTheTimeWhereThereIsOne) {
  const auto balances = Parse(R"({"balances":[],"time":1700000000000})");

  ASSERT_THAT(balances, IsOk());
  for (const BalanceUpdate& balance : *balances) {
    EXPECT_EQ(balance.venue_time, absl::FromUnixMillis(1700000000000));
  }
}

TEST_F(HyperliquidBalancesTest, NeverTellsLessThanNothingAvailable) {
  const auto balances =
      Parse(R"({"balances":[{"coin":"USDC","token":0,"total":"1","hold":"1.5"}]})");

  ASSERT_THAT(balances, IsOk());
  EXPECT_EQ(ByAsset(*balances).at("USDC").balance.available, D("0"));
}

TEST(HyperliquidFeesTest, AreThoseOfSpotWhereTheyAreTold) {
  EXPECT_THAT(ParseFees("{}"), StatusIs(kDataLoss));

  const auto own = ParseFees(R"({"userCrossRate":"0.00045","userAddRate":"0.00015",)"
                             R"("userSpotCrossRate":"0.0007","userSpotAddRate":"0.0004"})");
  ASSERT_THAT(own, IsOk());
  EXPECT_EQ(*own, (FeeRates{.maker = D("0.0004"), .taker = D("0.0007")}));

  const auto common = ParseFees(R"({"userCrossRate":"0.00045","userAddRate":"0.00015"})");
  ASSERT_THAT(common, IsOk());
  EXPECT_EQ(*common, (FeeRates{.maker = D("0.00015"), .taker = D("0.00045")}));
}

}  // namespace
}  // namespace colibri::hyperliquid
