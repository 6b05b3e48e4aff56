// Plans drawn from a seed.
#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "tools/venue_sim/fault_plan.h"
#include "tools/venue_sim/frame_faults.h"

namespace colibri::venue_sim {
namespace {

constexpr uint64_t kPlanSeedSalt = 0x6661756c7473;  // apart from other uses of the same seed
constexpr absl::Duration kShortest = absl::Milliseconds(1);

// Whole milliseconds, evenly between the two.
absl::Duration Between(Random& random, absl::Duration low, absl::Duration high) {
  const int64_t span_ms = absl::ToInt64Milliseconds(high - low);
  return low + absl::Milliseconds(
                   static_cast<int64_t>(random.Uniform(static_cast<uint64_t>(span_ms) + 1)));
}

int Between(Random& random, int low, int high) {
  return low + static_cast<int>(random.Uniform(static_cast<uint64_t>(high - low + 1)));
}

bool Happens(Random& random, int percent) {
  return Between(random, 1, 100) <= percent;
}

// How far a fault of the verb may put off a frame or an answer, and how long it may last.
struct Extent {
  absl::Duration amount_max;
  absl::Duration lasts_max;
};

Extent ExtentOf(FaultVerb verb) {
  switch (verb) {
    case FaultVerb::kDelay:
    case FaultVerb::kHold:
      return {absl::Seconds(3), absl::Seconds(15)};
    case FaultVerb::kLate:  // beyond a client's usual timeout of 10 s
      return {absl::Seconds(15), absl::Seconds(20)};
    case FaultVerb::kSkew:
      return {absl::Seconds(5), absl::Seconds(60)};
    case FaultVerb::kStall:  // beyond a client's usual watchdog of 60 s
      return {absl::ZeroDuration(), absl::Seconds(90)};
    case FaultVerb::kBan:
    case FaultVerb::kDrift:
      return {absl::ZeroDuration(), absl::Seconds(60)};
    default:
      return {absl::ZeroDuration(), absl::Seconds(15)};
  }
}

// Fills in the value after the verb, so that it is over within `room`.
void DrawValue(Random& random, FaultValue value, absl::Duration room, Fault& fault) {
  constexpr int kStatuses[] = {500, 502, 503, 504};
  const absl::Duration amount_max = std::min(ExtentOf(fault.verb).amount_max, room / 2);
  switch (value) {
    case FaultValue::kNone:
      break;
    case FaultValue::kStatus:
      fault.number = kStatuses[random.Uniform(std::size(kStatuses))];
      break;
    case FaultValue::kCount:
      fault.number = Between(random, 1, 20);
      break;
    case FaultValue::kPartsPerMillion:
      fault.number = Between(random, 100, 20'000) * (Happens(random, 50) ? 1 : -1);
      break;
    case FaultValue::kSkew:
      fault.amount = Between(random, kShortest, amount_max) * (Happens(random, 50) ? 1 : -1);
      break;
    case FaultValue::kDuration:
    case FaultValue::kRange:
      fault.amount = Between(random, kShortest, amount_max);
      if (Happens(random, 50) && fault.amount < amount_max) {
        fault.amount_max = Between(random, fault.amount + kShortest, amount_max);
      }
  }
}

Fault Draw(Random& random, absl::Duration room) {
  const std::vector<FaultVerbRule>& rules = FaultVerbRules();
  const FaultVerbRule& rule = rules[random.Uniform(rules.size())];
  Fault fault;
  fault.verb = rule.verb;
  fault.subject = rule.subjects[random.Uniform(rule.subjects.size())];
  DrawValue(random, rule.value, room, fault);
  if (!rule.takes_lasts) {
    return fault;
  }
  absl::Duration after = fault.verb == FaultVerb::kSkew ? absl::ZeroDuration()
                                                        : std::max(fault.amount, fault.amount_max);
  if (fault.verb == FaultVerb::kReorder) {
    after = FrameFaults::kReorderWaitMax;
  }
  if (fault.verb == FaultVerb::kRefuse && Happens(random, 60)) {
    const int room_seconds = static_cast<int>(absl::ToInt64Seconds(room / 2));
    if (room_seconds >= 1) {
      fault.retry_after = absl::Seconds(Between(random, 1, std::min(room_seconds, 15)));
      after = *fault.retry_after;
    }
  }
  const absl::Duration lasts_max = std::min(ExtentOf(fault.verb).lasts_max, room - after);
  fault.lasts = Between(random, kShortest, std::max(lasts_max, kShortest));
  if (rule.takes_count) {
    if (Happens(random, 60)) {
      fault.count = Between(random, 1, 4);
    }
    if (Happens(random, 30)) {
      fault.percent = Between(random, 5, 80);
    }
  }
  return fault;
}

}  // namespace

FaultPlan FaultPlan::FromSeed(uint64_t seed, const FaultSeedOptions& options) {
  FaultPlan plan;
  // A fault needs room to happen and to end.
  constexpr absl::Duration kRoomMin = absl::Seconds(5);
  const absl::Duration last_start = options.duration - options.quiet_tail - kRoomMin;
  if (last_start <= absl::ZeroDuration()) {
    return plan;
  }
  Random random(seed ^ kPlanSeedSalt);
  const double mean = options.faults_per_minute * absl::ToDoubleMinutes(last_start + kRoomMin);
  // Calm runs and stormy ones: between half and one and a half of the mean.
  const auto count = static_cast<size_t>(std::llround(mean * (0.5 + random.UniformReal())));
  plan.faults.resize(count);
  for (PlannedFault& planned : plan.faults) {
    planned.when = Between(random, absl::ZeroDuration(), last_start);
  }
  std::sort(plan.faults.begin(), plan.faults.end(), [](const auto& a, const auto& b) {
    return a.when < b.when;
  });
  for (PlannedFault& planned : plan.faults) {
    planned.fault = Draw(random, last_start + kRoomMin - planned.when);
  }
  return plan;
}

}  // namespace colibri::venue_sim
