// One contract of the venue: what it is, its instrument in the margin exchange, its market data.
//
//   contract.PriceText(603215);      // "60321.50"
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tools/venue_sim/binance_perpetual/common.h"
#include "tools/venue_sim/margin/margin_exchange.h"
#include "tools/venue_sim/perpetual_options.h"

namespace colibri::venue_sim::binance_perpetual {

// With this many decimals; a finer value is rounded half to even.
std::string Rounded(Decimal value, int decimals);
// Amounts of money: 8 decimals.
std::string Money(Decimal value);

struct Contract {
  Contract(PerpetualSymbol spec,
           margin::Instrument& instrument,
           int64_t first_update_id,
           int64_t now_ms);

  const std::string& symbol() const { return spec.market.symbol; }
  std::string PriceText(int64_t price) const;
  std::string QuantityText(int64_t quantity) const;
  std::string PriceText(Decimal price) const { return Rounded(price, spec.price_precision); }

  PerpetualSymbol spec;
  margin::Instrument& instrument;
  Market market;
  std::string status = "TRADING";
  // The link of the next diff of each pace: the last id that was told.
  std::vector<int64_t> last_told_ids;
  std::vector<AggregateTrade> untold_trades;
  bool has_pinned_prices = false;
  // Since conditional orders were last looked at; zero: nothing traded.
  int64_t lowest_trade = 0;
  int64_t highest_trade = 0;
};

using Contracts = std::map<std::string, Contract, std::less<>>;

// What the margin exchange is told of a contract.
margin::InstrumentSpec InstrumentSpecOf(const PerpetualSymbol& symbol,
                                        const BinancePerpetualSimOptions& options);

// One entry of exchangeInfo's symbols.
Json SymbolJson(const Contract& contract);
Json SymbolJson(const ListedSymbol& listed);

}  // namespace colibri::venue_sim::binance_perpetual
