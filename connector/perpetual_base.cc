#include "connector/perpetual_base.h"

#include <utility>

#include "connector/exchange_base_rep.h"
#include "core/status_macros.h"

namespace colibri {

PerpetualBase::PerpetualBase(Environment& environment,
                             const VenueSpec& spec,
                             ExchangeConfig config,
                             std::unique_ptr<Auth> auth)
    : ExchangeBase(environment, spec, std::move(config), std::move(auth), this) {}

PositionMode PerpetualBase::position_mode() const {
  return account().settings().position_mode();
}

Position PerpetualBase::position(const TradingPair& pair, PositionSide side) const {
  return account().positions().position(pair, side);
}

std::vector<Position> PerpetualBase::positions() const {
  return account().positions().positions();
}

LeverageSetting PerpetualBase::leverage(const TradingPair& pair) const {
  return account().settings().leverage(pair);
}

std::optional<FundingInfo> PerpetualBase::funding(const TradingPair& pair) const {
  return funding_info(pair);
}

absl::Status PerpetualBase::SetLeverage(const TradingPair& pair, LeverageSetting wanted) {
  return account().settings().SetLeverage(pair, wanted);
}

absl::Status PerpetualBase::SetPositionMode(PositionMode mode) {
  return account().settings().SetPositionMode(mode);
}

}  // namespace colibri
