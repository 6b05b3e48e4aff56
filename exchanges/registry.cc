#include "exchanges/registry.h"

#include "exchanges/binance/binance_venue.h"
#include "exchanges/binance_perpetual/binance_perpetual_venue.h"
#include "exchanges/hyperliquid/hyperliquid_venue.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_venue.h"

namespace colibri {

Registry MakeRegistry() {
  Registry registry;
  registry.Add(binance::BinanceVenue());
  registry.Add(binance::perpetual::BinancePerpetualVenue());
  registry.Add(hyperliquid::HyperliquidVenue());
  registry.Add(hyperliquid::perpetual::HyperliquidPerpetualVenue());
  return registry;
}

}  // namespace colibri
