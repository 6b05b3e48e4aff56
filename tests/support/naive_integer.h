// Whole numbers of any size as decimal text, by schoolbook arithmetic: the oracle of fixed-point
// code.
//
//   NaiveInteger product = NaiveInteger("340282366920938463463") * NaiveInteger("12");
//   NaiveDivision division = Divide(product, NaiveInteger("7"));   // .quotient, .remainder
//
// Not negative. Slow and plain on purpose.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <string>
#include <utility>

#include "core/decimal.h"

namespace colibri {

class NaiveInteger {
 public:
  NaiveInteger() = default;
  // Digits only, most significant first.
  explicit NaiveInteger(std::string digits) : digits_(std::move(digits)) {
    digits_.erase(0, std::min(digits_.find_first_not_of('0'), digits_.size()));
  }
  explicit NaiveInteger(Uint128 value) {
    for (; value > 0; value /= 10) {
      digits_.insert(digits_.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    }
  }

  // Empty for zero.
  const std::string& digits() const { return digits_; }
  bool is_zero() const { return digits_.empty(); }
  bool is_odd() const { return !digits_.empty() && (digits_.back() - '0') % 2 == 1; }

  bool operator==(const NaiveInteger&) const = default;
  std::strong_ordering operator<=>(const NaiveInteger& other) const {
    if (digits_.size() != other.digits_.size()) {
      return digits_.size() <=> other.digits_.size();
    }
    return digits_.compare(other.digits_) <=> 0;
  }

  NaiveInteger operator+(const NaiveInteger& other) const {
    std::string sum(std::max(digits_.size(), other.digits_.size()) + 1, '0');
    int carry = 0;
    for (size_t i = 0; i < sum.size(); ++i) {
      const int column = DigitAt(i) + other.DigitAt(i) + carry;
      sum[sum.size() - 1 - i] = static_cast<char>('0' + column % 10);
      carry = column / 10;
    }
    return NaiveInteger(sum);
  }

  // `other` is not greater.
  NaiveInteger operator-(const NaiveInteger& other) const {
    std::string difference(digits_.size(), '0');
    int borrow = 0;
    for (size_t i = 0; i < difference.size(); ++i) {
      const int column = DigitAt(i) - other.DigitAt(i) - borrow;
      borrow = column < 0 ? 1 : 0;
      difference[difference.size() - 1 - i] = static_cast<char>('0' + column + 10 * borrow);
    }
    return NaiveInteger(difference);
  }

  NaiveInteger operator*(const NaiveInteger& other) const {
    std::string product(digits_.size() + other.digits_.size() + 1, '0');
    for (size_t i = 0; i < digits_.size(); ++i) {
      int carry = 0;
      for (size_t j = 0; j < other.digits_.size() || carry > 0; ++j) {
        char& cell = product[product.size() - 1 - i - j];
        const int column = (cell - '0') + DigitAt(i) * other.DigitAt(j) + carry;
        cell = static_cast<char>('0' + column % 10);
        carry = column / 10;
      }
    }
    return NaiveInteger(product);
  }

 private:
  // Digit i counted from the end; 0 beyond the begin.
  int DigitAt(size_t i) const {
    return i < digits_.size() ? digits_[digits_.size() - 1 - i] - '0' : 0;
  }

  std::string digits_;
};

struct NaiveDivision {
  NaiveInteger quotient;
  NaiveInteger remainder;
};

// The divisor is not zero.
inline NaiveDivision Divide(const NaiveInteger& dividend, const NaiveInteger& divisor) {
  std::string quotient;
  NaiveInteger rest;
  for (const char digit : dividend.digits()) {
    rest = NaiveInteger(rest.digits() + digit);
    char count = '0';
    for (; rest >= divisor; rest = rest - divisor) {
      ++count;
    }
    quotient += count;
  }
  return {NaiveInteger(quotient), rest};
}

// a * b / c with a rounding mode, signs apart, as Decimal must give it; empty text when out of
// range.
inline std::string NaiveMultiplyThenDivide(Int128 a, Int128 b, Int128 c, Rounding rounding) {
  const auto magnitude = [](Int128 value) {
    return NaiveInteger(value < 0 ? Uint128{0} - static_cast<Uint128>(value)
                                  : static_cast<Uint128>(value));
  };
  const bool is_negative = ((a < 0) != (b < 0)) != (c < 0);
  NaiveDivision division = Divide(magnitude(a) * magnitude(b), magnitude(c));
  const NaiveInteger twice = division.remainder + division.remainder;
  const bool is_away =
      !division.remainder.is_zero() &&
      ((rounding == Rounding::kUp && !is_negative) ||
       (rounding == Rounding::kDown && is_negative) ||
       (rounding == Rounding::kHalfEven &&
        (twice > magnitude(c) || (twice == magnitude(c) && division.quotient.is_odd()))));
  if (is_away) {
    division.quotient = division.quotient + NaiveInteger("1");
  }
  if (division.quotient > NaiveInteger("170141183460469231731687303715884105727")) {
    return "";
  }
  if (division.quotient.is_zero()) {
    return "0";
  }
  return (is_negative ? "-" : "") + division.quotient.digits();
}

// The units of a decimal as text, to compare with the above.
inline std::string NaiveUnits(Decimal value) {
  const Int128 units = value.units();
  const NaiveInteger magnitude(units < 0 ? Uint128{0} - static_cast<Uint128>(units)
                                         : static_cast<Uint128>(units));
  return magnitude.is_zero() ? "0" : (units < 0 ? "-" : "") + magnitude.digits();
}

}  // namespace colibri
