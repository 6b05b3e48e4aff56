#include "tools/venue_sim/binance_perpetual/contract.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "tools/venue_sim/binance_common/number_text.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

constexpr int64_t kOnboardMs = 1'569'398'400'000;
constexpr int64_t kNeverMs = 4'133'404'800'000;

Json OrderTypes() {
  return {"LIMIT",
          "MARKET",
          "STOP",
          "STOP_MARKET",
          "TAKE_PROFIT",
          "TAKE_PROFIT_MARKET",
          "TRAILING_STOP_MARKET"};
}

Json TimesInForce() {
  return {"GTC", "IOC", "FOK", "GTX", "GTD"};
}

}  // namespace

std::string Rounded(Decimal value, int decimals) {
  return value.RoundToMultiple(Decimal::FromScaled(1, decimals), Rounding::kHalfEven)
      .ToFixed(decimals);
}

std::string Money(Decimal value) {
  return Rounded(value, margin::kMoneyDecimals);
}

Contract::Contract(PerpetualSymbol spec_in,
                   margin::Instrument& instrument_in,
                   int64_t first_update_id,
                   int64_t now_ms)
    : spec(std::move(spec_in)),
      instrument(instrument_in),
      market(spec.market, first_update_id, now_ms, instrument_in.book, /*pace_count=*/3),
      last_told_ids(3, first_update_id) {}

std::string Contract::PriceText(int64_t price) const {
  return PriceText(instrument.PriceOf(price));
}

std::string Contract::QuantityText(int64_t quantity) const {
  return instrument.QuantityOf(quantity).ToFixed(instrument.quantity_decimals());
}

margin::InstrumentSpec InstrumentSpecOf(const PerpetualSymbol& symbol,
                                        const BinancePerpetualSimOptions& options) {
  return {.symbol = symbol.market.symbol,
          .collateral = symbol.margin_asset,
          .tick_size = symbol.market.tick_size,
          .step_size = symbol.market.step_size,
          .start_price = symbol.market.start_price,
          .tiers = symbol.tiers,
          .leverage_default = options.leverage,
          .liquidation_fee_rate = Decimal::FromScaled(1, 2),
          .interest_rate = Decimal::FromScaled(1, 4),
          .funding_cap = Decimal::FromScaled(3, 3),
          .funding_interval_ms = absl::ToInt64Milliseconds(options.funding_interval)};
}

Json SymbolJson(const Contract& contract) {
  const PerpetualSymbol& spec = contract.spec;
  const SimSymbol& market = spec.market;
  Json filters = Json::array();
  filters.push_back({{"filterType", "PRICE_FILTER"},
                     {"maxPrice", market.max_price.ToString()},
                     {"minPrice", market.min_price.ToString()},
                     {"tickSize", Rounded(market.tick_size, spec.price_precision)}});
  filters.push_back({{"filterType", "LOT_SIZE"},
                     {"maxQty", market.max_quantity.ToString()},
                     {"minQty", market.min_quantity.ToString()},
                     {"stepSize", market.step_size.ToString()}});
  filters.push_back({{"filterType", "MARKET_LOT_SIZE"},
                     {"maxQty", market.max_market_quantity.ToString()},
                     {"minQty", market.min_quantity.ToString()},
                     {"stepSize", market.step_size.ToString()}});
  filters.push_back({{"filterType", "MAX_NUM_ORDERS"}, {"limit", market.max_num_orders}});
  filters.push_back({{"filterType", "MIN_NOTIONAL"}, {"notional", market.min_notional.ToString()}});
  filters.push_back({{"filterType", "PERCENT_PRICE"},
                     {"multiplierUp", spec.multiplier_up.ToFixed(4)},
                     {"multiplierDown", spec.multiplier_down.ToFixed(4)},
                     {"multiplierDecimal", "4"}});
  return {{"symbol", market.symbol},
          {"pair", market.symbol},
          {"contractType", "PERPETUAL"},
          {"deliveryDate", kNeverMs},
          {"onboardDate", kOnboardMs},
          {"status", contract.status},
          {"maintMarginPercent", "2.5000"},
          {"requiredMarginPercent", "5.0000"},
          {"baseAsset", market.base_asset},
          {"quoteAsset", market.quote_asset},
          {"marginAsset", spec.margin_asset},
          {"pricePrecision", spec.price_precision},
          {"quantityPrecision", spec.quantity_precision},
          {"baseAssetPrecision", 8},
          {"quotePrecision", 8},
          {"underlyingType", "COIN"},
          {"underlyingSubType", Json::array({"PoW"})},
          {"triggerProtect", "0.0500"},
          {"liquidationFee", contract.instrument.spec().liquidation_fee_rate.ToFixed(6)},
          {"marketTakeBound", "0.05"},
          {"filters", std::move(filters)},
          {"OrderType", OrderTypes()},
          {"orderTypes", OrderTypes()},
          {"timeInForce", TimesInForce()}};
}

Json SymbolJson(const ListedSymbol& listed) {
  const int contract_precision = listed.is_coin_margined ? 0 : 3;
  return {{"symbol", listed.symbol},
          {"pair", listed.pair},
          {"contractType", listed.contract_type},
          {"deliveryDate", listed.delivery_ms},
          {"onboardDate", kOnboardMs},
          {"status", listed.status},
          {"maintMarginPercent", "2.5000"},
          {"requiredMarginPercent", "5.0000"},
          {"baseAsset", listed.base_asset},
          {"quoteAsset", listed.quote_asset},
          {"marginAsset", listed.margin_asset},
          {"pricePrecision", 1},
          {"quantityPrecision", contract_precision},
          {"baseAssetPrecision", 8},
          {"quotePrecision", 8},
          {"underlyingType", "COIN"},
          {"underlyingSubType", Json::array()},
          {"triggerProtect", "0.0500"},
          {"liquidationFee", "0.010000"},
          {"marketTakeBound", "0.05"},
          {"filters",
           Json::array({{{"filterType", "PRICE_FILTER"},
                         {"maxPrice", "1000000"},
                         {"minPrice", "0.1"},
                         {"tickSize", "0.1"}},
                        {{"filterType", "LOT_SIZE"},
                         {"maxQty", "1000"},
                         {"minQty", listed.is_coin_margined ? "1" : "0.001"},
                         {"stepSize", listed.is_coin_margined ? "1" : "0.001"}},
                        {{"filterType", "MIN_NOTIONAL"}, {"notional", "5"}}})},
          {"OrderType", OrderTypes()},
          {"orderTypes", OrderTypes()},
          {"timeInForce", TimesInForce()}};
}

}  // namespace colibri::venue_sim::binance_perpetual
