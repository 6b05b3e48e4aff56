// The background traders' accounts: two that know no margin and no balance.
//
//   TraderAccounts desk(state);
//   binance::Traders traders(state.clock, state.options.traders, desk.markets(), desk, seed);
#pragma once

#include <vector>

#include "tools/venue_sim/binance_common/traders.h"
#include "tools/venue_sim/hyperliquid/venue_state.h"

namespace colibri::venue_sim::hyperliquid {

// Prices of orders that may rest are moved away from the middle to the next one that is allowed.
class TraderAccounts final : public binance::TraderDesk {
 public:
  explicit TraderAccounts(VenueState& state);

  // Of the perpetuals, and of the spot pairs.
  const std::vector<Market*>& markets() const { return markets_; }
  const std::vector<Market*>& spot_markets() const { return spot_markets_; }

  int64_t Place(Market& market,
                Who who,
                Side side,
                int64_t price,
                int64_t quantity,
                TimeInForce tif) override;
  void Cancel(Market& market, int64_t order_id) override;

 private:
  VenueState& state_;
  std::vector<Market*> markets_;
  std::vector<Market*> spot_markets_;
  margin::MarginAccount& maker_;
  margin::MarginAccount& taker_;
};

}  // namespace colibri::venue_sim::hyperliquid
