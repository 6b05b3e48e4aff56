#include "connector/registry.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

VenueEntry Entry(std::string name) {
  VenueEntry entry;
  entry.spec.name = std::move(name);
  return entry;
}

TEST(RegistryTest, AnUnknownNameGetsTheNearestKnownOnes) {
  Registry registry;
  registry.Add(Entry("kraken"));
  registry.Add(Entry("binance"));
  registry.Add(Entry("binance_perpetual"));

  EXPECT_THAT(registry.Find("binanse"),
              StatusIs(absl::StatusCode::kNotFound,
                       "unknown venue \"binanse\"; did you mean binance, kraken, "
                       "binance_perpetual?"));
}

TEST(RegistryTest, AnEmptyRegistryHasNothingToPropose) {
  EXPECT_THAT(Registry().Find("binance"),
              StatusIs(absl::StatusCode::kNotFound, "unknown venue \"binance\""));
}

TEST(RegistryTest, FindsWhatWasAdded) {
  Registry registry;
  registry.Add(Entry("binance"));

  ASSERT_OK_AND_ASSIGN(const VenueEntry* venue, registry.Find("binance"));

  EXPECT_EQ(venue->spec.name, "binance");
}

TEST(RegistryDeathTest, TheSameNameTwiceIsAMistake) {
  Registry registry;
  registry.Add(Entry("binance"));

  EXPECT_DEATH(registry.Add(Entry("binance")), "CHECK failed");
}

TEST(NearestNamesTest, OrdersByEditDistanceWithoutRegardToCase) {
  EXPECT_THAT(NearestNames("btc-usd", {"DOGE-EUR", "BTC-USDT", "BTC-EUR", "BTC-USDC"}),
              ElementsAre("BTC-USDT", "BTC-USDC", "BTC-EUR"));
  EXPECT_THAT(NearestNames("x", {}), IsEmpty());
}

TEST(VenueSpecTest, FindsDomainsByName) {
  VenueSpec spec;
  spec.domains = {DomainSpec{.name = "live", .hosts = {}, .uses_listen_key = false}};

  ASSERT_NE(spec.FindDomain("live"), nullptr);
  EXPECT_EQ(spec.FindDomain("testnet"), nullptr);
}

TEST(InstrumentTableTest, FindsByPairAndBySymbol) {
  InstrumentTable table;
  const Instrument& btc = table.Add({"BTC", "USDT"}, "BTCUSDT", "btcusdt", BookScale{2, 5});
  table.Add({"ETH", "USDT"}, "ETHUSDT", "ethusdt", BookScale{2, 4});

  EXPECT_EQ(table.FindSymbol("BTCUSDT"), &btc);
  EXPECT_EQ(table.FindPair({"ETH", "USDT"})->index, 1);
  EXPECT_EQ(table.FindSymbol("btcusdt"), nullptr);
  EXPECT_EQ(table.FindPair({"USDT", "BTC"}), nullptr);
}

}  // namespace
}  // namespace colibri
