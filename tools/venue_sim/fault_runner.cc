#include "tools/venue_sim/fault_runner.h"

namespace colibri::venue_sim {

FaultRunner::FaultRunner(Clock& clock, Faults& faults, FaultPlan plan, uint64_t seed)
    : clock_(clock), faults_(faults), plan_(std::move(plan)), random_(seed) {}

FaultRunner::~FaultRunner() {
  for (const auto& [index, timer] : timers_) {
    clock_.CancelTimer(timer);
  }
}

void FaultRunner::Start() {
  start_ = clock_.monotonic();
  for (size_t i = 0; i < plan_.faults.size(); ++i) {
    const PlannedFault& planned = plan_.faults[i];
    Schedule(i, planned.repeats ? NextPeriod(planned) : planned.when);
  }
}

void FaultRunner::Clear() {
  for (const auto& [index, timer] : std::exchange(timers_, {})) {
    clock_.CancelTimer(timer);
  }
  faults_.Clear();
}

absl::Duration FaultRunner::NextPeriod(const PlannedFault& planned) {
  const double jitter = planned.jitter_percent / 100.0 * (2 * random_.UniformReal() - 1);
  return std::max(absl::Milliseconds(1), planned.when * (1 + jitter));
}

void FaultRunner::Schedule(size_t index, absl::Duration delay) {
  const PlannedFault& planned = plan_.faults[index];
  timers_.erase(index);
  if (planned.until.has_value() && clock_.monotonic() + delay - start_ > *planned.until) {
    return;
  }
  timers_[index] = clock_.ScheduleAfter(delay, [this, index] { Happen(index); });
}

void FaultRunner::Happen(size_t index) {
  const PlannedFault& planned = plan_.faults[index];
  timers_.erase(index);
  if (planned.repeats) {
    Schedule(index, NextPeriod(planned));
  }
  ++fault_count_;
  if (on_fault_) {
    on_fault_(planned.fault);
  }
  faults_.Apply(planned.fault);
}

}  // namespace colibri::venue_sim
