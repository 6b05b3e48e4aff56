#include "tools/venue_sim/perpetual_options.h"

namespace colibri::venue_sim {
namespace {

Decimal Units(int64_t value) {
  return Decimal::FromInteger(value);
}
Decimal Step(int decimals) {
  return Decimal::FromScaled(1, decimals);
}

std::vector<margin::MarginTier> Tiers(int leverage_max, int64_t unit) {
  return margin::MakeTiers({
      {.leverage_max = leverage_max, .maintenance_rate = Decimal::FromScaled(4, 3)},
      {.floor = Units(unit), .leverage_max = 50, .maintenance_rate = Decimal::FromScaled(1, 2)},
      {.floor = Units(10 * unit),
       .leverage_max = 20,
       .maintenance_rate = Decimal::FromScaled(25, 3)},
      {.floor = Units(100 * unit),
       .leverage_max = 10,
       .maintenance_rate = Decimal::FromScaled(5, 2)},
      {.floor = Units(300 * unit),
       .cap = Units(1000 * unit),
       .leverage_max = 1,
       .maintenance_rate = Decimal::FromScaled(5, 1)},
  });
}

PerpetualSymbol Symbol(std::string base,
                       std::string quote,
                       Decimal start_price,
                       Decimal tick,
                       int quantity_decimals,
                       int price_precision) {
  return {.market = {.symbol = base + quote,
                     .base_asset = base,
                     .quote_asset = quote,
                     .start_price = start_price,
                     .tick_size = tick,
                     .min_price = tick,
                     .max_price = Units(1'000'000),
                     .step_size = Step(quantity_decimals),
                     .min_quantity = Step(quantity_decimals),
                     .max_quantity = Units(quantity_decimals == 0 ? 100'000'000 : 1000),
                     .max_market_quantity = Units(quantity_decimals == 0 ? 50'000'000 : 120),
                     .min_notional = Units(5)},
          .margin_asset = quote,
          .price_precision = price_precision,
          .quantity_precision = quantity_decimals,
          .tiers = Tiers(base == "BTC" ? 125 : 75, base == "BTC" ? 300'000 : 50'000)};
}

}  // namespace

std::vector<PerpetualSymbol> DefaultPerpetualSymbols() {
  std::vector<PerpetualSymbol> symbols = {
      Symbol("BTC", "USDT", Units(60'000), Step(1), 3, 2),
      Symbol("ETH", "USDT", Units(3000), Step(2), 3, 2),
      Symbol("BNB", "USDT", Units(600), Step(2), 2, 3),
      Symbol("1000PEPE", "USDT", Step(2), Decimal::FromScaled(1, 6), 0, 7),
      Symbol("BTC", "USDC", Units(60'000), Step(1), 3, 1),
  };
  symbols[0].market.min_notional = Units(50);
  symbols[1].market.min_notional = Units(20);
  return symbols;
}

std::vector<ListedSymbol> DefaultListedSymbols() {
  return {{.symbol = "BTCUSDT_270326",
           .pair = "BTCUSDT",
           .contract_type = "CURRENT_QUARTER",
           .base_asset = "BTC",
           .quote_asset = "USDT",
           .margin_asset = "USDT",
           .delivery_ms = 1'806'048'000'000,
           .price = Units(60'500)},
          {.symbol = "BTCUSD_PERP",
           .pair = "BTCUSD",
           .contract_type = "PERPETUAL",
           .base_asset = "BTC",
           .quote_asset = "USD",
           .margin_asset = "BTC",
           .price = Units(60'010),
           .is_coin_margined = true},
          {.symbol = "BTCUSD_270326",
           .pair = "BTCUSD",
           .contract_type = "CURRENT_QUARTER",
           .base_asset = "BTC",
           .quote_asset = "USD",
           .margin_asset = "BTC",
           .delivery_ms = 1'806'048'000'000,
           .price = Units(60'600),
           .is_coin_margined = true},
          {.symbol = "LUNAUSDT",
           .pair = "LUNAUSDT",
           .contract_type = "PERPETUAL",
           .status = "SETTLING",
           .base_asset = "LUNA",
           .quote_asset = "USDT",
           .margin_asset = "USDT",
           .price = Units(1)}};
}

std::map<std::string, Decimal> DefaultPerpetualBalances() {
  return {{"USDT", Units(100'000)}, {"USDC", Units(100'000)}};
}

SimLimitOptions DefaultPerpetualLimits() {
  SimLimitOptions limits;
  limits.request_weight_per_minute = 2400;
  limits.orders_per_10_seconds = 300;
  limits.orders_per_minute = 1200;
  limits.orders_per_day = 100'000'000;
  limits.stream_messages_per_second = 10;
  return limits;
}

}  // namespace colibri::venue_sim
