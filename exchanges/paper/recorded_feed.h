// Recorded market data for a paper exchange: files of one pair, on virtual time.
//
//   ASSIGN_OR_RETURN(const absl::Time start, RecordedFeed::StartTime(config.recording));
//   SimulatedClock clock(start);
//   ASSIGN_OR_RETURN(auto feed, RecordedFeed::Make(venue, config, clock));
//   while (*feed->Step()) {}
//
// Each step plays one line: first the clock moves to its receipt time, which runs the timers due
// by then (strategies, delays) on the market as it was before; then the line is applied. Thread:
// the loop's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/recorded_market.h"
#include "connector/registry.h"
#include "core/simulated_clock.h"
#include "exchanges/paper/market_feed.h"
#include "exchanges/paper/paper_config.h"

namespace colibri {

class RecordedFeed final : public MarketFeed {
 public:
  // The receipt time of the first line: where the clock must start. Errors as of RecordingReader.
  static absl::StatusOr<absl::Time> StartTime(const std::vector<std::string>& files);

  // InvalidArgument as of CheckPaperConfig; Unimplemented when the venue has no parser. The venue
  // and the clock outlive the feed.
  static absl::StatusOr<std::unique_ptr<RecordedFeed>> Make(const VenueEntry& venue,
                                                            const PaperConfig& config,
                                                            SimulatedClock& clock);

  // Plays the next line; false at the end. Errors name file and line.
  absl::StatusOr<bool> Step();

  const RecordedMarket& market() const { return *market_; }

  const std::vector<TradingPair>& pairs() const override { return pairs_; }
  EventBus& events() override { return events_; }
  absl::StatusOr<const OrderBook*> book(const TradingPair& pair) const override {
    return market_->books().book(pair);
  }
  const TradingRule* rules(const TradingPair& pair) const override;
  ConnectorCounters counters() const override;

  Task<absl::Status> Start(absl::Duration timeout) override;
  Task<void> Stop(absl::Duration timeout) override;

 private:
  RecordedFeed() = default;

  std::vector<TradingPair> pairs_;
  TradingRule rule_;
  EventBus events_;
  std::unique_ptr<RecordedMarket> market_;
  int64_t parse_errors_ = 0;
};

}  // namespace colibri
