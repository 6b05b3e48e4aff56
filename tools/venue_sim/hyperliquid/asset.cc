#include "tools/venue_sim/hyperliquid/asset.h"

#include <algorithm>
#include <utility>

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr int kPriceDecimals = 6;  // less the size's
constexpr int kFigures = 5;
constexpr int64_t kUnlimited = 1'000'000'000;

Decimal TickSize(const HyperliquidCoin& coin) {
  return Decimal::FromScaled(1, kPriceDecimals - coin.size_decimals);
}
Decimal StepSize(const HyperliquidCoin& coin) {
  return Decimal::FromScaled(1, coin.size_decimals);
}

SimSymbol MarketOf(const HyperliquidCoin& coin) {
  return {.symbol = coin.name,
          .base_asset = coin.name,
          .quote_asset = kCollateral,
          .start_price = coin.start_price,
          .tick_size = TickSize(coin),
          .step_size = StepSize(coin)};
}

SimSymbol MarketOf(const SpotMarket& market) {
  const margin::InstrumentSpec& spec = market.instrument.spec();
  return {.symbol = spec.symbol,
          .base_asset = market.base.name,
          .quote_asset = market.quote.name,
          .start_price = spec.start_price,
          .tick_size = spec.tick_size,
          .step_size = spec.step_size};
}

// Digits before the point, or minus the zeros behind it: 60000 has 5, 0.5 has 0, 0.012 has -1.
int MagnitudeOf(Decimal value) {
  const Decimal size = Abs(value);
  int digits = 0;
  if (size >= Decimal::FromInteger(1)) {
    while (digits < 18 && size >= Decimal::FromInteger(Decimal::PowerOfTen(digits))) {
      ++digits;
    }
    return digits;
  }
  while (digits > -17 && size < Decimal::FromScaled(1, 1 - digits)) {
    --digits;
  }
  return digits;
}

}  // namespace

Asset::Asset(int id_in, HyperliquidCoin coin_in, margin::Instrument& instrument_in, int64_t now_ms)
    : id(id_in),
      coin(std::move(coin_in)),
      instrument(instrument_in),
      market(MarketOf(coin), /*first_update_id=*/1, now_ms, instrument_in.book, /*pace_count=*/0) {}

Asset::Asset(SpotMarket& spot_in, int64_t now_ms)
    : id(kFirstSpotId + spot_in.pair.index),
      coin({.name = spot_in.instrument.symbol(),
            .size_decimals = spot_in.base.size_decimals,
            .leverage_max = 1,
            .start_price = spot_in.pair.start_price}),
      spot(&spot_in),
      instrument(spot_in.instrument),
      market(MarketOf(spot_in),
             /*first_update_id=*/1,
             now_ms,
             spot_in.instrument.book,
             /*pace_count=*/0) {}

bool Asset::IsPrice(Decimal price) const {
  return hyperliquid::IsPrice(price, instrument.price_decimals());
}

Decimal Asset::RoundPrice(Decimal price, Rounding rounding) const {
  return hyperliquid::RoundPrice(price, instrument.price_decimals(), rounding);
}

Decimal Asset::shown_mark() const {
  return RoundPrice(instrument.mark, Rounding::kHalfEven);
}

std::optional<Decimal> Asset::middle() const {
  const TopOfBook top = TopOf(market);
  if (top.bid.quantity == 0 || top.ask.quantity == 0) {
    return std::nullopt;
  }
  return margin::DivideMoney(instrument.PriceOf(top.bid.price) + instrument.PriceOf(top.ask.price),
                             Decimal::FromInteger(2),
                             Rounding::kHalfEven);
}

Decimal Asset::premium() const {
  return margin::DivideMoney(middle().value_or(instrument.index) - instrument.index,
                             instrument.index,
                             Rounding::kHalfEven);
}

// Half of the initial margin at the largest leverage is what a position must keep.
margin::InstrumentSpec InstrumentSpecOf(const HyperliquidCoin& coin, absl::Duration funding) {
  const Decimal maintenance = margin::DivideMoney(
      Decimal::FromScaled(5, 1), Decimal::FromInteger(coin.leverage_max), Rounding::kUp);
  return {.symbol = coin.name,
          .collateral = kCollateral,
          .tick_size = TickSize(coin),
          .step_size = StepSize(coin),
          .start_price = coin.start_price,
          .tiers = margin::MakeTiers({{.cap = Decimal::FromInteger(kUnlimited),
                                       .leverage_max = coin.leverage_max,
                                       .maintenance_rate = maintenance}}),
          .leverage_default = coin.leverage_max < 20 ? coin.leverage_max : 20,
          .interest_rate = Decimal::FromScaled(125, 7),
          .funding_cap = Decimal::FromScaled(4, 2),
          .funding_interval_ms = absl::ToInt64Milliseconds(funding)};
}

Decimal FigureUnit(Decimal value, int figures) {
  const int exponent = MagnitudeOf(value) - figures;
  return exponent >= 0 ? Decimal::FromInteger(Decimal::PowerOfTen(exponent))
                       : Decimal::FromScaled(1, std::min(-exponent, 18));
}

Decimal RoundFigures(Decimal value, int figures, Rounding rounding) {
  return value.is_zero() ? value : value.RoundToMultiple(FigureUnit(value, figures), rounding);
}

bool IsPrice(Decimal price, int decimals_max) {
  if (!price.is_positive()) {
    return false;
  }
  if (price.IsMultipleOf(Decimal::FromInteger(1))) {
    return true;
  }
  return price.decimals() <= decimals_max &&
         RoundFigures(price, kFigures, Rounding::kDown) == price;
}

Decimal RoundPrice(Decimal price, int decimals_max, Rounding rounding) {
  const Decimal finest = price.RoundToMultiple(Decimal::FromScaled(1, decimals_max), rounding);
  if (finest >= Decimal::FromInteger(Decimal::PowerOfTen(kFigures))) {
    return finest.RoundToMultiple(Decimal::FromInteger(1), rounding);
  }
  return RoundFigures(finest, kFigures, rounding);
}

}  // namespace colibri::venue_sim::hyperliquid
