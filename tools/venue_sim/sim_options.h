// What a simulated venue is made of: symbols, accounts, fees, limits, traders, and how it is
// served.
//
//   SimServerOptions options;
//   options.tls = true;
//   options.venue.seed = 7;
//   options.venue.accounts.push_back({.api_key = "second", .api_secret = "...", .balances =
//   {...}});
//
// The defaults give a market that lives by itself and one account, kTestApiKey, with documented
// keys. They are no secrets: they open nothing but a simulated venue.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "core/decimal.h"

namespace colibri::venue_sim {

inline constexpr char kTestApiKey[] =
    "ColibriSimulatedVenueTestApiKey000000000000000000000000000000001";
inline constexpr char kTestApiSecret[] =
    "ColibriSimulatedVenueTestSecret000000000000000000000000000000001";

// One instrument. The decimals of tick_size and step_size add up to 8 at most, so that every price
// * quantity is exact in the venue's 8 decimals (CHECKed).
struct SimSymbol {
  std::string symbol = {};  // "BTCUSDT"
  std::string base_asset = {};
  std::string quote_asset = {};
  Decimal start_price = {};
  Decimal tick_size = {};
  Decimal min_price = {};
  Decimal max_price = {};
  Decimal step_size = {};
  Decimal min_quantity = {};
  Decimal max_quantity = {};
  Decimal max_market_quantity = {};
  Decimal min_notional = {};
  Decimal max_notional = {};
  int max_num_orders = 200;
  std::string status = "TRADING";
};

// BTCUSDT, ETHUSDT, BNBUSDT and ETHBTC.
std::vector<SimSymbol> DefaultBinanceSymbols();

// BTC 10, ETH 100, BNB 1000, USDT 1000000.
std::map<std::string, Decimal> DefaultBalances();

struct SimAccountOptions {
  std::string api_key = {};
  std::string api_secret = {};          // HMAC-SHA256; unused when the next is there
  std::string ed25519_public_key = {};  // PEM, or 64 hex digits
  std::map<std::string, Decimal> balances = DefaultBalances();  // by asset
};

// How lively the background traders are, on each symbol.
struct SimTraderOptions {
  double quotes_per_second = 40;      // places, cancels and replaces
  double trades_per_second = 4;       // taking orders
  double spread_bps = 2;              // between their best bid and best ask
  double level_gap_bps = 0.5;         // mean distance between levels
  double sweep_bps = 6;               // mean depth that a sweeping taker reaches
  double volatility_bps = 1.5;        // of the fair price in a second
  double band = 0.25;                 // the fair price stays within start * (1 -+ band)
  int levels = 200;                   // a side
  double level_quote_value = 20'000;  // mean value of a level in USDT or what it is worth
};

struct SimLimitOptions {
  int request_weight_per_minute = 6000;
  int orders_per_10_seconds = 100;
  int orders_per_minute = 0;  // 0: no such limit
  int orders_per_day = 200'000;
  int raw_requests_per_5_minutes = 300'000;
  int stream_messages_per_second = 5;  // from the client, on a market stream connection
  int refusals_before_ban = 20;        // 429 answers in a minute that lead to 418
  absl::Duration first_ban = absl::Minutes(2);
};

// When the user stream tells of an order, seen from its REST or WebSocket reply.
enum class UserEventTiming { kSeeded, kBeforeReply, kAfterReply };

struct BinanceSimOptions {
  uint64_t seed = 1;
  std::vector<SimSymbol> symbols = DefaultBinanceSymbols();
  std::string api_key = kTestApiKey;
  std::string api_secret = kTestApiSecret;  // unused when the next is there
  std::string ed25519_public_key = {};
  std::map<std::string, Decimal> balances = DefaultBalances();
  std::vector<SimAccountOptions> accounts = {};  // beside the one above
  Decimal maker_fee = Decimal::FromScaled(1, 3);
  Decimal taker_fee = Decimal::FromScaled(1, 3);
  bool fees_in_bnb = false;  // when the account has enough BNB, at the price of the BNB market
  bool background_traders = true;
  SimTraderOptions traders = {};
  SimLimitOptions limits = {};
  UserEventTiming user_event_timing = UserEventTiming::kSeeded;
};

template <typename VenueOptions>
struct SimServerOptionsOf {
  uint16_t port = 0;  // 0: a free one
  bool tls = false;   // with a certificate authority of its own, made at start
  std::string host = "127.0.0.1";
  VenueOptions venue = {};
};
using SimServerOptions = SimServerOptionsOf<BinanceSimOptions>;

}  // namespace colibri::venue_sim
