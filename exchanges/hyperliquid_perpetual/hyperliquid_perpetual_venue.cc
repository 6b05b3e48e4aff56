#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_venue.h"

#include <memory>
#include <utility>

#include "connector/venue_hosts.h"
#include "core/status_macros.h"
#include "exchanges/hyperliquid_common/hyperliquid_auth.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"
#include "exchanges/hyperliquid_common/hyperliquid_market_data.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_exchange.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_spec.h"

namespace colibri::hyperliquid::perpetual {
namespace {

absl::StatusOr<std::unique_ptr<Connector>> MakeConnector(Environment& environment,
                                                         ExchangeConfig config,
                                                         const Credentials* credentials) {
  RETURN_IF_ERROR(CheckDomain(HyperliquidPerpetualSpec(), config));
  std::unique_ptr<Auth> auth;
  std::string account;
  if (credentials != nullptr) {
    ASSIGN_OR_RETURN(auth, MakeAuth(config, *credentials));
    ASSIGN_OR_RETURN(const WalletAddress address, TradingAddress(*credentials));
    account = address.ToString();
  }
  return std::make_unique<HyperliquidPerpetualExchange>(
      environment, std::move(config), std::move(auth), std::move(account));
}

}  // namespace

VenueEntry HyperliquidPerpetualVenue() {
  VenueEntry entry;
  entry.spec = HyperliquidPerpetualSpec();
  entry.make_connector = MakeConnector;
  entry.make_market_data = [](const ExchangeConfig& config, const InstrumentTable& instruments) {
    return std::make_unique<HyperliquidMarketData>(
        ResolveHosts(HyperliquidPerpetualSpec(), config), config, instruments);
  };
  entry.make_auth = MakeAuth;
  entry.default_symbols = [](const TradingPair& pair) { return std::pair(pair.base, pair.base); };
  return entry;
}

}  // namespace colibri::hyperliquid::perpetual
