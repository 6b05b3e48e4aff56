#include "core/units.h"

#include "core/check.h"
#include "core/status_macros.h"

namespace colibri {

Notional operator*(Price price, Quantity quantity) {
  const absl::StatusOr<Notional> product = CheckedMultiply(price, quantity);
  CHECK(product.ok());
  return *product;
}

absl::StatusOr<Notional> CheckedMultiply(Price price, Quantity quantity) {
  ASSIGN_OR_RETURN(const Decimal product,
                   Multiply(price.value(), quantity.value(), Rounding::kHalfEven));
  return Notional(product);
}

absl::StatusOr<Price> Divide(Notional notional, Quantity quantity, Rounding rounding) {
  ASSIGN_OR_RETURN(const Decimal quotient, Divide(notional.value(), quantity.value(), rounding));
  return Price(quotient);
}

}  // namespace colibri
