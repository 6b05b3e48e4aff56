#include "exchanges/hyperliquid_common/nonce_source.h"

#include "gtest/gtest.h"

namespace colibri::hyperliquid {
namespace {

constexpr int64_t kDayMs = 86'400'000;

absl::Time At(int64_t milliseconds) {
  return absl::FromUnixMillis(milliseconds);
}

TEST(NonceSourceTest, GoesOnFromTheLastWhenTheClockGoesBack) {
  NonceSource nonces;

  EXPECT_EQ(nonces.Next(At(1700000000000)), 1700000000000);
  EXPECT_EQ(nonces.Next(At(1699999990000)), 1700000000001);
  EXPECT_EQ(nonces.Next(At(1699999990001)), 1700000000002);
}

TEST(NonceSourceTest, GivesEachActionOfAMillisecondItsOwn) {
  NonceSource nonces;

  EXPECT_EQ(nonces.Next(At(1700000000000)), 1700000000000);
  EXPECT_EQ(nonces.Next(At(1700000000000)), 1700000000001);
  EXPECT_EQ(nonces.Next(At(1700000000000)), 1700000000002);
  EXPECT_EQ(nonces.Next(At(1700000000010)), 1700000000010);
}

TEST(NonceSourceTest, StaysAboveTheLastOfTheProcessBefore) {
  NonceSource nonces(1700000000500);

  EXPECT_EQ(nonces.Next(At(1700000000000)), 1700000000501);
  EXPECT_EQ(nonces.Next(At(1700000001000)), 1700000001000);
}

// Nonces a day ahead of the venue's clock are refused: none of them was taken.
TEST(NonceSourceTest, ComesBackWhenTheClockWasADayAhead) {
  NonceSource nonces;
  EXPECT_EQ(nonces.Next(At(1700000000000 + kDayMs - 1)), 1700000000000 + kDayMs - 1);
  EXPECT_EQ(nonces.Next(At(1700000000001)), 1700000000000 + kDayMs);  // still within the day

  NonceSource ahead(1700000000000 + kDayMs);
  EXPECT_EQ(ahead.Next(At(1700000000000)), 1700000000000);
}

}  // namespace
}  // namespace colibri::hyperliquid
