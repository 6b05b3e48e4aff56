// What every order is checked for before it goes anywhere, live or on paper.
//
//   RETURN_IF_ERROR(QuantiseOrder(rule, mid_price, request));
//   RETURN_IF_ERROR(CheckOpenOrders(request.pair, open_orders, rule->open_orders_max));
//   RETURN_IF_ERROR(CheckAvailable(cost, balance.available, /*released=*/Decimal()));
//
// Errors: InvalidArgument when the request can never be right, FailedPrecondition when it cannot be
// right now. Pure: nothing is tracked or reserved here.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "connector/client_order_tracker.h"
#include "connector/order_cost.h"
#include "connector/venue_spec.h"
#include "core/order.h"
#include "core/trading_rule.h"

namespace colibri {

// Makes price and quantity multiples of the rule's, on the passive side; OK when the order is then
// within the rule. rule may be null: not known yet. A conditional order is measured by its trigger
// price instead of the mid price.
[[nodiscard]] absl::Status QuantiseOrder(const TradingRule* rule,
                                         std::optional<Price> mid_price,
                                         OrderRequest& request);

// What a conditional order may be: market, or limit that stays; of the kinds and sources that the
// venue has; with a trigger price that needs no rounding, because either way it would trigger at
// another price than was asked for. Whether it would trigger at once is left to the venue: what we
// know of its price is older than what it knows, and who protects a position in a falling market
// wants the order, not our refusal. OK for requests without a trigger.
[[nodiscard]] absl::Status CheckTrigger(const OrderRequest& request,
                                        const VenueSpec& spec,
                                        const TradingRule& rule);

// open: how many the pair has already. limit <= 0: as many as one likes.
[[nodiscard]] absl::Status CheckOpenOrders(const TradingPair& pair, int open, int limit);

// released: what an order that is replaced gives back first.
[[nodiscard]] absl::Status CheckAvailable(const OrderCost& cost,
                                          Decimal available,
                                          Decimal released);

// An id of the caller's own choice: the venue's alphabet and length, and never used before.
[[nodiscard]] absl::Status CheckClientOrderId(const ClientOrderId& id,
                                              const VenueSpec& spec,
                                              const ClientOrderTracker& tracker);

// The order that a request asks for, as it is before anything is known of it.
Order OrderOf(const OrderRequest& request, const ClientOrderId& id, absl::Time now);

}  // namespace colibri
