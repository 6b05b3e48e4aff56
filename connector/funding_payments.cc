#include "connector/funding_payments.h"

#include <algorithm>

namespace colibri {

bool FundingPayments::Apply(const FundingPaymentUpdate& payment, Source source) {
  if (payment.venue_time < cursor_.since ||
      !cursor_.told.insert({payment.venue_time, payment.pair, payment.payment_id}).second) {
    return false;
  }
  events_.Publish(FundingPayment{.header = {.venue = venue_,
                                            .venue_time = payment.venue_time,
                                            .receive_time = clock_.now(),
                                            .source = source},
                                 .pair = payment.pair,
                                 .payment_id = payment.payment_id,
                                 .asset = payment.asset,
                                 .amount = payment.amount,
                                 .rate = payment.rate});
  return true;
}

void FundingPayments::NotePolled(absl::Time until) {
  cursor_.MoveTo(until - kListedWithin);
}

}  // namespace colibri
