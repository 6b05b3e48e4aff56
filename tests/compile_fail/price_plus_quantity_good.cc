#include "core/units.h"

namespace colibri {
Price Sum(Price price, Price other) {
  return price + other;
}
}  // namespace colibri
