#include "strategies/request_pacer.h"

#include <algorithm>

#include "core/check.h"

namespace colibri {
namespace {

constexpr absl::Duration kWindow = absl::Seconds(1);

}  // namespace

RequestPacer::RequestPacer(int requests_per_second) {
  CHECK(requests_per_second >= 1);
  times_.assign(static_cast<size_t>(requests_per_second), -absl::InfiniteDuration());
}

bool RequestPacer::TryAcquire(absl::Duration now) {
  if (DelayUntilFree(now) > absl::ZeroDuration()) {
    return false;
  }
  Charge(now);
  return true;
}

void RequestPacer::Charge(absl::Duration now) {
  times_[next_] = now;
  next_ = (next_ + 1) % times_.size();
}

absl::Duration RequestPacer::DelayUntilFree(absl::Duration now) const {
  return std::max(times_[next_] + kWindow - now, absl::ZeroDuration());
}

}  // namespace colibri
