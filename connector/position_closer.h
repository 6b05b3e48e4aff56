// Closes all positions of an exchange by market orders.
//
//   const absl::Status closed = co_await ClosePositions(environment, exchange, absl::Seconds(10));
//
// Orders that are open stay: cancel them first. An exchange of spot has nothing to close.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "connector/environment.h"
#include "connector/exchange.h"
#include "connector/task.h"
#include "core/order.h"
#include "core/position.h"

namespace colibri {

// The market order that closes a position which is not flat.
OrderRequest ClosingOrder(const Position& position);

// DeadlineExceeded names the positions that are left, and why.
Task<absl::Status> ClosePositions(Environment& environment,
                                  Exchange& exchange,
                                  absl::Duration timeout);

}  // namespace colibri
