#include "tools/venue_sim/fault_runner.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/tools/venue_sim/sim_fixture.h"

namespace colibri::venue_sim {
namespace {

using testing::ElementsAre;

// "10s all cut": what happened, and when.
class Trace {
 public:
  Trace(SimFixture& sim, std::string_view plan, uint64_t seed = 1)
      : sim_(sim),
        start_(sim.clock.monotonic()),
        runner_(sim.clock, sim.venue.faults(), *FaultPlan::Parse(plan, "plan"), seed) {
    runner_.set_on_fault([this](const Fault& fault) {
      lines.push_back(
          StrCat(absl::FormatDuration(sim_.clock.monotonic() - start_), " ", ToString(fault)));
    });
    runner_.Start();
  }

  FaultRunner& runner() { return runner_; }

  std::vector<std::string> lines;

 private:
  SimFixture& sim_;
  absl::Duration start_;
  FaultRunner runner_;
};

TEST(FaultRunnerTest, MakesEachFaultHappenAtItsTime) {
  SimFixture sim;
  Trace trace(sim,
              "at 10s requests refuse for 5s\n"
              "at 2s orders fail_before 503\n"
              "every 4s until 8s clock skew 1s\n");
  sim.clock.AdvanceBy(absl::Minutes(1));
  EXPECT_THAT(trace.lines,
              ElementsAre("2s orders fail_before 503",
                          "4s clock skew 1s",
                          "8s clock skew 1s",
                          "10s requests refuse for 5s"));
  EXPECT_EQ(trace.runner().fault_count(), 4);
}

TEST(FaultRunnerTest, ReachesTheVenue) {
  SimFixture sim;
  Trace trace(sim, "at 1s public fail_before 500 x1");
  EXPECT_EQ(sim.Get("/api/v3/ping").status, 200);
  sim.clock.AdvanceBy(absl::Seconds(1));
  EXPECT_EQ(sim.Get("/api/v3/ping").status, 500);
  EXPECT_EQ(sim.Get("/api/v3/ping").status, 200);
}

TEST(FaultRunnerTest, VariesAPeriodByTheSeedWithinItsJitter) {
  const auto run = [](uint64_t seed) {
    SimFixture sim;
    Trace trace(sim, "every 10s jitter 20% until 100s all cut", seed);
    sim.clock.AdvanceBy(absl::Minutes(3));
    return trace.lines;
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
  EXPECT_GE(run(1).size(), 8u);
  EXPECT_LE(run(1).size(), 12u);
}

TEST(FaultRunnerTest, EndsEverythingWhenCleared) {
  SimFixture sim;
  Trace trace(sim, "at 1s requests refuse for 1h\nat 1s clock skew 9s\nat 2s all cut");
  sim.clock.AdvanceBy(absl::Seconds(1));
  EXPECT_EQ(sim.Get("/api/v3/ping").status, 429);
  trace.runner().Clear();
  sim.clock.AdvanceBy(absl::Seconds(5));
  EXPECT_EQ(sim.Get("/api/v3/time").body, StrCat("{\"serverTime\":", kStartMs + 6000, "}"));
  EXPECT_EQ(trace.lines.size(), 2u);
}

TEST(FaultRunnerTest, LeavesNoTimerBehind) {
  SimulatedClock clock(absl::FromUnixMillis(kStartMs));
  BinanceSim venue(clock, QuietOptions());
  auto runner = std::make_unique<FaultRunner>(
      clock, venue.faults(), *FaultPlan::Parse("every 1s all cut", "plan"), 1);
  runner->Start();
  runner.reset();
  EXPECT_EQ(clock.next_timer_at(), absl::InfiniteFuture());
}

}  // namespace
}  // namespace colibri::venue_sim
