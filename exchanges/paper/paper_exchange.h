// The simulated exchange: a venue's market data, live or recorded, with own orders matched against
// it. A strategy can't tell it from the venue's own connector.
//
//   auto feed = std::make_unique<RecordedFeed>(venue, config, clock);
//   RecordedFeed& recording = *feed;
//   PaperExchange exchange(config, venue.spec, std::move(feed), clock);
//   RETURN_IF_ERROR(exchange.Open());
//   for (bool has_more = true; has_more;) {
//     ASSIGN_OR_RETURN(has_more, recording.Step());      // virtual time moves on
//   }
//   ShutdownReport report = exchange.Close();
//
// Orders reach the venue after delay_to_venue and its reports come back after delay_from_venue;
// market data comes as the feed has it. The same feed, configuration and seed give the same events.
// A venue of perpetuals is one on paper too: perpetual() gives its positions, settings and funding.
// How fills come about: exchanges/paper/README.md. Thread: the loop's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "connector/account_balances.h"
#include "connector/async_event.h"
#include "connector/client_order_id_generator.h"
#include "connector/client_order_tracker.h"
#include "connector/connector.h"
#include "connector/order_cost.h"
#include "connector/risk_gate.h"
#include "connector/venue_spec.h"
#include "core/random.h"
#include "exchanges/paper/delay_line.h"
#include "exchanges/paper/market_feed.h"
#include "exchanges/paper/paper_config.h"
#include "exchanges/paper/paper_perpetual.h"
#include "exchanges/paper/paper_venue.h"
#include "exchanges/paper/perpetual_venue.h"

namespace colibri {

class PaperExchange final : public Connector {
 public:
  // spec: of the venue whose data is used; it and the clock outlive the exchange.
  PaperExchange(PaperConfig config,
                const VenueSpec& spec,
                std::unique_ptr<MarketFeed> feed,
                Clock& clock);
  ~PaperExchange() override;
  PaperExchange(const PaperExchange&) = delete;
  PaperExchange& operator=(const PaperExchange&) = delete;

  // "binance_paper"
  std::string_view name() const override { return name_; }
  const std::vector<TradingPair>& pairs() const override { return feed_->pairs(); }
  absl::StatusOr<ClientOrderId> Place(const OrderRequest& request) override;
  absl::Status Cancel(const ClientOrderId& client_order_id) override;
  absl::Status CancelAll(std::optional<TradingPair> pair) override;
  // Cancels and places in one step: a new id, and a new place in the queue.
  absl::StatusOr<ClientOrderId> Amend(const ClientOrderId& client_order_id,
                                      const OrderAmendment& amendment) override;
  absl::StatusOr<const OrderBook*> book(const TradingPair& pair) const override {
    return feed_->book(pair);
  }
  const TradingRule* rules(const TradingPair& pair) const override { return feed_->rules(pair); }
  FeeRates fee_rates(const TradingPair& pair) const override;
  Balance balance(std::string_view asset) const override { return balances_.balance(asset); }
  std::vector<std::pair<std::string, Balance>> balances() const override { return balances_.all(); }
  std::vector<const Order*> open_orders() const override { return tracker_.open_orders(); }
  const Order* FindOrder(const ClientOrderId& client_order_id) const override {
    return tracker_.Find(client_order_id);
  }
  const Health& health() const override { return health_; }
  EventBus& events() override { return events_; }
  Clock& clock() override { return clock_; }
  PaperPerpetual* perpetual() override { return perpetual_.get(); }
  const PaperPerpetual* perpetual() const override { return perpetual_.get(); }

  // Starts the feed, then as Open.
  Task<absl::Status> Start(absl::Duration timeout) override;
  // As Close, then stops the feed.
  Task<ShutdownReport> Stop(absl::Duration timeout) override;
  Task<ShutdownReport> CancelEverything(absl::Duration timeout) override;
  ConnectorCounters counters() const override;
  Task<absl::Status> RefreshBalances() override;

  // For feeds that need no starting. InvalidArgument tells every mistake of the configuration.
  absl::Status Open();
  // Takes no more orders, lets all that is under way arrive, and cancels what is open, now.
  ShutdownReport Close();

  // Limits as configured in market.risk.
  const RiskGate& risk() const { return risk_; }
  // The venue's own word, without delays: for reports and tests.
  const PaperVenue& venue() const { return *venue_; }

 private:
  // The pair's book, when an order can be taken.
  absl::StatusOr<const OrderBook*> CheckReady(const TradingPair& pair, PositionAction action) const;
  absl::StatusOr<OrderRequest> Quantise(const OrderRequest& request, const OrderBook& book) const;
  absl::StatusOr<OrderCost> Cost(const OrderRequest& request, const OrderBook* book) const;
  absl::Status CheckBalance(const OrderCost& cost, Decimal released) const;
  absl::StatusOr<ClientOrderId> ChooseId(const std::optional<ClientOrderId>& wanted);
  Order Track(const OrderRequest& request,
              const ClientOrderId& id,
              const OrderCost& cost,
              const OrderBook& book);

  std::unique_ptr<PaperVenue> MakeVenue();
  void OnMarketEvent(const Event& event);
  void OnBook(const BookChanged& change);
  void OnFunding(const FundingInfoChanged& event);
  template <typename E>
  void Forward(const E& event);
  void Deliver(const PaperReport& report);
  void LoadBalances();

  PaperConfig config_;
  const VenueSpec& spec_;
  std::string name_;
  std::unique_ptr<MarketFeed> feed_;
  Clock& clock_;
  Random random_;
  EventBus events_;
  RiskGate risk_;
  Health health_;
  AccountBalances balances_;
  ClientOrderTracker tracker_;
  FeeSchema fees_;
  PerpetualVenue* perpetual_venue_ = nullptr;  // venue_, where it is one
  std::unique_ptr<PaperVenue> venue_;
  DelayLine to_venue_;
  DelayLine from_venue_;
  std::unique_ptr<PaperPerpetual> perpetual_;  // null on spot
  std::optional<ClientOrderIdGenerator> ids_;  // set by Open
  ConnectorCounters counters_;
  AsyncEvent progress_;  // news of the venue came
  bool is_closing_ = false;
  Subscription market_;
};

}  // namespace colibri
