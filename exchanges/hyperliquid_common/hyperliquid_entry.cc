#include "exchanges/hyperliquid_common/hyperliquid_entry.h"

#include "connector/venue_hosts.h"
#include "core/status_macros.h"
#include "exchanges/hyperliquid_common/hyperliquid_auth.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"
#include "exchanges/hyperliquid_common/hyperliquid_market_data.h"

namespace colibri::hyperliquid {

VenueEntry MakeEntry(const VenueSpec& spec,
                     ExchangeMaker make_exchange,
                     std::pair<std::string, std::string> (*default_symbols)(const TradingPair&)) {
  VenueEntry entry;
  entry.spec = spec;
  entry.make_connector =
      [&spec, make_exchange](
          Environment& environment,
          ExchangeConfig config,
          const Credentials* credentials) -> absl::StatusOr<std::unique_ptr<Connector>> {
    RETURN_IF_ERROR(CheckDomain(spec, config));
    std::unique_ptr<Auth> auth;
    std::string account;
    if (credentials != nullptr) {
      ASSIGN_OR_RETURN(auth, MakeAuth(config, *credentials));
      ASSIGN_OR_RETURN(const WalletAddress address, TradingAddress(*credentials));
      account = address.ToString();
    }
    return make_exchange(environment, std::move(config), std::move(auth), std::move(account));
  };
  entry.make_market_data = [&spec](const ExchangeConfig& config,
                                   const InstrumentTable& instruments) {
    return std::make_unique<HyperliquidMarketData>(
        ResolveHosts(spec, config), config, instruments, spec.is_perpetual());
  };
  entry.make_auth = MakeAuth;
  entry.default_symbols = default_symbols;
  return entry;
}

}  // namespace colibri::hyperliquid
