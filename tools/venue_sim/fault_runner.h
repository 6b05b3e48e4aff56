// Makes the faults of a plan happen at their times.
//
//   FaultRunner runner(clock, sim.faults(), plan, seed);
//   runner.Start();                  // the plan's times count from here
//   ...
//   runner.Clear();                  // no more faults, and those that last end
//
// The same plan, seed and times give the same faults. Thread: the clock's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "core/clock.h"
#include "core/random.h"
#include "tools/venue_sim/fault_plan.h"
#include "tools/venue_sim/faults.h"

namespace colibri::venue_sim {

class FaultRunner {
 public:
  // The seed is of the jitter of repeated faults. Clock and faults outlive it.
  FaultRunner(Clock& clock, Faults& faults, FaultPlan plan, uint64_t seed);
  ~FaultRunner();  // faults that last go on
  FaultRunner(const FaultRunner&) = delete;
  FaultRunner& operator=(const FaultRunner&) = delete;

  // Called with each fault as it takes effect, for traces.
  void set_on_fault(std::function<void(const Fault&)> on_fault) { on_fault_ = std::move(on_fault); }

  // Once.
  void Start();
  void Clear();

  int64_t fault_count() const { return fault_count_; }

 private:
  void Schedule(size_t index, absl::Duration delay);
  void Happen(size_t index);
  absl::Duration NextPeriod(const PlannedFault& planned);

  Clock& clock_;
  Faults& faults_;
  FaultPlan plan_;
  Random random_;
  std::function<void(const Fault&)> on_fault_;
  absl::Duration start_ = absl::ZeroDuration();
  std::map<size_t, TimerId> timers_;  // by place in the plan
  int64_t fault_count_ = 0;
};

}  // namespace colibri::venue_sim
