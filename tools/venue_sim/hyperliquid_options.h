// What a simulated Hyperliquid is made of: coins, tokens and their spot pairs, accounts, fees,
// limits, traders.
//
//   HyperliquidSimOptions options;
//   options.funding_interval = absl::Seconds(30);
//   options.accounts[0].agents.push_back("0x1563915e194d8cfba1943570603f7606a3115508");
//
// The defaults give a market that lives by itself and two accounts, kTestWallet and kSecondWallet,
// with 100,000 USDC of collateral and DefaultHyperliquidSpotBalances each. Their private keys are
// published and open nothing but a simulated venue.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "core/decimal.h"
#include "tools/venue_sim/sim_options.h"

namespace colibri::venue_sim {

struct HyperliquidWallet {
  const char* private_key;
  const char* address;
};

inline constexpr HyperliquidWallet kTestWallet = {
    "0x0123456789012345678901234567890123456789012345678901234567890123",
    "0x14791697260e4c9a71f18484c9f997b308e59325"};
inline constexpr HyperliquidWallet kSecondWallet = {
    "0x1111111111111111111111111111111111111111111111111111111111111111",
    "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a"};
// An API wallet of kTestWallet: it signs, the account is the other one.
inline constexpr HyperliquidWallet kTestAgent = {
    "0x2222222222222222222222222222222222222222222222222222222222222222",
    "0x1563915e194d8cfba1943570603f7606a3115508"};

// A perpetual. Its asset id is its place in the list, delisted ones included.
struct HyperliquidCoin {
  std::string name = {};  // "BTC", "kPEPE"
  int size_decimals = 0;
  int leverage_max = 10;
  Decimal start_price = {};
  bool is_only_isolated = false;
  bool is_delisted = false;  // keeps its place, does not trade
};

// BTC, ETH, MATIC (delisted), SOL, kPEPE and HYPE.
std::vector<HyperliquidCoin> DefaultHyperliquidCoins();

// A token of the spot account. Names are not unique: indices are, and tokenIds.
struct HyperliquidToken {
  int index = 0;
  std::string name = {};
  int size_decimals = 0;  // of orders
  int wei_decimals = 8;   // of balances and fees; at least the size's (CHECKed)
  std::string id = {};    // 0x and 32 hex digits
  bool is_canonical = true;
};

// USDC (0), PURR, UBTC, HYPE, USDH, and two that have one name: PIP (5) and PIP (6).
std::vector<HyperliquidToken> DefaultHyperliquidTokens();

// A pair of tokens. Its asset id is 10000 + index; its coin is @index, but for the pair of index 0,
// which has the names of its tokens. The index is not its place in the list.
struct HyperliquidSpotPair {
  int index = 0;
  int base = 0;  // indices of tokens
  int quote = 0;
  Decimal start_price = {};
  bool is_canonical = false;
  bool has_traders = true;  // else its book is empty until somebody places
};

// PURR/USDC (0), UBTC/USDC (@7), HYPE/USDC (@4), the first PIP in USDH (@6, nobody trades it), the
// second in USDC (@9), and USDH/USDC (@2).
std::vector<HyperliquidSpotPair> DefaultHyperliquidSpotPairs();

// 100,000 USDC, 50,000 PURR, 2 UBTC and 1,000 HYPE, by index of the token.
std::map<int, Decimal> DefaultHyperliquidSpotBalances();

struct HyperliquidAccount {
  std::string address = {};              // 0x and 40 hex digits, lower case
  std::vector<std::string> agents = {};  // addresses of API wallets that sign for it
  std::string master = {};  // of a sub-account or vault: whose signature counts, with vaultAddress
  Decimal balance = Decimal::FromInteger(100'000);  // USDC of collateral
  std::map<int, Decimal> spot_balances = {};        // by token; without any money: must deposit
  Decimal volume_before = {};                       // traded before the start, in USDC
};

std::vector<HyperliquidAccount> DefaultHyperliquidAccounts();

struct HyperliquidLimits {
  int weight_per_minute = 1200;      // by address of the internet
  int64_t initial_actions = 10'000;  // by account, and one more for each USDC traded
  int subscriptions = 1000;          // the rest by address of the internet
  int connections = 100;
  int users = 10;
  int messages_per_minute = 2000;
  int open_orders = 1000;
  Decimal schedule_cancel_volume = Decimal::FromInteger(1'000'000);  // traded, to be allowed it
};

struct HyperliquidSimOptions {
  uint64_t seed = 1;
  std::vector<HyperliquidCoin> coins = DefaultHyperliquidCoins();
  std::vector<HyperliquidToken> tokens = DefaultHyperliquidTokens();
  std::vector<HyperliquidSpotPair> pairs = DefaultHyperliquidSpotPairs();
  std::vector<HyperliquidAccount> accounts = DefaultHyperliquidAccounts();
  bool is_testnet = false;  // the phantom agent's source is "b" instead of "a"
  Decimal maker_fee = Decimal::FromScaled(15, 5);
  Decimal taker_fee = Decimal::FromScaled(45, 5);
  Decimal spot_maker_fee = Decimal::FromScaled(4, 4);
  Decimal spot_taker_fee = Decimal::FromScaled(7, 4);
  absl::Duration funding_interval = absl::Hours(1);
  Decimal insurance_fund = Decimal::FromInteger(10'000'000);
  absl::Duration block_time = absl::Milliseconds(100);
  absl::Duration book_interval = absl::Milliseconds(500);  // of l2Book
  bool sends_greeting = true;                              // the bare text when a connection opens
  bool background_traders = true;
  SimTraderOptions traders = {};
  HyperliquidLimits limits = {};
  UserEventTiming user_event_timing = UserEventTiming::kSeeded;
};

}  // namespace colibri::venue_sim
