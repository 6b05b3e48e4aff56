// What a simulated Binance USD-M venue is made of.
//
//   BinancePerpetualSimOptions options;
//   options.funding_interval = absl::Seconds(30);
//   options.accounts.push_back({.api_key = "second", .api_secret = "...", .balances = {...}});
//
// The defaults give a market that lives by itself and one account, kTestApiKey, with 100,000 USDT
// and as many USDC.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "core/decimal.h"
#include "tools/venue_sim/margin/instrument.h"
#include "tools/venue_sim/sim_options.h"

namespace colibri::venue_sim {

// A contract that trades. Texts of prices have `price_precision` decimals, which may be more than
// the tick has.
struct PerpetualSymbol {
  SimSymbol market = {};
  std::string margin_asset = {};
  int price_precision = 2;
  int quantity_precision = 3;
  std::vector<margin::MarginTier> tiers = {};
  Decimal multiplier_up = Decimal::FromScaled(115, 2);  // of the mark price, for order prices
  Decimal multiplier_down = Decimal::FromScaled(85, 2);
};

// A contract that is told of and does not trade here: dated, margined in coins, or not open.
struct ListedSymbol {
  std::string symbol = {};
  std::string pair = {};
  std::string contract_type = {};  // "CURRENT_QUARTER"
  std::string status = "TRADING";
  std::string base_asset = {};
  std::string quote_asset = {};
  std::string margin_asset = {};
  int64_t delivery_ms = 4'133'404'800'000;
  Decimal price = {};
  bool is_coin_margined = false;
};

// BTCUSDT, ETHUSDT, BNBUSDT, 1000PEPEUSDT and BTCUSDC.
std::vector<PerpetualSymbol> DefaultPerpetualSymbols();
// A dated BTCUSDT, two contracts margined in coins, and one that is settling.
std::vector<ListedSymbol> DefaultListedSymbols();
// USDT and USDC 100000 each.
std::map<std::string, Decimal> DefaultPerpetualBalances();
// 2400 weight a minute, 300 orders in 10 seconds, 1200 in a minute.
SimLimitOptions DefaultPerpetualLimits();

struct BinancePerpetualSimOptions {
  uint64_t seed = 1;
  std::vector<PerpetualSymbol> symbols = DefaultPerpetualSymbols();
  std::vector<ListedSymbol> listed = DefaultListedSymbols();
  std::string api_key = kTestApiKey;
  std::string api_secret = kTestApiSecret;  // unused when the next is there
  std::string ed25519_public_key = {};
  std::map<std::string, Decimal> balances = DefaultPerpetualBalances();
  std::vector<SimAccountOptions> accounts = {};  // beside the one above
  Decimal maker_fee = Decimal::FromScaled(2, 4);
  Decimal taker_fee = Decimal::FromScaled(5, 4);
  absl::Duration funding_interval = absl::Hours(8);
  int leverage = 20;                                          // of every symbol, until it is set
  Decimal insurance_fund = Decimal::FromInteger(10'000'000);  // of each collateral
  absl::Duration listen_key_lifetime = absl::Minutes(60);
  bool background_traders = true;
  SimTraderOptions traders = {};
  SimLimitOptions limits = DefaultPerpetualLimits();
  // A triggered order has a client order id of the venue's making: the documentation does not say.
  bool renames_triggered_orders = false;
  UserEventTiming user_event_timing = UserEventTiming::kSeeded;
};

}  // namespace colibri::venue_sim
