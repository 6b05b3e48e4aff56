#include "connector/order_inquiry.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "connector/log.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// Removes an id from a set when the coroutine ends, however it does.
class Presence {
 public:
  Presence(absl::flat_hash_set<ClientOrderId>& ids, const ClientOrderId& id) : ids_(ids), id_(id) {}
  ~Presence() { ids_.erase(id_); }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

 private:
  absl::flat_hash_set<ClientOrderId>& ids_;
  ClientOrderId id_;
};

bool Names(const Order& order, const ClientOrderId& client_id, const ExchangeOrderId& exchange_id) {
  return client_id == order.client_order_id ||
         (!exchange_id.empty() && exchange_id == order.exchange_order_id);
}

}  // namespace

void OrderInquiry::Resolve(const ClientOrderId& id) {
  if (resolving_.insert(id).second) {
    state_.Spawn("resolve_order", ResolveInTask(id));
  }
}

void OrderInquiry::FetchFills(const ClientOrderId& id) {
  if (fetching_.insert(id).second) {
    state_.Spawn("fetch_fills", FetchFillsInTask(id));
  }
}

Task<void> OrderInquiry::ResolveInTask(ClientOrderId id) {
  const Presence presence(resolving_, id);
  const Order* order = state_.tracker->Find(id);
  const bool was_in_doubt = order != nullptr && order->is_in_doubt;
  absl::Duration delay = kDelayMin;
  absl::Duration absence_checked = -absl::InfiniteDuration();
  int failures = 0;
  while (true) {
    order = state_.tracker->Find(id);
    if (order == nullptr || !order->is_open() || (was_in_doubt && !order->is_in_doubt)) {
      co_return;
    }
    const Answer answer = co_await Query(id);
    order = state_.tracker->Find(id);
    if (answer == Answer::kKnown || order == nullptr || !order->is_open()) {
      co_return;
    }
    if (answer == Answer::kNotFound) {
      if (order->state == OrderState::kPendingCreate && !order->is_in_doubt) {
        co_return;  // its placement is still on the way, and will tell
      }
      // Two more requests, which count only so far apart: the limit is for others too.
      if (state_.clock.monotonic() - absence_checked >= ClientOrderTracker::kNotFoundSpacing) {
        const absl::StatusOr<bool> is_absent = co_await IsAbsentElsewhere(*order);
        if (is_absent.ok()) {
          absence_checked = state_.clock.monotonic();
          state_.tracker->NoteNotFound(id, *is_absent);
        }
      }
    } else if (++failures >= kFailuresMax && !order->is_in_doubt) {
      co_return;
    }
    // Not later than when a second "not found" counts.
    const absl::Duration counts_in =
        absence_checked + ClientOrderTracker::kNotFoundSpacing - state_.clock.monotonic();
    const bool is_due_first = counts_in > absl::ZeroDuration() && counts_in < delay;
    co_await state_.environment.Sleep(is_due_first ? counts_in : delay);
    delay = std::min(delay * 2, kDelayMax);
  }
}

Task<OrderInquiry::Answer> OrderInquiry::Query(ClientOrderId id) {
  const Order* found = state_.tracker->Find(id);
  const Instrument* instrument = found == nullptr ? nullptr : state_.FindInstrument(found->pair);
  if (instrument == nullptr) {
    co_return Answer::kNoAnswer;
  }
  Order order = *found;
  if (order.exchange_order_id.empty() && !state_.spec.capabilities.can_query_by_client_order_id) {
    co_return Answer::kNotFound;  // the lists of open orders and trades have to tell
  }
  const RestResult result =
      co_await state_.rest->Call(state_.protocol.OrderCall(order, *instrument));
  if (!result.status.ok()) {
    const bool is_clean =
        result.error.kind == ErrorKind::kOrderNotFound && result.error.outcome != Outcome::kUnknown;
    co_return is_clean ? Answer::kNotFound : Answer::kNoAnswer;
  }
  absl::StatusOr<OrderUpdate> update = state_.protocol.ParseOrder(result.response.body);
  if (!update.ok()) {
    LogWarning("order_unreadable", {{"id", id.ToString()}, {"why", update.status().ToString()}});
    co_return Answer::kNoAnswer;
  }
  update->client_order_id = id;
  update->pair = order.pair;
  update->source = Source::kRest;
  if (update->cumulative_filled.value_or(Quantity()) > order.filled) {
    // Fills come before the status that contains them.
    order.exchange_order_id = update->exchange_order_id;
    (co_await FetchTrades(order)).IgnoreError();
  }
  state_.Apply(*update);
  // What it became may have a record of its own.
  found = state_.tracker->Find(id);
  if (order.is_waiting() && found != nullptr && found->is_open() && !found->is_waiting()) {
    co_return co_await Query(id);
  }
  co_return Answer::kKnown;
}

Task<absl::Status> OrderInquiry::FetchTrades(Order order) {
  const Instrument& instrument = *state_.FindInstrument(order.pair);
  const RestResult result =
      co_await state_.rest->Call(state_.protocol.OrderTradesCall(order, instrument));
  CO_RETURN_IF_ERROR(result.status);
  CO_ASSIGN_OR_RETURN(std::vector<TradeUpdate> trades,
                      state_.protocol.ParseTrades(result.response.body));
  for (TradeUpdate& trade : trades) {
    if (Names(order, trade.fill.client_order_id, trade.fill.exchange_order_id)) {
      trade.fill.client_order_id = order.client_order_id;
      trade.fill.pair = order.pair;
      trade.source = Source::kRest;
      state_.Apply(trade);
    }
  }
  co_return absl::OkStatus();
}

