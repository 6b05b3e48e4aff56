#include "exchanges/binance_common/binance_exchange_info.h"

#include <algorithm>
#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/binance_common/binance_family.h"

namespace colibri::binance {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

// An absent field is a check that the venue does not make: zero.
absl::StatusOr<Decimal> Bound(const JsonFields& filter, std::string_view key) {
  if (!filter.Has(key)) {
    return Decimal();
  }
  return filter.Number(key);
}

// Of an upper bound: one beyond the range of Decimal bounds nothing that we could send.
absl::StatusOr<Decimal> UpperBound(const JsonFields& filter, std::string_view key) {
  if (!filter.Has(key)) {
    return Decimal();
  }
  ASSIGN_OR_RETURN(const std::string_view text, filter.Text(key));
  if (absl::IsOutOfRange(Decimal::Parse(text).status())) {
    return Decimal();
  }
  return filter.Number(key);
}

absl::StatusOr<std::optional<Decimal>> Multiplier(const JsonFields& filter, std::string_view key) {
  ASSIGN_OR_RETURN(const Decimal value, Bound(filter, key));
  return value.is_positive() ? std::optional(value) : std::nullopt;
}

// {"filterType":"PRICE_FILTER","minPrice":"0.00000100","maxPrice":"100000.00000000",
//  "tickSize":"0.00000100"}
absl::Status ReadPriceFilter(const JsonFields& filter, TradingRule& rule) {
  ASSIGN_OR_RETURN(const Decimal min, Bound(filter, "minPrice"));
  ASSIGN_OR_RETURN(const Decimal max, UpperBound(filter, "maxPrice"));
  ASSIGN_OR_RETURN(const Decimal tick, Bound(filter, "tickSize"));
  rule.price_min = Price(min);
  rule.price_max = Price(max);
  if (tick.is_positive()) {
    rule.price_increment = Price(tick);
  }
  return absl::OkStatus();
}

// {"filterType":"LOT_SIZE","minQty":"0.00100000","maxQty":"100000.00000000",
//  "stepSize":"0.00100000"}; MARKET_LOT_SIZE has the same fields.
struct LotSize {
  Quantity min, max, step;
};
absl::StatusOr<LotSize> ReadLotSize(const JsonFields& filter) {
  ASSIGN_OR_RETURN(const Decimal min, Bound(filter, "minQty"));
  ASSIGN_OR_RETURN(const Decimal max, UpperBound(filter, "maxQty"));
  ASSIGN_OR_RETURN(const Decimal step, Bound(filter, "stepSize"));
  return LotSize{Quantity(min), Quantity(max), Quantity(step)};
}

// {"filterType":"NOTIONAL","minNotional":"10.0","applyMinToMarket":true,
//  "maxNotional":"9000000.0","applyMaxToMarket":false,"avgPriceMins":5}, or, on older symbols,
// {"filterType":"MIN_NOTIONAL","minNotional":"10.0","applyToMarket":true,"avgPriceMins":5}; USD-M
// has {"filterType":"MIN_NOTIONAL","notional":"5.0"}
absl::Status ReadNotional(const JsonFields& filter, TradingRule& rule) {
  ASSIGN_OR_RETURN(const Decimal min,
                   Bound(filter, filter.Has("notional") ? "notional" : "minNotional"));
  ASSIGN_OR_RETURN(const Decimal max, UpperBound(filter, "maxNotional"));
  rule.notional_min = Notional(min);
  rule.notional_max = Notional(max);
  rule.is_notional_min_for_market =
      filter.FlagOr("applyMinToMarket", filter.FlagOr("applyToMarket", true));
  rule.is_notional_max_for_market = filter.FlagOr("applyMaxToMarket", false);
  return absl::OkStatus();
}

absl::Status ReadPercentPrice(const JsonFields& filter, bool is_by_side, TradingRule& rule) {
  ASSIGN_OR_RETURN(rule.bid_multiplier_up,
                   Multiplier(filter, is_by_side ? "bidMultiplierUp" : "multiplierUp"));
  ASSIGN_OR_RETURN(rule.bid_multiplier_down,
                   Multiplier(filter, is_by_side ? "bidMultiplierDown" : "multiplierDown"));
  ASSIGN_OR_RETURN(rule.ask_multiplier_up,
                   Multiplier(filter, is_by_side ? "askMultiplierUp" : "multiplierUp"));
  ASSIGN_OR_RETURN(rule.ask_multiplier_down,
                   Multiplier(filter, is_by_side ? "askMultiplierDown" : "multiplierDown"));
  return absl::OkStatus();
}

absl::Status ReadFilter(const JsonFields& filter, TradingRule& rule) {
  ASSIGN_OR_RETURN(const std::string_view type, filter.Text("filterType"));
  if (type == "PRICE_FILTER") {
    return ReadPriceFilter(filter, rule);
  }
  if (type == "LOT_SIZE") {
    ASSIGN_OR_RETURN(const LotSize lot, ReadLotSize(filter));
    rule.quantity_min = lot.min;
    rule.quantity_max = lot.max;
    if (lot.step.is_positive()) {
      rule.quantity_increment = lot.step;
    }
    return absl::OkStatus();
  }
  if (type == "MARKET_LOT_SIZE") {
    ASSIGN_OR_RETURN(const LotSize lot, ReadLotSize(filter));
    rule.market_quantity_min = lot.min;
    rule.market_quantity_max = lot.max;
    rule.market_quantity_increment = lot.step;
    return absl::OkStatus();
  }
  if (type == "NOTIONAL" || type == "MIN_NOTIONAL") {
    return ReadNotional(filter, rule);
  }
  if (type == "PERCENT_PRICE_BY_SIDE" || type == "PERCENT_PRICE") {
    return ReadPercentPrice(filter, type == "PERCENT_PRICE_BY_SIDE", rule);
  }
  if (type == "MAX_NUM_ORDERS") {
    rule.open_orders_max = static_cast<int>(std::clamp<int64_t>(
        filter.IntegerOr("maxNumOrders", filter.IntegerOr("limit", 0)), 0, 1'000'000));
  }
  return absl::OkStatus();
}

// "SECOND", 10 -> 10 s and "10s"
struct LimitInterval {
  absl::Duration duration;
  std::string suffix;
};
absl::StatusOr<LimitInterval> ReadInterval(const JsonFields& limit) {
  ASSIGN_OR_RETURN(const std::string_view unit, limit.Text("interval"));
  ASSIGN_OR_RETURN(const int64_t count, limit.Integer("intervalNum"));
  if (count < 1 || count > 1000) {
    return limit.Missing("intervalNum", "1 to 1000");
  }
  struct Unit {
    std::string_view name;
    absl::Duration duration;
    std::string_view letter;
  };
  const Unit units[] = {{"SECOND", absl::Seconds(1), "s"},
                        {"MINUTE", absl::Minutes(1), "m"},
                        {"HOUR", absl::Hours(1), "h"},
                        {"DAY", absl::Hours(24), "d"}};
  for (const Unit& known : units) {
    if (known.name == unit) {
      return LimitInterval{known.duration * count, StrCat(count, known.letter)};
    }
  }
  return limit.Missing("interval", "SECOND, MINUTE, HOUR or DAY");
}

// {"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000}
absl::Status ReadLimit(const JsonFields& limit, std::vector<RateLimitPool>& pools) {
  ASSIGN_OR_RETURN(const std::string_view type, limit.Text("rateLimitType"));
  ASSIGN_OR_RETURN(const LimitInterval interval, ReadInterval(limit));
  ASSIGN_OR_RETURN(const int64_t count, limit.Integer("limit"));
  if (count < 1) {
    return limit.Missing("limit", "positive");
  }
  std::string_view name;
  std::string header;
  if (type == "REQUEST_WEIGHT") {
    name = kRequestWeightPool;
    header = StrCat("x-mbx-used-weight-", interval.suffix);
  } else if (type == "ORDERS") {
    const bool has_minutes = std::any_of(pools.begin(), pools.end(), [](const RateLimitPool& pool) {
      return pool.name == kOrdersPerMinutePool;
    });
    name = interval.duration >= absl::Hours(24)                   ? kOrdersPerDayPool
           : interval.duration >= absl::Minutes(1) && has_minutes ? kOrdersPerMinutePool
                                                                  : kOrdersPool;
    header = StrCat("x-mbx-order-count-", interval.suffix);
  } else if (type == "RAW_REQUESTS") {
    name = kRawRequestsPool;
  }
  for (RateLimitPool& pool : pools) {
    if (pool.name == name) {
      pool.limit = count;
      pool.interval = interval.duration;
      pool.used_header = std::move(header);
    }
  }
  return absl::OkStatus();
}

// The pools with what the venue says of them; an unreadable entry leaves them as they were.
std::vector<RateLimitPool> ReadLimits(const JsonFields& info, std::vector<RateLimitPool> pools) {
  const absl::StatusOr<array> limits = info.Array("rateLimits");
  if (!limits.ok() || limits->size() == 0) {
    return {};
  }
  for (const element entry : *limits) {
    const absl::StatusOr<JsonFields> limit = ObjectOf(entry, "rateLimits");
    if (limit.ok()) {
      ReadLimit(*limit, pools).IgnoreError();
    }
  }
  return pools;
}

absl::StatusOr<int> ReadPrecision(const JsonFields& symbol,
                                  std::string_view key,
                                  std::string_view older_key) {
  const int64_t precision = symbol.IntegerOr(key, symbol.IntegerOr(older_key, 8));
  if (precision < 0 || precision > Decimal::kFractionDigits) {
    return symbol.Missing(key, "a precision of 0 to 18");
  }
  return static_cast<int>(precision);
}

}  // namespace

