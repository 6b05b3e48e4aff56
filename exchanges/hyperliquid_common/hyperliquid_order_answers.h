// Parsers of the answers that Hyperliquid's venues have in common. Refusals are told before
// (hyperliquid_errors.h): what comes here says what was done. DataLoss names the field that can't
// be read. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/instrument.h"
#include "connector/venue_protocol.h"

namespace colibri::hyperliquid {

absl::StatusOr<absl::Time> ParseServerTime(std::string_view body);

absl::StatusOr<PlaceAnswer> ParsePlaced(std::string_view body, const Order& order);
absl::StatusOr<OrderUpdate> ParseCanceled(std::string_view body, const Order& order);
// A modification ends the old order and begins the new one, at once.
absl::StatusOr<ReplaceAnswer> ParseReplaced(const HttpResponse& response,
                                            const Order& old_order,
                                            const Order& new_order);

absl::StatusOr<OrderUpdate> ParseOrder(std::string_view body, const InstrumentTable& instruments);
// Of coins that the connector does not trade none is told.
absl::StatusOr<std::vector<OrderUpdate>> ParseOpenOrders(std::string_view body,
                                                         const InstrumentTable& instruments);
// Oldest first.
absl::StatusOr<std::vector<TradeUpdate>> ParseTrades(std::string_view body,
                                                     const InstrumentTable& instruments);

}  // namespace colibri::hyperliquid
