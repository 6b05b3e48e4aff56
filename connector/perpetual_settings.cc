#include "connector/perpetual_settings.h"

#include <utility>

#include "connector/log.h"
#include "connector/margin_checks.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

std::string Words(const LeverageSetting& setting) {
  return StrCat(setting.leverage, "x ", ToString(setting.margin_mode));
}

// The venue's refusal or a failure to reach it, which may be tried again; or neither.
absl::Status NotMade(std::string_view what, const absl::Status& sent) {
  if (sent.ok()) {
    return absl::FailedPreconditionError(
        StrCat(what, ": the venue took the change and did not make it"));
  }
  return absl::Status(sent.code(), StrCat(what, ": ", Std(sent.message())));
}

}  // namespace

Task<absl::Status> PerpetualSettings::Establish() {
  CO_ASSIGN_OR_RETURN(const PositionMode mode, co_await ReadMode());
  SetMode(mode, Source::kRest);
  const std::optional<PositionMode> wanted_mode = state_.config.perpetual.position_mode;
  if (wanted_mode.has_value() && *wanted_mode != mode) {
    CO_RETURN_IF_ERROR(co_await MakeMode(*wanted_mode));
  }
  for (const Instrument& instrument : state_.instruments) {
    CO_ASSIGN_OR_RETURN(const LeverageSetting current, co_await ReadLeverage(instrument.index));
    Set(instrument.pair, current, Source::kRest);
    const LeverageSetting wanted =
        WantedLeverage(state_.config.perpetual, instrument.pair, current);
    CO_RETURN_IF_ERROR(Check(instrument.pair, wanted));
    if (wanted != current) {
      CO_RETURN_IF_ERROR(co_await MakeLeverage(instrument.index, wanted));
    }
  }
  co_return absl::OkStatus();
}

absl::Status PerpetualSettings::Check(const TradingPair& pair,
                                      const LeverageSetting& wanted) const {
  const TradingRule* rule = state_.FindRule(pair);
  return CheckLeverage(state_.spec, pair, wanted, rule == nullptr ? 0 : rule->leverage_max);
}

Task<absl::Status> PerpetualSettings::Send(VenueCall call) {
  const RestResult result = co_await state_.rest->Call(std::move(call));
  co_return result.error.kind == ErrorKind::kAlreadySo ? absl::OkStatus() : result.status;
}

Task<absl::StatusOr<PositionMode>> PerpetualSettings::ReadMode() {
  std::optional<VenueCall> call = protocol_.PositionModeCall();
  if (!call.has_value()) {
    co_return state_.spec.position_modes.front();
  }
  const RestResult result = co_await state_.rest->Call(*std::move(call));
  CO_RETURN_IF_ERROR(result.status);
  co_return protocol_.ParsePositionMode(result.response.body);
}

Task<absl::StatusOr<LeverageSetting>> PerpetualSettings::ReadLeverage(InstrumentIndex index) {
  const Instrument& instrument = state_.instruments.at(index);
  const RestResult result = co_await state_.rest->Call(protocol_.LeverageCall(instrument));
  CO_RETURN_IF_ERROR(result.status);
  co_return protocol_.ParseLeverage(result.response.body, instrument);
}

Task<absl::Status> PerpetualSettings::MakeMode(PositionMode wanted) {
  std::optional<VenueCall> call = protocol_.SetPositionModeCall(wanted);
  if (!call.has_value()) {
    co_return absl::InvalidArgumentError(
        StrCat(state_.spec.name, " has no position mode ", ToString(wanted)));
  }
  const absl::Status sent = co_await Send(*std::move(call));
  CO_ASSIGN_OR_RETURN(const PositionMode now, co_await ReadMode());
  SetMode(now, Source::kRest);
  if (now != wanted) {
    co_return NotMade(StrCat("the position mode is ", ToString(now), ", not ", ToString(wanted)),
                      sent);
  }
  co_return absl::OkStatus();
}

Task<absl::Status> PerpetualSettings::MakeLeverage(InstrumentIndex index, LeverageSetting wanted) {
  const Instrument& instrument = state_.instruments.at(index);
  absl::Status sent;
  for (VenueCall& call :
       protocol_.SetLeverageCalls(instrument, leverage(instrument.pair), wanted)) {
    sent.Update(co_await Send(std::move(call)));
  }
  CO_ASSIGN_OR_RETURN(const LeverageSetting now, co_await ReadLeverage(index));
  Set(instrument.pair, now, Source::kRest);
  if (now != wanted) {
    co_return NotMade(StrCat(instrument.pair, " has ", Words(now), ", not ", Words(wanted)), sent);
  }
  co_return absl::OkStatus();
}

