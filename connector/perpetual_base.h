// The connector of any venue of perpetuals: ExchangeBase, and beside it positions, settings and
// funding. A venue derives from it and supplies its PerpetualProtocol too.
//
//   class BinancePerpetualExchange final : public PerpetualBase { ... };
//
// At start the position mode, leverage and margin mode are read, made what the configuration wants,
// and read again; no order goes out before. Positions are the venue's word, compared with what the
// fills made of them (connector/account_positions.h). Thread: the loop's.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "connector/exchange_base.h"
#include "connector/perpetual_exchange.h"
#include "connector/perpetual_protocol.h"

namespace colibri {

class PerpetualBase : public ExchangeBase, public PerpetualExchange, protected PerpetualProtocol {
 public:
  PerpetualExchange* perpetual() final { return this; }
  const PerpetualExchange* perpetual() const final { return this; }

  PositionMode position_mode() const final;
  Position position(const TradingPair& pair, PositionSide side) const final;
  std::vector<Position> positions() const final;
  LeverageSetting leverage(const TradingPair& pair) const final;
  std::optional<FundingInfo> funding(const TradingPair& pair) const final;
  absl::Status SetLeverage(const TradingPair& pair, LeverageSetting wanted) final;
  absl::Status SetPositionMode(PositionMode mode) final;

 protected:
  PerpetualBase(Environment& environment,
                const VenueSpec& spec,
                ExchangeConfig config,
                std::unique_ptr<Auth> auth);
};

}  // namespace colibri