Task<void> OrderInquiry::FetchFillsInTask(ClientOrderId id) {
  const Presence presence(fetching_, id);
  if (state_.spec.fill_lag > absl::ZeroDuration()) {
    co_await state_.environment.Sleep(state_.spec.fill_lag);
    if (!state_.tracker->is_awaiting_fills(id)) {
      co_return;
    }
  }
  absl::Duration delay = kDelayMin;
  for (int attempt = 0; attempt < kFillAttempts; ++attempt) {
    const Order* order = state_.tracker->Find(id);
    if (order == nullptr || state_.FindInstrument(order->pair) == nullptr) {
      co_return;
    }
    const absl::Status status = co_await FetchTrades(*order);
    if (status.ok() && !state_.tracker->is_awaiting_fills(id)) {
      co_return;
    }
    co_await state_.environment.Sleep(delay);
    delay = std::min(delay * 2, kDelayMax);
  }
}

Task<absl::Status> OrderInquiry::ReadOpenOrders(VenueCall call,
                                                InstrumentIndex index,
                                                std::vector<OrderUpdate>& open) {
  const Instrument& instrument = state_.instruments.at(index);
  const RestResult result = co_await state_.rest->Call(std::move(call));
  CO_RETURN_IF_ERROR(result.status);
  CO_ASSIGN_OR_RETURN(const std::vector<OrderUpdate> listed,
                      state_.protocol.ParseOpenOrders(result.response.body));
  for (const OrderUpdate& update : listed) {
    if (update.pair.base.empty() || update.pair == instrument.pair) {
      open.push_back(update);
      open.back().pair = instrument.pair;
      open.back().source = Source::kRest;
      state_.Apply(open.back());
    }
  }
  co_return absl::OkStatus();
}

Task<absl::StatusOr<std::vector<OrderUpdate>>> OrderInquiry::FetchOpenOrders(
    InstrumentIndex index) {
  const Instrument& instrument = state_.instruments.at(index);
  std::vector<OrderUpdate> open;
  // What triggers in between is on both lists, the other way round it would be on none.
  std::optional<VenueCall> waiting = state_.protocol.OpenConditionalOrdersCall(instrument);
  if (waiting.has_value()) {
    CO_RETURN_IF_ERROR(co_await ReadOpenOrders(*std::move(waiting), index, open));
  }
  CO_RETURN_IF_ERROR(
      co_await ReadOpenOrders(state_.protocol.OpenOrdersCall(instrument), index, open));
  co_return open;
}

Task<absl::StatusOr<bool>> OrderInquiry::IsAbsentElsewhere(Order order) {
  const ListsPtr lists =
      co_await FetchLists(state_.FindInstrument(order.pair)->index,
                          order.created_at + state_.time.offset() - absl::Seconds(1));
  CO_RETURN_IF_ERROR(lists->status);
  co_return std::none_of(lists->open.begin(),
                         lists->open.end(),
                         [&](const OrderUpdate& update) {
                           return Names(order, update.client_order_id, update.exchange_order_id);
                         }) &&
      std::none_of(lists->trades.begin(), lists->trades.end(), [&](const TradeUpdate& trade) {
        return Names(order, trade.fill.client_order_id, trade.fill.exchange_order_id);
      });
}

Task<OrderInquiry::ListsPtr> OrderInquiry::FetchLists(InstrumentIndex index, absl::Time since) {
  if (const ListsPtr next = lists_next_[index]; next != nullptr) {
    next->since = std::min(next->since, since);
    while (!next->is_done) {
      co_await next->done.Wait();
    }
    co_return next;
  }
  const auto mine = std::make_shared<Lists>();
  mine->since = since;
  lists_next_[index] = mine;
  while (const ListsPtr before = lists_asked_[index]) {
    while (!before->is_done) {
      co_await before->done.Wait();
    }
  }
  lists_next_[index] = nullptr;
  lists_asked_[index] = mine;
  mine->status = co_await FillLists(index, mine);
  lists_asked_[index] = nullptr;
  mine->is_done = true;
  mine->done.Set();
  co_return mine;
}

Task<absl::Status> OrderInquiry::FillLists(InstrumentIndex index, ListsPtr lists) {
  CO_ASSIGN_OR_RETURN(lists->open, co_await FetchOpenOrders(index));
  const TradeCursor cursor = {.after = std::nullopt, .since = lists->since};
  const RestResult result =
      co_await state_.rest->Call(state_.protocol.TradesCall(cursor, state_.instruments.at(index)));
  CO_RETURN_IF_ERROR(result.status);
  CO_ASSIGN_OR_RETURN(lists->trades, state_.protocol.ParseTrades(result.response.body));
  for (TradeUpdate& trade : lists->trades) {
    trade.source = Source::kRest;
    state_.Apply(trade);
  }
  co_return absl::OkStatus();
}

}  // namespace colibri
