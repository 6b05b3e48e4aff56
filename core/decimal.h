// Signed fixed point with 18 decimals in 128 bits: the number behind every price, quantity and
// balance.
//
//   ASSIGN_OR_RETURN(Decimal a, Decimal::Parse("0.1"));
//   Decimal b = a + Decimal::FromScaled(2, 1);          // 0.2  -> b == 0.3, exactly
//   Multiply(a, b, Rounding::kDown);                    // StatusOr: overflow is an error
//
// Range: magnitudes below 1.7e20, the same on both sides of zero. Parse, add, subtract, compare and
// print are exact. Multiply and divide take a rounding mode and return OutOfRange on overflow or
// division by zero. The operators
// + and - CHECK against overflow: use CheckedAdd where a sum of a venue's values could leave the
// range.
#pragma once

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

#include "core/check.h"

namespace colibri {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

inline constexpr Int128 kLowestInt128 = static_cast<Int128>(Uint128{1} << 127);

enum class Rounding {
  kDown,  // toward minus infinity
  kUp,    // toward plus infinity
  kToZero,
  kHalfEven,
};

class Decimal {
 public:
  static constexpr int kFractionDigits = 18;
  static constexpr int64_t kOne = 1'000'000'000'000'000'000;  // units of one

  constexpr Decimal() = default;

  // units * 10^-18; CHECKs that the magnitude is below 2^127.
  static constexpr Decimal FromUnits(Int128 units) {
    CHECK(units != kLowestInt128);
    return Decimal(units);
  }
  static constexpr Decimal FromInteger(int64_t value) { return Decimal(Int128{value} * kOne); }

  // mantissa * 10^-decimals, with 0 <= decimals <= 18 (CHECKed).
  static constexpr Decimal FromScaled(int64_t mantissa, int decimals) {
    CHECK(decimals >= 0 && decimals <= kFractionDigits);
    return Decimal(Int128{mantissa} * PowerOfTen(kFractionDigits - decimals));
  }

  // Text as venues send it: optional sign, digits, optional point and digits; "1e-7", "", ".5",
  // "1." and blanks are InvalidArgument, as is a digit other than zero beyond the 18th decimal; too
  // large is OutOfRange.
  static absl::StatusOr<Decimal> Parse(std::string_view text);

  // Exactly this value * 10^decimals as an integer; OutOfRange when it does not fit,
  // InvalidArgument when the value is finer than 10^-decimals.
  absl::StatusOr<int64_t> ToScaled(int decimals) const;

  // Shortest plain text: no exponent, no trailing zeros: "0.1", "-3", "0".
  std::string ToString() const;
  void AppendTo(std::string& out) const;
  // With exactly `decimals` decimals; CHECKs that the value is not finer.
  std::string ToFixed(int decimals) const;
  // For statistics and display only.
  double ToDouble() const;

  constexpr Int128 units() const { return units_; }
  constexpr bool is_zero() const { return units_ == 0; }
  constexpr bool is_negative() const { return units_ < 0; }
  constexpr bool is_positive() const { return units_ > 0; }
  // Number of decimals in the shortest text, 0..18.
  int decimals() const;

  // The multiple of `step` at or next to this value; step > 0 (CHECKed). Where the one asked for is
  // out of range, the other neighbour.
  Decimal RoundToMultiple(Decimal step, Rounding rounding) const;
  // step > 0 (CHECKed).
  bool IsMultipleOf(Decimal step) const {
    CHECK(step.units_ > 0);
    return units_ % step.units_ == 0;
  }

  constexpr Decimal operator+(Decimal other) const {
    Int128 sum = 0;
    CHECK(!__builtin_add_overflow(units_, other.units_, &sum) && sum != kLowestInt128);
    return Decimal(sum);
  }
  constexpr Decimal operator-(Decimal other) const { return *this + -other; }
  constexpr Decimal operator-() const { return Decimal(-units_); }
  Decimal& operator+=(Decimal other) { return *this = *this + other; }
  Decimal& operator-=(Decimal other) { return *this = *this - other; }
  constexpr bool operator==(const Decimal&) const = default;
  constexpr std::strong_ordering operator<=>(const Decimal& other) const {
    return units_ < other.units_   ? std::strong_ordering::less
           : units_ > other.units_ ? std::strong_ordering::greater
                                   : std::strong_ordering::equal;
  }

  // 10^exponent for 0 <= exponent <= 18.
  static constexpr int64_t PowerOfTen(int exponent) {
    int64_t power = 1;
    for (int i = 0; i < exponent; ++i)
      power *= 10;
    return power;
  }

  template <typename H>
  friend H AbslHashValue(H state, Decimal value) {
    return H::combine(std::move(state),
                      static_cast<int64_t>(value.units_ >> 64),
                      static_cast<uint64_t>(value.units_));
  }

 private:
  constexpr explicit Decimal(Int128 units) : units_(units) {}

  Int128 units_ = 0;  // value * 10^18
};

[[nodiscard]] absl::StatusOr<Decimal> CheckedAdd(Decimal a, Decimal b);
[[nodiscard]] absl::StatusOr<Decimal> Multiply(Decimal a, Decimal b, Rounding rounding);
[[nodiscard]] absl::StatusOr<Decimal> Divide(Decimal a, Decimal b, Rounding rounding);

constexpr Decimal Abs(Decimal value) {
  return value.is_negative() ? -value : value;
}

std::ostream& operator<<(std::ostream& out, Decimal value);

}  // namespace colibri
