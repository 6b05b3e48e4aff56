// Decimal text straight into a 64-bit integer at a scale: how venue parsers read the levels of a
// book.
//
//   int64_t price;
//   ParseScaled("61837.63000000", 2, price);   // kOk, price == 6183763
//   ParseScaled("61837.635", 2, price);        // kTooFine: the instrument's scale does not hold it
//
// Text: an optional sign, at least one digit, then optionally a point and at least one digit. No
// exponents, no blanks. Zeros beyond the scale are accepted. `out` is written on kOk only.
// Allocates nothing. When several errors apply, kNotANumber comes before kTooFine before kTooLarge.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

#include "core/check.h"

namespace colibri {

enum class [[nodiscard]] ScaledParse : uint8_t {
  kOk,
  kNotANumber,
  kTooFine,   // a digit other than zero beyond the scale
  kTooLarge,  // beyond the integer's range
};

constexpr std::string_view ToString(ScaledParse result) {
  switch (result) {
    case ScaledParse::kOk:
      return "ok";
    case ScaledParse::kNotANumber:
      return "not a plain decimal number";
    case ScaledParse::kTooFine:
      return "finer than the scale";
    case ScaledParse::kTooLarge:
      return "too large";
  }
  return "unknown";
}

// For Decimal and for ParseScaled; not for others.
namespace scaled_parse_internal {

inline constexpr std::array<uint64_t, 20> kPowersOfTen = [] {
  std::array<uint64_t, 20> powers{};
  uint64_t power = 1;
  for (uint64_t& entry : powers) {
    entry = power;
    power *= 10;  // the last product is not used, and wraps
  }
  return powers;
}();

// 19 digits fit into 64 bits; a longer text is read with a check at each digit.
inline constexpr ptrdiff_t kSafeLength = 19;

// The eight digits of a word whose lowest byte is the first and most significant: three
// multiplications in place of eight. The bytes are values, not characters.
constexpr uint64_t EightDigits(uint64_t digits) {
  constexpr uint64_t kPairs = 0x000000ff000000ff;
  digits = digits * 10 + (digits >> 8);
  return ((digits & kPairs) * 0x000f424000000064 +
          ((digits >> 16) & kPairs) * 0x0000271000000001) >>
         32;
}

// Whose lowest marked byte is the first that is no digit value; bytes above it may be marked
// wrongly.
constexpr uint64_t MarkOtherThanDigits(uint64_t values) {
  return ((values + 0x7676767676767676) | values) & 0x8080808080808080;
}

// Reads [p, end) in two steps of eight bytes where it looks like most numbers of a book: eight
// bytes or more, one to eight digits, a point, one to eight digits, nothing that matters beyond the
// scale. False for all others, right or wrong, with nothing written.
template <typename Magnitude>
inline bool ReadUsualDigits(
    const char* p, const char* end, int decimals, Magnitude& magnitude, int& missing_decimals) {
  constexpr uint64_t kZeros = 0x3030303030303030;
  if (std::endian::native != std::endian::little || end - p < 8) {
    return false;
  }
  uint64_t integer = 0;
  std::memcpy(&integer, p, 8);
  integer ^= kZeros;
  const uint64_t others = MarkOtherThanDigits(integer);
  if (others == 0) {
    return false;
  }
  const int integer_length = std::countr_zero(others) / 8;
  const ptrdiff_t fraction_length = end - p - integer_length - 1;
  if (integer_length == 0 || p[integer_length] != '.' || fraction_length < 1 ||
      fraction_length > 8) {
    return false;
  }
  uint64_t fraction = 0;
  std::memcpy(&fraction, end - 8, 8);
  fraction = (fraction ^ kZeros) >> (64 - 8 * fraction_length);
  const int kept = fraction_length < decimals ? static_cast<int>(fraction_length) : decimals;
  if (MarkOtherThanDigits(fraction) != 0 || (kept < 8 && fraction >> (8 * kept) != 0)) {
    return false;
  }
  magnitude =
      EightDigits(integer << (64 - 8 * integer_length)) * kPowersOfTen[static_cast<size_t>(kept)];
  magnitude += kept == 0 ? 0 : EightDigits(fraction << (64 - 8 * kept));
  missing_decimals = decimals - kept;
  return true;
}

// Appends a digit. With kIsChecked, false when the magnitude would wrap.
template <bool kIsChecked, typename Magnitude>
inline bool AppendDigit(Magnitude& magnitude, unsigned digit) {
  if constexpr (kIsChecked) {
    constexpr Magnitude kLimit = (~Magnitude{0} - 9) / 10;
    if (magnitude > kLimit) {
      return false;
    }
  }
  magnitude = magnitude * 10 + digit;
  return true;
}

// Reads unsigned text [p, end) up to `decimals` decimals. The value is magnitude *
// 10^missing_decimals units of 10^-decimals.
template <bool kIsChecked, typename Magnitude>
inline ScaledParse ReadDigits(
    const char* p, const char* end, int decimals, Magnitude& magnitude, int& missing_decimals) {
  if (ReadUsualDigits(p, end, decimals, magnitude, missing_decimals)) {
    return ScaledParse::kOk;
  }
  bool is_too_large = false;
  const char* const integer_begin = p;
  for (; p != end; ++p) {
    const unsigned digit = static_cast<unsigned char>(*p) - unsigned{'0'};
    if (digit > 9) {
      break;
    }
    is_too_large |= !AppendDigit<kIsChecked>(magnitude, digit);
  }
  if (p == integer_begin) {
    return ScaledParse::kNotANumber;
  }
  missing_decimals = decimals;
  if (p == end) {
    return is_too_large ? ScaledParse::kTooLarge : ScaledParse::kOk;
  }
  if (*p != '.' || ++p == end) {
    return ScaledParse::kNotANumber;
  }
  const char* const scale_end = end - p > decimals ? p + decimals : end;
  missing_decimals -= static_cast<int>(scale_end - p);
  for (; p != scale_end; ++p) {
    const unsigned digit = static_cast<unsigned char>(*p) - unsigned{'0'};
    if (digit > 9) {
      return ScaledParse::kNotANumber;
    }
    is_too_large |= !AppendDigit<kIsChecked>(magnitude, digit);
  }
  unsigned beyond_scale = 0;
  for (; p != end; ++p) {
    const unsigned digit = static_cast<unsigned char>(*p) - unsigned{'0'};
    if (digit > 9) {
      return ScaledParse::kNotANumber;
    }
    beyond_scale |= digit;
  }
  if (beyond_scale != 0) {
    return ScaledParse::kTooFine;
  }
  return is_too_large ? ScaledParse::kTooLarge : ScaledParse::kOk;
}

}  // namespace scaled_parse_internal

// Decimals: 0..18 (CHECKed).
inline ScaledParse ParseScaled(std::string_view text, int decimals, int64_t& out) {
  namespace internal = scaled_parse_internal;
  CHECK(decimals >= 0 && decimals <= 18);
  const char* p = text.data();
  const char* const end = p + text.size();
  bool is_negative = false;
  if (p != end && (*p == '-' || *p == '+')) {
    is_negative = *p == '-';
    ++p;
  }
  uint64_t magnitude = 0;
  int missing_decimals = 0;
  const ScaledParse result =
      end - p <= internal::kSafeLength
          ? internal::ReadDigits<false>(p, end, decimals, magnitude, missing_decimals)
          : internal::ReadDigits<true>(p, end, decimals, magnitude, missing_decimals);
  if (result != ScaledParse::kOk) {
    return result;
  }
  uint64_t scaled = 0;
  const uint64_t limit = uint64_t{std::numeric_limits<int64_t>::max()} + (is_negative ? 1 : 0);
  if (__builtin_mul_overflow(
          magnitude, internal::kPowersOfTen[static_cast<size_t>(missing_decimals)], &scaled) ||
      scaled > limit) {
    return ScaledParse::kTooLarge;
  }
  out = static_cast<int64_t>(is_negative ? 0 - scaled : scaled);
  return ScaledParse::kOk;
}

}  // namespace colibri
