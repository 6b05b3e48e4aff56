// expect-error: no viable conversion from returned value of type 'Decimal'
#include "core/units.h"

namespace colibri {
Price FromDecimal(Decimal value) {
  return value;
}
}  // namespace colibri
