#include "exchanges/binance/binance_rules.h"

#include <algorithm>

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/binance/binance_spec.h"
#include "exchanges/binance_common/binance_exchange_info.h"

namespace colibri::binance {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

// permissionSets is an AND of ORs; `permissions` is its flat forerunner, and binance.us has only
// that.
bool AllowsSpot(const JsonFields& symbol) {
  if (!symbol.FlagOr("isSpotTradingAllowed", true)) {
    return false;
  }
  const absl::StatusOr<array> flat = symbol.Array("permissions");
  const absl::StatusOr<array> sets = symbol.Array("permissionSets");
  const bool has_flat = flat.ok() && flat->size() > 0;
  const bool has_sets = sets.ok() && sets->size() > 0;
  const auto is_spot = [&](element set) {
    array permissions;
    return set.get_array().get(permissions) == simdjson::SUCCESS && HasWord(permissions, "SPOT");
  };
  return (!has_flat && !has_sets) ||  // left out of the answer
         (has_flat && HasWord(*flat, "SPOT")) ||
         (has_sets && std::any_of(sets->begin(), sets->end(), is_spot));
}

absl::Status ReadOrderTypes(const JsonFields& symbol, TradingRule& rule) {
  ASSIGN_OR_RETURN(const array types, symbol.Array("orderTypes"));
  rule.allows_limit = HasWord(types, "LIMIT");
  rule.allows_limit_maker = HasWord(types, "LIMIT_MAKER");
  rule.allows_market = HasWord(types, "MARKET");
  rule.allows_quote_quantity =
      rule.allows_market && symbol.FlagOr("quoteOrderQtyMarketAllowed", false);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<TradingRule>> ReadSymbol(const JsonFields& symbol) {
  ASSIGN_OR_RETURN(TradingRule rule, ReadNames(symbol));
  if (!AllowsSpot(symbol)) {
    rule.is_trading = false;
    rule.status.append(", not on spot");
  }
  RETURN_IF_ERROR(ReadOrderTypes(symbol, rule));
  RETURN_IF_ERROR(ReadFilters(symbol,
                              {.price = "quoteAssetPrecision",
                               .older_price = "quotePrecision",
                               .quantity = "baseAssetPrecision"},
                              rule));
  return rule;
}

}  // namespace

absl::StatusOr<VenueRules> ParseExchangeInfo(std::string_view body) {
  return ReadExchangeInfo(body, BinanceSpec().limits, ReadSymbol);
}

}  // namespace colibri::binance
