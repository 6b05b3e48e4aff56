// Position mode, leverage and margin mode: as the account has them, and made what is wanted.
//
//   CO_RETURN_IF_ERROR(co_await settings.Establish());     // at start, before any order
//   settings.SetLeverage(pair, {.leverage = 5});           // told by LeverageChanged
//
// What was set is believed only when the venue, asked again, says so. Thread: the loop's.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "connector/exchange_state.h"
#include "connector/perpetual_protocol.h"
#include "connector/task.h"
#include "core/position.h"

namespace colibri {

class PerpetualSettings {
 public:
  PerpetualSettings(ExchangeState& state, const PerpetualProtocol& protocol)
      : state_(state), protocol_(protocol) {}

  // Reads all settings, changes those that the configuration wants otherwise, and reads them again.
  // FailedPrecondition when the venue, for all that, has another one.
  Task<absl::Status> Establish();

  absl::Status SetLeverage(const TradingPair& pair, LeverageSetting wanted);
  absl::Status SetPositionMode(PositionMode mode);
  // Changed by anybody, as the stream tells.
  void Apply(const LeverageUpdate& update);
  void Apply(PositionMode mode);

  PositionMode position_mode() const { return mode_; }
  // leverage 0: not known yet.
  LeverageSetting leverage(const TradingPair& pair) const;

 private:
  // A call whose refusal as "already so" is as good.
  Task<absl::Status> Send(VenueCall call);
  Task<absl::StatusOr<PositionMode>> ReadMode();
  Task<absl::StatusOr<LeverageSetting>> ReadLeverage(InstrumentIndex index);
  Task<absl::Status> MakeMode(PositionMode wanted);
  Task<absl::Status> MakeLeverage(InstrumentIndex index, LeverageSetting wanted);
  Task<void> ChangeLeverage(InstrumentIndex index, LeverageSetting wanted);
  Task<void> ChangeMode(PositionMode wanted);
  absl::Status Check(const TradingPair& pair, const LeverageSetting& wanted) const;
  void Set(const TradingPair& pair, const LeverageSetting& setting, Source source);
  void SetMode(PositionMode mode, Source source);
  void TellRejected(std::optional<TradingPair> pair, const absl::Status& why);

  ExchangeState& state_;
  const PerpetualProtocol& protocol_;
  PositionMode mode_ = PositionMode::kOneWay;
  std::map<TradingPair, LeverageSetting> leverages_;
};

}  // namespace colibri
