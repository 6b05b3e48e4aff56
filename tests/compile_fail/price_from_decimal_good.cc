#include "core/units.h"

namespace colibri {
Price FromDecimal(Decimal value) {
  return Price(value);
}
}  // namespace colibri
