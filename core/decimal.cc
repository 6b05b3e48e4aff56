#include "core/decimal.h"

#include <array>
#include <limits>
#include <optional>
#include <ostream>

#include "absl/strings/escaping.h"

#include "core/scaled_parse.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr Uint128 kMagnitudeMax = ~Uint128{0} >> 1;
constexpr size_t kQuotedMax = 64;  // of a bad text, in a message

Uint128 MagnitudeOf(Int128 value) {
  return value < 0 ? Uint128{0} - static_cast<Uint128>(value) : static_cast<Uint128>(value);
}

Int128 WithSign(Uint128 magnitude, bool is_negative) {
  return is_negative ? -static_cast<Int128>(magnitude) : static_cast<Int128>(magnitude);
}

uint64_t Low(Uint128 value) {
  return static_cast<uint64_t>(value);
}
uint64_t High(Uint128 value) {
  return static_cast<uint64_t>(value >> 64);
}

struct Uint256 {
  Uint128 high = 0;
  Uint128 low = 0;
};

Uint256 WideMultiply(Uint128 a, Uint128 b) {
  const Uint128 low_low = Uint128{Low(a)} * Low(b);
  const Uint128 low_high = Uint128{Low(a)} * High(b);
  const Uint128 high_low = Uint128{High(a)} * Low(b);
  const Uint128 high_high = Uint128{High(a)} * High(b);
  // Three values below 2^64: no carry is lost.
  const Uint128 middle = Uint128{High(low_low)} + Low(low_high) + Low(high_low);
  return {high_high + High(low_high) + High(high_low) + High(middle),
          (middle << 64) | Low(low_low)};
}

struct Quotient {
  Uint128 value = 0;
  Uint128 remainder = 0;
};

// Divides once: a remainder by its operator would be another call as dear as the quotient's.
Quotient DivideOnce(Uint128 dividend, Uint128 divisor) {
  const Uint128 value = dividend / divisor;
  return {value, dividend - value * divisor};
}

// One limb of a long division: (high * 2^64 + next) / divisor, where high < divisor and the
// divisor's top bit is set. Knuth, The Art of Computer Programming 4.3.1, algorithm D, step D3;
// with a divisor of two limbs the estimate is exact after its correction.
uint64_t DivideLimb(Uint128 high, uint64_t next, Uint128 divisor, Uint128& remainder) {
  const uint64_t divisor_high = High(divisor);
  Uint128 estimate = 0;
  Uint128 rest = 0;
  if (High(high) >= divisor_high) {
    estimate = std::numeric_limits<uint64_t>::max();
    rest = Uint128{Low(high)} + divisor_high;
  } else {
    estimate = high / divisor_high;
    rest = high % divisor_high;
  }
  while (High(rest) == 0 && estimate * Low(divisor) > ((rest << 64) | next)) {
    --estimate;
    rest += divisor_high;
  }
  // The true remainder is below 2^128, so arithmetic modulo 2^128 gives it.
  remainder = ((high << 64) | next) - estimate * divisor;
  return Low(estimate);
}

// nullopt when the quotient does not fit; divisor > 0.
std::optional<Quotient> WideDivide(const Uint256& dividend, Uint128 divisor) {
  if (dividend.high == 0) {
    return DivideOnce(dividend.low, divisor);
  }
  if (dividend.high >= divisor) {
    return std::nullopt;
  }
  if (High(divisor) == 0) {
    const Quotient upper = DivideOnce((dividend.high << 64) | High(dividend.low), divisor);
    const Quotient lower = DivideOnce((upper.remainder << 64) | Low(dividend.low), divisor);
    return Quotient{(upper.value << 64) | lower.value, lower.remainder};
  }
  const int shift = __builtin_clzll(High(divisor));
  const Uint128 normal = divisor << shift;
  const Uint128 high =
      shift == 0 ? dividend.high : (dividend.high << shift) | (dividend.low >> (128 - shift));
  const Uint128 low = dividend.low << shift;
  Quotient result;
  const uint64_t upper = DivideLimb(high, High(low), normal, result.remainder);
  const uint64_t lower = DivideLimb(result.remainder, Low(low), normal, result.remainder);
  result.value = (Uint128{upper} << 64) | lower;
  result.remainder >>= shift;
  return result;
}

// Whether the magnitude of a quotient with this remainder goes up by one.
bool RoundsAwayFromZero(const Quotient& quotient,
                        Uint128 divisor,
                        bool is_negative,
                        Rounding rounding) {
  if (quotient.remainder == 0) {
    return false;
  }
  switch (rounding) {
    case Rounding::kDown:
      return is_negative;
    case Rounding::kUp:
      return !is_negative;
    case Rounding::kToZero:
      return false;
    case Rounding::kHalfEven: {
      const Uint128 to_next = divisor - quotient.remainder;
      return quotient.remainder > to_next ||
             (quotient.remainder == to_next && quotient.value % 2 == 1);
    }
  }
  return false;
}

