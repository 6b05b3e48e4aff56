#include "tools/venue_sim/margin/margin_math.h"

#include <algorithm>

namespace colibri::venue_sim::margin {
namespace {

int64_t Magnitude(int64_t value) {
  return value < 0 ? -value : value;
}

}  // namespace

Decimal ApplyFill(const Instrument& instrument, Position& position, int64_t change, int64_t price) {
  Decimal realized;
  const bool reduces = position.quantity != 0 && (position.quantity < 0) != (change < 0);
  int64_t rest = change;
  if (reduces) {
    const int64_t closed = std::min(Magnitude(change), Magnitude(position.quantity));
    const int64_t part = position.quantity < 0 ? -closed : closed;
    Decimal released = position.cost;
    if (part != position.quantity) {
      const absl::StatusOr<Decimal> weighted =
          Multiply(position.cost, instrument.QuantityOf(closed), Rounding::kHalfEven);
      CHECK(weighted.ok());
      released = DivideMoney(
          *weighted, instrument.QuantityOf(Magnitude(position.quantity)), Rounding::kHalfEven);
    }
    realized = instrument.NotionalOf(price, part) - released;
    position.cost -= released;
    position.quantity -= part;
    position.realized += realized;
    rest += part;
    if (position.quantity == 0) {
      position.fees = Decimal();
    }
  }
  position.quantity += rest;
  position.cost += instrument.NotionalOf(price, rest);
  return realized;
}

Decimal EntryPrice(const Instrument& instrument, const Position& position) {
  if (!position.is_open()) {
    return {};
  }
  return DivideMoney(position.cost, instrument.QuantityOf(position.quantity), Rounding::kHalfEven);
}

Decimal BreakEvenPrice(const Instrument& instrument, const Position& position) {
  if (!position.is_open()) {
    return {};
  }
  return DivideMoney(
      position.cost + position.fees, instrument.QuantityOf(position.quantity), Rounding::kHalfEven);
}

Decimal UnrealizedProfit(const Instrument& instrument, const Position& position) {
  return instrument.NotionalAtMark(position.quantity) - position.cost;
}

Decimal Maintenance(const Instrument& instrument, const Position& position) {
  return position.is_open()
             ? instrument.MaintenanceOf(Abs(instrument.NotionalAtMark(position.quantity)))
             : Decimal();
}

Decimal InitialMargin(Decimal notional, int leverage) {
  return DivideMoney(notional, Decimal::FromInteger(leverage), Rounding::kUp);
}

Decimal WorstNotional(PositionSide side, const Exposure& exposure) {
  switch (side) {
    case PositionSide::kLong:
      return exposure.position + exposure.bids;
    case PositionSide::kShort:
      return exposure.asks - exposure.position;
    case PositionSide::kNet:
      break;
  }
  return std::max(Abs(exposure.position + exposure.bids), Abs(exposure.position - exposure.asks));
}

}  // namespace colibri::venue_sim::margin
