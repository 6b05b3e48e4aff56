#include "exchanges/hyperliquid/hyperliquid_balances.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "connector/json_fields.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"

namespace colibri::hyperliquid {
namespace {

// {"coin":"HYPE","token":150,"total":"5.2","hold":"0.5","entryNtl":"75.4"}; what open orders may
// spend is held.
absl::StatusOr<BalanceUpdate> ReadBalance(const JsonFields& fields, const TokenNames& names) {
  BalanceUpdate update;
  ASSIGN_OR_RETURN(const std::string_view coin, fields.Text("coin"));
  ASSIGN_OR_RETURN(const int64_t token, fields.Count("token"));
  ASSIGN_OR_RETURN(const Decimal total, fields.Number("total"));
  ASSIGN_OR_RETURN(const Decimal hold, fields.Number("hold"));
  ASSIGN_OR_RETURN(const Decimal available, CheckedAdd(total, -hold));
  update.asset = names.Asset(coin, token);
  update.balance = {.total = total, .available = std::max(available, Decimal())};
  return update;
}

}  // namespace

absl::StatusOr<std::vector<BalanceUpdate>> ReadBalances(const JsonFields& state,
                                                        const TokenNames& names,
                                                        const InstrumentTable& instruments) {
  ASSIGN_OR_RETURN(const simdjson::dom::array entries, state.Array("balances"));
  std::vector<BalanceUpdate> balances;
  for (const simdjson::dom::element entry : entries) {
    ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, "balance"));
    ASSIGN_OR_RETURN(balances.emplace_back(), ReadBalance(fields, names));
  }
  const auto add_if_untold = [&](const std::string& asset) {
    const auto is_it = [&](const BalanceUpdate& update) { return update.asset == asset; };
    if (std::none_of(balances.begin(), balances.end(), is_it)) {
      balances.emplace_back().asset = asset;
    }
  };
  for (const Instrument& instrument : instruments) {
    add_if_untold(instrument.pair.base);
    add_if_untold(instrument.pair.quote);
  }
  const int64_t time_ms = state.IntegerOr("time", 0);
  for (BalanceUpdate& update : balances) {
    update.venue_time = time_ms > 0 ? absl::FromUnixMillis(time_ms) : absl::InfinitePast();
  }
  return balances;
}

// {"balances":[{"coin":"USDC","token":0,"total":"14.625485","hold":"0.0","entryNtl":"0.0"},...]}
absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body,
                                                         const TokenNames& names,
                                                         const InstrumentTable& instruments) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields state, ParseObject(parser, body, kVenueWords, "balances"));
  ASSIGN_OR_RETURN(std::vector<BalanceUpdate> balances, ReadBalances(state, names, instruments));
  for (BalanceUpdate& balance : balances) {
    balance.source = Source::kRest;
  }
  return balances;
}

// {"userCrossRate":"0.00045","userAddRate":"0.00015","userSpotCrossRate":"0.0007",
//  "userSpotAddRate":"0.0004",...}
absl::StatusOr<FeeRates> ParseFees(std::string_view body) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(parser, body, kVenueWords, "fees"));
  const bool has_own = fields.Has("userSpotAddRate");
  FeeRates rates;
  ASSIGN_OR_RETURN(rates.maker, fields.Number(has_own ? "userSpotAddRate" : "userAddRate"));
  ASSIGN_OR_RETURN(rates.taker, fields.Number(has_own ? "userSpotCrossRate" : "userCrossRate"));
  return rates;
}

}  // namespace colibri::hyperliquid
