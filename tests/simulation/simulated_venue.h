// The venue of a run, spot or perpetuals, as those see it who check it: its truth, its wire, and
// what somebody else does on the account.
//
//   std::unique_ptr<SimulatedVenue> venue = MakeSimulatedVenue("binance_perpetual", clock, seed);
//   Network network(environment, venue->wire(), seed, venue->dialect());
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

#include "auth/credentials.h"
#include "connector/exchange_config.h"
#include "connector/funding_cursor.h"
#include "core/balance.h"
#include "core/clock.h"
#include "core/order.h"
#include "core/random.h"
#include "tests/simulation/order_checker.h"
#include "tests/simulation/wire_dialect.h"
#include "tools/venue_sim/faults.h"
#include "tools/venue_sim/sim_options.h"
#include "tools/venue_sim/sim_traffic.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::simulation {

// Client order ids of ours begin so; those of orders placed by hand are the venue's own.
inline constexpr char kOurPrefix[] = "simul";

struct OrderTruth {
  std::string client_order_id;
  int64_t order_id = 0;
  std::string status;  // the venue's word
  bool is_open = false;
  bool is_filled = false;
  Decimal quantity;
  Decimal executed_quantity;
  Decimal executed_quote;

  bool is_ours() const { return client_order_id.starts_with(kOurPrefix); }
};

struct TradeTruth {
  int64_t trade_id = 0;
  int64_t order_id = 0;
  Side side = Side::kBuy;
  std::string fee_asset;
  Decimal fee;
};

struct PositionTruth {
  Quantity quantity;
  Price entry_price;
};

struct VenueTruth {
  std::vector<OrderTruth> orders;
  std::vector<TradeTruth> trades;
  std::map<std::string, Balance> balances;
  // Of perpetuals. What is available moves with every price there, and is not compared.
  bool has_positions = false;
  std::map<PositionSide, PositionTruth> positions;  // open ones
  std::map<std::string, Decimal> funding;           // by FundingName
};

// What tells a payment from all others of a pair: the venue's id, or its time where it has none.
std::string FundingName(const PaymentId& id, absl::Time paid_at);

// A slow market: what a run costs is mostly its market data.
venue_sim::SimTraderOptions SlowTraders();

class SimulatedVenue {
 public:
  virtual ~SimulatedVenue() = default;

  virtual TradingPair pair() const = 0;
  virtual Credentials credentials() const = 0;
  virtual void Start() = 0;
  virtual venue_sim::SimVenue& wire() = 0;
  virtual const WireDialect& dialect() const = 0;
  virtual venue_sim::Faults& faults() = 0;
  virtual void SetTradersPaused(bool is_paused) = 0;

  virtual VenueTruth truth() const = 0;
  virtual BookTruth book() const = 0;
  virtual venue_sim::SimTrafficView traffic() const = 0;
  // By the venue's own answer to a query; nullopt when it does not know the order.
  virtual std::optional<OrderChecker::AtVenue> Find(const ClientOrderId& id, absl::Time now) = 0;

  // The connector's configuration, beyond what all venues share.
  virtual void Configure(ExchangeConfig& config) const = 0;
  // What somebody does in the venue's app.
  virtual void PlaceByHand(Random& random) = 0;
  virtual void CancelByHand(const ClientOrderId& id) = 0;
  // Cancels what somebody else has waiting for a trigger, where our cancel of all leaves it: it
  // would trade when the run is over.
  virtual void WithdrawHand() {}
  // Prices jump, so far that accounts may be liquidated. Spot knows nothing of it.
  virtual void Shock(Random& random) = 0;
};

std::unique_ptr<SimulatedVenue> MakeBinanceSpot(Clock& clock, uint64_t seed);
std::unique_ptr<SimulatedVenue> MakeBinancePerpetual(Clock& clock, uint64_t seed);
std::unique_ptr<SimulatedVenue> MakeHyperliquidSpot(Clock& clock, uint64_t seed);
std::unique_ptr<SimulatedVenue> MakeHyperliquidPerpetual(Clock& clock, uint64_t seed);

// As in the registry.
const std::vector<std::string>& SimulatedVenueNames();

// name: one of SimulatedVenueNames. The seed is of the market, and of the account's modes.
std::unique_ptr<SimulatedVenue> MakeSimulatedVenue(std::string_view name,
                                                   Clock& clock,
                                                   uint64_t seed);

}  // namespace colibri::simulation
