// Reads what Binance USD-M futures answer over REST into our words, where
// binance_common/binance_order_answers.h does not.
//
//   ASSIGN_OR_RETURN(const PlaceAnswer answer, ParsePlaced(body, order));
//
// DataLoss when an answer can't be read or is not about what was asked for; it names the field, and
// the outcome of the call is then unknown. What belongs to symbols that the table lacks is left
// out. Pure; thread: any.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "core/position.h"
#include "exchanges/binance_common/binance_order_answers.h"

namespace colibri::binance::perpetual {

// Wallet and available balance per asset.
absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body);
absl::StatusOr<FeeRates> ParseFees(std::string_view body);

// Of a placement, a cancel and an amendment: the order as the venue has it then.
absl::StatusOr<PlaceAnswer> ParsePlaced(std::string_view body, const Order& order);
absl::StatusOr<OrderUpdate> ParseCanceled(std::string_view body, const Order& order);
absl::StatusOr<OrderUpdate> ParseAmended(std::string_view body, const Order& order);
// The venue says that it will, and not what: the stream tells the orders.
absl::Status CheckCanceledAll(std::string_view body);

absl::StatusOr<PositionMode> ParsePositionMode(std::string_view body);
absl::StatusOr<LeverageSetting> ParseLeverage(std::string_view body, const Instrument& instrument);
absl::StatusOr<std::vector<Position>> ParsePositions(std::string_view body,
                                                     const InstrumentTable& instruments);
absl::StatusOr<FundingInfo> ParseFundingInfo(std::string_view body, const Instrument& instrument);
absl::StatusOr<Quantity> ParseOpenInterest(std::string_view body, const Instrument& instrument);
// Oldest first.
absl::StatusOr<std::vector<FundingPaymentUpdate>> ParseFundingPayments(
    std::string_view body, const InstrumentTable& instruments);

}  // namespace colibri::binance::perpetual