// a * b / c in units, rounded; nullopt when out of range.
std::optional<Int128> MultiplyThenDivide(Int128 a, Int128 b, Int128 c, Rounding rounding) {
  const bool is_negative = ((a < 0) != (b < 0)) != (c < 0);
  const Uint128 divisor = MagnitudeOf(c);
  const std::optional<Quotient> quotient =
      WideDivide(WideMultiply(MagnitudeOf(a), MagnitudeOf(b)), divisor);
  if (!quotient.has_value() || quotient->value > kMagnitudeMax) {
    return std::nullopt;
  }
  const Uint128 magnitude =
      quotient->value + (RoundsAwayFromZero(*quotient, divisor, is_negative, rounding) ? 1 : 0);
  if (magnitude > kMagnitudeMax) {
    return std::nullopt;
  }
  return WithSign(magnitude, is_negative);
}

// The digits of `value`, backwards from `end`, at least `width` of them. Returns their begin.
char* WriteDigitsBefore(char* end, uint64_t value, int width) {
  char* p = end;
  while (value > 0 || end - p < width) {
    *--p = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  }
  return p;
}

// The digits behind the point: 0.05 is 5 in 2 of them.
struct Fraction {
  uint64_t digits = 0;
  int count = 0;
};

// Of so many units below one; without zeros at the end.
Fraction ShortestFraction(uint64_t units) {
  if (units == 0) {
    return {};
  }
  Fraction fraction = {units, Decimal::kFractionDigits};
  for (; fraction.digits % 100'000'000 == 0; fraction.digits /= 100'000'000) {
    fraction.count -= 8;
  }
  for (; fraction.digits % 10'000 == 0; fraction.digits /= 10'000) {
    fraction.count -= 4;
  }
  for (; fraction.digits % 10 == 0; fraction.digits /= 10) {
    fraction.count -= 1;
  }
  return fraction;
}

using FormatBuffer = std::array<char, 64>;

// decimals: that many, or the shortest text.
std::string_view Format(Int128 units, std::optional<int> decimals, FormatBuffer& buffer) {
  char* const end = buffer.data() + buffer.size();
  char* p = end;
  const Quotient parts = DivideOnce(MagnitudeOf(units), Decimal::kOne);
  Uint128 whole = parts.value;
  Fraction fraction = {Low(parts.remainder), decimals.value_or(0)};
  if (decimals.has_value()) {
    fraction.digits /=
        static_cast<uint64_t>(Decimal::PowerOfTen(Decimal::kFractionDigits - *decimals));
  } else {
    fraction = ShortestFraction(fraction.digits);
  }
  if (fraction.count > 0) {
    p = WriteDigitsBefore(p, fraction.digits, fraction.count);
    *--p = '.';
  }
  // Up to 1.7e20, which is a digit more than 64 bits hold.
  if (High(whole) != 0) {
    p = WriteDigitsBefore(p, Low(whole % Decimal::kOne), Decimal::kFractionDigits);
    whole /= Decimal::kOne;
  }
  p = WriteDigitsBefore(p, Low(whole), 1);
  if (units < 0) {
    *--p = '-';
  }
  return std::string_view(p, static_cast<size_t>(end - p));
}

std::string Quoted(std::string_view text) {
  return StrCat("\"",
                absl::CHexEscape(Abs(text.substr(0, kQuotedMax))),
                text.size() > kQuotedMax ? "...\"" : "\"");
}

absl::Status ParseError(ScaledParse result, std::string_view text) {
  switch (result) {
    case ScaledParse::kTooFine:
      return absl::InvalidArgumentError(
          StrCat("the number ", Quoted(text), " has more than 18 decimals"));
    case ScaledParse::kTooLarge:
      return absl::OutOfRangeError(
          StrCat("the number ", Quoted(text), " is beyond the range of 1.7e20"));
    case ScaledParse::kOk:
    case ScaledParse::kNotANumber:
      break;
  }
  return absl::InvalidArgumentError(
      StrCat("not a plain decimal number such as \"-12.5\": ", Quoted(text)));
}

}  // namespace

