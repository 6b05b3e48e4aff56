// Positions of a perpetual or other margined contract, and what belongs to them.
//
//   Position position = perpetual.position(pair, PositionSide::kNet);
//   if (position.quantity.is_negative()) ...                        // short
//
// In one-way mode a pair has one position, kNet. In hedge mode it has two, kLong and kShort, that
// do not offset each other. Profits, margins and payments are in the contract's collateral.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/trading_pair.h"
#include "core/units.h"

namespace colibri {

enum class Side : uint8_t;

enum class PositionMode : uint8_t { kOneWay, kHedge };
enum class PositionSide : uint8_t { kNet, kLong, kShort };
// What an order is to do to the position. kClose never opens or turns one: reduce-only in one-way
// mode; in hedge mode a close by a sell is of the long side.
enum class PositionAction : uint8_t { kOpen, kClose };
enum class MarginMode : uint8_t { kCross, kIsolated };

// snake_case words: "one_way", "net", "close", "isolated".
std::string_view ToString(PositionMode mode);
std::string_view ToString(PositionSide side);
std::string_view ToString(PositionAction action);
std::string_view ToString(MarginMode mode);
absl::StatusOr<PositionMode> ParsePositionMode(std::string_view text);
absl::StatusOr<MarginMode> ParseMarginMode(std::string_view text);

// Which position an order works on. Hedge mode: a buy that opens and a sell that closes are long.
PositionSide SideOfPosition(PositionMode mode, Side side, PositionAction action);

struct Position {
  TradingPair pair;
  PositionSide side = PositionSide::kNet;
  Quantity quantity = {};  // base; negative is short, on the short side of hedge mode too
  Price entry_price = {};  // zero when flat
  std::optional<Notional> unrealised_profit = std::nullopt;  // as the venue last said
  std::optional<Price> liquidation_price = std::nullopt;     // absent: none, or not told
  absl::Time venue_time = absl::InfinitePast();

  bool is_flat() const { return quantity.is_zero(); }
};

// What the position is worth beyond its entry, at a price: quantity * (price - entry).
absl::StatusOr<Notional> ProfitAt(const Position& position, Price price);

struct LeverageSetting {
  int leverage = 0;  // 0: not known
  MarginMode margin_mode = MarginMode::kCross;

  bool operator==(const LeverageSetting&) const = default;
};

struct FundingInfo {
  Price mark_price;
  std::optional<Price> index_price = std::nullopt;
  Decimal rate;  // a fraction of the notional; positive: longs pay shorts
  absl::Time next_funding_time = absl::InfinitePast();
  std::optional<Quantity> open_interest = std::nullopt;
  absl::Time venue_time = absl::InfinitePast();
};

}  // namespace colibri
