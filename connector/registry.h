// The venues by name. exchanges/registry.cc lists them; adding a venue adds one line there.
//
//   ASSIGN_OR_RETURN(const VenueEntry* venue, registry.Find("binanse"));
//   // NotFound: unknown venue "binanse"; did you mean binance, binance_perpetual?
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "auth/auth.h"
#include "auth/credentials.h"
#include "connector/connector.h"
#include "connector/environment.h"
#include "connector/exchange_config.h"
#include "connector/instrument.h"
#include "connector/order_book_data_source.h"
#include "connector/venue_spec.h"

namespace colibri {

struct VenueEntry {
  VenueSpec spec;
  // credentials may be null: market data only. nullptr function: no connector yet, recorded market
  // data only.
  std::function<absl::StatusOr<std::unique_ptr<Connector>>(
      Environment& environment, ExchangeConfig config, const Credentials* credentials)>
      make_connector;
  // The parsers, for recordings: the table outlives the source.
  std::function<std::unique_ptr<OrderBookDataSource>(const ExchangeConfig& config,
                                                     const InstrumentTable& instruments)>
      make_market_data;
  std::function<absl::StatusOr<std::unique_ptr<Auth>>(const ExchangeConfig& config,
                                                      const Credentials& credentials)>
      make_auth;
  // "BTC-USDT" to the venue's symbol and stream symbol, without asking the venue: for recordings.
  std::function<std::pair<std::string, std::string>(const TradingPair& pair)> default_symbols;
};

class Registry {
 public:
  // CHECKs that the name is new.
  void Add(VenueEntry entry);
  // NotFound with the nearest known names.
  absl::StatusOr<const VenueEntry*> Find(std::string_view name) const;
  const std::vector<std::unique_ptr<VenueEntry>>& entries() const { return entries_; }

 private:
  std::vector<std::unique_ptr<VenueEntry>> entries_;
};

// Up to three of `known` nearest to `word` by edit distance, nearest first; for "did you mean".
std::vector<std::string> NearestNames(std::string_view word, const std::vector<std::string>& known);

}  // namespace colibri
