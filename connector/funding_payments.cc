#include "connector/funding_payments.h"

#include <algorithm>

namespace colibri {

bool FundingPayments::Apply(const FundingPaymentUpdate& payment, Source source) {
  if (payment.venue_time < cursor_.since ||
      !cursor_.told.emplace(payment.venue_time, payment.pair).second) {
    return false;
  }
  events_.Publish(FundingPayment{.header = {.venue = venue_,
                                            .venue_time = payment.venue_time,
                                            .receive_time = clock_.now(),
                                            .source = source},
                                 .pair = payment.pair,
                                 .asset = payment.asset,
                                 .amount = payment.amount,
                                 .rate = payment.rate});
  return true;
}

void FundingPayments::NotePolled(absl::Time until) {
  cursor_.since = std::max(cursor_.since, until - kListedWithin);
  std::erase_if(cursor_.told, [this](const auto& told) { return told.first < cursor_.since; });
}

}  // namespace colibri
