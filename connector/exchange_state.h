// What the parts of one connector share: the venue as data, its wire, and all that is known.
//
//   ExchangeState state(environment, spec, config, protocol, std::move(auth));
//   state.Apply(update, Source::kRest);
//
// Built by ExchangeBase; order entry, inquiries, keepers and reconciler work on it. Thread: the
// loop's.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "auth/auth.h"
#include "connector/account_balances.h"
#include "connector/async_event.h"
#include "connector/client_order_tracker.h"
#include "connector/connector.h"
#include "connector/environment.h"
#include "connector/exchange_config.h"
#include "connector/health.h"
#include "connector/instrument.h"
#include "connector/order_book_tracker.h"
#include "connector/rest_assistant.h"
#include "connector/risk_gate.h"
#include "connector/task.h"
#include "connector/task_group.h"
#include "connector/throttler.h"
#include "connector/time_synchronizer.h"
#include "connector/venue_protocol.h"
#include "connector/venue_spec.h"
#include "core/event_bus.h"
#include "core/trading_rule.h"

namespace colibri {

// Names of what Health tells, beside the books'.
inline constexpr std::string_view kClockHealth = "clock";
inline constexpr std::string_view kRulesHealth = "rules";
inline constexpr std::string_view kLimitsHealth = "limits";
inline constexpr std::string_view kUserStreamHealth = "user_stream";
inline constexpr std::string_view kBalancesHealth = "balances";
inline constexpr std::string_view kOrdersHealth = "orders";  // reconciled since the stream is there
// Of venues whose trades have a socket of their own.
inline constexpr std::string_view kTradesHealth = "trades";
// Offered, not needed: REST takes orders while it is down.
inline constexpr std::string_view kOrderSocketHealth = "order_socket";
inline constexpr std::string_view kKeysHealth = "keys";
inline constexpr std::string_view kJournalHealth = "journal";
// What became of the orders that an earlier process left open.
inline constexpr std::string_view kRestartHealth = "restart";

class OrderJournal;
class PerpetualAccount;

struct ExchangeState {
  ExchangeState(Environment& environment,
                const VenueSpec& spec,
                ExchangeConfig config,
                const VenueProtocol& protocol,
                std::unique_ptr<Auth> auth);

  // Knowledge of our orders, from wherever: to the tracker and the reservations.
  void Apply(const OrderUpdate& update);
  void Apply(const TradeUpdate& trade);

  // Starts a task, unless the connector has stopped.
  void Spawn(std::string name, Task<void> task);

  // nullptr until the rules are known.
  const Instrument* FindInstrument(const TradingPair& pair) const;
  const TradingRule* FindRule(const Instrument& instrument) const;
  const TradingRule* FindRule(const TradingPair& pair) const;
  // null: of a pair that is not known.
  FeeSchema fees(const Instrument* instrument) const;
  // nullptr unless synced.
  const OrderBook* SyncedBook(const Instrument& instrument) const;

  void SetHealth(std::string_view capability, const absl::Status& status);
  // An error that waiting does not mend ends Start.
  void NoteFatal(const absl::Status& status);

  Environment& environment;
  Clock& clock;
  const VenueSpec& spec;
  ExchangeConfig config;
  absl::Status config_status;  // what is wrong with domain or URLs; set by the next
  DomainSpec domain;           // with the configuration's hosts
  const VenueProtocol& protocol;
  std::unique_ptr<Auth> auth;

  EventBus events;
  RiskGate risk;
  Health health;
  InstrumentTable instruments;
  std::deque<TradingRule> rules;      // by instrument; empty until known
  std::deque<FeeRates> account_fees;  // by instrument
  Throttler throttler;
  TimeSynchronizer time;
  std::optional<RestAssistant> rest;  // set unless config_status is an error
  AccountBalances balances;
  std::unique_ptr<ClientOrderTracker> tracker;
  OrderJournal* journal = nullptr;          // set by ExchangeBase, outlives what uses it
  PerpetualAccount* perpetual = nullptr;    // the same; null on spot
  std::unique_ptr<OrderBookTracker> books;  // null until the rules are known
  ConnectorCounters counters;
  bool is_stopping = false;  // no new orders
  bool is_stopped = false;   // no new tasks
  absl::Status fatal;
  AsyncEvent progress;  // health changed, an order ended, or something fatal was met
  TaskGroup tasks;
};

// "COLIBRI_BINANCE_API_KEY and COLIBRI_BINANCE_API_SECRET", or a wallet's: where to put keys.
std::string KeyVariables(const VenueSpec& spec);

// Whether the venue's word makes waiting pointless: bad keys, no permission, a blocked region.
bool IsPermanent(const absl::Status& status);

}  // namespace colibri
