#include "connector/perpetual_account.h"

#include <algorithm>
#include <utility>

#include "connector/log.h"
#include "connector/margin_checks.h"
#include "connector/order_journal.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// Settings that the venue refuses are not tried again sooner.
constexpr absl::Duration kOpenInterestPeriod = absl::Minutes(5);
constexpr absl::Duration kRefusedDelayMin = absl::Seconds(30);
// So often within its time that one failure does no harm.
constexpr int kCallsPerCountdown = 3;

}  // namespace

PerpetualAccount::PerpetualAccount(ExchangeState& state, const PerpetualProtocol& protocol)
    : state_(state),
      protocol_(protocol),
      positions_(state.spec.name, state.config.pairs, state.clock, state.events),
      payments_(state.spec.name, state.clock, state.events),
      settings_(state, protocol),
      position_keeper_(state,
                       {.health = kPositionsHealth, .fetch = [this] { return FetchPositions(); }}) {
  positions_.set_is_estimating(!state.spec.capabilities.has_position_events);
  // Before any strategy: who hears of a fill finds the position that it made.
  subscriptions_.push_back(state.events.Subscribe<OrderFilled>(
      [this](const OrderFilled& event) { positions_.NoteFill(event.fill); }));
  subscriptions_.push_back(state.events.Subscribe<ForeignFill>(
      [this](const ForeignFill& event) { positions_.NoteFill(event.fill); }));
}

void PerpetualAccount::RequireHealth(bool has_account) {
  const absl::Time now = state_.clock.now();
  state_.health.Require(kFundingHealth, now, "not known yet");
  if (has_account) {
    state_.health.Require(kSettingsHealth, now, "position mode and leverage are not read yet");
    state_.health.Require(kPositionsHealth, now, "not fetched yet");
  }
}

void PerpetualAccount::DeclareCalls(const Instrument& instrument) {
  const auto declare = [this](const std::optional<VenueCall>& call) {
    if (call.has_value()) {
      state_.throttler.Declare(call->charges, call->priority);
    }
  };
  declare(protocol_.PositionModeCall());
  declare(protocol_.SetPositionModeCall(PositionMode::kOneWay));
  declare(protocol_.LeverageCall(instrument));
  const LeverageSetting isolated = {.leverage = 2, .margin_mode = MarginMode::kIsolated};
  for (const VenueCall& call :
       protocol_.SetLeverageCalls(instrument, LeverageSetting{.leverage = 1}, isolated)) {
    declare(call);
  }
  declare(protocol_.PositionsCall());
  declare(protocol_.FundingInfoCall(instrument));
  declare(protocol_.OpenInterestCall(instrument));
  declare(protocol_.FundingPaymentsCall(absl::UnixEpoch()));
  for (const VenueCall& call :
       protocol_.DeadMansSwitchCalls(state_.instruments, state_.clock.now(), absl::Seconds(60))) {
    declare(call);
  }
}

void PerpetualAccount::StartMarketData() {
  state_.Spawn("funding_info", FetchFundingInfo());
  if (state_.spec.capabilities.has_open_interest_call) {
    state_.Spawn("open_interest", PollOpenInterest());
  }
}

void PerpetualAccount::StartAccount(std::function<void(std::string_view)> on_mismatch) {
  payments_.Begin(state_.journal->funding_cursor(state_.time.venue_now()));
  subscriptions_.push_back(state_.events.Subscribe<PositionMismatch>(
      [this, tell = std::move(on_mismatch)](const PositionMismatch& event) {
        const std::string reason = StrCat("the position of ",
                                          event.position.pair,
                                          " is ",
                                          event.position.quantity,
                                          ", and the fills make it ",
                                          event.expected);
        LogWarning("position_mismatch", {{"venue", state_.spec.name}, {"why", reason}});
        position_keeper_.Trigger();
        tell(reason);
      }));
  state_.Spawn("settings", EstablishSettings());
  state_.Spawn("positions", position_keeper_.Run());
  state_.Spawn("funding_payments", PollFundingPayments());
  if (state_.config.perpetual.dead_mans_switch.has_value()) {
    state_.Spawn("dead_mans_switch", KeepDeadMansSwitch());
  }
}

void PerpetualAccount::Trigger() {
  position_keeper_.Trigger();
  funding_due_.Set();
}

