// Bounds how many requests go out in any one second, exactly.
//
//   RequestPacer pacer(10);
//   if (pacer.TryAcquire(clock.monotonic())) { Send(); } else { WaitFor(pacer.DelayUntilFree(now));
//   }
//
// Remembers the times of the last requests in a ring. Thread: one. Reads no clock; times never go
// back.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/time/time.h"

namespace colibri {

class RequestPacer {
 public:
  // At least 1 (CHECKed).
  explicit RequestPacer(int requests_per_second);

  // Whether a request may go now; if so it is counted.
  bool TryAcquire(absl::Duration now);
  // Counts a request that goes out whatever the bound.
  void Charge(absl::Duration now);
  // Until TryAcquire would succeed; zero when it would now.
  absl::Duration DelayUntilFree(absl::Duration now) const;

 private:
  std::vector<absl::Duration> times_;  // ring; the oldest is at next_
  size_t next_ = 0;
};

}  // namespace colibri
