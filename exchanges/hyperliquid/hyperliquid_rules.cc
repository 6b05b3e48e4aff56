#include "exchanges/hyperliquid/hyperliquid_rules.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

#include "connector/json_fields.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"

namespace colibri::hyperliquid {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

// A price has so many decimals less those of the size, and so many digits that count.
constexpr int kPriceDecimals = 8;
constexpr int kPriceDigits = 5;
constexpr int64_t kNotionalMin = 10;  // of the quote
// Assets of spot, among those of other markets.
constexpr int64_t kAssetFirst = 10'000;
constexpr int64_t kAssetEnd = 100'000;

struct Tokens {
  const TokenNames& names;
  absl::flat_hash_map<int64_t, int64_t> size_decimals;  // of all that are listed now
};

// {"name":"PURR","szDecimals":0,"weiDecimals":5,"index":1,"tokenId":"0xc1..","isCanonical":true}
absl::StatusOr<Tokens> ReadTokens(const JsonFields& meta, TokenNames& names) {
  ASSIGN_OR_RETURN(const array entries, meta.Array("tokens"));
  Tokens tokens{.names = names, .size_decimals = {}};
  std::vector<std::pair<int64_t, std::string_view>> all;
  for (const element entry : entries) {
    ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, "token"));
    ASSIGN_OR_RETURN(const int64_t token, fields.Count("index"));
    ASSIGN_OR_RETURN(const std::string_view name, fields.Text("name"));
    all.emplace_back(token, name);
    tokens.size_decimals[token] = fields.IntegerOr("szDecimals", -1);
  }
  names.Learn(all);
  return tokens;
}

absl::StatusOr<int64_t> ReadToken(const JsonFields& fields, size_t place) {
  ASSIGN_OR_RETURN(const array both, fields.Array("tokens"));
  int64_t token = 0;
  if (both.size() != 2 || both.at(place).get(token) != simdjson::SUCCESS) {
    return fields.Missing("tokens", "the numbers of base and quote");
  }
  return token;
}

absl::StatusOr<std::string_view> FindName(const Tokens& tokens, int64_t token) {
  const std::optional<std::string_view> name = tokens.names.NameOf(token);
  if (!name.has_value() || !tokens.size_decimals.contains(token)) {
    return absl::DataLossError(
        StrCat(kVenueWords, " token ", token, " is not listed, or another one has its name"));
  }
  return *name;
}

absl::StatusOr<TradingPair> NamePair(std::string_view base, std::string_view quote) {
  ASSIGN_OR_RETURN(TradingPair pair, TradingPair::Parse(StrCat(base, "-", quote)));
  if (pair.base != base) {
    return absl::DataLossError(
        StrCat(kVenueWords, " token name ", Excerpt(quote), " can't be told in a pair"));
  }
  return pair;
}

// {"name":"@107","tokens":[150,0],"index":107,"isCanonical":true}
absl::StatusOr<TradingRule> ReadRule(element entry, const Tokens& tokens) {
  ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, "pair"));
  ASSIGN_OR_RETURN(const int64_t index, fields.Count("index"));
  ASSIGN_OR_RETURN(const int64_t base_token, ReadToken(fields, 0));
  ASSIGN_OR_RETURN(const int64_t quote_token, ReadToken(fields, 1));
  ASSIGN_OR_RETURN(const std::string_view base, FindName(tokens, base_token));
  ASSIGN_OR_RETURN(const std::string_view quote, FindName(tokens, quote_token));
  if (index >= kAssetEnd - kAssetFirst) {
    return fields.Missing("index", StrCat("below ", kAssetEnd - kAssetFirst));
  }
  // The number makes the asset that orders name, the coin the books: they must be of one market.
  TradingRule rule;
  rule.symbol = index == 0 ? StrCat(base, "/", quote) : StrCat("@", index);
  if (fields.TextOr("name", rule.symbol) != rule.symbol) {
    return fields.Missing("name", StrCat(rule.symbol, ", by its index"));
  }
  const int64_t size_decimals = tokens.size_decimals.at(base_token);
  if (size_decimals < 0 || size_decimals > kPriceDecimals) {
    return fields.Missing("szDecimals", StrCat("from 0 to ", kPriceDecimals, " of its base"));
  }
  const int decimals = static_cast<int>(size_decimals);
  ASSIGN_OR_RETURN(rule.pair, NamePair(base, quote));
  rule.venue_id = kAssetFirst + index;
  rule.status = "trading";
  rule.price_increment = Price::FromScaled(1, kPriceDecimals - decimals);
  rule.price_significant_digits = kPriceDigits;
  rule.quantity_increment = Quantity::FromScaled(1, decimals);
  rule.quantity_min = rule.quantity_increment;
  rule.notional_min = Notional(Decimal::FromInteger(kNotionalMin));
  rule.allows_quote_quantity = false;
  return rule;
}

void Skip(VenueRules& rules, std::string_view reason) {
  if (++rules.skipped == 1) {
    rules.first_skip_reason = std::string(reason);
  }
}

}  // namespace

absl::StatusOr<VenueRules> ParseRules(std::string_view body, TokenNames& names) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields meta, ParseObject(parser, body, kVenueWords, "rules"));
  ASSIGN_OR_RETURN(const Tokens tokens, ReadTokens(meta, names));
  ASSIGN_OR_RETURN(const array universe, meta.Array("universe"));
  VenueRules rules;
  absl::flat_hash_map<TradingPair, int> pairs;
  absl::flat_hash_map<int64_t, int> assets;
  std::vector<TradingRule> read;
  for (const element entry : universe) {
    absl::StatusOr<TradingRule> rule = ReadRule(entry, tokens);
    if (!rule.ok()) {
      Skip(rules, Std(rule.status().message()));
      continue;
    }
    ++pairs[rule->pair];
    ++assets[rule->venue_id];
    read.push_back(*std::move(rule));
  }
  for (TradingRule& rule : read) {
    if (pairs[rule.pair] > 1 || assets[rule.venue_id] > 1) {
      Skip(rules, StrCat(kVenueWords, " lists ", rule.pair.ToString(), " twice: ", rule.symbol));
    } else {
      rules.rules.push_back(std::move(rule));
    }
  }
  return rules;
}

}  // namespace colibri::hyperliquid
