// The background traders' accounts at the spot venue: two with ample balances.
//
//   TraderAccounts desk(state);
//   Traders traders(state.clock, state.options.traders, desk.markets(), desk, seed);
#pragma once

#include <vector>

#include "tools/venue_sim/binance/venue_state.h"
#include "tools/venue_sim/binance_common/traders.h"

namespace colibri::venue_sim::binance {

class TraderAccounts final : public TraderDesk {
 public:
  explicit TraderAccounts(VenueState& state);

  const std::vector<Market*>& markets() const { return markets_; }

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
  Account* maker_ = nullptr;
  Account* taker_ = nullptr;
};

}  // namespace colibri::venue_sim::binance