void PerpetualAccount::Apply(const PrivateMessage& message) {
  if (message.position_mode.has_value()) {
    settings_.Apply(*message.position_mode);
  }
  for (const LeverageUpdate& update : message.leverages) {
    settings_.Apply(update);
  }
  if (message.is_position_snapshot) {
    positions_.ApplySnapshot(message.positions, state_.time.venue_now(), Source::kStream);
  } else {
    for (const Position& position : message.positions) {
      positions_.Apply(position, Source::kStream);
    }
  }
  for (const FundingPaymentUpdate& payment : message.funding_payments) {
    payments_.Apply(payment, Source::kStream);
  }
  for (const LiquidationUpdate& liquidation : message.liquidations) {
    NoteLiquidation(liquidation);
  }
  for (const MarginCallUpdate& call : message.margin_calls) {
    LogWarning("margin_call",
               {{"venue", state_.spec.name},
                {"pair", call.position.pair.ToString()},
                {"quantity", call.position.quantity.ToString()}});
    state_.events.Publish(MarginCall{.header = {.venue = state_.spec.name,
                                                .venue_time = call.position.venue_time,
                                                .receive_time = state_.clock.now()},
                                     .position = call.position,
                                     .maintenance_margin = call.maintenance_margin});
  }
  if (message.is_funding_due) {
    funding_due_.Set();
  }
}

void PerpetualAccount::NoteLiquidation(const LiquidationUpdate& liquidation) {
  LogError("liquidation",
           {{"venue", state_.spec.name},
            {"pair", liquidation.pair.ToString()},
            {"quantity", liquidation.quantity.ToString()},
            {"by", liquidation.is_auto_deleveraging ? "auto-deleveraging" : "the venue"}});
  state_.events.Publish(Liquidation{.header = {.venue = state_.spec.name,
                                               .venue_time = liquidation.venue_time,
                                               .receive_time = state_.clock.now()},
                                    .pair = liquidation.pair,
                                    .position_side = liquidation.position_side,
                                    .side = liquidation.side,
                                    .price = liquidation.price,
                                    .quantity = liquidation.quantity,
                                    .is_auto_deleveraging = liquidation.is_auto_deleveraging});
}

Quantity PerpetualAccount::OpeningQuantity(const OrderRequest& request) const {
  return colibri::OpeningQuantity(request,
                                  settings_.position_mode(),
                                  positions_.position(request.pair, PositionSide::kNet).quantity);
}

Task<void> PerpetualAccount::EstablishSettings() {
  ReconnectPolicy backoff(state_.environment.random());
  while (true) {
    const absl::Status status = co_await settings_.Establish();
    state_.SetHealth(kSettingsHealth, status);
    if (status.ok()) {
      co_return;
    }
    LogWarning("settings_not_established",
               {{"venue", state_.spec.name}, {"why", status.ToString()}});
    absl::Duration wait = backoff.NextDelay(state_.clock.monotonic());
    if (IsPermanent(status) || absl::IsInvalidArgument(status) ||
        absl::IsFailedPrecondition(status)) {
      state_.NoteFatal(status);
      wait = std::max(wait, kRefusedDelayMin);
    }
    co_await state_.environment.Sleep(wait);
  }
}

Task<absl::Status> PerpetualAccount::FetchPositions() {
  const absl::Time asked_at = state_.time.venue_now();
  const RestResult result = co_await state_.rest->Call(protocol_.PositionsCall());
  CO_RETURN_IF_ERROR(result.status);
  CO_ASSIGN_OR_RETURN(const std::vector<Position> told,
                      protocol_.ParsePositions(result.response.body));
  positions_.ApplySnapshot(told, asked_at, Source::kRest);
  co_return absl::OkStatus();
}

// Once of each pair, whatever of it fails; then the stream tells.
Task<void> PerpetualAccount::FetchFundingInfo() {
  ReconnectPolicy backoff(state_.environment.random());
  for (const Instrument& instrument : state_.instruments) {
    while (!state_.books->funding().info(instrument.pair).has_value()) {
      const RestResult result = co_await state_.rest->Call(protocol_.FundingInfoCall(instrument));
      absl::Status status = result.status;
      if (status.ok()) {
        const absl::StatusOr<FundingInfo> info =
            protocol_.ParseFundingInfo(result.response.body, instrument);
        status = info.status();
        if (info.ok()) {
          state_.books->funding().Apply(instrument.pair, *info, Source::kRest);
          break;
        }
      }
      state_.SetHealth(kFundingHealth, status);
      co_await state_.environment.Sleep(backoff.NextDelay(state_.clock.monotonic()));
    }
  }
  state_.SetHealth(kFundingHealth, absl::OkStatus());
}

