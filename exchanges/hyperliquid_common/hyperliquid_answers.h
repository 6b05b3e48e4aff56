// Parsers of Hyperliquid's answers. Refusals are told before (hyperliquid_errors.h): what comes
// here says what was done. DataLoss names the field that can't be read. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/instrument.h"
#include "connector/venue_protocol.h"
#include "core/position.h"

namespace colibri::hyperliquid {

absl::StatusOr<absl::Time> ParseServerTime(std::string_view body);
// Each perpetual is NAME-USD, with its place in the list as venue_id: delisted ones keep theirs.
absl::StatusOr<VenueRules> ParseRules(std::string_view body);
absl::StatusOr<FeeRates> ParseFees(std::string_view body);

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

absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body,
                                                         const InstrumentTable& instruments);
absl::StatusOr<std::vector<Position>> ParsePositions(std::string_view body,
                                                     const InstrumentTable& instruments);
absl::StatusOr<LeverageSetting> ParseLeverage(std::string_view body);
absl::StatusOr<FundingInfo> ParseFundingInfo(std::string_view body, const Instrument& instrument);
absl::StatusOr<std::vector<FundingPaymentUpdate>> ParseFundingPayments(
    std::string_view body, const InstrumentTable& instruments);

}  // namespace colibri::hyperliquid
