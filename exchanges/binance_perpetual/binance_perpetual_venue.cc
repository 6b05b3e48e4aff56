#include "exchanges/binance_perpetual/binance_perpetual_venue.h"

#include <memory>
#include <utility>

#include "core/status_macros.h"
#include "exchanges/binance_perpetual/binance_perpetual_exchange.h"
#include "exchanges/binance_perpetual/binance_perpetual_spec.h"

namespace colibri::binance::perpetual {
namespace {

absl::StatusOr<std::unique_ptr<Connector>> MakeConnector(Environment& environment,
                                                         ExchangeConfig config,
                                                         const Credentials* credentials) {
  RETURN_IF_ERROR(CheckDomain(PerpetualSpec(), config));
  std::unique_ptr<Auth> auth;
  if (credentials != nullptr) {
    ASSIGN_OR_RETURN(auth, MakeAuth(config, *credentials));
  }
  return MakeBinancePerpetualExchange(environment, std::move(config), std::move(auth));
}

}  // namespace

VenueEntry BinancePerpetualVenue() {
  VenueEntry entry;
  entry.spec = PerpetualSpec();
  entry.make_connector = MakeConnector;
  // Recordings mix the sockets: one parser reads the frames of both.
  entry.make_market_data = [](const ExchangeConfig& config, const InstrumentTable& instruments) {
    return std::make_unique<BinanceOrderBookDataSource>(
        BookDialect(),
        ResolveHosts(PerpetualSpec(), config).market_stream_url,
        config,
        instruments);
  };
  entry.make_auth = MakeAuth;
  entry.default_symbols = DefaultSymbols;
  return entry;
}

}  // namespace colibri::binance::perpetual
