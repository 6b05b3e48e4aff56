// Whatever the exchange information holds: it is read or refused, and rules that are read can be
// used: scales in range, no pair or symbol twice.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_set.h"

#include "core/check.h"
#include "exchanges/binance/binance_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string body(reinterpret_cast<const char*>(bytes), size);
  const absl::StatusOr<colibri::VenueRules> rules = colibri::binance::ParseExchangeInfo(body);
  if (!rules.ok()) {
    return 0;
  }
  absl::flat_hash_set<std::string> seen;
  for (const colibri::TradingRule& rule : rules->rules) {
    CHECK(!rule.symbol.empty() && !rule.pair.base.empty() && !rule.pair.quote.empty());
    CHECK(seen.insert(rule.symbol).second && seen.insert(rule.pair.ToString() + "-pair").second);
    const colibri::BookScale scale = rule.scale();
    CHECK(scale.price_decimals >= 0 && scale.price_decimals <= 18);
    CHECK(scale.quantity_decimals >= 0 && scale.quantity_decimals <= 18);
    CHECK(rule.price_increment.is_positive() && rule.quantity_increment.is_positive());
  }
  for (const colibri::RateLimitPool& pool : rules->limits) {
    CHECK(pool.limit > 0 && pool.interval > absl::ZeroDuration());
  }
  return 0;
}
