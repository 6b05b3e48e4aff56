// expect-error: invalid operands to binary expression
#include "core/units.h"

namespace colibri {
bool IsLess(Price price, Quantity other) {
  return price < other;
}
}  // namespace colibri
