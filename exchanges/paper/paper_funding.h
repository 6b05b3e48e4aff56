// Mark price and funding of one pair, as they are on paper: the venue's words, changed by what is
// configured; and when a payment is due.
//
//   PaperFunding funding(config.perpetual);
//   FundingInfo info = funding.Note(told, now);             // tell strategies this
//   std::optional<FundingInfo> info = funding.NoteMid(mid, now);
//   while (std::optional<FundingDue> due = funding.TakeDue(now)) { ... }
//
// Where the data tells no mark price, the mid price of the book is the mark price. Without a rate
// or a time, from either, nothing is paid. A payment is at the last rate and mark price from before
// its time. Reads no clock. Thread: the loop's.
#pragma once

#include <optional>

#include "absl/time/time.h"

#include "core/position.h"
#include "core/units.h"
#include "exchanges/paper/paper_config.h"

namespace colibri {

struct FundingDue {
  absl::Time time;
  Price mark;
  Decimal rate;
};

class PaperFunding {
 public:
  // How often NoteMid has something to tell.
  static constexpr absl::Duration kMidPeriod = absl::Seconds(1);
  // The venue's clock may be so much ahead of ours.
  static constexpr absl::Duration kClockSkewMax = absl::Minutes(1);

  explicit PaperFunding(const PaperPerpetualConfig& config);

  // The venue's word.
  FundingInfo Note(const FundingInfo& told, absl::Time now);
  // nullopt while the venue tells for itself, and until kMidPeriod has passed.
  std::optional<FundingInfo> NoteMid(Price mid, absl::Time now);

  // Each payment once.
  std::optional<FundingDue> TakeDue(absl::Time now);
  // InfiniteFuture: none is known.
  absl::Time next_due() const { return due_.has_value() ? due_->time : next_; }

  // nullopt until known.
  std::optional<Price> mark() const;
  const std::optional<FundingInfo>& info() const { return info_; }

 private:
  void Plan(const FundingInfo& info, absl::Time now);

  std::optional<Decimal> rate_;
  std::optional<absl::Duration> interval_;
  std::optional<FundingInfo> info_;  // the last, as told to strategies
  std::optional<Price> mid_;
  bool is_told_ = false;  // by the venue
  absl::Time mid_told_at_ = absl::InfinitePast();
  absl::Time next_ = absl::InfiniteFuture();
  absl::Time last_paid_ = absl::InfinitePast();
  std::optional<FundingDue> due_;  // passed by the venue's clock, not by ours
};

}  // namespace colibri
