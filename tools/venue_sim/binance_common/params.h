// The parameters of one call, read with the venue's own refusals.
//
//   ASSIGN_OR_RETURN(const Params params, Params::Parse("symbol=BTCUSDT&limit=5", body));
//   ASSIGN_OR_RETURN(const std::string symbol, params.Required("symbol"));
//
// Values are percent-decoded. A name that is in both the query and the body has the query's value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/decimal.h"
#include "tools/venue_sim/binance_common/error.h"

namespace colibri::venue_sim::binance {

class Params {
 public:
  // -1101 when a name is twice in one part.
  static OrError<Params> Parse(std::string_view query, std::string_view body);

  void Add(std::string name, std::string value);

  bool Has(std::string_view name) const { return Find(name).has_value(); }
  std::optional<std::string_view> Find(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

  // -1102 when absent or empty.
  OrError<std::string> Required(std::string_view name) const;
  // -1105 when present and empty; the fallback when absent.
  OrError<std::string> Text(std::string_view name, std::string_view fallback = "") const;
  // Digits only, else -1100; outside [min, max]: -1130.
  OrError<std::optional<int64_t>> Integer(std::string_view name) const;
  OrError<int64_t> IntegerOr(std::string_view name,
                             int64_t fallback,
                             int64_t min,
                             int64_t max) const;
  // Plain decimals without sign or exponent, else -1100; more than 8 decimals: -1111.
  OrError<std::optional<Decimal>> Amount(std::string_view name) const;
  // "true" or "false", else -1100.
  OrError<bool> Flag(std::string_view name, bool fallback) const;
  // [a-zA-Z0-9-_]{1,36}, else -1100.
  OrError<std::optional<std::string>> ClientId(std::string_view name) const;

  // -1104 (signed) or -1101 when a name is not among the space-separated `known`.
  MaybeError CheckNames(std::string_view known, bool is_signed) const;

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

VenueError MissingParameter(std::string_view name);
VenueError IllegalCharacters(std::string_view name, std::string_view legal);

// "%5B" and "+" decoded as in forms; broken escapes stay as they are.
std::string PercentDecode(std::string_view text);

}  // namespace colibri::venue_sim::binance
