// Estimates a venue's clock from samples of it. Sans I/O.
//
//   TimeSynchronizer time(clock);
//   time.AddSample(sent, received, venue_time);   // sent, received: clock.monotonic()
//   auth.SignRest(request, time.venue_now());
//
// The estimate is that of the sample with the shortest round trip among the last 16. A sample that
// contradicts it by more than both round trips explain is held back; a second one in a row means
// that a clock was set: everything before the two is forgotten. Based on the monotonic clock, so a
// step of the local wall clock changes nothing. Thread: the loop's.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "absl/time/time.h"

#include "core/clock.h"

namespace colibri {

class TimeSynchronizer {
 public:
  static constexpr size_t kSamples = 16;
  // Contradictions up to this are noise of either clock's rounding.
  static constexpr absl::Duration kOutlierMin = absl::Milliseconds(50);

  explicit TimeSynchronizer(Clock& clock) : clock_(clock) {}

  // Times around the call on the wire, waiting for limits not included; venue_time is taken to be
  // in the middle. A sample with received < sent is ignored.
  void AddSample(absl::Duration sent, absl::Duration received, absl::Time venue_time);

  // Before the first sample: the local wall clock.
  absl::Time venue_now() const;
  bool is_synced() const { return !samples_.empty(); }
  // The venue's clock less the local wall clock.
  absl::Duration offset() const { return venue_now() - clock_.now(); }
  absl::Duration round_trip() const;
  int resets() const { return resets_; }

 private:
  struct Sample {
    absl::Duration round_trip;
    absl::Time base;  // the venue's time at monotonic zero
  };

  const Sample& best() const;
  bool IsOutlier(const Sample& sample) const;

  Clock& clock_;
  std::deque<Sample> samples_;
  std::optional<Sample> outlier_;
  int resets_ = 0;
};

}  // namespace colibri
