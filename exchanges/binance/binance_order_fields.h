// Fields that answers and stream events of Binance have in common: ids, amounts, fees, states.
//
//   ASSIGN_OR_RETURN(fill.fees, ReadFee(fields, "commission", "commissionAsset"));
//
// For .cc files of this folder alone. Errors are DataLoss and name the field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "connector/user_stream_data_source.h"
#include "core/fees.h"
#include "core/ids.h"
#include "exchanges/binance/binance_json.h"

namespace colibri::binance {

// Empty when the text is longer than any id of ours: the order is somebody else's.
ClientOrderId ToClientOrderId(std::string_view text);

absl::StatusOr<ExchangeOrderId> ReadExchangeOrderId(const JsonFields& fields, std::string_view key);
// Nothing when the amount is zero; the asset may then be null.
absl::StatusOr<FeeAmounts> ReadFee(const JsonFields& fields,
                                   std::string_view amount_key,
                                   std::string_view asset_key);
// Without time and source.
absl::StatusOr<BalanceUpdate> ReadBalance(const JsonFields& fields,
                                          std::string_view asset_key,
                                          std::string_view free_key,
                                          std::string_view locked_key);

// Why an order ended, in the venue's words: reject reason and expiry reason ("NONE" and "" are no
// reason), and what a status says by itself.
std::string EndReason(std::string_view status,
                      std::string_view reject_reason,
                      std::string_view expiry_reason);

}  // namespace colibri::binance