absl::StatusOr<Decimal> Decimal::Parse(std::string_view text) {
  namespace internal = scaled_parse_internal;
  const char* p = text.data();
  const char* const end = p + text.size();
  bool is_negative = false;
  if (p != end && (*p == '-' || *p == '+')) {
    is_negative = *p == '-';
    ++p;
  }
  Uint128 magnitude = 0;
  int missing_decimals = 0;
  ScaledParse result = ScaledParse::kOk;
  if (end - p <= internal::kSafeLength) {
    uint64_t short_magnitude = 0;
    result =
        internal::ReadDigits<false>(p, end, kFractionDigits, short_magnitude, missing_decimals);
    magnitude = short_magnitude;
  } else {
    result = internal::ReadDigits<true>(p, end, kFractionDigits, magnitude, missing_decimals);
  }
  if (result != ScaledParse::kOk) {
    return ParseError(result, text);
  }
  const Uint128 power = internal::kPowersOfTen[static_cast<size_t>(missing_decimals)];
  if (magnitude > kMagnitudeMax / power) {
    return ParseError(ScaledParse::kTooLarge, text);
  }
  return Decimal(WithSign(magnitude * power, is_negative));
}

absl::StatusOr<int64_t> Decimal::ToScaled(int decimals) const {
  CHECK(decimals >= 0 && decimals <= kFractionDigits);
  const Int128 power = PowerOfTen(kFractionDigits - decimals);
  if (units_ % power != 0) {
    return absl::InvalidArgumentError(StrCat(ToString(), " is finer than ", decimals, " decimals"));
  }
  const Int128 scaled = units_ / power;
  if (scaled > std::numeric_limits<int64_t>::max() ||
      scaled < std::numeric_limits<int64_t>::min()) {
    return absl::OutOfRangeError(
        StrCat(ToString(), " at ", decimals, " decimals does not fit into 64 bits"));
  }
  return static_cast<int64_t>(scaled);
}

int Decimal::decimals() const {
  return ShortestFraction(Low(MagnitudeOf(units_) % kOne)).count;
}

std::string Decimal::ToString() const {
  FormatBuffer buffer;
  return std::string(Format(units_, std::nullopt, buffer));
}

void Decimal::AppendTo(std::string& out) const {
  FormatBuffer buffer;
  out.append(Format(units_, std::nullopt, buffer));
}

std::string Decimal::ToFixed(int decimals) const {
  CHECK(decimals >= 0 && decimals <= kFractionDigits);
  CHECK(units_ % PowerOfTen(kFractionDigits - decimals) == 0);
  FormatBuffer buffer;
  return std::string(Format(units_, decimals, buffer));
}

double Decimal::ToDouble() const {
  return static_cast<double>(units_) / 1e18;
}

Decimal Decimal::RoundToMultiple(Decimal step, Rounding rounding) const {
  CHECK(step.units_ > 0);
  const bool is_negative = units_ < 0;
  const Uint128 magnitude = MagnitudeOf(units_);
  const Uint128 divisor = MagnitudeOf(step.units_);
  const Quotient quotient = DivideOnce(magnitude, divisor);
  Uint128 rounded = magnitude - quotient.remainder;
  if (RoundsAwayFromZero(quotient, divisor, is_negative, rounding) &&
      divisor <= kMagnitudeMax - rounded) {
    rounded += divisor;
  }
  return Decimal(WithSign(rounded, is_negative));
}

absl::StatusOr<Decimal> CheckedAdd(Decimal a, Decimal b) {
  Int128 sum = 0;
  if (__builtin_add_overflow(a.units(), b.units(), &sum) || sum == kLowestInt128) {
    return absl::OutOfRangeError(StrCat("the sum of ", a, " and ", b, " is beyond 1.7e20"));
  }
  return Decimal::FromUnits(sum);
}

absl::StatusOr<Decimal> Multiply(Decimal a, Decimal b, Rounding rounding) {
  const std::optional<Int128> units =
      MultiplyThenDivide(a.units(), b.units(), Decimal::kOne, rounding);
  if (!units.has_value()) {
    return absl::OutOfRangeError(StrCat("the product of ", a, " and ", b, " is beyond 1.7e20"));
  }
  return Decimal::FromUnits(*units);
}

absl::StatusOr<Decimal> Divide(Decimal a, Decimal b, Rounding rounding) {
  if (b.is_zero()) {
    return absl::OutOfRangeError(StrCat("division of ", a, " by zero"));
  }
  const std::optional<Int128> units =
      MultiplyThenDivide(a.units(), Decimal::kOne, b.units(), rounding);
  if (!units.has_value()) {
    return absl::OutOfRangeError(StrCat("the quotient of ", a, " and ", b, " is beyond 1.7e20"));
  }
  return Decimal::FromUnits(*units);
}

std::ostream& operator<<(std::ostream& out, Decimal value) {
  return out << value.ToString();
}

}  // namespace colibri
