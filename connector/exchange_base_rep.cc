#include "connector/exchange_base_rep.h"

#include <algorithm>
#include <utility>

#include "boost/asio/experimental/awaitable_operators.hpp"
#include "connector/deadline.h"
#include "connector/log.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {

ExchangeBase::Rep::Rep(ExchangeBase& exchange,
                       Environment& environment,
                       const VenueSpec& spec,
                       ExchangeConfig config,
                       std::unique_ptr<Auth> auth,
                       const PerpetualProtocol* perpetual_protocol)
    : owner(exchange),
      state(environment, spec, std::move(config), exchange, std::move(auth)),
      journal(state),
      inquiry(state),
      rule_keeper(state, [this](std::string_view symbol) { return owner.StreamSymbol(symbol); }),
      balance_keeper(state,
                     {.health = kBalancesHealth, .fetch = [this] { return FetchBalances(); }}) {
  state.journal = &journal;
  if (perpetual_protocol != nullptr) {
    perpetual = std::make_unique<PerpetualAccount>(state, *perpetual_protocol);
    state.perpetual = perpetual.get();
  }
  state.tracker = std::make_unique<ClientOrderTracker>(
      spec.name,
      state.clock,
      state.events,
      ClientOrderTracker::Actions{
          .need_fills = [this](const Order& order) { inquiry.FetchFills(order.client_order_id); },
          .need_status = [this](const Order& order) { inquiry.Resolve(order.client_order_id); },
          .send_cancel = [this](const Order& order) { entry->SendCancel(order.client_order_id); }},
      [this](const TradingPair& pair) {
        const TradingRule* rule = state.FindRule(pair);
        return rule == nullptr ? Quantity() : rule->quantity_increment;
      });
  absl::StatusOr<ClientOrderIdGenerator> ids =
      ClientOrderIdGenerator::Create(state.config.client_order_id_prefix,
                                     spec.client_order_id_alphabet,
                                     spec.client_order_id_length_max,
                                     state.clock.now(),
                                     environment.random());
  state.config_status.Update(ids.status());
  if (ids.ok()) {
    entry.emplace(state, inquiry, *std::move(ids));
  }
  const auto on_end = [this](const auto& event) {
    if (event.order.filled.is_zero() && state.spec.capabilities.has_balance_events) {
      state.balances.Release(event.order.client_order_id);
    } else {
      state.balances.NoteAcknowledged(event.order.client_order_id, event.header.venue_time);
    }
    state.progress.Set();
  };
  if (!spec.capabilities.has_balance_events) {
    EstimateBalances();
  }
  subscriptions.push_back(state.events.Subscribe<OrderCreated>(
      [this](const OrderCreated& event) { entry->NoteCreated(event.order); }));
  subscriptions.push_back(state.events.Subscribe<OrderCompleted>(on_end));
  subscriptions.push_back(state.events.Subscribe<OrderCanceled>(on_end));
  subscriptions.push_back(state.events.Subscribe<OrderExpired>(on_end));
  subscriptions.push_back(state.events.Subscribe<OrderRejected>([this](const OrderRejected& event) {
    state.balances.Release(event.order.client_order_id);
    state.progress.Set();
  }));
  state.events.set_exception_reporter([name = spec.name](std::string_view what) {
    LogError("handler_exception", {{"venue", name}, {"what", std::string(what)}});
  });
}

// From what our orders do, until the next answer to a question.
void ExchangeBase::Rep::EstimateBalances() {
  state.balances.set_is_estimating(true);
  subscriptions.push_back(state.events.Subscribe<OrderFilled>([this](const OrderFilled& event) {
    state.balances.EstimateFill(event.fill);
    balance_keeper.Trigger();
  }));
  const auto on_end = [this](const auto& event) { state.balances.EstimateEnd(event.order); };
  subscriptions.push_back(state.events.Subscribe<OrderCompleted>(on_end));
  subscriptions.push_back(state.events.Subscribe<OrderCanceled>(on_end));
  subscriptions.push_back(state.events.Subscribe<OrderExpired>(on_end));
}

Task<absl::Status> ExchangeBase::Rep::FetchBalances() {
  const absl::Time asked_at = state.time.venue_now();
  const RestResult result = co_await state.rest->Call(state.protocol.BalancesCall());
  CO_RETURN_IF_ERROR(result.status);
  CO_ASSIGN_OR_RETURN(const std::vector<BalanceUpdate> updates,
                      state.protocol.ParseBalances(result.response.body));
  state.balances.ApplySnapshot(updates, asked_at);
  co_return absl::OkStatus();
}

