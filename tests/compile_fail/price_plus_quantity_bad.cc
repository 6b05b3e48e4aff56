// expect-error: invalid operands to binary expression
#include "core/units.h"

namespace colibri {
Price Sum(Price price, Quantity other) {
  return price + other;
}
}  // namespace colibri
