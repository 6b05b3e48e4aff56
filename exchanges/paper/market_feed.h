// Where a paper exchange sees the market: live, recorded, or made up by a test.
//
//   LiveFeed feed(std::move(connector));       // a venue's connector without keys
//   RecordedFeed feed(market, recording, rule, clock);
//
// Publishes market data through events() and keeps the books that those events tell of. Thread:
// the loop's.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/connector.h"
#include "connector/task.h"
#include "core/event_bus.h"
#include "core/order_book.h"
#include "core/trading_pair.h"
#include "core/trading_rule.h"

namespace colibri {

class MarketFeed {
 public:
  virtual ~MarketFeed() = default;

  virtual const std::vector<TradingPair>& pairs() const = 0;
  virtual EventBus& events() = 0;
  // Unavailable, with the reason, unless the book is synced right now.
  virtual absl::StatusOr<const OrderBook*> book(const TradingPair& pair) const = 0;
  // nullptr until known.
  virtual const TradingRule* rules(const TradingPair& pair) const = 0;
  virtual ConnectorCounters counters() const = 0;

  // As Connector's.
  virtual Task<absl::Status> Start(absl::Duration timeout) = 0;
  virtual Task<void> Stop(absl::Duration timeout) = 0;
};

}  // namespace colibri
