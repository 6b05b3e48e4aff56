#include "connector/throttler.h"

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/simulated_environment.h"
#include "connector/task_group.h"
#include "core/simulated_clock.h"
#include "tests/support/fake_transport.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kCreate = CallPriority::kCreate;
constexpr auto kCancel = CallPriority::kCancel;
constexpr auto kMarketData = CallPriority::kMarketData;

std::vector<RateLimitPool> Pools() {
  return {{.name = "weight",
           .limit = 100,
           .interval = absl::Minutes(1),
           .window = LimitWindow::kSliding,
           .used_header = "x-used-weight"},
          {.name = "orders",
           .limit = 5,
           .interval = absl::Seconds(10),
           .window = LimitWindow::kSliding,
           .used_header = ""}};
}

class ThrottlerTest : public ::testing::Test {
 protected:
  // Notes "name" when granted, "name: CODE" when refused.
  Throttler::Ticket Ask(std::string name,
                        const LimitCharges& charges,
                        CallPriority priority,
                        absl::Duration timeout = absl::Seconds(10)) {
    return throttler_.Enqueue(
        charges, priority, timeout, [this, name](const absl::StatusOr<Throttler::Permit>& permit) {
          last_ = permit.status();
          done_.push_back(last_.ok() ? name : name + ": " + absl::StatusCodeToString(last_.code()));
        });
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  Throttler throttler_{Pools(), clock_};
  std::vector<std::string> done_;
  absl::Status last_;
};

TEST_F(ThrottlerTest, AnUnknownPoolIsAMistakeAtStart) {
  EXPECT_DEATH(throttler_.Declare({{"wieght", 1}}, kCreate), "pool");
}

TEST_F(ThrottlerTest, AnUnknownPoolIsNeverSent) {
  Ask("a", {{"wieght", 1}}, kCreate);

  EXPECT_THAT(last_, StatusIs(absl::StatusCode::kInternal, HasSubstr("wieght")));
}

TEST_F(ThrottlerTest, ARequestLargerThanItsPoolIsRefused) {
  Ask("a", {{"weight", 101}}, kCreate);

  EXPECT_THAT(last_, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("allows 100")));
}

TEST_F(ThrottlerTest, ExpiredRequestsAreNeverSentS55) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(throttler_.TryAcquire({{"orders", 1}}, kCreate));
  }
  Ask("late", {{"orders", 1}}, kCreate, absl::Seconds(3));

  clock_.AdvanceBy(absl::Seconds(2));
  EXPECT_THAT(done_, IsEmpty());
  clock_.AdvanceBy(absl::Seconds(1));

  EXPECT_THAT(done_, ElementsAre("late: DEADLINE_EXCEEDED"));
  EXPECT_THAT(last_.message(), HasSubstr("orders has 5 of 5 used in 10s"));
  clock_.AdvanceBy(absl::Minutes(1));
  EXPECT_THAT(done_, ElementsAre("late: DEADLINE_EXCEEDED"));
  EXPECT_EQ(throttler_.used("orders"), 0);
}

TEST_F(ThrottlerTest, ChargesAllPoolsOrNone) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(throttler_.TryAcquire({{"orders", 1}}, kCreate));
  }

  EXPECT_FALSE(throttler_.TryAcquire({{"weight", 10}, {"orders", 1}}, kCreate));

  EXPECT_EQ(throttler_.used("weight"), 0);
}

TEST_F(ThrottlerTest, ServesLanesByPriorityAndEachInOrder) {
  ASSERT_TRUE(throttler_.TryAcquire({{"weight", 100}}, kCreate));
  Ask("snapshot", {{"weight", 10}}, kMarketData, absl::Minutes(5));
  Ask("first", {{"weight", 10}}, kCreate, absl::Minutes(5));
  Ask("second", {{"weight", 10}}, kCreate, absl::Minutes(5));
  Ask("cancel", {{"weight", 10}}, kCancel, absl::Minutes(5));

  clock_.AdvanceBy(absl::Minutes(2));

  EXPECT_THAT(done_, ElementsAre("cancel", "first", "second", "snapshot"));
}

