// Price, Quantity and Notional: decimals that cannot be mixed up. Price + Quantity does not
// compile.
//
//   Notional cost = Price(*Decimal::Parse("100.5")) * Quantity(Decimal::FromInteger(2));   // 201
//
// Price is quote per base, Quantity is base, Notional is quote. Price * Quantity is exact while the
// decimals of both add up to 18 or fewer, else half-even at the 18th; it CHECKs against overflow,
// so values that come from a venue and are unbounded go through CheckedMultiply.
#pragma once

#include <compare>
#include <iosfwd>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "core/decimal.h"

namespace colibri {

template <typename Tag>
class Unit {
 public:
  constexpr Unit() = default;
  constexpr explicit Unit(Decimal value) : value_(value) {}

  static absl::StatusOr<Unit> Parse(std::string_view text) {
    absl::StatusOr<Decimal> value = Decimal::Parse(text);
    if (!value.ok()) {
      return value.status();
    }
    return Unit(*value);
  }
  static constexpr Unit FromScaled(int64_t mantissa, int decimals) {
    return Unit(Decimal::FromScaled(mantissa, decimals));
  }

  constexpr Decimal value() const { return value_; }
  std::string ToString() const { return value_.ToString(); }
  double ToDouble() const { return value_.ToDouble(); }
  constexpr bool is_zero() const { return value_.is_zero(); }
  constexpr bool is_negative() const { return value_.is_negative(); }
  constexpr bool is_positive() const { return value_.is_positive(); }

  Unit operator+(Unit other) const { return Unit(value_ + other.value_); }
  Unit operator-(Unit other) const { return Unit(value_ - other.value_); }
  constexpr Unit operator-() const { return Unit(-value_); }
  Unit& operator+=(Unit other) { return *this = *this + other; }
  Unit& operator-=(Unit other) { return *this = *this - other; }
  constexpr bool operator==(const Unit&) const = default;
  constexpr std::strong_ordering operator<=>(const Unit& other) const = default;

  template <typename H>
  friend H AbslHashValue(H state, Unit unit) {
    return H::combine(std::move(state), unit.value_);
  }
  friend std::ostream& operator<<(std::ostream& out, Unit unit) { return out << unit.value_; }

 private:
  Decimal value_;
};

using Price = Unit<struct PriceTag>;
using Quantity = Unit<struct QuantityTag>;
using Notional = Unit<struct NotionalTag>;

Notional operator*(Price price, Quantity quantity);
inline Notional operator*(Quantity quantity, Price price) {
  return price * quantity;
}

[[nodiscard]] absl::StatusOr<Notional> CheckedMultiply(Price price, Quantity quantity);
template <typename Tag>
[[nodiscard]] absl::StatusOr<Unit<Tag>> CheckedAdd(Unit<Tag> a, Unit<Tag> b) {
  const absl::StatusOr<Decimal> sum = CheckedAdd(a.value(), b.value());
  if (!sum.ok()) {
    return sum.status();
  }
  return Unit<Tag>(*sum);
}
// OutOfRange when quantity is zero.
[[nodiscard]] absl::StatusOr<Price> Divide(Notional notional, Quantity quantity, Rounding rounding);

// value * factor, for spreads, skews and fees.
template <typename Tag>
[[nodiscard]] absl::StatusOr<Unit<Tag>> Scale(Unit<Tag> value, Decimal factor, Rounding rounding) {
  absl::StatusOr<Decimal> product = Multiply(value.value(), factor, rounding);
  if (!product.ok()) {
    return product.status();
  }
  return Unit<Tag>(*product);
}

}  // namespace colibri
