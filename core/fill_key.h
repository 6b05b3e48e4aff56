// What makes a fill of one account on one venue unlike every other.
//
// The trade id alone does not: venues number trades per pair, and an account that trades with
// itself has two fills of one trade, a buy and a sell.
#pragma once

#include <utility>

#include "core/order.h"

namespace colibri {

struct FillKey {
  TradingPair pair;
  TradeId trade_id;
  Side side = Side::kBuy;

  static FillKey Of(const Fill& fill) { return {fill.pair, fill.trade_id, fill.side}; }

  bool operator==(const FillKey&) const = default;
  auto operator<=>(const FillKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, const FillKey& key) {
    return H::combine(std::move(state), key.pair, key.trade_id, key.side);
  }
};

}  // namespace colibri
