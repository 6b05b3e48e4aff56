#include "tools/venue_sim/hyperliquid_options.h"

namespace colibri::venue_sim {

std::vector<HyperliquidCoin> DefaultHyperliquidCoins() {
  return {{.name = "BTC",
           .size_decimals = 5,
           .leverage_max = 40,
           .start_price = Decimal::FromInteger(60'000)},
          {.name = "ETH",
           .size_decimals = 4,
           .leverage_max = 25,
           .start_price = Decimal::FromInteger(3000)},
          {.name = "MATIC",
           .size_decimals = 1,
           .leverage_max = 20,
           .start_price = Decimal::FromScaled(4, 1),
           .is_delisted = true},
          {.name = "SOL",
           .size_decimals = 2,
           .leverage_max = 20,
           .start_price = Decimal::FromInteger(150)},
          {.name = "kPEPE",
           .size_decimals = 0,
           .leverage_max = 10,
           .start_price = Decimal::FromScaled(12, 3)},
          {.name = "HYPE",
           .size_decimals = 2,
           .leverage_max = 10,
           .start_price = Decimal::FromInteger(40)}};
}

std::vector<HyperliquidToken> DefaultHyperliquidTokens() {
  return {
      {.index = 0, .name = "USDC", .size_decimals = 8, .id = "0x000000000000000000000000000000c0"},
      {.index = 1, .name = "PURR", .wei_decimals = 5, .id = "0x000000000000000000000000000000c1"},
      {.index = 2,
       .name = "UBTC",
       .size_decimals = 5,
       .wei_decimals = 10,
       .id = "0x000000000000000000000000000000c2"},
      {.index = 3, .name = "HYPE", .size_decimals = 2, .id = "0x000000000000000000000000000000c3"},
      {.index = 4, .name = "USDH", .size_decimals = 2, .id = "0x000000000000000000000000000000c4"},
      {.index = 5,
       .name = "PIP",
       .id = "0x000000000000000000000000000000c5",
       .is_canonical = false},
      {.index = 6,
       .name = "PIP",
       .size_decimals = 2,
       .id = "0x000000000000000000000000000000c6",
       .is_canonical = false}};
}

std::vector<HyperliquidSpotPair> DefaultHyperliquidSpotPairs() {
  return {{.index = 0,
           .base = 1,
           .quote = 0,
           .start_price = Decimal::FromScaled(2, 1),
           .is_canonical = true},
          {.index = 7, .base = 2, .quote = 0, .start_price = Decimal::FromInteger(60'000)},
          {.index = 4, .base = 3, .quote = 0, .start_price = Decimal::FromInteger(40)},
          {.index = 6,
           .base = 5,
           .quote = 4,
           .start_price = Decimal::FromInteger(3),
           .has_traders = false},
          {.index = 9, .base = 6, .quote = 0, .start_price = Decimal::FromInteger(5)},
          {.index = 2, .base = 4, .quote = 0, .start_price = Decimal::FromInteger(1)}};
}

std::map<int, Decimal> DefaultHyperliquidSpotBalances() {
  return {{0, Decimal::FromInteger(100'000)},
          {1, Decimal::FromInteger(50'000)},
          {2, Decimal::FromInteger(2)},
          {3, Decimal::FromInteger(1000)}};
}

std::vector<HyperliquidAccount> DefaultHyperliquidAccounts() {
  return {{.address = kTestWallet.address,
           .agents = {kTestAgent.address},
           .spot_balances = DefaultHyperliquidSpotBalances()},
          {.address = kSecondWallet.address, .spot_balances = DefaultHyperliquidSpotBalances()}};
}

}  // namespace colibri::venue_sim
