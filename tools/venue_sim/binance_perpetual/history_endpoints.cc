// What happened to an account: orders, trades, income, forced orders.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance_perpetual/endpoints.h"
#include "tools/venue_sim/binance_perpetual/order_words.h"
#include "tools/venue_sim/binance_perpetual/render.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

constexpr int64_t kListMax = 1000;
constexpr int64_t kDayMs = 24 * 3600 * 1000;
constexpr int64_t kWeekMs = 7 * kDayMs;
constexpr int64_t kUnfilledKeptMs = 3 * kDayMs;
constexpr int64_t kOrdersKeptMs = 90 * kDayMs;
constexpr int64_t kTradesKeptMs = 90 * kDayMs;

// Without times the last week; never more than a week at once.
OrError<TimeRange> WeekOf(const VenueState& state, const Params& params) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> start, params.Integer("startTime"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> end, params.Integer("endTime"));
  TimeRange range{.start_ms = state.NowMs() - kWeekMs};
  if (start.has_value()) {
    range = {.start_ms = *start, .end_ms = end.value_or(*start + kWeekMs)};
  } else if (end.has_value()) {
    range = {.start_ms = *end - kWeekMs, .end_ms = *end};
  }
  if (range.end_ms != INT64_MAX && range.end_ms - range.start_ms > kWeekMs) {
    return VenueError{-1127, "More than 7 days between startTime and endTime."};
  }
  return range;
}

// The oldest from an id or a start, else the most recent.
void CutTo(std::vector<Json>& list, size_t limit, bool from_start) {
  if (list.size() <= limit) {
    return;
  }
  if (from_start) {
    list.resize(limit);
  } else {
    list.erase(list.begin(), list.end() - static_cast<ptrdiff_t>(limit));
  }
}

Reply AllOrders(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Contract* contract, state.RequiredContract(call.params));
  ASSIGN_OR_RETURN(const std::optional<int64_t> from, call.params.Integer("orderId"));
  ASSIGN_OR_RETURN(const size_t limit, LimitOf(call.params, 500, kListMax));
  ASSIGN_OR_RETURN(const TimeRange range, WeekOf(state, call.params));
  std::vector<Json> list;
  for (const auto& [id, order] : call.user->account.orders(contract->symbol()).orders) {
    const bool is_gone =
        !order.is_open() && order.executed == 0 && order.time_ms < state.NowMs() - kUnfilledKeptMs;
    const bool is_wanted = from.has_value() ? id >= *from : range.Holds(order.time_ms);
    if (is_wanted && !is_gone) {
      list.push_back(OrderJson(*contract, order));
    }
  }
  CutTo(list, limit, from.has_value() || call.params.Has("startTime"));
  return Json(list);
}

Reply OwnTrades(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Contract* contract, state.RequiredContract(call.params));
  ASSIGN_OR_RETURN(const std::optional<int64_t> order_id, call.params.Integer("orderId"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> from, call.params.Integer("fromId"));
  ASSIGN_OR_RETURN(const size_t limit, LimitOf(call.params, 500, kListMax));
  const bool has_times = call.params.Has("startTime") || call.params.Has("endTime");
  if (from.has_value() && has_times) {
    return VenueError{-1128, "Combination of optional parameters invalid."};
  }
  ASSIGN_OR_RETURN(TimeRange range, WeekOf(state, call.params));
  if (from.has_value()) {
    range = {.start_ms = state.NowMs() - kTradesKeptMs};
  }
  std::vector<Json> list;
  for (const auto& [id, trades] : call.user->account.orders(contract->symbol()).trades) {
    for (const margin::MarginTrade& trade : trades) {
      if (id >= from.value_or(0) && range.Holds(trade.time_ms) &&
          (!order_id.has_value() || trade.order_id == *order_id)) {
        list.push_back(OwnTradeJson(*contract, trade));
      }
    }
  }
  CutTo(list, limit, from.has_value() || call.params.Has("startTime"));
  return Json(list);
}

