// A registry entry of the family, from what makes a venue.
//
//   return MakeEntry(HyperliquidSpec(), MakeExchange<HyperliquidExchange>, SymbolsOf);
//
// Thread: any.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "connector/registry.h"

namespace colibri::hyperliquid {

// auth is null, and account empty, for market data only.
using ExchangeMaker = std::unique_ptr<Connector> (*)(Environment& environment,
                                                     ExchangeConfig config,
                                                     std::unique_ptr<Auth> auth,
                                                     std::string account);
template <class Exchange>
std::unique_ptr<Connector> MakeExchange(Environment& environment,
                                        ExchangeConfig config,
                                        std::unique_ptr<Auth> auth,
                                        std::string account) {
  return std::make_unique<Exchange>(
      environment, std::move(config), std::move(auth), std::move(account));
}

// The spec outlives the entry.
VenueEntry MakeEntry(const VenueSpec& spec,
                     ExchangeMaker make_exchange,
                     std::pair<std::string, std::string> (*default_symbols)(const TradingPair&));

}  // namespace colibri::hyperliquid
