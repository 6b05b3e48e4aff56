#include "connector/margin_model.h"

#include <algorithm>
#include <limits>

#include "core/check.h"
#include "core/status_macros.h"

namespace colibri {
namespace {

Notional Magnitude(Notional amount) {
  return Notional(Abs(amount.value()));
}

absl::StatusOr<Price> PriceWhereEqual(absl::Span<const MarginPosition> positions,
                                      Notional margin,
                                      Decimal rate) {
  Notional cost = -margin;
  Decimal slope;  // how fast profit runs ahead of maintenance as the price rises
  Quantity net;
  for (const MarginPosition& position : positions) {
    ASSIGN_OR_RETURN(cost, CheckedAdd(cost, position.cost));
    ASSIGN_OR_RETURN(net, CheckedAdd(net, position.quantity));
    ASSIGN_OR_RETURN(const Decimal needed,
                     Multiply(Abs(position.quantity.value()), rate, Rounding::kUp));
    ASSIGN_OR_RETURN(slope, CheckedAdd(slope, -needed));
  }
  ASSIGN_OR_RETURN(slope, CheckedAdd(slope, net.value()));
  // Longs are closed below the mark price and shorts above: toward it is up, or down.
  ASSIGN_OR_RETURN(
      const Decimal price,
      Divide(cost.value(), slope, slope.is_positive() ? Rounding::kUp : Rounding::kDown));
  return Price(price);
}

}  // namespace

Decimal MaintenanceRate(int leverage_max) {
  CHECK(leverage_max >= 1);
  return Divide(Decimal::FromInteger(1),
                Decimal::FromInteger(int64_t{2} * leverage_max),
                Rounding::kUp)
      .value();
}

int LeverageMaxOf(Decimal maintenance_rate) {
  CHECK(maintenance_rate.is_positive());
  const absl::StatusOr<Decimal> leverage =
      Divide(Decimal::FromScaled(5, 1), maintenance_rate, Rounding::kDown);
  constexpr int kMost = std::numeric_limits<int>::max();
  if (!leverage.ok() || *leverage > Decimal::FromInteger(kMost)) {
    return kMost;
  }
  return std::max(1, static_cast<int>(leverage->units() / Decimal::kOne));
}

absl::StatusOr<Notional> InitialMargin(Notional notional, int leverage) {
  CHECK(leverage >= 1);
  ASSIGN_OR_RETURN(const Decimal margin,
                   Divide(Abs(notional.value()), Decimal::FromInteger(leverage), Rounding::kUp));
  return Notional(margin);
}

absl::StatusOr<Notional> MaintenanceMargin(Quantity quantity, Price mark, Decimal rate) {
  ASSIGN_OR_RETURN(const Notional notional, CheckedMultiply(mark, quantity));
  return Scale(Magnitude(notional), rate, Rounding::kUp);
}

absl::StatusOr<Notional> WorstNotional(Notional position, Notional buys, Notional sells) {
  ASSIGN_OR_RETURN(const Notional bought, CheckedAdd(position, buys));
  ASSIGN_OR_RETURN(const Notional sold, CheckedAdd(position, -sells));
  return std::max(Magnitude(bought), Magnitude(sold));
}

absl::StatusOr<Notional> UnrealisedProfit(const MarginPosition& position, Price mark) {
  ASSIGN_OR_RETURN(const Notional value, CheckedMultiply(mark, position.quantity));
  return CheckedAdd(value, -position.cost);
}

std::optional<Price> LiquidationPrice(absl::Span<const MarginPosition> positions,
                                      Notional margin,
                                      Decimal maintenance_rate) {
  const absl::StatusOr<Price> price = PriceWhereEqual(positions, margin, maintenance_rate);
  return price.ok() && price->is_positive() ? std::optional(*price) : std::nullopt;
}

std::optional<Price> BankruptcyPrice(const MarginPosition& position, Notional margin) {
  return LiquidationPrice({position}, margin, Decimal());
}

}  // namespace colibri