TEST_F(ThrottlerTest, ATenthIsReservedForCancels) {
  throttler_.Declare({{"weight", 1}}, kCancel);
  ASSERT_TRUE(throttler_.TryAcquire({{"weight", 90}}, kCreate));

  EXPECT_FALSE(throttler_.TryAcquire({{"weight", 1}}, kCreate));
  EXPECT_TRUE(throttler_.TryAcquire({{"weight", 10}}, kCancel));
}

TEST_F(ThrottlerTest, PoolsThatCancelsDoNotUseHaveNoReserve) {
  throttler_.Declare({{"weight", 1}}, kCancel);

  EXPECT_TRUE(throttler_.TryAcquire({{"orders", 5}}, kCreate));
}

TEST_F(ThrottlerTest, AWaitingRequestHoldsBackOnlyThoseOfItsOwnPools) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(throttler_.TryAcquire({{"orders", 1}}, kCreate));
  }
  Ask("order", {{"orders", 1}}, kCreate);

  Ask("snapshot", {{"weight", 50}}, kMarketData);

  EXPECT_THAT(done_, ElementsAre("snapshot"));
}

TEST_F(ThrottlerTest, AHeavyRequestIsNotOvertakenForever) {
  ASSERT_TRUE(throttler_.TryAcquire({{"weight", 60}}, kCreate));
  Ask("heavy", {{"weight", 50}}, kCreate, absl::Minutes(5));

  Ask("light", {{"weight", 1}}, kCreate, absl::Minutes(5));

  EXPECT_THAT(done_, IsEmpty());
  clock_.AdvanceBy(absl::Minutes(2));
  EXPECT_THAT(done_, ElementsAre("heavy", "light"));
}

TEST_F(ThrottlerTest, AWithdrawnRequestIsForgotten) {
  ASSERT_TRUE(throttler_.TryAcquire({{"weight", 100}}, kCreate));
  const Throttler::Ticket ticket = Ask("gone", {{"weight", 1}}, kCreate, absl::Minutes(5));

  throttler_.Withdraw(ticket);
  clock_.AdvanceBy(absl::Minutes(5));

  EXPECT_THAT(done_, IsEmpty());
  EXPECT_EQ(throttler_.waiting(), 0);
}

TEST_F(ThrottlerTest, TheQueueIsBounded) {
  ASSERT_TRUE(throttler_.TryAcquire({{"weight", 100}}, kCreate));
  for (size_t i = 0; i < Throttler::kWaitersMax; ++i) {
    Ask("waits", {{"weight", 1}}, kMarketData);
  }

  Ask("one more", {{"weight", 1}}, kMarketData);

  EXPECT_THAT(done_, ElementsAre("one more: RESOURCE_EXHAUSTED"));
}

TEST_F(ThrottlerTest, A429ClosesEveryLaneUntilRetryAfterS49) {
  throttler_.CloseFor(absl::Seconds(7), "429");
  Ask("cancel", {{"weight", 1}}, kCancel);

  clock_.AdvanceBy(absl::Milliseconds(6999));
  EXPECT_THAT(done_, IsEmpty());
  EXPECT_FALSE(throttler_.is_open());
  clock_.AdvanceBy(absl::Milliseconds(1));

  EXPECT_THAT(done_, ElementsAre("cancel"));
  EXPECT_TRUE(throttler_.is_open());
}

TEST_F(ThrottlerTest, APoolThatIsUsedUpLetsCancelsGoOnS49) {
  EXPECT_TRUE(throttler_.ClosePoolFor("orders", absl::Seconds(7), "too many orders"));
  EXPECT_FALSE(throttler_.ClosePoolFor("odrers", absl::Seconds(7), "too many orders"));
  Ask("order", {{"weight", 1}, {"orders", 1}}, kCreate);
  Ask("late", {{"orders", 1}}, kCreate, absl::Seconds(5));

  Ask("cancel", {{"weight", 1}}, kCancel);

  EXPECT_THAT(done_, ElementsAre("cancel"));
  EXPECT_TRUE(throttler_.is_open());
  clock_.AdvanceBy(absl::Seconds(6));
  EXPECT_THAT(done_, ElementsAre("cancel", "late: DEADLINE_EXCEEDED"));
  EXPECT_THAT(last_.message(), HasSubstr("too many orders"));
  clock_.AdvanceBy(absl::Seconds(1));
  EXPECT_THAT(done_, ElementsAre("cancel", "late: DEADLINE_EXCEEDED", "order"));
}

