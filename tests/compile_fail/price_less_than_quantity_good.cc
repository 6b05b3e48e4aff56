#include "core/units.h"

namespace colibri {
bool IsLess(Price price, Price other) {
  return price < other;
}
}  // namespace colibri
