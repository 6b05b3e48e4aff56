// Reads what Binance Spot answers over REST into our words.
//
//   ASSIGN_OR_RETURN(const PlaceAnswer answer, ParsePlaced(body, order));
//
// DataLoss when an answer can't be read or is not about the order that was asked for; it names the
// field, and the outcome of the call is then unknown. Pure; thread: any.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "exchanges/binance_common/binance_order_answers.h"

namespace colibri::binance {

absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body);
// Of /account/commission, or of /account on binance.us: standard, tax and special rates added up.
absl::StatusOr<FeeRates> ParseFees(std::string_view body);

absl::StatusOr<PlaceAnswer> ParsePlaced(std::string_view body, const Order& order);
absl::StatusOr<OrderUpdate> ParseCanceled(std::string_view body, const Order& order);
// Order lists are taken apart into their orders.
absl::StatusOr<std::vector<OrderUpdate>> ParseCanceledAll(std::string_view body,
                                                          const Instrument& instrument);
absl::StatusOr<OrderUpdate> ParseAmended(std::string_view body, const Order& order);
absl::StatusOr<ReplaceAnswer> ParseReplaced(const HttpResponse& response,
                                            const Order& old_order,
                                            const Order& new_order);

}  // namespace colibri::binance