TEST_F(ThrottlerTest, WhatWasUsedStaysUsedWhenA429IsOverS49) {
  ASSERT_TRUE(throttler_.TryAcquire({{"weight", 100}}, kCreate));
  throttler_.CloseFor(absl::Seconds(7), "429");
  Ask("a", {{"weight", 1}}, kCreate, absl::Minutes(2));

  clock_.AdvanceBy(absl::Seconds(30));
  EXPECT_THAT(done_, IsEmpty());
  clock_.AdvanceBy(absl::Seconds(32));

  EXPECT_THAT(done_, ElementsAre("a"));
}

TEST_F(ThrottlerTest, WhatIsChargedToNoPoolWaitsOnlyWhileAllIsClosed) {
  ASSERT_TRUE(throttler_.TryAcquire({{"weight", 100}}, kCreate));
  throttler_.CloseFor(absl::Seconds(7), "429");
  Ask("weighs", {{"weight", 1}}, kCreate);
  Ask("free", {}, kMarketData);

  clock_.AdvanceBy(absl::Seconds(7));

  EXPECT_THAT(done_, ElementsAre("free"));
}

TEST_F(ThrottlerTest, AShorterCloseDoesNotShortenALongerOne) {
  throttler_.CloseFor(absl::Seconds(7), "429");
  throttler_.CloseFor(absl::Seconds(1), "429");
  Ask("a", {{"weight", 1}}, kCreate);

  clock_.AdvanceBy(absl::Seconds(6));

  EXPECT_THAT(done_, IsEmpty());
}

TEST_F(ThrottlerTest, ABanRefusesAtOnceWhoWaitsAndWhoComes) {
  throttler_.CloseFor(absl::Seconds(1), "429");
  Ask("waits", {{"weight", 1}}, kCreate);

  throttler_.OpenCircuit(absl::Seconds(120), "banned");
  Ask("comes", {{"weight", 1}}, kCancel);

  EXPECT_THAT(done_, ElementsAre("waits: RESOURCE_EXHAUSTED", "comes: RESOURCE_EXHAUSTED"));
  EXPECT_THAT(last_.message(), HasSubstr("banned"));
  clock_.AdvanceBy(absl::Seconds(120));
  Ask("later", {{"weight", 1}}, kCreate);
  EXPECT_EQ(done_.back(), "later");
}

TEST_F(ThrottlerTest, ABanThatComesSecondRefusesEvenWhenShorter) {
  throttler_.CloseFor(absl::Seconds(60), "429");
  throttler_.OpenCircuit(absl::Seconds(30), "banned");

  Ask("a", {{"weight", 1}}, kCreate);

  EXPECT_THAT(done_, ElementsAre("a: RESOURCE_EXHAUSTED"));
}

TEST_F(ThrottlerTest, TellsWhenItClosesAndOpens) {
  std::vector<std::string> told;
  throttler_.set_listener([&](bool is_open, std::string_view reason) {
    told.push_back(is_open ? "open" : std::string(reason));
  });

  throttler_.CloseFor(absl::Seconds(7), "429");
  clock_.AdvanceBy(absl::Seconds(7));

  EXPECT_THAT(told, ElementsAre("429", "open"));
}

TEST_F(ThrottlerTest, ABanIsToldAlsoWhileClosedS49) {
  std::vector<std::string> told;
  throttler_.set_listener([&](bool is_open, std::string_view reason) {
    told.push_back(is_open ? "open" : std::string(reason));
  });

  throttler_.CloseFor(absl::Seconds(60), "429");
  throttler_.OpenCircuit(absl::Seconds(30), "banned");
  throttler_.CloseFor(absl::Seconds(90), "429");
  clock_.AdvanceBy(absl::Seconds(90));

  EXPECT_THAT(told, ElementsAre("429", "banned", "open"));
}

