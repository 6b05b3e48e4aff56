#include "exchanges/paper/paper_funding.h"

#include <utility>

namespace colibri {
namespace {

// The first multiple of the interval after `now`, in UTC.
absl::Time NextMultiple(absl::Time now, absl::Duration interval) {
  return absl::UnixEpoch() + absl::Floor(now - absl::UnixEpoch(), interval) + interval;
}

}  // namespace

PaperFunding::PaperFunding(const PaperPerpetualConfig& config)
    : rate_(config.funding_rate), interval_(config.funding_interval) {}

FundingInfo PaperFunding::Note(const FundingInfo& told, absl::Time now) {
  FundingInfo info = told;
  info.rate = rate_.value_or(told.rate);
  if (interval_.has_value()) {
    info.next_funding_time = NextMultiple(now, *interval_);
  }
  is_told_ = true;
  Plan(info, now);
  info_ = info;
  return info;
}

std::optional<FundingInfo> PaperFunding::NoteMid(Price mid, absl::Time now) {
  mid_ = mid;
  if (is_told_ || !rate_.has_value() || !interval_.has_value() || now - mid_told_at_ < kMidPeriod) {
    return std::nullopt;
  }
  mid_told_at_ = now;
  const FundingInfo info = {.mark_price = mid,
                            .rate = *rate_,
                            .next_funding_time = NextMultiple(now, *interval_),
                            .venue_time = now};
  Plan(info, now);
  info_ = info;
  return info;
}

// A time that moved on although it is only just due has come by the venue's clock.
void PaperFunding::Plan(const FundingInfo& info, absl::Time now) {
  const absl::Time next = info.next_funding_time;
  if (next == absl::InfinitePast() || next <= last_paid_) {
    return;
  }
  if (next > next_ && next_ - now <= kClockSkewMax && info_.has_value() && !due_.has_value()) {
    due_ = {.time = next_, .mark = mark().value_or(info_->mark_price), .rate = info_->rate};
  }
  next_ = next;
}

std::optional<FundingDue> PaperFunding::TakeDue(absl::Time now) {
  if (!due_.has_value() && now >= next_ && info_.has_value()) {
    due_ = {.time = next_, .mark = mark().value_or(info_->mark_price), .rate = info_->rate};
    next_ = absl::InfiniteFuture();
    if (interval_.has_value()) {
      next_ = NextMultiple(now, *interval_);
      info_->next_funding_time = next_;
    }
  }
  if (due_.has_value()) {
    last_paid_ = due_->time;
  }
  return std::exchange(due_, std::nullopt);
}

std::optional<Price> PaperFunding::mark() const {
  if (is_told_ && info_.has_value()) {
    return info_->mark_price;
  }
  return mid_;
}

}  // namespace colibri
