#include "connector/exchange_base.h"

#include <algorithm>
#include <utility>

#include "connector/exchange_base_rep.h"
#include "connector/log.h"
#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {

ExchangeBase::ExchangeBase(Environment& environment,
                           const VenueSpec& spec,
                           ExchangeConfig config,
                           std::unique_ptr<Auth> auth,
                           const PerpetualProtocol* perpetual)
    : rep_(std::make_unique<Rep>(
          *this, environment, spec, std::move(config), std::move(auth), perpetual)) {}

ExchangeBase::~ExchangeBase() = default;

std::string_view ExchangeBase::name() const {
  return rep_->state.spec.name;
}

const std::vector<TradingPair>& ExchangeBase::pairs() const {
  return rep_->state.config.pairs;
}

absl::StatusOr<ClientOrderId> ExchangeBase::Place(const OrderRequest& request) {
  RETURN_IF_ERROR(rep_->state.config_status);
  return rep_->entry->Place(request);
}

absl::Status ExchangeBase::Cancel(const ClientOrderId& client_order_id) {
  RETURN_IF_ERROR(rep_->state.config_status);
  return rep_->entry->Cancel(client_order_id);
}

absl::Status ExchangeBase::CancelAll(std::optional<TradingPair> pair) {
  RETURN_IF_ERROR(rep_->state.config_status);
  return rep_->entry->CancelAll(pair, /*only_ours=*/false);
}

absl::StatusOr<ClientOrderId> ExchangeBase::Amend(const ClientOrderId& client_order_id,
                                                  const OrderAmendment& amendment) {
  RETURN_IF_ERROR(rep_->state.config_status);
  return rep_->entry->Amend(client_order_id, amendment);
}

absl::StatusOr<const OrderBook*> ExchangeBase::book(const TradingPair& pair) const {
  if (rep_->state.books == nullptr) {
    return absl::UnavailableError(StrCat("book ", pair, ": the trading rules are not known yet"));
  }
  return rep_->state.books->book(pair);
}

const TradingRule* ExchangeBase::rules(const TradingPair& pair) const {
  return rep_->state.FindRule(pair);
}

FeeRates ExchangeBase::fee_rates(const TradingPair& pair) const {
  return rep_->state.fees(rep_->state.FindInstrument(pair)).percent;
}

Balance ExchangeBase::balance(std::string_view asset) const {
  return rep_->state.balances.balance(asset);
}

std::vector<std::pair<std::string, Balance>> ExchangeBase::balances() const {
  return rep_->state.balances.all();
}

std::vector<const Order*> ExchangeBase::open_orders() const {
  return rep_->state.tracker->open_orders();
}

const Order* ExchangeBase::FindOrder(const ClientOrderId& client_order_id) const {
  return rep_->state.tracker->Find(client_order_id);
}

const Health& ExchangeBase::health() const {
  return rep_->state.health;
}

EventBus& ExchangeBase::events() {
  return rep_->state.events;
}

Clock& ExchangeBase::clock() {
  return rep_->state.clock;
}

const InstrumentTable& ExchangeBase::instruments() const {
  return rep_->state.instruments;
}

const ExchangeConfig& ExchangeBase::config() const {
  return rep_->state.config;
}

const VenueHosts& ExchangeBase::hosts() const {
  return rep_->state.domain.hosts;
}

const DomainSpec& ExchangeBase::domain() const {
  return rep_->state.domain;
}

bool ExchangeBase::has_auth() const {
  return rep_->state.auth != nullptr;
}

PerpetualAccount& ExchangeBase::account() const {
  CHECK(rep_->perpetual != nullptr);
  return *rep_->perpetual;
}

std::optional<FundingInfo> ExchangeBase::funding_info(const TradingPair& pair) const {
  const OrderBookTracker* books = rep_->state.books.get();
  return books == nullptr ? std::nullopt : books->funding().info(pair);
}

