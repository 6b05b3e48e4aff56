#include "exchanges/hyperliquid/hyperliquid_venue.h"

#include <memory>
#include <utility>

#include "connector/venue_hosts.h"
#include "core/status_macros.h"
#include "exchanges/hyperliquid/hyperliquid_auth.h"
#include "exchanges/hyperliquid/hyperliquid_exchange.h"
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

absl::StatusOr<std::unique_ptr<Connector>> MakeConnector(Environment& environment,
                                                         ExchangeConfig config,
                                                         const Credentials* credentials) {
  RETURN_IF_ERROR(CheckDomain(HyperliquidSpec(), config));
  std::unique_ptr<Auth> auth;
  std::string account;
  if (credentials != nullptr) {
    ASSIGN_OR_RETURN(auth, MakeAuth(config, *credentials));
    ASSIGN_OR_RETURN(const WalletAddress address, TradingAddress(*credentials));
    account = address.ToString();
  }
  return std::make_unique<HyperliquidExchange>(
      environment, std::move(config), std::move(auth), std::move(account));
}

}  // namespace

VenueEntry HyperliquidVenue() {
  VenueEntry entry;
  entry.spec = HyperliquidSpec();
  entry.make_connector = MakeConnector;
  entry.make_market_data = [](const ExchangeConfig& config, const InstrumentTable& instruments) {
    return std::make_unique<HyperliquidMarketData>(
        ResolveHosts(HyperliquidSpec(), config), config, instruments);
  };
  entry.make_auth = MakeAuth;
  entry.default_symbols = [](const TradingPair& pair) { return std::pair(pair.base, pair.base); };
  return entry;
}

}  // namespace colibri::hyperliquid
