// What a venue of perpetuals takes of settings, and how an order works on positions, live or on
// paper.
//
//   RETURN_IF_ERROR(CheckLeverage(spec, pair, {.leverage = 20}, rule->leverage_max));
//   Quantity opening = OpeningQuantity(request, mode, position);
//
// Pure.
#pragma once

#include "absl/status/status.h"

#include "connector/exchange_config.h"
#include "connector/venue_spec.h"
#include "core/order.h"
#include "core/position.h"

namespace colibri {

// InvalidArgument names the bounds, or that the venue has no such margin mode. leverage_max 0: not
// told.
[[nodiscard]] absl::Status CheckLeverage(const VenueSpec& spec,
                                         const TradingPair& pair,
                                         const LeverageSetting& wanted,
                                         int leverage_max);
// Unimplemented where the venue has no such mode.
[[nodiscard]] absl::Status CheckPositionMode(const VenueSpec& spec, PositionMode mode);

// What the configuration makes of what the account has.
LeverageSetting WantedLeverage(const PerpetualConfig& config,
                               const TradingPair& pair,
                               LeverageSetting current);

// What margin is asked for of an order: base that it would open. held: the pair's in one-way mode.
Quantity OpeningQuantity(const OrderRequest& request, PositionMode mode, Quantity held);

}  // namespace colibri
