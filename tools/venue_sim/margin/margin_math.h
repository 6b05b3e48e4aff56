// Positions and what they need, on exact numbers.
//
//   Position position;
//   Decimal realized = ApplyFill(instrument, position, /*change=*/+2, /*price=*/100);
//
// Pure.
#pragma once

#include <cstdint>

#include "core/decimal.h"
#include "tools/venue_sim/margin/instrument.h"

namespace colibri::venue_sim::margin {

enum class PositionSide : uint8_t { kNet, kLong, kShort };

struct Position {
  int64_t quantity = 0;          // signed
  Decimal cost = {};             // signed: what was paid for it; quantity * entry price
  Decimal isolated_wallet = {};  // zero when cross
  Decimal realized = {};         // of its whole life
  Decimal fees = {};             // since it opened
  int64_t update_time_ms = 0;

  bool is_open() const { return quantity != 0; }
};

// Adds a signed change at a price; returns the realised profit. A change beyond zero closes, then
// opens the other way. The cost that a part takes along is rounded to money, the last part takes
// what is left.
Decimal ApplyFill(const Instrument& instrument, Position& position, int64_t change, int64_t price);

// 8 decimals; zero when flat.
Decimal EntryPrice(const Instrument& instrument, const Position& position);
// Where closing would leave nothing after the fees so far.
Decimal BreakEvenPrice(const Instrument& instrument, const Position& position);
// Against the mark price.
Decimal UnrealizedProfit(const Instrument& instrument, const Position& position);
Decimal Maintenance(const Instrument& instrument, const Position& position);

// notional / leverage, rounded up.
Decimal InitialMargin(Decimal notional, int leverage);

// What an instrument needs of an account, for one position side.
struct Exposure {
  Decimal position = {};  // signed notional at the mark price
  Decimal bids = {};      // of orders that may open or flip; positive
  Decimal asks = {};
};
// Of the whole, and the part that is not the position's own.
Decimal WorstNotional(PositionSide side, const Exposure& exposure);

}  // namespace colibri::venue_sim::margin
