#include "core/units.h"

namespace colibri {
Notional Cost(Price price, Quantity quantity) {
  return price * quantity;
}
}  // namespace colibri
