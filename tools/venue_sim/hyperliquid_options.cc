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

std::vector<HyperliquidAccount> DefaultHyperliquidAccounts() {
  return {{.address = kTestWallet.address, .agents = {kTestAgent.address}},
          {.address = kSecondWallet.address}};
}

}  // namespace colibri::venue_sim
