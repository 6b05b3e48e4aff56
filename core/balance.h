// What an account holds of one asset: total = available + locked in orders.
#pragma once

#include "core/decimal.h"

namespace colibri {

struct Balance {
  Decimal total;
  Decimal available;

  Decimal locked() const { return total - available; }
  bool operator==(const Balance&) const = default;
};

}  // namespace colibri
