// The cancelling half of OrderEntry.
#include <algorithm>
#include <utility>

#include "connector/log.h"
#include "connector/order_entry.h"
#include "connector/order_journal.h"
#include "core/strings.h"

namespace colibri {

absl::Status OrderEntry::Cancel(const ClientOrderId& id) {
  const Order* order = state_.tracker == nullptr ? nullptr : state_.tracker->Find(id);
  if (order == nullptr) {
    return absl::NotFoundError(StrCat("no order ", id, " to cancel"));
  }
  if (!order->is_open()) {
    return absl::FailedPreconditionError(
        StrCat("order ", id, " is ", ToString(order->state), ": nothing to cancel"));
  }
  if (state_.tracker->MarkCancelRequested(id,
                                          state_.spec.capabilities.can_cancel_by_client_order_id)) {
    SendCancel(id);
  }
  return absl::OkStatus();
}

void OrderEntry::SendCancel(const ClientOrderId& id) {
  const Order* order = state_.tracker->Find(id);
  if (order != nullptr && order->is_open() && !state_.is_stopped && canceling_.insert(id).second) {
    state_.journal->NoteCancel(id);
    state_.Spawn("cancel", CancelOne(*order, state_.rest->Start(CancelCall(*order))));
  }
}

absl::Status OrderEntry::CancelAll(const std::optional<TradingPair>& pair, bool only_ours) {
  if (state_.auth == nullptr) {
    return absl::FailedPreconditionError(
        StrCat(state_.spec.name, " has no API key, so it has no orders to cancel"));
  }
  if (pair.has_value() && state_.FindInstrument(*pair) == nullptr) {
    return absl::NotFoundError(
        StrCat(*pair, " is not one of the pairs that ", state_.spec.name, " is configured for"));
  }
  for (const Instrument& instrument : state_.instruments) {
    if (pair.has_value() && instrument.pair != *pair) {
      continue;
    }
    std::vector<ClientOrderId> ids;
    for (const Order* order : state_.tracker->open_orders()) {
      if (order->pair == instrument.pair) {
        ids.push_back(order->client_order_id);
      }
    }
    std::erase_if(ids, [&](const ClientOrderId& id) {
      return !state_.tracker->MarkCancelRequested(
          id, state_.spec.capabilities.can_cancel_by_client_order_id);
    });
    if (!ids.empty() || !only_ours) {
      // The venue's own call cancels what is not ours too.
      const bool is_bulk = !only_ours;
      state_.Spawn("cancel_all", CancelPair(instrument.index, std::move(ids), is_bulk));
    }
  }
  return absl::OkStatus();
}

// By the venue's own call, where it has one: what is not ours too.
Task<void> OrderEntry::CancelAtOnce(InstrumentIndex index, std::optional<VenueCall> call) {
  if (!call.has_value()) {
    co_return;
  }
  const Instrument& instrument = state_.instruments.at(index);
  call->priority = CallPriority::kCancel;
  call->timeout = std::min(call->timeout, kOrderTimeout);
  const RestResult result = co_await state_.rest->Call(*std::move(call));
  if (result.status.ok()) {
    absl::StatusOr<std::vector<OrderUpdate>> canceled =
        state_.protocol.ParseCanceledAll(result.response.body, instrument);
    for (OrderUpdate& update : canceled.ok() ? *canceled : std::vector<OrderUpdate>{}) {
      update.pair = instrument.pair;
      update.source = Source::kRest;
      state_.Apply(update);
    }
  } else if (result.error.kind != ErrorKind::kCancelUnknownOrder) {
    LogWarning("cancel_all_failed",
               {{"pair", instrument.pair.ToString()}, {"why", result.status.ToString()}});
  }
}

Task<void> OrderEntry::CancelPair(InstrumentIndex index,
                                  std::vector<ClientOrderId> ids,
                                  bool is_bulk) {
  if (is_bulk && state_.spec.capabilities.can_cancel_all_on_pair) {
    const Instrument& instrument = state_.instruments.at(index);
    // What triggers in between is met by the second one.
    co_await CancelAtOnce(index, state_.protocol.CancelAllConditionalCall(instrument));
    co_await CancelAtOnce(index, state_.protocol.CancelAllCall(instrument));
  }
  for (const ClientOrderId& id : ids) {
    const Order* order = state_.tracker->Find(id);
    if (order != nullptr && order->is_open()) {
      SendCancel(id);
    }
  }
}

VenueCall OrderEntry::CancelCall(const Order& order) const {
  VenueCall call = state_.protocol.CancelCall(order, *state_.FindInstrument(order.pair));
  call.priority = CallPriority::kCancel;
  call.timeout = std::min(call.timeout, kOrderTimeout);
  return call;
}

Task<void> OrderEntry::CancelOne(Order order, Task<RestResult> answer) {
  const ClientOrderId id = order.client_order_id;
  struct Leave {
    absl::flat_hash_set<ClientOrderId>& ids;
    ClientOrderId id;
    ~Leave() { ids.erase(id); }
  } leave{canceling_, id};
  std::string why;
  for (int attempt = 1; attempt <= kCancelAttempts; ++attempt) {
    if (co_await AwaitCanceled(order, std::move(answer), why) == CancelStep::kDone) {
      co_return;
    }
    if (attempt < kCancelAttempts) {
      co_await state_.environment.Sleep(kCancelDelay * attempt);
      const Order* found = state_.tracker->Find(id);
      if (found == nullptr || !found->is_open()) {
        co_return;
      }
      order = *found;
      answer = state_.rest->Start(CancelCall(order));
    }
  }
  state_.tracker->MarkCancelRejected(id,
                                     StrCat("given up after ", kCancelAttempts, " tries: ", why));
}

Task<OrderEntry::CancelStep> OrderEntry::AwaitCanceled(Order order,
                                                       Task<RestResult> answer,
                                                       std::string& why) {
  const ClientOrderId id = order.client_order_id;
  const RestResult result = co_await std::move(answer);
  if (result.status.ok()) {
    absl::StatusOr<OrderUpdate> update = state_.protocol.ParseCanceled(result.response.body, order);
    if (!update.ok()) {
      inquiry_.Resolve(id);
    } else {
      NoteCanceled(order, *std::move(update));
    }
    co_return CancelStep::kDone;
  }
  why = std::string(Std(result.status.message()));
  switch (result.error.outcome) {
    case Outcome::kNotSent:
      co_return CancelStep::kTryAgain;
    case Outcome::kUnknown:
      co_return co_await AskAfterCancel(id);
    case Outcome::kRejected:
      break;
  }
  if (result.error.kind != ErrorKind::kCancelUnknownOrder &&
      result.error.kind != ErrorKind::kOrderNotFound) {
    state_.tracker->MarkCancelRejected(id, why);
    co_return CancelStep::kDone;
  }
  if (placing_.contains(id)) {
    cancel_after_placing_.insert(id);  // the cancel was faster than the order
    co_return CancelStep::kDone;
  }
  co_return co_await AskAfterCancel(id);
}

void OrderEntry::NoteCanceled(const Order& order, OrderUpdate update) {
  const bool is_final = state_.spec.capabilities.is_cancel_answer_final;
  update.client_order_id = order.client_order_id;
  update.pair = order.pair;
  update.source = Source::kRest;
  if (!is_final) {
    update.state = OrderState::kOpen;  // until then: so it is not one that never came to be
  }
  state_.Apply(update);
  if (!is_final) {
    state_.Spawn("ask_for_end", AskForEnd(order.client_order_id));
  }
}

// The stream tells first, and what was filled until then; unless it is late, or lost it.
Task<void> OrderEntry::AskForEnd(ClientOrderId id) {
  co_await state_.environment.Sleep(std::max(state_.spec.fill_lag, kCancelDelay));
  const auto is_ended = [this, &id] {
    const Order* order = state_.tracker->Find(id);
    return order == nullptr || !order->is_open() || state_.tracker->is_awaiting_fills(id);
  };
  if (!is_ended() && co_await inquiry_.Query(id) != OrderInquiry::Answer::kKnown && !is_ended()) {
    inquiry_.Resolve(id);
  }
}

// "Unknown order" proves nothing, and a lost answer neither: the order's status tells.
Task<OrderEntry::CancelStep> OrderEntry::AskAfterCancel(ClientOrderId id) {
  const Order* order = state_.tracker->Find(id);
  const bool was_unseen = order != nullptr && order->state == OrderState::kPendingCreate;
  const OrderInquiry::Answer answer = co_await inquiry_.Query(id);
  order = state_.tracker->Find(id);
  if (order == nullptr || !order->is_open() || state_.tracker->is_awaiting_fills(id)) {
    co_return CancelStep::kDone;
  }
  if (answer == OrderInquiry::Answer::kNotFound) {
    inquiry_.Resolve(id);
    // The cancel may be faster than the order: NoteCreated sends another one when it shows, unless
    // it has shown while this one was under way.
    const bool has_shown = was_unseen && order->state != OrderState::kPendingCreate;
    co_return has_shown ? CancelStep::kTryAgain : CancelStep::kDone;
  }
  co_return CancelStep::kTryAgain;  // still open, or nothing learned
}

void OrderEntry::NoteCreated(const Order& order) {
  const ClientOrderId& id = order.client_order_id;
  if (order.is_cancel_requested && !placing_.contains(id)) {
    SendCancel(id);  // unless one is under way
  }
}

}  // namespace colibri
