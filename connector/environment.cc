#include "connector/environment.h"

#include "connector/suspension.h"

namespace colibri {

Task<void> Environment::Sleep(absl::Duration duration) {
  co_await Suspend([&clock = clock(), duration](Resumer resume) -> OnCancel {
    const TimerId timer = clock.ScheduleAfter(duration, std::move(resume));
    return [&clock, timer] { clock.CancelTimer(timer); };
  });
}

}  // namespace colibri
