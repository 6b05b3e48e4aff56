// Conditional orders as Binance's futures keep them: at a service of their own, with numbers of
// their own, until they trigger; then each becomes an order of the matching engine.
//
//   if (fields.Has("algoId")) return ReadConditionalOrder(fields, pair);
//
// The service's numbers and those of the matching engine may be equal, so the former are written
// "algo-1000001". What client order id the triggered order carries is not documented: it is
// addressed by the number that the service tells of it. For .cc files of this family alone. Errors
// are DataLoss and name the field.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"

#include "connector/instrument.h"
#include "connector/user_stream_data_source.h"
#include "core/order_update.h"
#include "exchanges/binance_common/binance_json.h"

namespace colibri::binance {

// A number of the service, not of the matching engine.
bool IsOfAlgoService(const ExchangeOrderId& id);

// "TAKE_PROFIT_MARKET"
std::string_view ConditionalTypeText(const Order& order);
std::string_view WorkingTypeText(TriggerSource source);

// Of an answer about one, or an entry of a list.
absl::StatusOr<OrderUpdate> ReadConditionalOrder(const JsonFields& fields, const TradingPair& pair);
// ALGO_UPDATE
absl::StatusOr<PrivateMessage> ReadConditionalOrderEvent(const JsonFields& event,
                                                         const InstrumentTable& instruments);

}  // namespace colibri::binance