Reply Income(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::string symbol, call.params.Text("symbol"));
  ASSIGN_OR_RETURN(const std::string type, call.params.Text("incomeType"));
  ASSIGN_OR_RETURN(const size_t limit, LimitOf(call.params, 100, kListMax));
  ASSIGN_OR_RETURN(const int64_t page, call.params.IntegerOr("page", 1, 1, 1'000'000));
  ASSIGN_OR_RETURN(const std::optional<int64_t> start, call.params.Integer("startTime"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> end, call.params.Integer("endTime"));
  const TimeRange range{.start_ms = start.value_or(end.value_or(state.NowMs()) - kWeekMs),
                        .end_ms = end.value_or(INT64_MAX)};
  std::vector<Json> list;
  for (const margin::Income& income : call.user->account.income()) {
    const bool is_wanted = (symbol.empty() || income.symbol == symbol) &&
                           (type.empty() || Word(income.type) == type) &&
                           range.Holds(income.time_ms);
    if (is_wanted) {
      list.push_back({{"symbol", income.symbol},
                      {"incomeType", Word(income.type)},
                      {"income", Money(income.amount)},
                      {"asset", income.asset},
                      {"time", income.time_ms},
                      {"info", Word(income.type)},
                      {"tranId", income.id},
                      {"tradeId", income.trade_id == 0 ? "" : StrCat(income.trade_id)}});
    }
  }
  const size_t skipped = static_cast<size_t>(page - 1) * limit;
  list.erase(list.begin(), list.begin() + static_cast<ptrdiff_t>(std::min(skipped, list.size())));
  CutTo(list, limit, start.has_value() || page > 1);
  return Json(list);
}

Reply ForceOrders(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::vector<Contract*> contracts, state.SelectContracts(call.params));
  ASSIGN_OR_RETURN(const std::string type, call.params.Text("autoCloseType"));
  ASSIGN_OR_RETURN(const size_t limit, LimitOf(call.params, 50, 100));
  ASSIGN_OR_RETURN(const TimeRange range, TimeRangeOf(call.params));
  std::vector<Json> list;
  for (const Contract* contract : contracts) {
    for (const auto& [id, order] : call.user->account.orders(contract->symbol()).orders) {
      const bool is_adl = order.origin == margin::Origin::kDeleverage;
      if (order.origin == margin::Origin::kOwner || !range.Holds(order.time_ms) ||
          (!type.empty() && (type == "ADL") != is_adl)) {
        continue;
      }
      list.push_back(OrderJson(*contract, order));
    }
  }
  CutTo(list, limit, call.params.Has("startTime"));
  return Json(list);
}

int WeighOf(const Params& params) {
  return params.Has("symbol") ? 20 : 50;
}

constexpr Endpoint kEndpoints[] = {
    {"GET",
     "/fapi/v1/allOrders",
     "",
     Security::kSigned,
     "symbol orderId startTime endTime limit",
     Weigh<5>,
     AllOrders},
    {"GET",
     "/fapi/v1/userTrades",
     "",
     Security::kSigned,
     "symbol orderId startTime endTime fromId limit",
     Weigh<5>,
     OwnTrades},
    {"GET",
     "/fapi/v1/income",
     "",
     Security::kSigned,
     "symbol incomeType startTime endTime page limit",
     Weigh<30>,
     Income},
    {"GET",
     "/fapi/v1/forceOrders",
     "",
     Security::kSigned,
     "symbol autoCloseType startTime endTime limit",
     WeighOf,
     ForceOrders},
};

}  // namespace

bool IsForgotten(const margin::MarginOrder& order, int64_t now_ms) {
  const int64_t kept_ms = order.executed == 0 ? kUnfilledKeptMs : kOrdersKeptMs;
  return !order.is_open() && order.time_ms < now_ms - kept_ms;
}

absl::Span<const Endpoint> HistoryEndpoints() {
  return kEndpoints;
}

}  // namespace colibri::venue_sim::binance_perpetual
