// What a venue of perpetuals adds to Exchange. Of an Exchange, perpetual() gives it; nullptr on
// spot.
//
//   if (PerpetualExchange* perpetual = exchange.perpetual()) {
//     Position net = perpetual->position(pair, PositionSide::kNet);
//     exchange.Place({..., .position_action = PositionAction::kClose});       // reduce-only
//   }
//
// Everything is synchronous and on the loop. What the venue says comes as events: PositionChanged,
// PositionMismatch, FundingInfoChanged, FundingPayment, LeverageChanged, PositionModeChanged,
// SettingRejected, Liquidation, MarginCall.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"

#include "core/position.h"
#include "core/trading_pair.h"

namespace colibri {

class PerpetualExchange {
 public:
  virtual ~PerpetualExchange() = default;

  // The account's, as the venue said; one-way until it has.
  virtual PositionMode position_mode() const = 0;
  // Flat where there is none. kNet in hedge mode is flat, and the other way round.
  virtual Position position(const TradingPair& pair, PositionSide side) const = 0;
  // Those that are not flat.
  virtual std::vector<Position> positions() const = 0;
  // leverage 0: not known yet.
  virtual LeverageSetting leverage(const TradingPair& pair) const = 0;
  // nullopt until known.
  virtual std::optional<FundingInfo> funding(const TradingPair& pair) const = 0;

  // Asks the venue, reads back what it made of it, and tells: LeverageChanged or SettingRejected.
  // NotFound (pair), InvalidArgument (beyond the venue's bounds), FailedPrecondition (not ready).
  virtual absl::Status SetLeverage(const TradingPair& pair, LeverageSetting wanted) = 0;
  // Of the whole account: every pair. PositionModeChanged or SettingRejected. Unimplemented where
  // the venue has one mode.
  virtual absl::Status SetPositionMode(PositionMode mode) = 0;
};

}  // namespace colibri
