#include "core/balance.h"

#include "gtest/gtest.h"

namespace colibri {
namespace {

TEST(BalanceTest, LockedIsWhatIsNotAvailable) {
  const Balance balance = {.total = Decimal::FromScaled(1005, 1),
                           .available = Decimal::FromInteger(90)};
  EXPECT_EQ(balance.locked(), Decimal::FromScaled(105, 1));
}

}  // namespace
}  // namespace colibri
