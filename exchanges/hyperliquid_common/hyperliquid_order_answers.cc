#include "exchanges/hyperliquid_common/hyperliquid_order_answers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_errors.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"
#include "exchanges/hyperliquid_common/hyperliquid_lists.h"
#include "exchanges/hyperliquid_common/hyperliquid_order_fields.h"

namespace colibri::hyperliquid {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

// The first entry of response.data.statuses: each action of ours has one order.
absl::StatusOr<element> ReadStatus(const JsonFields& answer) {
  ASSIGN_OR_RETURN(const std::string_view status, answer.Text("status"));
  if (status != "ok") {
    return answer.Missing("status", "ok");
  }
  ASSIGN_OR_RETURN(const JsonFields response, answer.Object("response"));
  ASSIGN_OR_RETURN(const JsonFields content, response.Object("data"));
  ASSIGN_OR_RETURN(const array statuses, content.Array("statuses"));
  element first;
  if (statuses.at(0).get(first) != simdjson::SUCCESS) {
    return content.Missing("statuses", "one entry for each order");
  }
  return first;
}

OrderUpdate UpdateOf(const Order& order, OrderState state) {
  OrderUpdate update;
  update.client_order_id = order.client_order_id;
  update.exchange_order_id = order.exchange_order_id;
  update.pair = order.pair;
  update.state = state;
  update.venue_time = absl::InfinitePast();  // no answer to an action tells a time
  update.source = Source::kRest;
  return update;
}

// "waitingForTrigger", {"resting":{"oid":77738308}}, or
// {"filled":{"totalSz":"0.02","avgPx":"1891.4","oid":77747314}}
absl::StatusOr<OrderUpdate> ReadPlaced(const JsonFields& answer, const Order& order) {
  ASSIGN_OR_RETURN(const element status, ReadStatus(answer));
  OrderUpdate update = UpdateOf(order, OrderState::kOpen);
  update.exchange_order_id = ExchangeOrderId();
  std::string_view word;
  if (status.get_string().get(word) == simdjson::SUCCESS) {
    ASSIGN_OR_RETURN(update.state, ParseOrderState(word));
    return update;
  }
  ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(status, kVenueWords, "order status"));
  const bool is_filled = fields.Has("filled");
  ASSIGN_OR_RETURN(const JsonFields state, fields.Object(is_filled ? "filled" : "resting"));
  ASSIGN_OR_RETURN(const int64_t oid, state.Integer("oid"));
  update.exchange_order_id = ExchangeOrderId::FromNumber(static_cast<uint64_t>(oid));
  if (is_filled) {
    ASSIGN_OR_RETURN(const Decimal filled, state.Number("totalSz"));
    update.cumulative_filled = Quantity(filled);
    // What an order that may not rest did not get is canceled.
    const bool may_rest =
        order.type != OrderType::kMarket && order.time_in_force == TimeInForce::kGtc;
    update.state = Quantity(filled) >= order.quantity ? OrderState::kFilled
                   : may_rest                         ? OrderState::kPartiallyFilled
                                                      : OrderState::kCanceled;
    update.reason = update.state == OrderState::kCanceled ? "the rest found no match" : "";
  }
  return update;
}

}  // namespace

// {"time":1770000000000,"specialStatuses":null}
absl::StatusOr<absl::Time> ParseServerTime(std::string_view body) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(parser, body, kVenueWords, "server time"));
  ASSIGN_OR_RETURN(const int64_t time_ms, fields.Integer("time"));
  // Seconds or microseconds would be off by decades: 2001 to 2286.
  if (time_ms < 1'000'000'000'000 || time_ms > 9'999'999'999'999) {
    return fields.Missing("time", "in milliseconds");
  }
  return absl::FromUnixMillis(time_ms);
}

absl::StatusOr<PlaceAnswer> ParsePlaced(std::string_view body, const Order& order) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields answer,
                   ParseObject(parser, body, kVenueWords, "placement answer"));
  PlaceAnswer placed;
  ASSIGN_OR_RETURN(placed.order, ReadPlaced(answer, order));
  return placed;
}

