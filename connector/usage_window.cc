#include "connector/usage_window.h"

#include <algorithm>

#include "core/check.h"

namespace colibri {

UsageWindow::UsageWindow(LimitWindow kind, int64_t limit, absl::Duration interval)
    : kind_(kind), limit_(limit), interval_ns_(absl::ToInt64Nanoseconds(interval)) {
  CHECK(limit_ > 0);
  CHECK(interval_ns_ >= kBuckets);
}

void UsageWindow::set_limit(int64_t limit) {
  CHECK(limit > 0);
  limit_ = limit;
}

void UsageWindow::Advance(int64_t now_ns) {
  if (now_ns < next_advance_ns_) {
    return;
  }
  if (kind_ == LimitWindow::kTokenBucket) {
    debt_end_ns_ = std::max(debt_end_ns_, now_ns);
    return;
  }
  const int64_t width = width_ns();
  const int64_t newest = now_ns / width;
  const int64_t steps = std::min<int64_t>(newest - newest_bucket_, kBuckets + 1);
  for (int64_t i = 1; i <= steps; ++i) {
    int64_t& bucket = buckets_[static_cast<size_t>((newest_bucket_ + i) % (kBuckets + 1))];
    sum_ -= bucket;
    bucket = 0;
  }
  newest_bucket_ = std::max(newest_bucket_, newest);
  next_advance_ns_ = (newest_bucket_ + 1) * width;
}

int64_t UsageWindow::used(absl::Duration now) {
  const int64_t now_ns = absl::ToInt64Nanoseconds(now);
  Advance(now_ns);
  if (kind_ != LimitWindow::kTokenBucket) {
    return sum_;
  }
  return (debt_end_ns_ - now_ns + token_ns() - 1) / token_ns();
}

void UsageWindow::Add(absl::Duration now, int64_t weight) {
  Advance(absl::ToInt64Nanoseconds(now));
  if (kind_ == LimitWindow::kTokenBucket) {
    debt_end_ns_ += weight * token_ns();
    return;
  }
  sum_ += weight;
  buckets_[static_cast<size_t>(newest_bucket_ % (kBuckets + 1))] += weight;
}

absl::Duration UsageWindow::WhenAtMost(absl::Duration now, int64_t bound) {
  CHECK(bound >= 0);
  if (used(now) <= bound) {
    return now;
  }
  if (kind_ == LimitWindow::kTokenBucket) {
    return absl::Nanoseconds(debt_end_ns_ - bound * token_ns());
  }
  int64_t left = sum_;
  int64_t bucket = std::max<int64_t>(newest_bucket_ - kBuckets, 0);
  for (; bucket < newest_bucket_; ++bucket) {
    left -= buckets_[static_cast<size_t>(bucket % (kBuckets + 1))];
    if (left <= bound) {
      break;
    }
  }
  return absl::Nanoseconds((bucket + kBuckets + 1) * width_ns());
}

}  // namespace colibri
