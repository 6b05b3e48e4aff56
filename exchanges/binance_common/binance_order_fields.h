// Fields that answers and stream events of Binance have in common: ids, amounts, fees, states.
//
//   ASSIGN_OR_RETURN(fill.fees, ReadFee(fields, "commission", "commissionAsset"));
//
// For .cc files of this family alone. Errors are DataLoss and name the field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "connector/instrument.h"
#include "connector/user_stream_data_source.h"
#include "core/fees.h"
#include "core/ids.h"
#include "exchanges/binance_common/binance_json.h"

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

absl::StatusOr<Side> ReadSide(const JsonFields& fields, std::string_view key);
// BOTH is kNet.
absl::StatusOr<PositionSide> ReadPositionSide(const JsonFields& fields, std::string_view key);
absl::Status ReadPositionFields(const JsonFields& fields,
                                std::string_view side_key,
                                std::string_view profit_key,
                                Fill& fill);

// Of an execution report, with the last fill in t, l, L, n, N and m.
absl::StatusOr<TradeUpdate> ReadStreamFill(const JsonFields& report, const OrderUpdate& order);

// nullptr for symbols that the table lacks: the account trades other pairs too.
absl::StatusOr<const Instrument*> FindInstrument(const JsonFields& fields,
                                                 std::string_view key,
                                                 const InstrumentTable& instruments);
// DataLoss when the table lacks `symbol`.
absl::StatusOr<const Instrument*> InstrumentOf(const JsonFields& fields,
                                               const InstrumentTable& instruments);
// What every answer about an order holds. An acknowledgement has no status: it is open.
absl::StatusOr<OrderUpdate> ReadOrder(const JsonFields& fields,
                                      const TradingPair& pair,
                                      std::string_view client_id_key);
// DataLoss when an answer is about another order than was asked for.
absl::Status CheckIsOf(const OrderUpdate& update, const Order& order, std::string_view where);
// Of a time in milliseconds; the past where it is absent or zero.
absl::Time TimeOrPast(const JsonFields& fields, std::string_view key);
// When the order last changed, by what the answer tells.
absl::Time TimeOf(const JsonFields& fields);

// Why an order of futures expired or was canceled by the venue; "er" of an event. Empty: unknown.
std::string_view ExpiryReasonText(std::string_view code);
// Why an order ended, in the venue's words: reject reason and expiry reason ("NONE" and "" are no
// reason), and what a status says by itself.
std::string EndReason(std::string_view status,
                      std::string_view reject_reason,
                      std::string_view expiry_reason);

}  // namespace colibri::binance
