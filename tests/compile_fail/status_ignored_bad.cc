// expect-error: ignoring return value of
#include "core/units.h"

namespace colibri {
void Ignore(Decimal a, Decimal b) {
  Divide(a, b, Rounding::kDown);
}
}  // namespace colibri
