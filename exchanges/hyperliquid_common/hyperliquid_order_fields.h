// What Hyperliquid's answers and streams share: orders and fills as JSON, in our words. For .cc
// files of the venues' folders alone.
//
// Readers give nullopt for coins that the connector does not trade, and DataLoss for what can't be
// read.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"

#include "connector/instrument.h"
#include "connector/json_fields.h"
#include "connector/user_stream_data_source.h"
#include "core/order_update.h"

namespace colibri::hyperliquid {

absl::StatusOr<const Instrument*> FindInstrument(const JsonFields& fields,
                                                 const InstrumentTable& instruments);
// The number behind `key`, where there is one.
absl::StatusOr<std::optional<Decimal>> ReadOptional(const JsonFields& fields, std::string_view key);

// "open", "marginCanceled", "tickRejected": the ends by how the word ends, so that reasons to come
// work too. DataLoss for any other word.
absl::StatusOr<OrderState> ParseOrderState(std::string_view status);

// {"coin":..,"side":..,"limitPx":..,"sz":..,"oid":..,"timestamp":..,"origSz":..,"cloid":..}; `sz`
// is what is left.
absl::StatusOr<std::optional<OrderUpdate>> ReadOrder(const JsonFields& order,
                                                     std::string_view status,
                                                     int64_t time_ms,
                                                     const InstrumentTable& instruments);

// {"coin":..,"px":..,"sz":..,"side":..,"time":..,"dir":..,"closedPnl":..,"oid":..,"crossed":..,
//  "fee":..,"feeToken":..,"tid":..,"cloid":..}
absl::StatusOr<std::optional<TradeUpdate>> ReadFill(const JsonFields& fill,
                                                    const InstrumentTable& instruments);
}  // namespace colibri::hyperliquid