absl::StatusOr<TradingRule> ReadNames(const JsonFields& symbol) {
  TradingRule rule;
  ASSIGN_OR_RETURN(const std::string_view name, symbol.Text("symbol"));
  ASSIGN_OR_RETURN(const std::string_view base, symbol.Text("baseAsset"));
  ASSIGN_OR_RETURN(const std::string_view quote, symbol.Text("quoteAsset"));
  ASSIGN_OR_RETURN(const std::string_view status, symbol.Text("status"));
  if (name.empty()) {
    return symbol.Missing("symbol", "a name");
  }
  ASSIGN_OR_RETURN(rule.pair, TradingPair::Parse(StrCat(base, "-", quote)));
  if (rule.pair.base != base) {
    return symbol.Missing("quoteAsset", "an asset without a dash");
  }
  rule.symbol = std::string(name);
  rule.status = std::string(status);
  rule.is_trading = status == "TRADING";
  return rule;
}

absl::Status ReadFilters(const JsonFields& symbol, PrecisionKeys keys, TradingRule& rule) {
  ASSIGN_OR_RETURN(rule.book_scale_min.price_decimals,
                   ReadPrecision(symbol, keys.price, keys.older_price));
  ASSIGN_OR_RETURN(rule.book_scale_min.quantity_decimals,
                   ReadPrecision(symbol, keys.quantity, keys.quantity));
  // Finer orders are refused, also where no filter gives a coarser step.
  rule.price_increment = Price::FromScaled(1, rule.book_scale_min.price_decimals);
  rule.quantity_increment = Quantity::FromScaled(1, rule.book_scale_min.quantity_decimals);
  ASSIGN_OR_RETURN(const array filters, symbol.Array("filters"));
  for (const element entry : filters) {
    ASSIGN_OR_RETURN(const JsonFields filter, ObjectOf(entry, "filters"));
    RETURN_IF_ERROR(ReadFilter(filter, rule));
  }
  return absl::OkStatus();
}

