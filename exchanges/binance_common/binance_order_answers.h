// Reads answers that all Binance venues write alike into our words: time, orders, trades, listen
// keys.
//
//   ASSIGN_OR_RETURN(const OrderUpdate update, ParseOrder(body, instruments));
//
// DataLoss when an answer can't be read; it names the field. Pure; thread: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/venue_protocol.h"

namespace colibri::binance {

// The venue's status word, "PARTIALLY_FILLED", in our states.
absl::StatusOr<OrderState> ParseOrderState(std::string_view status);

absl::StatusOr<absl::Time> ParseServerTime(std::string_view body);
// Symbols become pairs through the table; one that is not in it is DataLoss.
absl::StatusOr<OrderUpdate> ParseOrder(std::string_view body, const InstrumentTable& instruments);
absl::StatusOr<std::vector<OrderUpdate>> ParseOpenOrders(std::string_view body,
                                                         const InstrumentTable& instruments);
// Oldest first.
absl::StatusOr<std::vector<TradeUpdate>> ParseTrades(std::string_view body,
                                                     const InstrumentTable& instruments);
absl::StatusOr<std::string> ParseListenKey(std::string_view body);

}  // namespace colibri::binance
