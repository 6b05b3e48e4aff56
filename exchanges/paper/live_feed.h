// Live market data for a paper exchange: a venue's own connector, without keys.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<LiveFeed> feed, LiveFeed::Make(environment, venue, config));
//
// Books, rules, reconnects and limits are the connector's; nothing is ever sent to the venue but
// requests for market data. Thread: the loop's.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"

#include "connector/environment.h"
#include "connector/registry.h"
#include "exchanges/paper/market_feed.h"
#include "exchanges/paper/paper_config.h"

namespace colibri {

class LiveFeed final : public MarketFeed {
 public:
  explicit LiveFeed(std::unique_ptr<Connector> connector) : connector_(std::move(connector)) {}

  // Unimplemented when the venue has no connector; errors of the connector's own.
  static absl::StatusOr<std::unique_ptr<LiveFeed>> Make(Environment& environment,
                                                        const VenueEntry& venue,
                                                        const PaperConfig& config);

  const std::vector<TradingPair>& pairs() const override { return connector_->pairs(); }
  EventBus& events() override { return connector_->events(); }
  absl::StatusOr<const OrderBook*> book(const TradingPair& pair) const override {
    return connector_->book(pair);
  }
  const TradingRule* rules(const TradingPair& pair) const override {
    return connector_->rules(pair);
  }
  ConnectorCounters counters() const override { return connector_->counters(); }

  Task<absl::Status> Start(absl::Duration timeout) override;
  Task<void> Stop(absl::Duration timeout) override;

 private:
  std::unique_ptr<Connector> connector_;
};

}  // namespace colibri
