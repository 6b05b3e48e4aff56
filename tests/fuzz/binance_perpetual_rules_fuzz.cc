// Whatever the exchange information of USD-M holds: it is read or refused, and rules that are read
// can be used.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_set.h"

#include "core/check.h"
#include "exchanges/binance_perpetual/binance_perpetual_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string body(reinterpret_cast<const char*>(bytes), size);
  const absl::StatusOr<colibri::VenueRules> rules =
      colibri::binance::perpetual::ParseExchangeInfo(body);
  if (!rules.ok()) {
    return 0;
  }
  absl::flat_hash_set<std::string> seen;
  for (const colibri::TradingRule& rule : rules->rules) {
    CHECK(!rule.symbol.empty() && !rule.collateral.empty() && rule.collateral != rule.pair.base);
    CHECK(seen.insert(rule.symbol).second && seen.insert(rule.pair.ToString() + "-pair").second);
    CHECK(rule.price_increment.is_positive() && rule.quantity_increment.is_positive());
  }
  for (const colibri::RateLimitPool& pool : rules->limits) {
    CHECK(pool.limit > 0 && pool.interval > absl::ZeroDuration());
  }
  return 0;
}
