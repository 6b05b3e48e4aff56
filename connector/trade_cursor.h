// Where the trades of one pair were read up to.
#pragma once

#include <optional>

#include "absl/time/time.h"

#include "core/ids.h"

namespace colibri {

struct TradeCursor {
  std::optional<TradeId> after = std::nullopt;  // exclusive
  std::optional<absl::Time> since = std::nullopt;
};

}  // namespace colibri
