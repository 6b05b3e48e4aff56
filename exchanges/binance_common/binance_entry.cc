#include "exchanges/binance_common/binance_entry.h"

#include "connector/venue_hosts.h"
#include "core/status_macros.h"
#include "exchanges/binance_common/binance_family.h"

namespace colibri::binance {

VenueEntry MakeEntry(const VenueSpec& spec,
                     ExchangeMaker make_exchange,
                     MarketDialect (*recorded)(std::string_view domain)) {
  VenueEntry entry;
  entry.spec = spec;
  entry.make_connector =
      [&spec, make_exchange](
          Environment& environment,
          ExchangeConfig config,
          const Credentials* credentials) -> absl::StatusOr<std::unique_ptr<Connector>> {
    RETURN_IF_ERROR(CheckDomain(spec, config));
    std::unique_ptr<Auth> auth;
    if (credentials != nullptr) {
      ASSIGN_OR_RETURN(auth, MakeAuth(config, *credentials));
    }
    return make_exchange(environment, std::move(config), std::move(auth));
  };
  entry.make_market_data = [&spec, recorded](const ExchangeConfig& config,
                                             const InstrumentTable& instruments) {
    return std::make_unique<BinanceOrderBookDataSource>(
        recorded(config.domain), ResolveHosts(spec, config).market_stream_url, config, instruments);
  };
  entry.make_auth = MakeAuth;
  entry.default_symbols = DefaultSymbols;
  return entry;
}

}  // namespace colibri::binance
