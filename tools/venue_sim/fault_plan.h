// Faults and when they happen, written by a person or drawn from a seed.
//
//   # Comments and blank lines are ignored.
//   at 10s  depth drop x3
//   at 12s  user delay 500ms for 5s
//   at 20s  orders fail_after 503 x2
//   at 30s  requests refuse for 10s retry_after 5s
//   at 40s  clock skew -5s for 20s
//   every 15s jitter 20% until 5m all cut
//
//   ASSIGN_OR_RETURN(FaultPlan plan, FaultPlan::Parse(text, "faults.txt"));
//   FaultPlan plan = FaultPlan::FromSeed(7, {.duration = absl::Minutes(20)});
//
// When: `at D`, or `every D [jitter P%] [until D]`, counted from the start of the run; each period
// is drawn from D * (1 -+ P%). What: see fault.h. Pure data; FaultRunner makes it happen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "tools/venue_sim/fault.h"

namespace colibri::venue_sim {

struct PlannedFault {
  absl::Duration when = absl::ZeroDuration();  // the moment, or the period when it repeats
  bool repeats = false;
  int jitter_percent = 0;                              // of the period
  std::optional<absl::Duration> until = std::nullopt;  // the last moment of one that repeats
  Fault fault = {};

  // When its last effect is over: the frames that it delayed have come and the time to retry after
  // has passed. Infinite for one that repeats without end, or that waits for frames or requests.
  absl::Duration EndsAt() const;

  bool operator==(const PlannedFault&) const = default;
};

struct FaultSeedOptions {
  absl::Duration duration = absl::Minutes(20);
  absl::Duration quiet_tail = absl::Minutes(3);  // of the duration: every fault has ended by then
  double faults_per_minute = 3;
};

struct FaultPlan {
  // InvalidArgument names file:line, the word, and what was expected.
  [[nodiscard]] static absl::StatusOr<FaultPlan> Parse(std::string_view text,
                                                       std::string_view file);
  // The same seed and options give the same plan, in order of time.
  static FaultPlan FromSeed(uint64_t seed, const FaultSeedOptions& options);

  // One line each; Parse reads it back to an equal plan.
  std::string ToString() const;

  std::vector<PlannedFault> faults = {};

  bool operator==(const FaultPlan&) const = default;
};

}  // namespace colibri::venue_sim
