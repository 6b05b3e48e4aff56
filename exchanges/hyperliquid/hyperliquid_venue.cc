#include "exchanges/hyperliquid/hyperliquid_venue.h"

#include <memory>
#include <utility>

#include "exchanges/hyperliquid/hyperliquid_auth.h"
#include "exchanges/hyperliquid/hyperliquid_market_data.h"
#include "exchanges/hyperliquid/hyperliquid_spec.h"

namespace colibri::hyperliquid {
namespace {

absl::StatusOr<std::unique_ptr<Auth>> MakeAuth(const ExchangeConfig& config,
                                               const Credentials& credentials) {
  return HyperliquidAuth::Make(
      credentials,
      {.is_mainnet = config.domain != kTestnet, .receive_window = config.receive_window});
}

}  // namespace

VenueEntry HyperliquidVenue() {
  VenueEntry entry;
  entry.spec = HyperliquidSpec();
  entry.make_market_data = [](const ExchangeConfig& config, const InstrumentTable& instruments) {
    return std::make_unique<HyperliquidMarketData>(ResolveHosts(config), config, instruments);
  };
  entry.make_auth = MakeAuth;
  entry.default_symbols = [](const TradingPair& pair) { return std::pair(pair.base, pair.base); };
  return entry;
}

}  // namespace colibri::hyperliquid
