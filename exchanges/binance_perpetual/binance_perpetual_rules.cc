#include "exchanges/binance_perpetual/binance_perpetual_rules.h"

#include <optional>

#include "core/status_macros.h"
#include "exchanges/binance_common/binance_exchange_info.h"
#include "exchanges/binance_perpetual/binance_perpetual_spec.h"

namespace colibri::binance::perpetual {
namespace {

using simdjson::dom::array;

// {"symbol":"BLZUSDT","pair":"BLZUSDT","contractType":"PERPETUAL","status":"TRADING",
//  "baseAsset":"BLZ","quoteAsset":"USDT","marginAsset":"USDT","pricePrecision":5,
//  "quantityPrecision":0,"filters":[..],"orderTypes":["LIMIT",..],"timeInForce":["GTC","GTX",..]}
absl::StatusOr<std::optional<TradingRule>> ReadSymbol(const JsonFields& symbol) {
  ASSIGN_OR_RETURN(const std::string_view contract, symbol.Text("contractType"));
  if (contract != "PERPETUAL" && contract != "TRADIFI_PERPETUAL") {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(const std::string_view margin, symbol.Text("marginAsset"));
  if (margin == symbol.TextOr("baseAsset", "")) {
    return std::nullopt;  // COIN-M
  }
  ASSIGN_OR_RETURN(TradingRule rule, ReadNames(symbol));
  if (margin.empty()) {
    return symbol.Missing("marginAsset", "a name");
  }
  rule.collateral = std::string(margin);
  // Older copies of the documentation write the key in capitals.
  ASSIGN_OR_RETURN(const array types,
                   symbol.Array(symbol.Has("orderTypes") ? "orderTypes" : "OrderType"));
  ASSIGN_OR_RETURN(const array times, symbol.Array("timeInForce"));
  rule.allows_limit = HasWord(types, "LIMIT");
  rule.allows_limit_maker = rule.allows_limit && HasWord(times, "GTX");
  rule.allows_market = HasWord(types, "MARKET");
  rule.allows_quote_quantity = false;
  // Reduce-only orders may be of any size.
  rule.is_notional_min_for_close = false;
  RETURN_IF_ERROR(ReadFilters(
      symbol,
      {.price = "pricePrecision", .older_price = "pricePrecision", .quantity = "quantityPrecision"},
      rule));
  return rule;
}

}  // namespace

absl::StatusOr<VenueRules> ParseExchangeInfo(std::string_view body) {
  return ReadExchangeInfo(body, PerpetualSpec().limits, ReadSymbol);
}

}  // namespace colibri::binance::perpetual