absl::Status PerpetualSettings::SetLeverage(const TradingPair& pair, LeverageSetting wanted) {
  const Instrument* instrument = state_.FindInstrument(pair);
  if (instrument == nullptr) {
    return absl::NotFoundError(StrCat(pair, " is not one of the pairs of ", state_.spec.name));
  }
  RETURN_IF_ERROR(Check(pair, wanted));
  if (leverage(pair).leverage == 0) {
    return absl::FailedPreconditionError(
        StrCat("the leverage of ", pair, " has not been read yet"));
  }
  state_.Spawn("set_leverage", ChangeLeverage(instrument->index, wanted));
  return absl::OkStatus();
}

absl::Status PerpetualSettings::SetPositionMode(PositionMode mode) {
  RETURN_IF_ERROR(CheckPositionMode(state_.spec, mode));
  if (leverages_.empty()) {
    return absl::FailedPreconditionError("the position mode has not been read yet");
  }
  state_.Spawn("set_position_mode", ChangeMode(mode));
  return absl::OkStatus();
}

Task<void> PerpetualSettings::ChangeLeverage(InstrumentIndex index, LeverageSetting wanted) {
  const absl::Status made = co_await MakeLeverage(index, wanted);
  if (!made.ok()) {
    TellRejected(state_.instruments.at(index).pair, made);
  }
}

Task<void> PerpetualSettings::ChangeMode(PositionMode wanted) {
  const absl::Status made = co_await MakeMode(wanted);
  if (!made.ok()) {
    TellRejected(std::nullopt, made);
  }
}

void PerpetualSettings::Apply(const LeverageUpdate& update) {
  LeverageSetting setting = leverage(update.pair);
  if (setting.leverage == 0) {
    return;  // read at start, whole
  }
  setting.leverage = update.leverage.value_or(setting.leverage);
  setting.margin_mode = update.margin_mode.value_or(setting.margin_mode);
  Set(update.pair, setting, Source::kStream);
}

void PerpetualSettings::Apply(PositionMode mode) {
  SetMode(mode, Source::kStream);
}

LeverageSetting PerpetualSettings::leverage(const TradingPair& pair) const {
  const auto found = leverages_.find(pair);
  return found == leverages_.end() ? LeverageSetting{} : found->second;
}

void PerpetualSettings::Set(const TradingPair& pair,
                            const LeverageSetting& setting,
                            Source source) {
  const LeverageSetting previous = std::exchange(leverages_[pair], setting);
  if (previous != setting) {
    LogInfo("leverage", {{"pair", pair.ToString()}, {"is", Words(setting)}});
    state_.events.Publish(LeverageChanged{.header = {.venue = state_.spec.name,
                                                     .venue_time = absl::InfinitePast(),
                                                     .receive_time = state_.clock.now(),
                                                     .source = source},
                                          .pair = pair,
                                          .setting = setting,
                                          .previous = previous});
  }
}

void PerpetualSettings::SetMode(PositionMode mode, Source source) {
  if (std::exchange(mode_, mode) != mode) {
    LogInfo("position_mode", {{"venue", state_.spec.name}, {"is", std::string(ToString(mode))}});
    state_.events.Publish(PositionModeChanged{.header = {.venue = state_.spec.name,
                                                         .venue_time = absl::InfinitePast(),
                                                         .receive_time = state_.clock.now(),
                                                         .source = source},
                                              .mode = mode});
  }
}

void PerpetualSettings::TellRejected(std::optional<TradingPair> pair, const absl::Status& why) {
  LogWarning("setting_rejected", {{"venue", state_.spec.name}, {"why", why.ToString()}});
  state_.events.Publish(SettingRejected{.header = {.venue = state_.spec.name,
                                                   .venue_time = absl::InfinitePast(),
                                                   .receive_time = state_.clock.now(),
                                                   .source = Source::kRest},
                                        .pair = std::move(pair),
                                        .reason = std::string(Std(why.message()))});
}

}  // namespace colibri
