// All that a strategy sees of a venue, live, on paper and in backtest.
//
//   ASSIGN_OR_RETURN(ClientOrderId id, exchange.Place({.pair = pair, .side = Side::kBuy, .quantity
//   = q, .price = p})); Subscription fills = exchange.events().Subscribe<OrderFilled>([](const
//   OrderFilled& fill) { ... });
//
// Everything is synchronous and on the loop. What the venue says comes as events.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "connector/health.h"
#include "core/balance.h"
#include "core/clock.h"
#include "core/event_bus.h"
#include "core/order.h"
#include "core/order_book.h"
#include "core/trading_rule.h"

namespace colibri {

class PerpetualExchange;

struct OrderAmendment {
  std::optional<Price> price = std::nullopt;
  std::optional<Quantity> quantity = std::nullopt;  // the new total
};

class Exchange {
 public:
  virtual ~Exchange() = default;

  virtual std::string_view name() const = 0;
  virtual const std::vector<TradingPair>& pairs() const = 0;

  // Quantises passively, checks rules and balance, and sends. A refusal of ours is an error here,
  // with no event: InvalidArgument (the order), FailedPrecondition (balance, no keys, not ready),
  // NotFound (pair). Otherwise one OrderCreated follows once the venue has it, and exactly one
  // terminal event in any case.
  virtual absl::StatusOr<ClientOrderId> Place(const OrderRequest& request) = 0;
  // NotFound when the id is unknown, FailedPrecondition when the order is over. The outcome is
  // OrderCanceled, CancelRejected, or the fill that won the race.
  virtual absl::Status Cancel(const ClientOrderId& client_order_id) = 0;
  // All open orders of the pair, or of every pair.
  virtual absl::Status CancelAll(std::optional<TradingPair> pair) = 0;
  // The id of the order as it goes on: the same where the venue amends in place, a new one where it
  // replaces. Unimplemented where the venue can do neither.
  virtual absl::StatusOr<ClientOrderId> Amend(const ClientOrderId& client_order_id,
                                              const OrderAmendment& amendment) = 0;

  // Unavailable, with the reason, unless the book is synced right now. The pointer is stable while
  // the exchange is.
  virtual absl::StatusOr<const OrderBook*> book(const TradingPair& pair) const = 0;
  // nullptr until known.
  virtual const TradingRule* rules(const TradingPair& pair) const = 0;
  virtual FeeRates fee_rates(const TradingPair& pair) const = 0;
  // Zero for an asset that the account does not hold.
  virtual Balance balance(std::string_view asset) const = 0;
  virtual std::vector<std::pair<std::string, Balance>> balances() const = 0;
  virtual std::vector<const Order*> open_orders() const = 0;
  // Open, or terminal for less than 24 h; nullptr otherwise.
  virtual const Order* FindOrder(const ClientOrderId& client_order_id) const = 0;

  // Positions, leverage and funding; nullptr on spot.
  virtual PerpetualExchange* perpetual() { return nullptr; }
  virtual const PerpetualExchange* perpetual() const { return nullptr; }

  virtual const Health& health() const = 0;
  virtual EventBus& events() = 0;
  virtual Clock& clock() = 0;
};

}  // namespace colibri
