// Decimal text read character by character into the text of a whole number: the oracle of number
// parsers.
//
//   NaiveDecimalText read = ReadNaively("-61837.63000", 2, max, max);   // kOk, "-6183763"
#pragma once

#include <string>
#include <string_view>

#include "core/scaled_parse.h"
#include "tests/support/naive_integer.h"

namespace colibri {

struct NaiveDecimalText {
  ScaledParse result = ScaledParse::kOk;
  std::string units;  // of 10^-decimals; empty unless kOk
};

// `max` is the largest magnitude, and `max_negative` that of negative numbers.
inline NaiveDecimalText ReadNaively(std::string_view text,
                                    int decimals,
                                    const NaiveInteger& max,
                                    const NaiveInteger& max_negative) {
  const bool has_sign = !text.empty() && (text[0] == '-' || text[0] == '+');
  const bool is_negative = has_sign && text[0] == '-';
  const std::string_view number = text.substr(has_sign ? 1 : 0);
  const size_t point = number.find('.');
  const std::string_view integer = number.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : number.substr(point + 1);
  const auto is_digits = [](std::string_view digits) {
    return digits.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (integer.empty() || !is_digits(integer) || !is_digits(fraction) ||
      (point != std::string_view::npos && fraction.empty())) {
    return {ScaledParse::kNotANumber, ""};
  }
  std::string kept(fraction);
  kept.resize(static_cast<size_t>(decimals), '0');
  if (fraction.size() > kept.size() &&
      fraction.substr(kept.size()).find_first_not_of('0') != std::string_view::npos) {
    return {ScaledParse::kTooFine, ""};
  }
  const NaiveInteger magnitude(std::string(integer) + kept);
  if (magnitude > (is_negative ? max_negative : max)) {
    return {ScaledParse::kTooLarge, ""};
  }
  return {ScaledParse::kOk,
          magnitude.is_zero() ? "0" : (is_negative ? "-" : "") + magnitude.digits()};
}

}  // namespace colibri
