// expect-error: no matching conversion for functional-style cast from .double. to .Price
#include "core/units.h"

namespace colibri {
Price FromDouble(double value) {
  return Price(value);
}
}  // namespace colibri
