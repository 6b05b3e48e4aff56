// How much of one rate-limit pool is used right now. Sans I/O; times are the monotonic clock's.
//
//   UsageWindow window({.name = "request_weight", .limit = 6000, .interval = absl::Minutes(1)});
//   if (window.used(now) + weight <= 6000) window.Add(now, weight);
//
// Units are freed no earlier than the venue frees them, wherever its own windows begin: a fixed
// window begins by the venue's clock, at a phase that we cannot know, so it is counted like a
// sliding one, which holds for every window of that length. Both count in 64 buckets: a unit is
// freed at most a 64th of the interval late. Everything lasts a 512th longer than stated, because
// the venue's clock and ours do not run at quite the same speed. Each operation is O(1) in the
// number of units used.
#pragma once

#include <array>
#include <cstdint>

#include "absl/time/time.h"

#include "connector/venue_spec.h"

namespace colibri {

class UsageWindow {
 public:
  // CHECKs that limit and interval are above zero.
  UsageWindow(LimitWindow kind, int64_t limit, absl::Duration interval);

  // Forgets what has left the window. Time must not run backward.
  int64_t used(absl::Duration now);
  void Add(absl::Duration now, int64_t weight);
  // The earliest time at which used() <= bound, if nothing more is added; bound >= 0.
  absl::Duration WhenAtMost(absl::Duration now, int64_t bound);

  int64_t limit() const { return limit_; }
  absl::Duration interval() const { return absl::Nanoseconds(interval_ns_); }
  // The units used stay.
  void set_limit(int64_t limit);

 private:
  static constexpr int64_t kBuckets = 64;

  void Advance(int64_t now_ns);
  int64_t token_ns() const { return (interval_ns_ + margin_ns() + limit_ - 1) / limit_; }
  int64_t width_ns() const { return (interval_ns_ + margin_ns() + kBuckets - 1) / kBuckets; }
  int64_t margin_ns() const { return interval_ns_ / 512; }

  LimitWindow kind_;
  int64_t limit_;
  int64_t interval_ns_;
  // Sums by bucket number modulo the array's length. The newest bucket is only partly
  // past, so one more than kBuckets is kept.
  std::array<int64_t, kBuckets + 1> buckets_{};
  int64_t newest_bucket_ = 0;
  int64_t next_advance_ns_ = 0;  // nothing leaves before
  int64_t sum_ = 0;
  int64_t debt_end_ns_ = 0;  // token bucket: when every token is back
};

}  // namespace colibri
