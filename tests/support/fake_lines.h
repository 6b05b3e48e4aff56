// Readers of the fake venue's lines, and its calls; fake_exchange.h says what the lines are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "connector/user_stream_data_source.h"
#include "connector/venue_spec.h"
#include "core/order_update.h"
#include "core/status_macros.h"

namespace colibri {

using Words = std::vector<std::string>;

// Without empty ones; "-" becomes an empty word.
Words Split(std::string_view text, char separator);
absl::Status Unreadable(std::string_view text);
// InfinitePast when it is no number.
absl::Time FromMs(const std::string& text);

absl::StatusOr<OrderUpdate> ParseOrderLine(const Words& words);
absl::StatusOr<TradeUpdate> ParseTradeLine(const Words& words);
absl::StatusOr<BalanceUpdate> ParseBalanceLine(const Words& words);
absl::StatusOr<Position> ParsePositionLine(const Words& words);
absl::StatusOr<LeverageSetting> ParseLeverageLine(const Words& words);
absl::StatusOr<FundingInfo> ParseFundingLine(const Words& words);
absl::StatusOr<FundingPaymentUpdate> ParsePaidLine(const Words& words);
absl::StatusOr<LiquidationUpdate> ParseLiquidationLine(const Words& words);

// Each line of the body by one parser.
template <typename T>
absl::StatusOr<std::vector<T>> ParseLines(std::string_view body,
                                          absl::StatusOr<T> (*parse)(const Words&)) {
  std::vector<T> all;
  for (const std::string& line : Split(body, '\n')) {
    ASSIGN_OR_RETURN(T one, parse(Split(line, ' ')));
    all.push_back(std::move(one));
  }
  return all;
}

VenueCall MakeCall(HttpMethod method,
                   std::string path,
                   CallPriority priority,
                   CallSecurity security = CallSecurity::kSigned);

}  // namespace colibri