TEST_F(ThrottlerTest, WhatIsInFlightCountsUntilAnIntervalAfterItsAnswer) {
  std::optional<Throttler::Permit> permit = throttler_.TryAcquire({{"weight", 100}}, kCreate);
  ASSERT_TRUE(permit.has_value());

  clock_.AdvanceBy(absl::Minutes(5));  // the venue may count it only now
  EXPECT_EQ(throttler_.used("weight"), 100);
  permit->Settle();
  clock_.AdvanceBy(absl::Minutes(1));
  EXPECT_FALSE(throttler_.TryAcquire({{"weight", 1}}, kCreate));
  clock_.AdvanceBy(absl::Seconds(2));

  EXPECT_TRUE(throttler_.TryAcquire({{"weight", 1}}, kCreate));
}

TEST_F(ThrottlerTest, WhoWaitsForAnAnswerGoesAnIntervalAfterIt) {
  std::optional<Throttler::Permit> permit = throttler_.TryAcquire({{"orders", 5}}, kCreate);
  Ask("next", {{"orders", 1}}, kCreate, absl::Minutes(5));

  clock_.AdvanceBy(absl::Minutes(1));
  permit->Settle();
  clock_.AdvanceBy(absl::Seconds(10));
  EXPECT_THAT(done_, IsEmpty());
  clock_.AdvanceBy(absl::Seconds(1));

  EXPECT_THAT(done_, ElementsAre("next"));
}

TEST_F(ThrottlerTest, WhatWasNeverSentIsGivenBackToWhoWaits) {
  std::optional<Throttler::Permit> permit = throttler_.TryAcquire({{"weight", 100}}, kCreate);
  Ask("next", {{"weight", 100}}, kCreate);

  permit->GiveBack();

  EXPECT_THAT(done_, ElementsAre("next"));
  EXPECT_EQ(throttler_.used("weight"), 100);
}

TEST_F(ThrottlerTest, UsedWeightHeadersTellOfOthersAtThisAddress) {
  std::optional<Throttler::Permit> permit = throttler_.TryAcquire({{"weight", 10}}, kCreate);

  throttler_.UpdateFromHeaders({{"X-Used-Weight", "60"}, {"X-Other", "9"}}, *permit);
  permit->Settle();

  EXPECT_EQ(throttler_.used("weight"), 60);
  EXPECT_TRUE(throttler_.TryAcquire({{"weight", 30}}, kCreate));
  EXPECT_EQ(throttler_.used("weight"), 90);
  clock_.AdvanceBy(absl::Minutes(2));
  EXPECT_EQ(throttler_.used("weight"), 0);
}

TEST_F(ThrottlerTest, AHeaderThatIsNoNumberChangesNothing) {
  std::optional<Throttler::Permit> permit = throttler_.TryAcquire({{"weight", 10}}, kCreate);

  throttler_.UpdateFromHeaders({{"x-used-weight", "many"}}, *permit);

  EXPECT_EQ(throttler_.used("weight"), 10);
}

TEST_F(ThrottlerTest, ANewWindowOfTheVenueFreesWhatOthersUsedAndNotWhatWeDid) {
  std::optional<Throttler::Permit> first = throttler_.TryAcquire({{"weight", 10}}, kCreate);
  throttler_.UpdateFromHeaders({{"x-used-weight", "90"}}, *first);
  first->Settle();
  Ask("waits", {{"weight", 50}}, kCreate);
  std::optional<Throttler::Permit> second = throttler_.TryAcquire({{"weight", 1}}, kCancel);
  ASSERT_TRUE(second.has_value());

  throttler_.UpdateFromHeaders({{"x-used-weight", "1"}}, *second);

  EXPECT_THAT(done_, ElementsAre("waits"));
  EXPECT_EQ(throttler_.used("weight"), 61);
}

