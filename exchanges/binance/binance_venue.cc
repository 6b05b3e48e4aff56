#include "exchanges/binance/binance_venue.h"

#include <memory>
#include <utility>

#include "core/status_macros.h"
#include "exchanges/binance/binance_exchange.h"
#include "exchanges/binance/binance_spec.h"

namespace colibri::binance {
namespace {

absl::StatusOr<std::unique_ptr<Connector>> MakeConnector(Environment& environment,
                                                         ExchangeConfig config,
                                                         const Credentials* credentials) {
  RETURN_IF_ERROR(CheckDomain(BinanceSpec(), config));
  std::unique_ptr<Auth> auth;
  if (credentials != nullptr) {
    ASSIGN_OR_RETURN(auth, MakeAuth(config, *credentials));
  }
  return MakeBinanceExchange(environment, std::move(config), std::move(auth));
}

}  // namespace

VenueEntry BinanceVenue() {
  VenueEntry entry;
  entry.spec = BinanceSpec();
  entry.make_connector = MakeConnector;
  entry.make_market_data = [](const ExchangeConfig& config, const InstrumentTable& instruments) {
    return std::make_unique<BinanceOrderBookDataSource>(
        SpotDialect(config.domain),
        ResolveHosts(BinanceSpec(), config).market_stream_url,
        config,
        instruments);
  };
  entry.make_auth = MakeAuth;
  entry.default_symbols = DefaultSymbols;
  return entry;
}

}  // namespace colibri::binance
