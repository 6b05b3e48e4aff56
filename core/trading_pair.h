// What is traded, in our words: "BTC-USDT". A venue's own word for it, "BTCUSDT", is a symbol.
//
//   ASSIGN_OR_RETURN(TradingPair pair, TradingPair::Parse("BTC-USDT"));
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace colibri {

struct TradingPair {
  std::string base;
  std::string quote;

  // InvalidArgument unless the text is BASE-QUOTE with both parts non-empty and no blanks; the
  // split is at the last dash.
  static absl::StatusOr<TradingPair> Parse(std::string_view text);

  std::string ToString() const { return base + "-" + quote; }
  bool operator==(const TradingPair&) const = default;
  auto operator<=>(const TradingPair&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, const TradingPair& pair) {
    return H::combine(std::move(state), pair.base, pair.quote);
  }
  friend std::ostream& operator<<(std::ostream& out, const TradingPair& pair) {
    return out << pair.base << '-' << pair.quote;
  }
};

}  // namespace colibri