bool ExchangeBase::Rep::has_account() const {
  return state.auth != nullptr && state.spec.capabilities.can_trade;
}

absl::Status ExchangeBase::Rep::CheckConfig() const {
  RETURN_IF_ERROR(state.config_status);
  const std::vector<TradingPair>& pairs = state.config.pairs;
  if (pairs.empty()) {
    return absl::InvalidArgumentError(
        StrCat(state.spec.name, ": pairs is empty: name one at least, such as BTC-USDT"));
  }
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (std::find(pairs.begin(), pairs.begin() + static_cast<int64_t>(i), pairs[i]) !=
        pairs.begin() + static_cast<int64_t>(i)) {
      return absl::InvalidArgumentError(
          StrCat(state.spec.name, ": pairs names ", pairs[i], " twice"));
    }
  }
  for (const auto& [pair, kind] : state.config.books) {
    if (std::find(pairs.begin(), pairs.end(), pair) == pairs.end()) {
      return absl::InvalidArgumentError(
          StrCat(state.spec.name, ": books names ", pair, ", which is not one of pairs"));
    }
  }
  return absl::OkStatus();
}

void ExchangeBase::Rep::RequireHealth() {
  const absl::Time now = state.clock.now();
  state.health.Require(kClockHealth, now, "the venue's time is not known yet");
  state.health.Require(kRulesHealth, now, "not loaded yet");
  state.SetHealth(kLimitsHealth, absl::OkStatus());
  for (const TradingPair& pair : state.config.pairs) {
    state.health.Require(Health::BookCapability(pair), now, "no snapshot yet");
  }
  if (perpetual != nullptr) {
    perpetual->RequireHealth(has_account());
  }
  if (has_account()) {
    state.health.Require(kUserStreamHealth, now, "not connected yet");
    state.health.Require(kBalancesHealth, now, "not fetched yet");
    state.health.Require(kOrdersHealth, now, "not reconciled yet");
  } else if (state.spec.capabilities.can_trade) {
    const std::string reason =
        StrCat("no API key, market data only: set ", KeyVariables(state.spec));
    LogWarning("no_keys", {{"venue", state.spec.name}, {"why", reason}});
    state.health.Require(kKeysHealth, now, reason);
  }
}

bool ExchangeBase::Rep::is_ready() const {
  if (!state.health.is_healthy(kRulesHealth)) {
    return false;  // spares looking through the books at every change
  }
  for (const CapabilityHealth& health : state.health.capabilities()) {
    if (!health.is_healthy && health.is_needed && health.capability != kKeysHealth) {
      return false;
    }
  }
  return true;
}

std::string ExchangeBase::Rep::WhyNotReady() const {
  std::string why;
  int count = 0;
  for (const CapabilityHealth& health : state.health.capabilities()) {
    if (health.is_healthy || !health.is_needed || health.capability == kKeysHealth) {
      continue;
    }
    if (++count <= kReasonsTold) {
      why += StrCat(why.empty() ? "" : "; ", health.capability, ": ", health.reason);
    }
  }
  return count <= kReasonsTold ? why : StrCat(why, "; and ", count - kReasonsTold, " more");
}

Task<void> ExchangeBase::Rep::BringUp() {
  DeclareCalls();
  // Neither needs the other, and each takes a round trip or several.
  using boost::asio::experimental::awaitable_operators::operator&&;
  co_await (RunUntilOk(std::string(kClockHealth), &Rep::SynchronizeTime) &&
            RunUntilOk(std::string(kRulesHealth), &Rep::LoadRules));
  state.Spawn("time", KeepTime());
  state.Spawn("rules", rule_keeper.Run());
  if (has_account()) {
    KeepNonces();
    StartAccount();
    RestoreOrders();
    StartPerpetual();
  }
  StartMarketData();
}

// How much that was nobody knows where the venue does not tell: half of it, as a guess.
void ExchangeBase::Rep::NoteEarlierUse() {
  for (const RateLimitPool& pool : state.spec.limits) {
    if (pool.used_header.empty() && state.clock.now() - journal.earlier_until() < pool.interval) {
      state.throttler.UpdateUsed(pool.name, pool.limit / 2);
    }
  }
}

// The mark goes to the file before the nonces that it covers go to the wire.
void ExchangeBase::Rep::KeepNonces() {
  if (!state.auth->uses_nonces()) {
    return;
  }
  if (journal.nonce_mark() != absl::InfinitePast()) {
    state.auth->SkipNonces(journal.nonce_mark());
  }
  state.rest->set_before_signing([this](absl::Time venue_now) {
    const absl::Time next = std::max(venue_now, state.auth->last_nonce() + absl::Milliseconds(1));
    if (next > journal.nonce_mark()) {
      journal.NoteNonces(next + kNoncesAhead);
    }
  });
}

