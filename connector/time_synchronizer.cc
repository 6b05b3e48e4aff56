#include "connector/time_synchronizer.h"

#include <algorithm>

namespace colibri {

const TimeSynchronizer::Sample& TimeSynchronizer::best() const {
  return *std::min_element(samples_.begin(), samples_.end(), [](const Sample& a, const Sample& b) {
    return a.round_trip < b.round_trip;
  });
}

// The true offset lies within half a round trip of what a sample says.
bool TimeSynchronizer::IsOutlier(const Sample& sample) const {
  const absl::Duration explained = (sample.round_trip + best().round_trip) / 2;
  return absl::AbsDuration(sample.base - best().base) > explained + kOutlierMin;
}

void TimeSynchronizer::AddSample(absl::Duration sent,
                                 absl::Duration received,
                                 absl::Time venue_time) {
  if (received < sent) {
    return;
  }
  const Sample sample = {.round_trip = received - sent,
                         .base = venue_time - (sent + (received - sent) / 2)};
  if (!samples_.empty() && IsOutlier(sample)) {
    if (!outlier_.has_value()) {
      outlier_ = sample;
      return;
    }
    samples_.clear();
    samples_.push_back(*outlier_);
    ++resets_;
    if (IsOutlier(sample)) {
      samples_.clear();  // the two contradict each other too: the newer one counts
    }
  }
  outlier_.reset();
  samples_.push_back(sample);
  if (samples_.size() > kSamples) {
    samples_.pop_front();
  }
}

absl::Time TimeSynchronizer::venue_now() const {
  return samples_.empty() ? clock_.now() : best().base + clock_.monotonic();
}

absl::Duration TimeSynchronizer::round_trip() const {
  return samples_.empty() ? absl::ZeroDuration() : best().round_trip;
}

}  // namespace colibri
