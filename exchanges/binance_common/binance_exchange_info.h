// Reads exchangeInfo of any Binance venue: filters to trading rules, rateLimits to pools. What a
// symbol must be is the venue's own.
//
//   ReadExchangeInfo(body, spec.limits, [](const JsonFields& symbol) { ... });
//
// Symbols are mapped here and nowhere else: BASE-QUOTE is baseAsset-quoteAsset, never a split of
// the symbol. An entry that can't be read is skipped and counted, an unknown filter is ignored.
// For .cc files of this family. Thread: any. DataLoss when the answer as a whole can't be read.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

#include "connector/venue_protocol.h"
#include "exchanges/binance_common/binance_json.h"

namespace colibri::binance {

// nullopt: not of this venue, to be left out silently.
using SymbolReader =
    absl::FunctionRef<absl::StatusOr<std::optional<TradingRule>>(const JsonFields& symbol)>;

absl::StatusOr<VenueRules> ReadExchangeInfo(std::string_view body,
                                            const std::vector<RateLimitPool>& pools,
                                            SymbolReader read_symbol);

// Pair, symbol and status.
absl::StatusOr<TradingRule> ReadNames(const JsonFields& symbol);

// Decimals of an asset. The venue counts prices and quantities in 64-bit integers at this
// precision, whatever the filters say: orders that rest since before a filter was made coarser show
// in the book with all their decimals.
struct PrecisionKeys {
  std::string_view price;
  std::string_view older_price;  // where the first is absent
  std::string_view quantity;
};
// Increments, bounds and the finest scale of the book.
absl::Status ReadFilters(const JsonFields& symbol, PrecisionKeys keys, TradingRule& rule);

bool HasWord(const simdjson::dom::array& words, std::string_view wanted);

}  // namespace colibri::binance
