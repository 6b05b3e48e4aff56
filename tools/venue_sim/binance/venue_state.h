// What the endpoints of the venue work on.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/random.h"
#include "tools/venue_sim/binance/ledger.h"
#include "tools/venue_sim/binance/order_desk.h"
#include "tools/venue_sim/binance/user_hub.h"
#include "tools/venue_sim/binance_common/error.h"
#include "tools/venue_sim/binance_common/market.h"
#include "tools/venue_sim/binance_common/params.h"
#include "tools/venue_sim/binance_common/rate_limits.h"
#include "tools/venue_sim/binance_common/traffic.h"
#include "tools/venue_sim/faults.h"
#include "tools/venue_sim/sim_options.h"

namespace colibri::venue_sim::binance {

using Markets = std::map<std::string, Market, std::less<>>;

struct VenueState {
  VenueState(Clock& clock, BinanceSimOptions options, Faults& faults, DeskObserver& observer);
  VenueState(const VenueState&) = delete;
  VenueState& operator=(const VenueState&) = delete;

  // The venue's own time, with its skew.
  int64_t NowMs() const;

  // -1102 without a symbol, -1100 with characters that no symbol has, -1121 when unknown.
  OrError<Market*> RequiredMarket(const Params& params);
  // By `symbol`, by the JSON array `symbols`, or all; -1128 when both are given.
  OrError<std::vector<Market*>> SelectMarkets(const Params& params);
  // 22 letters and digits, as the venue makes them.
  std::string MakeClientId();

  Clock& clock;
  BinanceSimOptions options;
  Faults& faults;
  Random random;
  Ledger ledger;
  Markets markets;
  RateLimits limits;
  Traffic traffic;
  StreamHub streams;
  UserHub users;
  OrderDesk desk;

 private:
  OrError<Market*> FindMarket(std::string_view symbol);
};

}  // namespace colibri::venue_sim::binance