Task<absl::Status> ExchangeBase::Start(absl::Duration timeout) {
  Rep& rep = *rep_;
  ExchangeState& state = rep.state;
  CHECK(!rep.is_started);
  rep.is_started = true;
  CO_RETURN_IF_ERROR(rep.CheckConfig());
  if (rep.has_account()) {
    CO_RETURN_IF_ERROR(rep.journal.Open());
    rep.NoteEarlierUse();
  }
  rep.RequireHealth();
  state.Spawn("bring_up", rep.BringUp());
  const absl::Duration deadline = state.clock.monotonic() + timeout;
  while (!rep.is_ready()) {
    if (!state.fatal.ok()) {
      co_return state.fatal;
    }
    if (state.is_stopping) {
      co_return absl::CancelledError(StrCat(state.spec.name, " was stopped before it was ready"));
    }
    const absl::Duration left = deadline - state.clock.monotonic();
    if (left <= absl::ZeroDuration()) {
      co_return absl::DeadlineExceededError(StrCat(state.spec.name,
                                                   " is not ready after ",
                                                   absl::FormatDuration(timeout),
                                                   "; ",
                                                   rep.WhyNotReady()));
    }
    co_await state.progress.Wait(state.environment, left);
  }
  LogInfo("ready", {{"venue", state.spec.name}, {"domain", state.domain.name}});
  co_return absl::OkStatus();
}

Task<ShutdownReport> ExchangeBase::Stop(absl::Duration timeout) {
  Rep& rep = *rep_;
  rep.state.is_stopping = true;
  rep.state.progress.Set();  // Start may still wait
  ShutdownReport report = co_await rep.CloseOrders(timeout, /*only_ours=*/true);
  co_await rep.state.tasks.CancelAndJoin();
  rep.Dismantle();
  rep.journal.Close();
  LogInfo("stopped",
          {{"venue", rep.state.spec.name},
           {"verified", report.is_verified ? "yes" : "no"},
           {"open_orders_left", StrCat(report.open_orders_left)}});
  co_return report;
}

Task<ShutdownReport> ExchangeBase::CancelEverything(absl::Duration timeout) {
  co_return co_await rep_->CloseOrders(timeout, /*only_ours=*/false);
}

ConnectorCounters ExchangeBase::counters() const {
  const Rep& rep = *rep_;
  ConnectorCounters counters = rep.past;
  counters.order_latency_last = rep.state.counters.order_latency_last;
  counters.order_latency_max = rep.state.counters.order_latency_max;
  for (const std::deque<MarketStream>* streams : {&rep.market_streams, &rep.trade_streams}) {
    for (const MarketStream& stream : *streams) {
      counters.market_frames += stream.frames();
      counters.parse_errors += stream.parse_errors();
      counters.reconnects += stream.reconnects();
    }
  }
  if (rep.user_stream.has_value()) {
    counters.private_frames += rep.user_stream->frames();
    counters.parse_errors += rep.user_stream->parse_errors();
    counters.reconnects += rep.user_stream->reconnects();
  }
  if (rep.order_socket.has_value()) {
    counters.parse_errors += rep.order_socket->parse_errors();
    counters.reconnects += rep.order_socket->reconnects();
  }
  if (rep.state.books != nullptr) {
    counters.book_resyncs = rep.state.books->resyncs();
  }
  if (rep.state.rest.has_value()) {
    counters.request_errors = rep.state.rest->errors();
  }
  return counters;
}

Task<absl::Status> ExchangeBase::RefreshBalances() {
  CO_RETURN_IF_ERROR(rep_->state.config_status);
  if (!rep_->has_account()) {
    co_return absl::FailedPreconditionError(StrCat(
        name(), " has no API key, so it has no balances: set ", KeyVariables(rep_->state.spec)));
  }
  co_return co_await rep_->balance_keeper.Fetch();
}

}  // namespace colibri
