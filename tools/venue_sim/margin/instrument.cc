#include "tools/venue_sim/margin/instrument.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace colibri::venue_sim::margin {
namespace {

constexpr Decimal kMoneyUnit = Decimal::FromScaled(1, kMoneyDecimals);

int64_t Scaled(Decimal value, int decimals) {
  const absl::StatusOr<int64_t> scaled = value.ToScaled(decimals);
  CHECK(scaled.ok());
  return *scaled;
}

}  // namespace

Decimal MultiplyMoney(Decimal a, Decimal b, Rounding rounding) {
  const absl::StatusOr<Decimal> product = Multiply(a, b, rounding);
  CHECK(product.ok());
  return product->RoundToMultiple(kMoneyUnit, rounding);
}

Decimal DivideMoney(Decimal a, Decimal b, Rounding rounding) {
  const absl::StatusOr<Decimal> quotient = Divide(a, b, rounding);
  CHECK(quotient.ok());
  return quotient->RoundToMultiple(kMoneyUnit, rounding);
}

std::vector<MarginTier> MakeTiers(std::vector<MarginTier> tiers) {
  for (size_t i = 1; i < tiers.size(); ++i) {
    tiers[i - 1].cap = tiers[i].floor;
    tiers[i].deduction = tiers[i - 1].deduction +
                         MultiplyMoney(tiers[i].floor,
                                       tiers[i].maintenance_rate - tiers[i - 1].maintenance_rate,
                                       Rounding::kHalfEven);
  }
  return tiers;
}

Instrument::Instrument(InstrumentSpec spec, int64_t now_ms)
    : spec_(std::move(spec)),
      price_decimals_(spec_.tick_size.decimals()),
      quantity_decimals_(spec_.step_size.decimals()),
      tick_(Scaled(spec_.tick_size, price_decimals_)),
      step_(Scaled(spec_.step_size, quantity_decimals_)) {
  CHECK(price_decimals_ + quantity_decimals_ <= kMoneyDecimals);
  CHECK(spec_.start_price.IsMultipleOf(spec_.tick_size));
  CHECK(!spec_.tiers.empty() && spec_.funding_interval_ms > 0);
  mark = index = spec_.start_price;
  last_price = Scaled(spec_.start_price, price_decimals_);
  funding_rate = spec_.interest_rate;
  next_funding_ms = (now_ms / spec_.funding_interval_ms + 1) * spec_.funding_interval_ms;
}

Decimal Instrument::NotionalOf(int64_t price, int64_t quantity) const {
  const int64_t unit = Decimal::PowerOfTen(18 - price_decimals_ - quantity_decimals_);
  return Decimal::FromUnits(Int128{price} * quantity * unit);
}

Decimal Instrument::NotionalAtMark(int64_t quantity) const {
  return MultiplyMoney(QuantityOf(quantity), mark, Rounding::kHalfEven);
}

int64_t Instrument::ToTicks(Decimal price, Rounding rounding) const {
  const Decimal rounded = price.RoundToMultiple(spec_.tick_size, rounding);
  return std::max(Scaled(std::max(rounded, spec_.tick_size), price_decimals_), tick_);
}

const MarginTier& Instrument::TierOf(Decimal notional) const {
  const auto above = std::find_if(spec_.tiers.begin() + 1,
                                  spec_.tiers.end(),
                                  [&](const auto& tier) { return tier.floor >= notional; });
  return *(above - 1);
}

Decimal Instrument::MaintenanceOf(Decimal notional) const {
  const MarginTier& tier = TierOf(notional);
  return MultiplyMoney(notional, tier.maintenance_rate, Rounding::kUp) - tier.deduction;
}

Decimal Instrument::NotionalMax(int leverage) const {
  Decimal largest;
  for (const MarginTier& tier : spec_.tiers) {
    if (leverage <= tier.leverage_max) {
      largest = tier.cap;
    }
  }
  return largest;
}

}  // namespace colibri::venue_sim::margin
