// Which funding payments were told: all up to a time, and some after it.
#pragma once

#include <set>
#include <utility>

#include "absl/time/time.h"

#include "core/trading_pair.h"

namespace colibri {

struct FundingCursor {
  absl::Time since = absl::InfinitePast();              // told: all before
  std::set<std::pair<absl::Time, TradingPair>> told{};  // at or after it
};

}  // namespace colibri
