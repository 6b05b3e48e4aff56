// What a venue tells of funding and of mark prices, by pair: from the stream in pieces, by REST
// whole.
//
//   rates.Apply(pair, message, Source::kStream);      // merges; FundingInfoChanged
//   rates.info(pair)->next_funding_time;
//
// Publishes once mark price and rate are known. What is older, by the venue's clock, than what is
// known is dropped. Thread: the loop's.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "absl/time/time.h"

#include "connector/market_message.h"
#include "core/clock.h"
#include "core/event_bus.h"
#include "core/order_update.h"
#include "core/position.h"

namespace colibri {

class FundingRates {
 public:
  // The venue's name outlives this.
  FundingRates(std::string_view venue, Clock& clock, EventBus& events)
      : venue_(venue), clock_(clock), events_(events) {}

  void Apply(const TradingPair& pair,
             const FundingMessage& message,
             Source source = Source::kStream);
  void Apply(const TradingPair& pair, const FundingInfo& info, Source source);

  std::optional<FundingInfo> info(const TradingPair& pair) const;
  // The earliest to come, over all pairs; InfiniteFuture when none is known.
  absl::Time next_funding_time(absl::Time venue_now) const;

 private:
  struct Known {
    FundingInfo info;
    bool has_mark = false;
    bool has_rate = false;

    bool is_complete() const { return has_mark && has_rate; }
  };

  void Publish(const TradingPair& pair, const Known& known, Source source, absl::Time received);

  std::string_view venue_;
  Clock& clock_;
  EventBus& events_;
  std::map<TradingPair, Known> known_;
};

}  // namespace colibri
