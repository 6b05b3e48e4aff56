#include "tests/simulation/simulation.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace colibri::simulation {
namespace {

using ::testing::IsEmpty;

constexpr absl::Duration kShort = absl::Minutes(8);

TEST(SimulationTest, KeepsEveryPromiseOnAFewSeeds) {
  for (const char* venue : {"binance", "hyperliquid"}) {
    for (uint64_t seed = 1; seed <= 5; ++seed) {
      const SimulationResult result =
          RunSimulation({.venue = venue, .seed = seed, .duration = kShort});
      EXPECT_THAT(result.violations, IsEmpty()) << venue << ", seed " << seed;
      EXPECT_GT(result.orders, 10) << venue << ", seed " << seed;
    }
  }
}

TEST(SimulationTest, KeepsEveryPromiseOnPerpetuals) {
  for (const char* venue : {"binance_perpetual", "hyperliquid_perpetual"}) {
    int64_t orders = 0;
    for (uint64_t seed = 1; seed <= 4; ++seed) {
      const SimulationResult result =
          RunSimulation({.venue = venue, .seed = seed, .duration = kShort});
      EXPECT_THAT(result.violations, IsEmpty()) << venue << ", seed " << seed;
      orders += result.orders;
    }
    EXPECT_GT(orders, 40) << venue;
  }
}

TEST(SimulationTest, GivesTheSameRunForTheSameSeed) {
  const SimulationResult first = RunSimulation({.seed = 3, .duration = kShort});
  const SimulationResult second = RunSimulation({.seed = 3, .duration = kShort});
  const SimulationResult other = RunSimulation({.seed = 4, .duration = kShort});
  EXPECT_EQ(first.hash, second.hash);
  EXPECT_EQ(first.events, second.events);
  EXPECT_NE(first.hash, other.hash);
}

}  // namespace
}  // namespace colibri::simulation