absl::StatusOr<OrderUpdate> ParseCanceled(std::string_view body, const Order& order) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields answer,
                   ParseObject(parser, body, kVenueWords, "cancel answer"));
  ASSIGN_OR_RETURN(const element status, ReadStatus(answer));
  std::string_view word;
  if (status.get_string().get(word) != simdjson::SUCCESS || word != "success") {
    return answer.Missing("statuses", "success");
  }
  return UpdateOf(order, OrderState::kCanceled);
}

absl::StatusOr<ReplaceAnswer> ParseReplaced(const HttpResponse& response,
                                            const Order& old_order,
                                            const Order& new_order) {
  ReplaceAnswer answer;
  const bool is_ok = response.status >= 200 && response.status < 300;
  const std::optional<VenueError> error =
      is_ok ? FindError(response) : std::optional(ClassifyError(response));
  if (!error.has_value()) {
    simdjson::dom::parser parser;
    ASSIGN_OR_RETURN(const JsonFields fields,
                     ParseObject(parser, response.body, kVenueWords, "modification answer"));
    ASSIGN_OR_RETURN(OrderUpdate placed, ReadPlaced(fields, new_order));
    answer.canceled = UpdateOf(old_order, OrderState::kCanceled);
    answer.placed = PlaceAnswer{.order = std::move(placed), .trades = {}};
    return answer;
  }
  // The new order is refused in any case. Whether the old one stands is not written anywhere.
  answer.place_error = error;
  answer.cancel_error = error;
  if (error->outcome == Outcome::kRejected && error->kind != ErrorKind::kCancelUnknownOrder) {
    answer.cancel_error = VenueError{.status = absl::UnavailableError(error->status.message()),
                                     .outcome = Outcome::kUnknown};
  }
  return answer;
}

// {"status":"order","order":{"order":{...},"status":"open","statusTimestamp":1724361546645}}
absl::StatusOr<OrderUpdate> ParseOrder(std::string_view body, const InstrumentTable& instruments) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields answer, ParseObject(parser, body, kVenueWords, "order"));
  ASSIGN_OR_RETURN(const JsonFields entry, answer.Object("order"));
  ASSIGN_OR_RETURN(const JsonFields fields, entry.Object("order"));
  ASSIGN_OR_RETURN(const std::string_view status, entry.Text("status"));
  ASSIGN_OR_RETURN(const int64_t time_ms, entry.Integer("statusTimestamp"));
  ASSIGN_OR_RETURN(std::optional<OrderUpdate> update,
                   ReadOrder(fields, status, time_ms, instruments));
  if (!update.has_value()) {
    return fields.Missing("coin", "of a pair of the configuration");
  }
  update->source = Source::kRest;
  return *std::move(update);
}

absl::StatusOr<std::vector<OrderUpdate>> ParseOpenOrders(std::string_view body,
                                                         const InstrumentTable& instruments) {
  constexpr std::string_view kWhere = "open orders";
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const array entries, ParseArray(parser, body, kVenueWords, kWhere));
  return ReadAll<OrderUpdate>(
      entries, kWhere, [&](const JsonFields& fields) -> absl::StatusOr<std::optional<OrderUpdate>> {
        ASSIGN_OR_RETURN(const int64_t time_ms, fields.Integer("timestamp"));
        ASSIGN_OR_RETURN(std::optional<OrderUpdate> update,
                         ReadOrder(fields, "open", time_ms, instruments));
        if (update.has_value()) {
          update->source = Source::kRest;
        }
        return update;
      });
}

absl::StatusOr<std::vector<TradeUpdate>> ParseTrades(std::string_view body,
                                                     const InstrumentTable& instruments) {
  constexpr std::string_view kWhere = "fills";
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const array entries, ParseArray(parser, body, kVenueWords, kWhere));
  ASSIGN_OR_RETURN(std::vector<TradeUpdate> trades,
                   ReadAll<TradeUpdate>(entries, kWhere, [&](const JsonFields& fields) {
                     return ReadFill(fields, instruments);
                   }));
  for (TradeUpdate& trade : trades) {
    trade.source = Source::kRest;
  }
  PutOldestFirst(trades, [](const TradeUpdate& trade) { return trade.fill.venue_time; });
  return trades;
}

}  // namespace colibri::hyperliquid
