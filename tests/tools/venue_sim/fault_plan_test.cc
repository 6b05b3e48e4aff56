#include "tools/venue_sim/fault_plan.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/support/status_matchers.h"

namespace colibri::venue_sim {
namespace {

using testing::HasSubstr;

// What Parse says of a plan that is wrong.
std::string ErrorOf(std::string_view text) {
  const absl::StatusOr<FaultPlan> plan = FaultPlan::Parse(text, "faults.txt");
  EXPECT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(plan.status().message());
}

TEST(FaultPlanTest, NamesTheLineTheWordAndWhatWasMeant) {
  EXPECT_EQ(ErrorOf("\n# a comment\nat 1s depth dorp\n"),
            "faults.txt:3: unknown verb of depth \"dorp\"; expected one of drop, delay, hold, "
            "duplicate, reorder, truncate, split, stall, skip, half_open, cut; did you mean drop?");
  EXPECT_THAT(ErrorOf("at 1s dept drop"),
              testing::AllOf(HasSubstr("unknown channel or class of requests \"dept\""),
                             HasSubstr("did you mean depth?")));
  EXPECT_EQ(ErrorOf("evry 1s all cut"),
            "faults.txt:1: unknown word \"evry\"; expected one of at, every; did you mean every?");
  EXPECT_EQ(ErrorOf("at 1s requests refuse fro 2s"),
            "faults.txt:1: unknown word after refuse \"fro\"; expected one of xN, P%, for, "
            "retry_after; did you mean for?");
}

TEST(FaultPlanTest, RefusesValuesThatAreNone) {
  EXPECT_THAT(ErrorOf("at"), HasSubstr("nothing follows \"at\""));
  EXPECT_THAT(ErrorOf("at soon all cut"), HasSubstr("\"soon\" is no duration"));
  EXPECT_THAT(ErrorOf("at -5s all cut"), HasSubstr("\"-5s\" is no duration"));
  EXPECT_THAT(ErrorOf("every 0s all cut"), HasSubstr("above zero"));
  EXPECT_THAT(ErrorOf("every 1s jitter 20 all cut"), HasSubstr("\"20\" is no percentage"));
  EXPECT_THAT(ErrorOf("every 1s jitter 200% all cut"), HasSubstr("from 1 to 100"));
  EXPECT_THAT(ErrorOf("at 1s"), HasSubstr("unknown channel or class of requests \"\""));
  EXPECT_THAT(ErrorOf("at 1s depth"), HasSubstr("unknown verb of depth \"\""));
  EXPECT_THAT(ErrorOf("at 1s orders fail_after"), HasSubstr("nothing follows \"fail_after\""));
  EXPECT_THAT(ErrorOf("at 1s orders fail_after 404"), HasSubstr("from 500 to 599"));
  EXPECT_THAT(ErrorOf("at 1s depth drop x0"), HasSubstr("\"0\" is no count"));
  EXPECT_THAT(ErrorOf("at 1s depth drop for"), HasSubstr("nothing follows \"for\""));
  EXPECT_THAT(ErrorOf("at 1s depth delay 2s..1s"), HasSubstr("ends before it begins"));
  EXPECT_THAT(ErrorOf("at 1s depth stall"), HasSubstr("no \"for\" after \"stall\""));
  EXPECT_THAT(ErrorOf("at 1s requests refuse retry_after 1500ms"), HasSubstr("whole seconds"));
  EXPECT_THAT(ErrorOf("at 1s clock drift fast"), HasSubstr("\"fast\" is no number of parts"));
}

TEST(FaultPlanTest, RefusesVerbsAndWordsThatTheSubjectHasNot) {
  EXPECT_THAT(ErrorOf("at 1s orders drop"), HasSubstr("unknown verb of orders \"drop\""));
  EXPECT_THAT(ErrorOf("at 1s user skip 1"), HasSubstr("unknown verb of user \"skip\""));
  EXPECT_THAT(ErrorOf("at 1s all cut for 5s"), HasSubstr("unknown word after cut \"for\""));
  EXPECT_THAT(ErrorOf("at 1s clock drift 5 x2"), HasSubstr("unknown word after drift \"x2\""));
  EXPECT_THAT(ErrorOf("at 1s orders late 1s on BTCUSDT"), HasSubstr("\"on\""));
}

TEST(FaultPlanTest, ReadsEveryPartOfALine) {
  ASSERT_OK_AND_ASSIGN(const FaultPlan plan,
                       FaultPlan::Parse("at 90s user delay 100ms..2s x3 20% for 5s  # a comment\n"
                                        "every 15s jitter 20% until 5m all cut\n"
                                        "at 1s requests refuse for 10s retry_after 5s\n"
                                        "at 1s clock skew -5s for 20s\n"
                                        "at 1s depth drop x2 on ETHUSDT",
                                        "faults.txt"));
  ASSERT_EQ(plan.faults.size(), 5u);
  EXPECT_EQ(plan.faults[0],
            (PlannedFault{.when = absl::Seconds(90),
                          .fault = {.subject = FaultSubject::kUser,
                                    .verb = FaultVerb::kDelay,
                                    .amount = absl::Milliseconds(100),
                                    .amount_max = absl::Seconds(2),
                                    .count = 3,
                                    .percent = 20,
                                    .lasts = absl::Seconds(5)}}));
  EXPECT_EQ(plan.faults[1],
            (PlannedFault{.when = absl::Seconds(15),
                          .repeats = true,
                          .jitter_percent = 20,
                          .until = absl::Minutes(5),
                          .fault = {.subject = FaultSubject::kAll, .verb = FaultVerb::kCut}}));
  EXPECT_EQ(plan.faults[2].fault.retry_after, absl::Seconds(5));
  EXPECT_EQ(plan.faults[3].fault.amount, -absl::Seconds(5));
  EXPECT_EQ(plan.faults[4].fault.symbol, "ETHUSDT");
}

TEST(FaultPlanTest, PrintsWhatItRead) {
  constexpr std::string_view kText =
      "at 10s depth drop x3\n"
      "at 12s user hold 500ms for 5s\n"
      "at 20s orders fail_after 503 x2\n"
      "at 30s requests refuse for 10s retry_after 5s\n"
      "at 40s clock skew -5s\n"
      "at 41s clock drift -200 for 1m\n"
      "at 1m30.5s depth skip 2 on BTCUSDT\n"
      "every 15s jitter 20% until 5m all cut\n";
  ASSERT_OK_AND_ASSIGN(const FaultPlan plan, FaultPlan::Parse(kText, "faults.txt"));
  EXPECT_EQ(plan.ToString(), kText);
}

TEST(FaultPlanTest, KnowsWhenAFaultIsOver) {
  const auto end_of = [](std::string_view line) {
    return FaultPlan::Parse(line, "faults.txt")->faults[0].EndsAt();
  };
  EXPECT_EQ(end_of("at 10s all cut"), absl::Seconds(10));
  EXPECT_EQ(end_of("at 10s depth delay 1s..2s for 5s"), absl::Seconds(17));
  EXPECT_EQ(end_of("at 10s orders refuse for 5s retry_after 9s"), absl::Seconds(24));
  EXPECT_EQ(end_of("at 10s clock skew -5s for 20s"), absl::Seconds(30));
  EXPECT_EQ(end_of("every 1s until 1m all cut"), absl::Minutes(1));
  EXPECT_EQ(end_of("every 1s all cut"), absl::InfiniteDuration());
  EXPECT_EQ(end_of("at 10s depth drop x1"), absl::InfiniteDuration());
}

TEST(FaultPlanTest, DrawsTheSamePlanFromTheSameSeed) {
  const FaultPlan plan = FaultPlan::FromSeed(7, {});
  EXPECT_FALSE(plan.faults.empty());
  EXPECT_EQ(plan, FaultPlan::FromSeed(7, {}));
  EXPECT_NE(plan, FaultPlan::FromSeed(8, {}));
}

TEST(FaultPlanTest, DrawsNothingWhenThereIsNoRoomBeforeTheTail) {
  EXPECT_TRUE(FaultPlan::FromSeed(7, {.duration = absl::Minutes(3), .quiet_tail = absl::Minutes(3)})
                  .faults.empty());
}

TEST(FaultPlanTest, DrawsEveryVerbOfEveryKindAndEndsEachBeforeTheTail) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const FaultSeedOptions options{.duration = absl::Minutes(2 + static_cast<int>(seed % 20)),
                                   .quiet_tail = absl::Seconds(100),
                                   .faults_per_minute = 5};
    const FaultPlan plan = FaultPlan::FromSeed(seed, options);
    for (const PlannedFault& planned : plan.faults) {
      EXPECT_LE(planned.EndsAt(), options.duration - options.quiet_tail)
          << "seed " << seed << ": " << plan.ToString();
      seen.insert(StrCat(ToString(planned.fault.subject), " ", ToString(planned.fault.verb)));
    }
  }
  for (const FaultVerbRule& rule : FaultVerbRules()) {
    for (const FaultSubject subject : rule.subjects) {
      EXPECT_TRUE(seen.contains(StrCat(ToString(subject), " ", rule.word)))
          << ToString(subject) << " " << rule.word;
    }
  }
}

TEST(FaultPlanTest, ReadsBackEveryPlanThatItDrew) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const FaultPlan plan = FaultPlan::FromSeed(seed, {});
    ASSERT_OK_AND_ASSIGN(const FaultPlan same, FaultPlan::Parse(plan.ToString(), "drawn"));
    EXPECT_EQ(same, plan) << plan.ToString();
  }
}

}  // namespace
}  // namespace colibri::venue_sim
