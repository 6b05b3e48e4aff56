#include "core/units.h"

namespace colibri {
bool IsDivisible(Decimal a, Decimal b) {
  return Divide(a, b, Rounding::kDown).ok();
}
}  // namespace colibri
