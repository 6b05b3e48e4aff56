#include "connector/margin_checks.h"

#include <algorithm>

#include "core/strings.h"

namespace colibri {

absl::Status CheckLeverage(const VenueSpec& spec,
                           const TradingPair& pair,
                           const LeverageSetting& wanted,
                           int leverage_max) {
  if (wanted.leverage < 1 || (leverage_max > 0 && wanted.leverage > leverage_max)) {
    return absl::InvalidArgumentError(StrCat("leverage of ",
                                             pair,
                                             ": ",
                                             wanted.leverage,
                                             " is not within 1 and ",
                                             leverage_max > 0 ? StrCat(leverage_max) : "more"));
  }
  const std::vector<MarginMode>& modes = spec.margin_modes;
  if (std::find(modes.begin(), modes.end(), wanted.margin_mode) == modes.end()) {
    return absl::InvalidArgumentError(
        StrCat(spec.name, " has no margin mode ", ToString(wanted.margin_mode)));
  }
  return absl::OkStatus();
}

absl::Status CheckPositionMode(const VenueSpec& spec, PositionMode mode) {
  const std::vector<PositionMode>& modes = spec.position_modes;
  if (std::find(modes.begin(), modes.end(), mode) == modes.end()) {
    return absl::UnimplementedError(StrCat(spec.name, " has no position mode ", ToString(mode)));
  }
  return absl::OkStatus();
}

LeverageSetting WantedLeverage(const PerpetualConfig& config,
                               const TradingPair& pair,
                               LeverageSetting current) {
  const auto own = config.leverage_by_pair.find(pair.ToString());
  if (own != config.leverage_by_pair.end()) {
    current.leverage = own->second;
  } else {
    current.leverage = config.leverage.value_or(current.leverage);
  }
  current.margin_mode = config.margin_mode.value_or(current.margin_mode);
  return current;
}

Quantity OpeningQuantity(const OrderRequest& request, PositionMode mode, Quantity held) {
  if (request.position_action == PositionAction::kClose) {
    return {};
  }
  if (mode == PositionMode::kHedge) {
    return request.quantity;
  }
  const Quantity against = request.side == Side::kBuy ? -held : held;
  return std::max(request.quantity - std::max(against, Quantity()), Quantity());
}

}  // namespace colibri
