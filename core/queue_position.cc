#include "core/queue_position.h"

#include <algorithm>

#include "core/check.h"

namespace colibri {
namespace {

Quantity RoundDownToStep(Quantity value, Quantity step) {
  return Quantity(value.value().RoundToMultiple(step.value(), Rounding::kDown));
}

}  // namespace

QueuePosition::QueuePosition(Quantity displayed, Quantity step, Decimal cancels_ahead)
    : step_(step),
      cancels_ahead_(cancels_ahead),
      displayed_(std::max(displayed, Quantity())),
      ahead_(displayed_) {
  CHECK(step.is_positive());
  CHECK(!cancels_ahead.is_negative() && cancels_ahead <= Decimal::FromInteger(1));
}

Quantity QueuePosition::OnTrade(Quantity printed, Quantity own_filled) {
  // Saturates: a level that is still shown at `displayed_` can't have lost more than all of it.
  traded_ = printed < displayed_ - traded_ ? traded_ + printed : displayed_;
  const Quantity left = std::max(printed - own_filled, Quantity());
  const Quantity consumed = std::min(left, ahead_);
  ahead_ -= consumed;
  return left - consumed;
}

void QueuePosition::OnLevel(Quantity displayed) {
  if (displayed == displayed_) {
    return;  // the drop that explains traded_ may still be under way
  }
  const Quantity standing = displayed_ - std::min(traded_, displayed_);
  ahead_ = std::min(ahead_, standing);
  if (displayed < standing) {
    ahead_ -= CanceledAhead(standing - displayed, standing);
  }
  displayed_ = std::max(displayed, Quantity());
  ahead_ = std::min(ahead_, displayed_);
  traded_ = Quantity();
}

void QueuePosition::OnResync(Quantity displayed) {
  displayed_ = std::max(displayed, Quantity());
  ahead_ = std::min(ahead_, displayed_);
  traded_ = Quantity();
}

Quantity QueuePosition::CanceledAhead(Quantity canceled, Quantity standing) const {
  if (ahead_.is_zero() || cancels_ahead_.is_zero()) {
    return Quantity();
  }
  // In whole steps the product is exact; only absurdly large levels leave 128 bits, and there the
  // 18th decimal of the fraction is lost.
  const Int128 step = step_.value().units();
  const Int128 standing_units = standing.value().units();
  const Int128 standing_steps = standing_units / step + (standing_units % step == 0 ? 0 : 1);
  Quantity share;
  Int128 product = 0;
  if (!__builtin_mul_overflow(
          ahead_.value().units() / step, canceled.value().units() / step, &product)) {
    share = Quantity(Decimal::FromUnits(product / standing_steps * step));
  } else {
    const absl::StatusOr<Decimal> fraction =
        Divide(canceled.value(), standing.value(), Rounding::kDown);
    const absl::StatusOr<Quantity> part =
        fraction.ok() ? Scale(ahead_, *fraction, Rounding::kDown) : fraction.status();
    share = part.ok() ? *part : Quantity();
  }
  const absl::StatusOr<Quantity> canceled_ahead = Scale(share, cancels_ahead_, Rounding::kDown);
  return canceled_ahead.ok() ? RoundDownToStep(*canceled_ahead, step_) : Quantity();
}

}  // namespace colibri