// Nothing depends on it: what cannot be had now is asked for in the next round.
Task<void> PerpetualAccount::PollOpenInterest() {
  while (true) {
    for (const Instrument& instrument : state_.instruments) {
      const RestResult result = co_await state_.rest->Call(*protocol_.OpenInterestCall(instrument));
      absl::Status status = result.status;
      if (status.ok()) {
        const absl::StatusOr<Quantity> held =
            protocol_.ParseOpenInterest(result.response.body, instrument);
        status = held.status();
        if (held.ok()) {
          state_.books->funding().Apply(
              instrument.pair,
              FundingMessage{.open_interest = *held,
                             .receive_time_ns = absl::ToUnixNanos(state_.clock.now())},
              Source::kRest);
        }
      }
      if (!status.ok()) {
        LogWarning("open_interest_not_fetched",
                   {{"venue", state_.spec.name}, {"why", status.ToString()}});
      }
    }
    co_await state_.environment.Sleep(kOpenInterestPeriod);
  }
}

Task<void> PerpetualAccount::PollFundingPayments() {
  ReconnectPolicy backoff(state_.environment.random());
  while (true) {
    const absl::Status status = co_await FetchFundingPayments();
    if (!status.ok()) {
      LogWarning("funding_payments_not_fetched",
                 {{"venue", state_.spec.name}, {"why", status.ToString()}});
      co_await state_.environment.Sleep(backoff.NextDelay(state_.clock.monotonic()));
      continue;
    }
    backoff.Reset();
    const absl::Time now = state_.time.venue_now();
    const absl::Duration until_next =
        state_.books == nullptr
            ? absl::InfiniteDuration()
            : state_.books->funding().next_funding_time(now) + kFundingListed - now;
    co_await funding_due_.Wait(state_.environment,
                               std::min(state_.spec.funding_poll_period, until_next));
  }
}

Task<absl::Status> PerpetualAccount::FetchFundingPayments() {
  const absl::Time asked_at = state_.time.venue_now();
  absl::Time since = payments_.cursor().since;
  for (int page = 0; page < kFundingPagesMax; ++page) {
    const RestResult result = co_await state_.rest->Call(protocol_.FundingPaymentsCall(since));
    CO_RETURN_IF_ERROR(result.status);
    CO_ASSIGN_OR_RETURN(const std::vector<FundingPaymentUpdate> listed,
                        protocol_.ParseFundingPayments(result.response.body));
    for (const FundingPaymentUpdate& payment : listed) {
      payments_.Apply(payment, Source::kRest);
    }
    if (listed.size() < kFundingPageMin || listed.back().venue_time <= since) {
      break;
    }
    since = listed.back().venue_time;
  }
  payments_.NotePolled(asked_at);
  state_.journal->NoteFundingCursor(payments_.cursor().since);
  co_return absl::OkStatus();
}

Task<absl::Status> PerpetualAccount::SendDeadMansSwitch(absl::Duration countdown) {
  absl::Status status;
  for (VenueCall& call :
       protocol_.DeadMansSwitchCalls(state_.instruments, state_.time.venue_now(), countdown)) {
    status.Update((co_await state_.rest->Call(std::move(call))).status);
  }
  co_return status;
}

Task<void> PerpetualAccount::KeepDeadMansSwitch() {
  const absl::Duration countdown = *state_.config.perpetual.dead_mans_switch;
  while (true) {
    const absl::Status status = co_await SendDeadMansSwitch(countdown);
    if (!status.ok()) {
      LogWarning("dead_mans_switch_not_set",
                 {{"venue", state_.spec.name}, {"why", status.ToString()}});
    }
    co_await state_.environment.Sleep(countdown / kCallsPerCountdown);
  }
}

Task<void> PerpetualAccount::EndDeadMansSwitch() {
  if (state_.config.perpetual.dead_mans_switch.has_value()) {
    (co_await SendDeadMansSwitch(absl::ZeroDuration())).IgnoreError();
  }
}

}  // namespace colibri
