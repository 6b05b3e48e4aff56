#include "exchanges/binance/binance_venue.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/binance/binance_auth.h"
#include "exchanges/binance/binance_exchange.h"
#include "exchanges/binance/binance_order_book_data_source.h"
#include "exchanges/binance/binance_spec.h"

namespace colibri::binance {
namespace {

// As the venue forms its symbols today. Connectors ask the venue; this serves recordings.
std::pair<std::string, std::string> DefaultSymbols(const TradingPair& pair) {
  const std::string symbol = StrCat(pair.base, pair.quote);
  return {symbol, LowerAscii(symbol)};
}

absl::StatusOr<std::unique_ptr<Auth>> MakeAuth(const ExchangeConfig& config,
                                               const Credentials& credentials) {
  return BinanceAuth::Make(credentials, config.receive_window);
}

absl::StatusOr<std::unique_ptr<Connector>> MakeConnector(Environment& environment,
                                                         ExchangeConfig config,
                                                         const Credentials* credentials) {
  if (BinanceSpec().FindDomain(config.domain) == nullptr) {
    std::string known;
    for (const DomainSpec& domain : BinanceSpec().domains) {
      known.append(known.empty() ? "" : ", ").append(domain.name);
    }
    return absl::NotFoundError(
        StrCat("binance has no domain \"", config.domain, "\"; use one of ", known));
  }
  std::unique_ptr<Auth> auth;
  if (credentials != nullptr) {
    ASSIGN_OR_RETURN(auth, MakeAuth(config, *credentials));
  }
  return std::make_unique<BinanceExchange>(environment, std::move(config), std::move(auth));
}

std::unique_ptr<OrderBookDataSource> MakeMarketData(Product product,
                                                    const VenueSpec& spec,
                                                    const ExchangeConfig& config,
                                                    const InstrumentTable& instruments) {
  return std::make_unique<BinanceOrderBookDataSource>(
      product, ResolveHosts(spec, config), config, instruments);
}

}  // namespace

VenueEntry BinanceVenue() {
  VenueEntry entry;
  entry.spec = BinanceSpec();
  entry.make_connector = MakeConnector;
  entry.make_market_data = [](const ExchangeConfig& config, const InstrumentTable& instruments) {
    return MakeMarketData(Product::kSpot, BinanceSpec(), config, instruments);
  };
  entry.make_auth = MakeAuth;
  entry.default_symbols = DefaultSymbols;
  return entry;
}

VenueEntry BinancePerpetualVenue() {
  VenueEntry entry;
  entry.spec = BinancePerpetualSpec();
  entry.make_market_data = [](const ExchangeConfig& config, const InstrumentTable& instruments) {
    return MakeMarketData(Product::kUsdMargined, BinancePerpetualSpec(), config, instruments);
  };
  entry.make_auth = MakeAuth;
  entry.default_symbols = DefaultSymbols;
  return entry;
}

}  // namespace colibri::binance
