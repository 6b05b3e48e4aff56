// Builds the requests that only Hyperliquid's perpetuals have
// (hyperliquid_common/hyperliquid_requests.h has the others).
//
//   const PerpetualRequests requests("0x14791697...");
//   const VenueCall call = requests.Leverage(instrument);
//
// Thread: any; constant.
#pragma once

#include <optional>

#include "absl/time/time.h"

#include "connector/venue_protocol.h"
#include "core/position.h"
#include "exchanges/hyperliquid_common/hyperliquid_requests.h"

namespace colibri::hyperliquid::perpetual {

class PerpetualRequests final : public Requests {
 public:
  using Requests::Requests;

  VenueCall Rules() const;
  VenueCall Contexts() const;  // rules and prices: funding, mark and oracle prices
  VenueCall Balances() const;  // and positions
  VenueCall Leverage(const Instrument& instrument) const;
  VenueCall SetLeverage(const Instrument& instrument, const LeverageSetting& wanted) const;
  VenueCall FundingPayments(absl::Time since) const;
  // Everything is canceled at that time, unless called again; without one: never.
  VenueCall ScheduleCancel(std::optional<absl::Time> time) const;
};

}  // namespace colibri::hyperliquid::perpetual
