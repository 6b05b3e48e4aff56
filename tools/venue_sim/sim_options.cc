#include "tools/venue_sim/sim_options.h"

namespace colibri::venue_sim {
namespace {

Decimal Units(int64_t value) {
  return Decimal::FromInteger(value);
}
// One at this decimal.
Decimal Step(int decimals) {
  return Decimal::FromScaled(1, decimals);
}

SimSymbol UsdtSymbol(std::string base,
                     Decimal start_price,
                     int quantity_decimals,
                     Decimal min_quantity) {
  return {.symbol = base + "USDT",
          .base_asset = base,
          .quote_asset = "USDT",
          .start_price = start_price,
          .tick_size = Step(2),
          .min_price = Step(2),
          .max_price = Units(1'000'000),
          .step_size = Step(quantity_decimals),
          .min_quantity = min_quantity,
          .max_quantity = Units(9000),
          .max_market_quantity = Units(1000),
          .min_notional = Units(5),
          .max_notional = Units(9'000'000)};
}

}  // namespace

std::vector<SimSymbol> DefaultBinanceSymbols() {
  return {UsdtSymbol("BTC", Units(60'000), 5, Step(5)),
          UsdtSymbol("ETH", Units(3000), 4, Step(4)),
          // A minimum above the step, so that both sides of the lot filter can be met.
          UsdtSymbol("BNB", Units(600), 3, Step(2)),
          // The real lot step is finer by one decimal, which the venue's 8 decimals cannot carry.
          {.symbol = "ETHBTC",
           .base_asset = "ETH",
           .quote_asset = "BTC",
           .start_price = Decimal::FromScaled(5, 2),
           .tick_size = Step(5),
           .min_price = Step(5),
           .max_price = Units(1000),
           .step_size = Step(3),
           .min_quantity = Step(3),
           .max_quantity = Units(100'000),
           .max_market_quantity = Units(2000),
           .min_notional = Step(4),
           .max_notional = Units(9'000'000)}};
}

std::map<std::string, Decimal> DefaultBalances() {
  return {
      {"BTC", Units(10)}, {"ETH", Units(100)}, {"BNB", Units(1000)}, {"USDT", Units(1'000'000)}};
}

}  // namespace colibri::venue_sim
