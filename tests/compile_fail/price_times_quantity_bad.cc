// expect-error: no viable conversion from returned value of type '.*NotionalTag.*' to .*PriceTag
#include "core/units.h"

namespace colibri {
Price Cost(Price price, Quantity quantity) {
  return price * quantity;
}
}  // namespace colibri
