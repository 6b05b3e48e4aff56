// The account's half of a connector: private stream, order socket, and what they tell.
#include <utility>

#include "connector/exchange_base_rep.h"
#include "core/strings.h"

namespace colibri {
namespace {

// How soon a venue that told a total is asked what of it is available.
constexpr absl::Duration kAvailableWithin = absl::Seconds(2);

}  // namespace

void ExchangeBase::Rep::StartAccount() {
  user_source = owner.MakeUserStreamDataSource(state.instruments);
  DeclareAccountCalls(state.instruments.at(0));
  reconciler.emplace(state, inquiry);
  reconciler->set_on_mismatch([this](std::string_view reason) {
    if (user_stream.has_value()) {
      user_stream->Resubscribe(reason);
    }
  });
  user_stream.emplace(state.environment,
                      *user_source,
                      *state.rest,
                      state.time,
                      *state.auth,
                      UserStreamOptions{.venue = state.spec.name,
                                        .uses_listen_key = state.domain.uses_listen_key,
                                        .silence_max = state.config.private_silence_max.value_or(
                                            state.spec.private_silence_max),
                                        .session_lifetime = state.spec.session_lifetime,
                                        .heartbeat_frame = state.spec.heartbeat_frame,
                                        .heartbeat_period = state.spec.heartbeat_period,
                                        .frame_encoding = state.spec.frame_encoding},
                      MakeUserListener());
  state.Spawn("user_stream", user_stream->Run());
  StartOrderSocket();
  state.Spawn("balances", balance_keeper.Run());
  state.Spawn("reconcile", reconciler->Run());
  state.Spawn("fees", rule_keeper.RunFees());
}

void ExchangeBase::Rep::StartOrderSocket() {
  const std::string& url = state.domain.hosts.order_socket_url;
  if (state.config.order_entry == OrderChannel::kRest || url.empty()) {
    return;
  }
  order_source = owner.MakeOrderSocketSource();
  if (order_source == nullptr) {
    return;
  }
  const OrderSocketProbe probe = order_source->MakeProbe(/*id=*/0);
  state.throttler.Declare(probe.charges, CallPriority::kReconcile);
  state.health.Offer(kOrderSocketHealth, state.clock.now(), "not connected yet: orders go by REST");
  order_socket.emplace(
      state.environment,
      state.tasks,
      *order_source,
      state.protocol,
      state.throttler,
      state.time,
      *state.auth,
      OrderSocketOptions{.venue = state.spec.name,
                         .url = url,
                         .session_lifetime = state.spec.session_lifetime,
                         .frame_encoding = state.spec.frame_encoding},
      OrderSocket::Listener{
          .on_state =
              [this](const absl::Status& status) { state.SetHealth(kOrderSocketHealth, status); },
          .on_late_answer =
              [this](const HttpResponse& response) { state.rest->NoteLateAnswer(response); }});
  state.rest->set_order_socket(&*order_socket);
  state.Spawn("order_socket", order_socket->Run());
}

// After the journal is read: it tells which payments were told.
void ExchangeBase::Rep::StartPerpetual() {
  if (perpetual != nullptr) {
    perpetual->StartAccount([this](std::string_view reason) {
      reconciler->TriggerQuietly();
      user_stream->Resubscribe(reason);
    });
  }
}

UserStream::Listener ExchangeBase::Rep::MakeUserListener() {
  return {
      .on_message = [this](PrivateMessage message) { ApplyPrivate(std::move(message)); },
      .on_login =
          [this] {
            state.SetHealth(kUserStreamHealth, absl::OkStatus());
            reconciler->Trigger("the private stream was away");
            TriggerAccount();
          },
      .on_lost =
          [this](std::string_view reason) {
            state.SetHealth(kUserStreamHealth, absl::UnavailableError(Abs(reason)));
          },
      .on_refused = [this](const absl::Status& status) { state.NoteFatal(status); },
      .on_unreadable =
          [this](const absl::Status&) {
            reconciler->TriggerQuietly();
            TriggerAccount();
          },
      .on_renewed =
          [this] {
            reconciler->TriggerQuietly();
            TriggerAccount();
          },
  };
}

void ExchangeBase::Rep::TriggerAccount() {
  balance_keeper.Trigger();
  if (perpetual != nullptr) {
    perpetual->Trigger();
  }
}

void ExchangeBase::Rep::ApplyPrivate(PrivateMessage message) {
  if (perpetual != nullptr) {
    perpetual->Apply(message);
  }
  for (const TradeUpdate& trade : message.trades) {
    state.Apply(trade);
  }
  for (const OrderUpdate& order : message.orders) {
    state.Apply(order);
  }
  bool is_balance_due = message.is_balance_due;
  for (BalanceUpdate& balance : message.balances) {
    if (balance.venue_time == absl::InfinitePast()) {
      balance.venue_time = state.time.venue_now();
    }
    state.balances.Apply(balance);
    is_balance_due |= balance.is_total_only;
  }
  if (is_balance_due) {
    balance_keeper.TriggerWithin(kAvailableWithin);
  }
}

}  // namespace colibri