TEST_F(ThrottlerTest, AnOlderAnswerDoesNotLowerWhatANewerOneSaid) {
  std::optional<Throttler::Permit> older = throttler_.TryAcquire({{"weight", 1}}, kCreate);
  std::optional<Throttler::Permit> newer = throttler_.TryAcquire({{"weight", 1}}, kCreate);
  clock_.AdvanceBy(absl::Seconds(1));

  throttler_.UpdateFromHeaders({{"x-used-weight", "80"}}, *newer);
  throttler_.UpdateFromHeaders({{"x-used-weight", "2"}}, *older);

  EXPECT_EQ(throttler_.used("weight"), 81);  // the older one may not be among the 80
}

TEST_F(ThrottlerTest, WhatTheVenuePushesOnlyRaises) {
  throttler_.UpdateUsed("weight", 60);
  throttler_.UpdateUsed("weight", 5);

  EXPECT_EQ(throttler_.used("weight"), 60);
}

TEST_F(ThrottlerTest, AHeaderBeyondAllReasonDoesNotOverflow) {
  throttler_.UpdateUsed("weight", std::numeric_limits<int64_t>::max());

  EXPECT_EQ(throttler_.used("weight"), 200);
}

TEST_F(ThrottlerTest, LimitsAsTheVenueStatesThemKeepWhatIsUsed) {
  ASSERT_TRUE(throttler_.TryAcquire({{"weight", 10}}, kCreate));
  std::vector<RateLimitPool> stated = Pools();
  stated.resize(1);
  stated[0].limit = 12;

  throttler_.UpdateLimits(stated);

  EXPECT_FALSE(throttler_.TryAcquire({{"weight", 3}}, kCreate));
  EXPECT_TRUE(throttler_.TryAcquire({{"weight", 2}}, kCreate));
  EXPECT_EQ(throttler_.limit("orders"), 5);
}

TEST_F(ThrottlerTest, AStepOfTheWallClockChangesNothing) {
  ASSERT_TRUE(throttler_.TryAcquire({{"weight", 100}}, kCreate));

  clock_.StepWallClock(absl::Hours(1));

  EXPECT_FALSE(throttler_.TryAcquire({{"weight", 1}}, kCreate));
}

TEST_F(ThrottlerTest, ADoneCallbackMayAskAgain) {
  throttler_.CloseFor(absl::Seconds(1), "429");
  throttler_.Enqueue({{"weight", 1}},
                     kCreate,
                     absl::Seconds(10),
                     [this](const absl::StatusOr<Throttler::Permit>&) {
                       Ask("second", {{"weight", 1}}, kCreate);
                     });

  clock_.AdvanceBy(absl::Seconds(1));

  EXPECT_THAT(done_, ElementsAre("second"));
}

TEST(ThrottlerTaskTest, ACanceledTaskLeavesTheQueue) {
  SimulatedEnvironment environment(/*seed=*/1);
  Throttler throttler(Pools(), environment.clock());
  ASSERT_TRUE(throttler.TryAcquire({{"weight", 100}}, kCreate));
  TaskGroup tasks(environment.executor());
  auto acquire = [](Throttler& limits) -> Task<void> {
    (co_await limits.Acquire({{"weight", 1}}, kCreate, absl::Minutes(5))).status().IgnoreError();
  };
  tasks.Spawn("acquire", acquire(throttler));
  environment.RunUntilIdle();
  ASSERT_EQ(throttler.waiting(), 1);

  environment.Await(tasks.CancelAndJoin());

  EXPECT_EQ(throttler.waiting(), 0);
}

TEST(ThrottlerTaskTest, ATaskWaitsForItsTurn) {
  SimulatedEnvironment environment(/*seed=*/1);
  Throttler throttler(Pools(), environment.clock());
  ASSERT_TRUE(throttler.TryAcquire({{"weight", 100}}, kCreate));

  const absl::StatusOr<Throttler::Permit> permit =
      environment.Await(throttler.Acquire({{"weight", 1}}, kCreate, absl::Minutes(5)));

  EXPECT_THAT(permit.status(), IsOk());
  EXPECT_GE(environment.clock().monotonic(), absl::Minutes(1));
}

}  // namespace
}  // namespace colibri
