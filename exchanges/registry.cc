#include "exchanges/registry.h"

#include "exchanges/binance/binance_venue.h"

namespace colibri {

Registry MakeRegistry() {
  Registry registry;
  registry.Add(binance::BinanceVenue());
  registry.Add(binance::BinancePerpetualVenue());
  return registry;
}

}  // namespace colibri
