#include "exchanges/binance_perpetual/binance_perpetual_venue.h"

#include <memory>
#include <utility>

#include "exchanges/binance_perpetual/binance_perpetual_spec.h"

namespace colibri::binance::perpetual {

VenueEntry BinancePerpetualVenue() {
  VenueEntry entry;
  entry.spec = PerpetualSpec();
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
