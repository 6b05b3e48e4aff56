#include "connector/reconnect_policy.h"

#include <algorithm>

#include "gtest/gtest.h"

namespace colibri {
namespace {

TEST(ReconnectPolicyTest, DelaysStayBetweenTheMinimumAndADoublingBound) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    ReconnectPolicy policy(random);
    absl::Duration bound = absl::Milliseconds(200);
    for (int i = 0; i < 40; ++i) {
      const absl::Duration delay = policy.NextDelay(absl::ZeroDuration());
      ASSERT_GE(delay, absl::Milliseconds(100));
      ASSERT_LE(delay, bound);
      bound = std::min(bound * 2, absl::Seconds(30));
    }
  }
}

TEST(ReconnectPolicyTest, JitterIsFull) {
  Random random(1);
  absl::Duration shortest = absl::InfiniteDuration();
  absl::Duration longest;
  for (int i = 0; i < 200; ++i) {
    ReconnectPolicy policy(random);
    for (int attempt = 0; attempt < 11; ++attempt) {
      policy.NextDelay(absl::ZeroDuration());
    }
    const absl::Duration delay = policy.NextDelay(absl::ZeroDuration());
    shortest = std::min(shortest, delay);
    longest = std::max(longest, delay);
  }

  EXPECT_LT(shortest, absl::Seconds(2));
  EXPECT_GT(longest, absl::Seconds(28));
}

TEST(ReconnectPolicyTest, StartsOverAfterAMinuteOfHealth) {
  Random random(1);
  ReconnectPolicy policy(random);
  for (int i = 0; i < 10; ++i) {
    policy.NextDelay(absl::ZeroDuration());
  }
  policy.NoteConnected(absl::Seconds(100));

  EXPECT_LE(policy.NextDelay(absl::Seconds(160)), absl::Milliseconds(200));
}

TEST(ReconnectPolicyTest, AConnectionThatBreaksSoonDoesNotStartOver) {
  Random random(1);
  ReconnectPolicy policy(random);
  for (int i = 0; i < 10; ++i) {
    policy.NextDelay(absl::ZeroDuration());
  }
  policy.NoteConnected(absl::Seconds(100));
  policy.NextDelay(absl::Seconds(159));

  EXPECT_EQ(policy.attempts(), 11);
}

}  // namespace
}  // namespace colibri