void ExchangeBase::Rep::RestoreOrders() {
  std::vector<ClientOrderId> open = journal.Restore();
  if (open.empty()) {
    return;
  }
  state.health.Require(kRestartHealth,
                       state.clock.now(),
                       StrCat(open.size(), " orders of an earlier run are being looked for"));
  for (const ClientOrderId& id : open) {
    inquiry.Resolve(id);
  }
  state.Spawn("restart", FinishRestart(std::move(open)));
}

bool ExchangeBase::Rep::is_settled(const ClientOrderId& id) const {
  const Order* order = state.tracker->Find(id);
  return order == nullptr || !order->is_open() ||
         (!order->is_in_doubt && order->state != OrderState::kPendingCreate &&
          !inquiry.is_resolving(id));
}

Task<void> ExchangeBase::Rep::FinishRestart(std::vector<ClientOrderId> restored) {
  const auto are_settled = [this, &restored] {
    return std::all_of(restored.begin(), restored.end(), [this](const ClientOrderId& id) {
      return is_settled(id);
    });
  };
  while (!reconciler->has_succeeded() || !are_settled()) {
    co_await state.environment.Sleep(kRestartPoll);
  }
  const auto is_open = [this](const ClientOrderId& id) {
    const Order* order = state.tracker->Find(id);
    return order != nullptr && order->is_open();
  };
  while (state.config.restart == RestartPolicy::kCancel &&
         std::any_of(restored.begin(), restored.end(), is_open)) {
    for (const ClientOrderId& id : restored) {
      if (is_open(id) && !state.tracker->Find(id)->is_cancel_requested) {
        entry->Cancel(id).IgnoreError();
      }
    }
    co_await state.environment.Sleep(kRestartPoll);
  }
  state.SetHealth(kRestartHealth, absl::OkStatus());
}

Task<void> ExchangeBase::Rep::RunUntilOk(std::string capability, Step step) {
  ReconnectPolicy backoff(state.environment.random());
  while (true) {
    const absl::Status status = co_await (this->*step)();
    state.SetHealth(capability, status);
    if (status.ok()) {
      co_return;
    }
    absl::Duration delay = backoff.NextDelay(state.clock.monotonic());
    LogWarning("not_up",
               {{"venue", state.spec.name},
                {"step", capability},
                {"why", status.ToString()},
                {"retry_in", absl::FormatDuration(absl::Trunc(delay, absl::Milliseconds(1)))}});
    if (IsPermanent(status) || absl::IsNotFound(status)) {
      state.NoteFatal(status);
      delay = std::max(delay, kPermanentDelay);
    }
    co_await state.environment.Sleep(delay);
  }
}

Task<absl::Status> ExchangeBase::Rep::SynchronizeTime() {
  co_return co_await state.rest->SynchronizeTime(kTimeSamples, CallPriority::kReconcile);
}

Task<absl::Status> ExchangeBase::Rep::LoadRules() {
  co_return co_await rule_keeper.Load();
}

Task<void> ExchangeBase::Rep::KeepTime() {
  while (true) {
    co_await state.environment.Sleep(kTimePeriod);
    const absl::Status status = co_await state.rest->SynchronizeTime(1, CallPriority::kReconcile);
    if (!status.ok()) {
      LogDebug("time_not_sampled", {{"venue", state.spec.name}, {"why", status.ToString()}});
    }
  }
}

void ExchangeBase::Rep::StartMarketData() {
  book_source = owner.MakeOrderBookDataSource(state.instruments);
  const VenueCall snapshot = book_source->SnapshotCall(state.instruments.at(0));
  state.throttler.Declare(snapshot.charges, snapshot.priority);
  state.books = std::make_unique<OrderBookTracker>(state.spec.name,
                                                   state.instruments,
                                                   state.spec.gap_rule,
                                                   state.clock,
                                                   state.events,
                                                   &state.health,
                                                   [this](InstrumentIndex instrument) {
                                                     if (snapshots.has_value()) {
                                                       snapshots->Request(instrument);
                                                     }
                                                   });
  for (const Instrument& instrument : state.instruments) {
    state.books->SetKind(instrument.index, KindOfBook(state.config, instrument.pair));
  }
  if (state.spec.has_book_checksum) {
    state.books->set_checksum(
        [this](const OrderBook& book) { return book_source->Checksum(book); });
  }
  snapshots.emplace(state.environment,
                    state.tasks,
                    *state.rest,
                    state.instruments,
                    *book_source,
                    *state.books,
                    state.health);
  StartBookStreams();
  trade_source = owner.MakeTradeDataSource(state.instruments);
  if (trade_source != nullptr) {
    StartTradeStreams();
  }
  if (perpetual != nullptr) {
    perpetual->StartMarketData();
  }
}

