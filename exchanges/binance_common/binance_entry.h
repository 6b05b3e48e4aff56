// A registry entry of the family, from what makes a venue.
//
//   return MakeEntry(BinanceSpec(), MakeExchange<BinanceExchange>, SpotDialect);
//
// Thread: any.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "connector/registry.h"
#include "exchanges/binance_common/binance_order_book_data_source.h"

namespace colibri::binance {

// auth is null for market data only.
using ExchangeMaker = std::unique_ptr<Connector> (*)(Environment& environment,
                                                     ExchangeConfig config,
                                                     std::unique_ptr<Auth> auth);
template <class Exchange>
std::unique_ptr<Connector> MakeExchange(Environment& environment,
                                        ExchangeConfig config,
                                        std::unique_ptr<Auth> auth) {
  return std::make_unique<Exchange>(environment, std::move(config), std::move(auth));
}

// recorded: how frames of recordings are parsed, by domain. The spec outlives the entry.
VenueEntry MakeEntry(const VenueSpec& spec,
                     ExchangeMaker make_exchange,
                     MarketDialect (*recorded)(std::string_view domain));

}  // namespace colibri::binance
