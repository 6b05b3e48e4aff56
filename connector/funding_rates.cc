#include "connector/funding_rates.h"

#include <algorithm>

namespace colibri {

void FundingRates::Apply(const TradingPair& pair, const FundingMessage& message, Source source) {
  Known& known = known_[pair];
  const absl::Time told = message.venue_time_ms == 0 ? absl::InfinitePast()
                                                     : absl::FromUnixMillis(message.venue_time_ms);
  if (told != absl::InfinitePast() && told < known.info.venue_time) {
    return;
  }
  FundingInfo& info = known.info;
  info.mark_price = message.mark_price.value_or(info.mark_price);
  known.has_mark |= message.mark_price.has_value();
  info.rate = message.rate.value_or(info.rate);
  known.has_rate |= message.rate.has_value();
  info.next_funding_time = message.next_funding_time.value_or(info.next_funding_time);
  if (message.index_price.has_value()) {
    info.index_price = message.index_price;
  }
  if (message.open_interest.has_value()) {
    info.open_interest = message.open_interest;
  }
  info.venue_time = std::max(info.venue_time, told);
  Publish(pair, known, source, absl::FromUnixNanos(message.receive_time_ns));
}

void FundingRates::Apply(const TradingPair& pair, const FundingInfo& info, Source source) {
  Known& known = known_[pair];
  if (info.venue_time < known.info.venue_time) {
    return;
  }
  const std::optional<Quantity> open_interest = known.info.open_interest;
  known = {.info = info, .has_mark = true, .has_rate = true};
  if (!known.info.open_interest.has_value()) {
    known.info.open_interest = open_interest;
  }
  Publish(pair, known, source, clock_.now());
}

void FundingRates::Publish(const TradingPair& pair,
                           const Known& known,
                           Source source,
                           absl::Time received) {
  if (known.is_complete()) {
    events_.Publish(FundingInfoChanged{.header = {.venue = venue_,
                                                  .venue_time = known.info.venue_time,
                                                  .receive_time = received,
                                                  .source = source},
                                       .pair = &pair,
                                       .funding = known.info});
  }
}

std::optional<FundingInfo> FundingRates::info(const TradingPair& pair) const {
  const auto found = known_.find(pair);
  return found != known_.end() && found->second.is_complete() ? std::optional(found->second.info)
                                                              : std::nullopt;
}

absl::Time FundingRates::next_funding_time(absl::Time venue_now) const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [pair, known] : known_) {
    if (known.info.next_funding_time > venue_now) {
      next = std::min(next, known.info.next_funding_time);
    }
  }
  return next;
}

}  // namespace colibri
