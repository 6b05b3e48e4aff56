// What every order is checked for before it goes anywhere, live or on paper.
//
//   ASSIGN_OR_RETURN(OrderRequest exact, QuantiseOrder(request, rule, mid_price));
//   RETURN_IF_ERROR(CheckOpenOrders(exact.pair, open_orders, rule->open_orders_max));
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

// Quantised passively, and within the rule. rule may be null: not known yet.
[[nodiscard]] absl::StatusOr<OrderRequest> QuantiseOrder(const OrderRequest& request,
                                                         const TradingRule* rule,
                                                         std::optional<Price> mid_price);

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