void ExchangeBase::Rep::StartBookStreams() {
  for (const InstrumentRange part :
       SplitEvenly(state.instruments.size(), book_source->pairs_per_socket())) {
    MarketStream& stream = market_streams.emplace_back(state.environment,
                                                       state.tasks,
                                                       state.instruments,
                                                       *book_source,
                                                       *state.books,
                                                       *snapshots,
                                                       StreamOptions(part));
    state.Spawn("market_stream", stream.Run());
  }
}

void ExchangeBase::Rep::StartTradeStreams() {
  state.health.Require(kTradesHealth, state.clock.now(), "not connected yet");
  const std::vector<InstrumentRange> parts =
      SplitEvenly(state.instruments.size(), trade_source->pairs_per_socket());
  trade_states.assign(parts.size(), absl::UnavailableError("not connected yet"));
  for (size_t i = 0; i < parts.size(); ++i) {
    MarketStreamOptions options = StreamOptions(parts[i]);
    options.has_books = false;
    options.on_state = [this, i](const absl::Status& status) {
      trade_states[i] = status;
      const auto failed = std::find_if(
          trade_states.begin(), trade_states.end(), [](const absl::Status& s) { return !s.ok(); });
      state.SetHealth(kTradesHealth, failed == trade_states.end() ? absl::OkStatus() : *failed);
    };
    options.on_trade = [this](InstrumentIndex instrument) {
      market_streams[instrument / market_streams.front().range().size()].NoteMove(instrument);
    };
    MarketStream& stream = trade_streams.emplace_back(state.environment,
                                                      state.tasks,
                                                      state.instruments,
                                                      *trade_source,
                                                      *state.books,
                                                      *snapshots,
                                                      std::move(options));
    state.Spawn("trade_stream", stream.Run());
  }
}

MarketStreamOptions ExchangeBase::Rep::StreamOptions(InstrumentRange part) const {
  return {.venue = state.spec.name,
          .instruments = part,
          .silence_max = state.config.market_silence_max.value_or(state.spec.market_silence_max),
          .session_lifetime = state.spec.session_lifetime,
          .heartbeat_frame = state.spec.heartbeat_frame,
          .heartbeat_period = state.spec.heartbeat_period,
          .frame_encoding = state.spec.frame_encoding};
}

void ExchangeBase::Rep::DeclareCalls() {
  for (const VenueCall& call : {state.protocol.ServerTimeCall(), state.protocol.RulesCall()}) {
    state.throttler.Declare(call.charges, call.priority);
  }
}

void ExchangeBase::Rep::DeclareAccountCalls(const Instrument& instrument) {
  Order order;
  order.client_order_id = ClientOrderId("declare");
  order.pair = instrument.pair;
  order.quantity = Quantity(Decimal::FromInteger(1));
  order.price = Price(Decimal::FromInteger(1));
  const VenueProtocol& protocol = state.protocol;
  const auto declare = [this](const VenueCall& call, std::optional<CallPriority> priority) {
    state.throttler.Declare(call.charges, priority.value_or(call.priority));
  };
  declare(protocol.BalancesCall(), std::nullopt);
  declare(protocol.PlaceCall(order, instrument), std::nullopt);
  declare(protocol.CancelCall(order, instrument), CallPriority::kCancel);
  declare(protocol.OrderCall(order, instrument), std::nullopt);
  declare(protocol.OpenOrdersCall(instrument), std::nullopt);
  declare(protocol.OrderTradesCall(order, instrument), std::nullopt);
  declare(protocol.TradesCall(TradeCursor{}, instrument), std::nullopt);
  for (const auto& call :
       {protocol.CancelAllCall(instrument), protocol.CancelAllConditionalCall(instrument)}) {
    if (call.has_value()) {
      declare(*call, CallPriority::kCancel);
    }
  }
  if (const auto call = protocol.FeesCall(instrument)) {
    declare(*call, std::nullopt);
  }
  if (const auto call = user_source->CreateListenKeyCall()) {
    declare(*call, std::nullopt);
  }
  if (perpetual != nullptr) {
    perpetual->DeclareCalls(instrument);
  }
}

}  // namespace colibri
