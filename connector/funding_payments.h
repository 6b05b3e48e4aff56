// The funding that the account paid or got, each payment told once.
//
//   payments.Apply(payment, Source::kStream);                  // FundingPayment, if it is news
//   call = protocol.FundingPaymentsCall(payments.cursor().since);
//   ... payments.NotePolled(asked_at);                         // all up to then were applied
//
// A payment is known by its pair, time and id, so that the stream and any number of answers tell it
// once; the journal keeps what was told, so that a restart tells nothing twice and finds what was
// paid meanwhile. What was paid before the first start is no news of ours. Thread: the loop's.
#pragma once

#include <string_view>

#include "absl/time/time.h"

#include "connector/funding_cursor.h"
#include "connector/user_stream_data_source.h"
#include "core/clock.h"
#include "core/event_bus.h"

namespace colibri {

class FundingPayments {
 public:
  // How late a venue may list a payment. What was told is remembered for as long.
  static constexpr absl::Duration kListedWithin = absl::Minutes(15);

  // The venue's name outlives this.
  FundingPayments(std::string_view venue, Clock& clock, EventBus& events)
      : venue_(venue), clock_(clock), events_(events) {}

  // What an earlier process told, or where to begin.
  void Begin(const FundingCursor& cursor) { cursor_ = cursor; }

  // Whether it was news.
  bool Apply(const FundingPaymentUpdate& payment, Source source);
  void NotePolled(absl::Time until);
  const FundingCursor& cursor() const { return cursor_; }

 private:
  std::string_view venue_;
  Clock& clock_;
  EventBus& events_;
  FundingCursor cursor_{.since = absl::InfiniteFuture()};
};

}  // namespace colibri
