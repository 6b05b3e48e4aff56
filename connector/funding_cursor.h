// Which funding payments were told: all up to a time, and some after it.
#pragma once

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/time/time.h"

#include "core/ids.h"
#include "core/trading_pair.h"

namespace colibri {

// What makes a payment unlike every other. In hedge mode each side of a pair pays at one time, and
// only the venue's id tells the two apart.
struct FundingKey {
  absl::Time paid_at;  // the venue's time
  TradingPair pair;
  PaymentId payment_id;

  bool operator<(const FundingKey& other) const {
    return std::tie(paid_at, pair, payment_id) <
           std::tie(other.paid_at, other.pair, other.payment_id);
  }
};

struct FundingCursor {
  absl::Time since = absl::InfinitePast();  // told: all before
  std::set<FundingKey> told = {};           // at or after it

  void MoveTo(absl::Time time);
};

inline void FundingCursor::MoveTo(absl::Time time) {
  since = std::max(since, time);
  std::erase_if(told, [this](const FundingKey& key) { return key.paid_at < since; });
}

}  // namespace colibri
