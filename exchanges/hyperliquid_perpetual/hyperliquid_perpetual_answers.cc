#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_answers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_lists.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_fields.h"

namespace colibri::hyperliquid::perpetual {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

// Of perpetuals: a price has so many decimals less those of the size, and so many digits that
// count.
constexpr int kPriceDecimals = 6;
constexpr int kPriceDigits = 5;
constexpr int64_t kNotionalMin = 10;  // dollars

// {"name":"BTC","szDecimals":5,"maxLeverage":40,"isDelisted":true}
absl::StatusOr<TradingRule> ReadRule(element entry, int64_t asset) {
  ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, "instrument"));
  TradingRule rule;
  ASSIGN_OR_RETURN(const std::string_view name, fields.Text("name"));
  ASSIGN_OR_RETURN(const int64_t size_decimals, fields.Integer("szDecimals"));
  if (name.empty() || size_decimals < 0 || size_decimals > kPriceDecimals) {
    return fields.Missing("szDecimals", StrCat("from 0 to ", kPriceDecimals, " with a name"));
  }
  const int decimals = static_cast<int>(size_decimals);
  rule.pair = {std::string(name), std::string(kQuote)};
  rule.symbol = std::string(name);
  rule.venue_id = asset;
  rule.is_trading = !fields.FlagOr("isDelisted", false);
  rule.status = rule.is_trading ? "trading" : "delisted";
  rule.price_increment = Price::FromScaled(1, kPriceDecimals - decimals);
  rule.price_significant_digits = kPriceDigits;
  rule.quantity_increment = Quantity::FromScaled(1, decimals);
  rule.quantity_min = rule.quantity_increment;
  rule.notional_min = Notional(Decimal::FromInteger(kNotionalMin));
  // Whether a close of less is taken is not written anywhere: the venue says.
  rule.is_notional_min_for_close = false;
  rule.allows_quote_quantity = false;
  rule.collateral = std::string(kCollateral);
  rule.leverage_max =
      static_cast<int>(std::clamp<int64_t>(fields.IntegerOr("maxLeverage", 0), 0, 1000));
  return rule;
}

absl::StatusOr<AccountState> ParseAccount(simdjson::dom::parser& parser,
                                          std::string_view body,
                                          const InstrumentTable& instruments) {
  ASSIGN_OR_RETURN(const JsonFields state, ParseObject(parser, body, kVenueWords, "account"));
  return ReadAccount(state, instruments);
}

}  // namespace

absl::StatusOr<VenueRules> ParseRules(std::string_view body) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields meta, ParseObject(parser, body, kVenueWords, "rules"));
  ASSIGN_OR_RETURN(const array universe, meta.Array("universe"));
  VenueRules rules;
  int64_t asset = 0;
  for (const element entry : universe) {
    absl::StatusOr<TradingRule> rule = ReadRule(entry, asset++);
    if (rule.ok()) {
      rules.rules.push_back(*std::move(rule));
    } else if (++rules.skipped == 1) {
      rules.first_skip_reason = std::string(Std(rule.status().message()));
    }
  }
  return rules;
}

// {"userCrossRate":"0.00045","userAddRate":"0.00015",...}
absl::StatusOr<FeeRates> ParseFees(std::string_view body) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(parser, body, kVenueWords, "fees"));
  FeeRates rates;
  ASSIGN_OR_RETURN(rates.maker, fields.Number("userAddRate"));
  ASSIGN_OR_RETURN(rates.taker, fields.Number("userCrossRate"));
  return rates;
}

absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body,
                                                         const InstrumentTable& instruments) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(AccountState account, ParseAccount(parser, body, instruments));
  account.balance.source = Source::kRest;
  return std::vector<BalanceUpdate>{std::move(account.balance)};
}

absl::StatusOr<std::vector<Position>> ParsePositions(std::string_view body,
                                                     const InstrumentTable& instruments) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(AccountState account, ParseAccount(parser, body, instruments));
  return std::move(account.positions);
}

// {"user":"0x..","coin":"BTC","leverage":{"type":"cross","value":20},...}
absl::StatusOr<LeverageSetting> ParseLeverage(std::string_view body) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(parser, body, kVenueWords, "leverage"));
  return ReadLeverage(fields);
}

// [{"universe":[{"name":"BTC",...}]},[{"funding":"0.0000125","markPx":"..","oraclePx":"..",..}]]
absl::StatusOr<FundingInfo> ParseFundingInfo(std::string_view body, const Instrument& instrument) {
  constexpr std::string_view kWhere = "funding rates";
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const array halves, ParseArray(parser, body, kVenueWords, kWhere));
  element entry;
  if (halves.at(1).at(static_cast<size_t>(instrument.venue_id)).get(entry) != simdjson::SUCCESS) {
    return absl::DataLossError(
        StrCat(kVenueWords, " ", kWhere, " have no entry ", instrument.venue_id));
  }
  ASSIGN_OR_RETURN(const JsonFields context, ObjectOf(entry, kVenueWords, kWhere));
  FundingInfo funding;
  ASSIGN_OR_RETURN(const Decimal mark, context.Number("markPx"));
  ASSIGN_OR_RETURN(const Decimal oracle, context.Number("oraclePx"));
  ASSIGN_OR_RETURN(funding.rate, context.Number("funding"));
  ASSIGN_OR_RETURN(const Decimal interest, context.Number("openInterest"));
  funding.mark_price = Price(mark);
  funding.index_price = Price(oracle);
  funding.open_interest = Quantity(interest);
  return funding;  // its times come with the stream
}

absl::StatusOr<std::vector<FundingPaymentUpdate>> ParseFundingPayments(
    std::string_view body, const InstrumentTable& instruments) {
  constexpr std::string_view kWhere = "funding payments";
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const array entries, ParseArray(parser, body, kVenueWords, kWhere));
  ASSIGN_OR_RETURN(std::vector<FundingPaymentUpdate> payments,
                   ReadAll<FundingPaymentUpdate>(entries, kWhere, [&](const JsonFields& fields) {
                     return ReadFunding(fields, instruments);
                   }));
  PutOldestFirst(payments, [](const FundingPaymentUpdate& payment) { return payment.venue_time; });
  return payments;
}

}  // namespace colibri::hyperliquid::perpetual
