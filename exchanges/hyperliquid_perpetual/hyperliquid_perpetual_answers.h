// Parsers of the answers that only Hyperliquid's perpetuals have
// (hyperliquid_common/hyperliquid_order_answers.h has the others). DataLoss names the field that
// can't be read. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/instrument.h"
#include "connector/venue_protocol.h"
#include "core/position.h"

namespace colibri::hyperliquid::perpetual {

// Each perpetual is NAME-USD, with its place in the list as venue_id: delisted ones keep theirs.
absl::StatusOr<VenueRules> ParseRules(std::string_view body);
absl::StatusOr<FeeRates> ParseFees(std::string_view body);

absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body,
                                                         const InstrumentTable& instruments);
absl::StatusOr<std::vector<Position>> ParsePositions(std::string_view body,
                                                     const InstrumentTable& instruments);
absl::StatusOr<LeverageSetting> ParseLeverage(std::string_view body);
absl::StatusOr<FundingInfo> ParseFundingInfo(std::string_view body, const Instrument& instrument);
absl::StatusOr<std::vector<FundingPaymentUpdate>> ParseFundingPayments(
    std::string_view body, const InstrumentTable& instruments);

}  // namespace colibri::hyperliquid::perpetual
