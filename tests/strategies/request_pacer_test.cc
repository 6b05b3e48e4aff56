#include "strategies/request_pacer.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/random.h"

namespace colibri {
namespace {

TEST(RequestPacerTest, RefusesTheRequestBeyondTheBound) {
  RequestPacer pacer(2);
  EXPECT_TRUE(pacer.TryAcquire(absl::Milliseconds(0)));
  EXPECT_TRUE(pacer.TryAcquire(absl::Milliseconds(400)));
  EXPECT_FALSE(pacer.TryAcquire(absl::Milliseconds(999)));
  EXPECT_EQ(pacer.DelayUntilFree(absl::Milliseconds(999)), absl::Milliseconds(1));
  EXPECT_TRUE(pacer.TryAcquire(absl::Milliseconds(1000)));
  EXPECT_EQ(pacer.DelayUntilFree(absl::Milliseconds(1000)), absl::Milliseconds(400));
}

TEST(RequestPacerTest, ChargedRequestsAreNeverRefusedButCount) {
  RequestPacer pacer(1);
  pacer.Charge(absl::Milliseconds(0));
  pacer.Charge(absl::Milliseconds(600));
  EXPECT_FALSE(pacer.TryAcquire(absl::Milliseconds(1500)));
  EXPECT_TRUE(pacer.TryAcquire(absl::Milliseconds(1600)));
}

TEST(RequestPacerTest, NoSecondHoldsMoreThanTheBound) {
  Random random(3);
  RequestPacer pacer(10);
  std::vector<absl::Duration> sent;
  absl::Duration now;
  for (int i = 0; i < 10'000; ++i) {
    now += absl::Milliseconds(static_cast<int64_t>(random.Next() % 60));
    if (pacer.TryAcquire(now)) {
      sent.push_back(now);
    }
  }
  ASSERT_GT(sent.size(), 1000U);
  for (size_t i = 10; i < sent.size(); ++i) {
    ASSERT_GE(sent[i] - sent[i - 10], absl::Seconds(1));
  }
}

}  // namespace
}  // namespace colibri
