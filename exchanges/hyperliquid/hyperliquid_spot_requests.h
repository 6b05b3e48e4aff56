// Builds the requests that only Hyperliquid Spot has (hyperliquid_common/hyperliquid_requests.h has
// the others). Thread: any; constant.
#pragma once

#include "exchanges/hyperliquid_common/hyperliquid_requests.h"

namespace colibri::hyperliquid {

class SpotRequests final : public Requests {
 public:
  using Requests::Requests;

  VenueCall Rules() const { return InfoCall(R"({"type":"spotMeta"})", kWeight); }
  VenueCall Balances() const { return InfoCall(OfAccount("spotClearinghouseState"), kLightWeight); }
};

}  // namespace colibri::hyperliquid