bool HasWord(const array& words, std::string_view wanted) {
  return std::any_of(words.begin(), words.end(), [wanted](element word) {
    std::string_view text;
    return word.get_string().get(text) == simdjson::SUCCESS && text == wanted;
  });
}

absl::StatusOr<VenueRules> ReadExchangeInfo(std::string_view body,
                                            const std::vector<RateLimitPool>& pools,
                                            SymbolReader read_symbol) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields info, ParseObject(parser, body, "exchange information"));
  ASSIGN_OR_RETURN(const array symbols, info.Array("symbols"));
  VenueRules rules;
  rules.limits = ReadLimits(info, pools);
  rules.rules.reserve(std::min<size_t>(symbols.size(), 10'000));
  StringSet seen_symbols;
  absl::flat_hash_set<TradingPair> seen_pairs;
  for (const element entry : symbols) {
    absl::StatusOr<std::optional<TradingRule>> rule =
        [&]() -> absl::StatusOr<std::optional<TradingRule>> {
      ASSIGN_OR_RETURN(const JsonFields symbol, ObjectOf(entry, "symbols"));
      return read_symbol(symbol);
    }();
    if (rule.ok() && !rule->has_value()) {
      continue;
    }
    if (rule.ok() && (!seen_symbols.insert((*rule)->symbol).second ||
                      !seen_pairs.insert((*rule)->pair).second)) {
      rule = absl::DataLossError(
          StrCat("Binance exchange information lists ", (*rule)->symbol, " twice"));
    }
    if (rule.ok()) {
      rules.rules.push_back(**std::move(rule));
      continue;
    }
    if (rules.skipped++ == 0) {
      rules.first_skip_reason = std::string(Std(rule.status().message()));
    }
  }
  return rules;
}

}  // namespace colibri::binance
