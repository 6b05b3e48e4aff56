#include "exchanges/hyperliquid/hyperliquid_venue.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/simulated_environment.h"
#include "exchanges/registry.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::Pair;

TEST(HyperliquidVenueTest, IsRegisteredAndNamesItsDomains) {
  SimulatedEnvironment environment(1);
  ExchangeConfig config;
  config.domain = "mars";
  ASSERT_OK(MakeRegistry().Find("hyperliquid"));
  EXPECT_THAT(HyperliquidVenue().make_connector(environment, config, nullptr).status(),
              StatusIs(StatusCode::kNotFound, HasSubstr("live, testnet, local")));
}

TEST(HyperliquidVenueTest, IsSpot) {
  const VenueSpec spec = HyperliquidVenue().spec;

  EXPECT_FALSE(spec.is_perpetual());
  EXPECT_FALSE(spec.capabilities.has_dead_mans_switch);
  EXPECT_TRUE(spec.signs_with_wallet);
  EXPECT_EQ(spec.fees.charge, FeeCharge::kDeductedFromReturns);
}

TEST(HyperliquidVenueTest, KnowsThePairsOfRecordingsByNameOrNumber) {
  const VenueEntry venue = HyperliquidVenue();

  EXPECT_THAT(venue.default_symbols({"PURR", "USDC"}), Pair("PURR/USDC", "PURR/USDC"));
  EXPECT_THAT(venue.default_symbols({"@107", "USDC"}), Pair("@107", "@107"));
}

}  // namespace
}  // namespace colibri::hyperliquid
