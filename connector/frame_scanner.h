// A cursor over one hot frame: reads exactly what the venue writes today, in one pass, straight to
// scaled integers; whatever else it meets makes it say no, and the caller parses the frame again
// with the general parser.
//
//   FrameScanner scan(frame);                        // frame ends with '}'
//   scan.Literal("{\"E\":") && scan.Integer(time);
//
// The closing brace is a sentinel: every loop stops at a character that is not what it looks for,
// so reading needs no bounds check at each byte. Nothing past the frame is read.
// What is accepted here is valid JSON with the same meaning; what is refused may be too.
// Allocates only what its vectors lack in capacity.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/book_message.h"
#include "core/check.h"

namespace colibri {

static_assert(std::endian::native == std::endian::little, "digits are read as little-endian words");

class FrameScanner {
 public:
  // CHECKs that the frame ends with '}'.
  explicit FrameScanner(std::string_view frame)
      : p_(frame.data()), end_(frame.data() + frame.size()) {
    CHECK(!frame.empty() && frame.back() == '}');
  }

  char peek() const { return *p_; }
  // Of the next byte but `offset`; '}' beyond the end.
  char peek(ptrdiff_t offset) const { return end_ - p_ > offset ? p_[offset] : '}'; }
  const char* position() const { return p_; }

  // Each of these consumes what it matches, and says whether it did. After a refusal the position
  // is of no use.
  bool Literal(std::string_view literal) {
    if (static_cast<size_t>(end_ - p_) < literal.size() ||
        std::memcmp(p_, literal.data(), literal.size()) != 0) {
      return false;
    }
    p_ += literal.size();
    return true;
  }
  // Not for '}'.
  bool Character(char c) {
    if (*p_ != c) {
      return false;
    }
    ++p_;
    return true;
  }
  // The rest of the frame, exactly.
  bool Ends(std::string_view rest) const {
    return static_cast<size_t>(end_ - p_) == rest.size() &&
           std::memcmp(p_, rest.data(), rest.size()) == 0;
  }
  // Moves on; `count` bytes were seen to be there, and none of them is the last.
  void Skip(ptrdiff_t count) { p_ += count; }

  // A number without sign, point, exponent or leading zero, of up to 18 digits.
  bool Integer(int64_t& out) {
    const char* const begin = p_;
    uint64_t value = 0;
    uint64_t word = Load(p_);
    int digits = DigitCount(word);
    if (digits == 8) {
      value = EightDigits(word ^ kZeros);
      p_ += 8;
      word = Load(p_);
      digits = DigitCount(word);
      if (digits == 8) {
        return IntegerTail(begin, value * 100'000'000 + EightDigits(word ^ kZeros), out);
      }
    }
    if (digits > 0) {
      value = value * kPowersOfTen[digits] + EightDigits((word ^ kZeros) << (64 - 8 * digits));
      p_ += digits;
    }
    out = static_cast<int64_t>(value);
    return p_ != begin && (*begin != '0' || p_ - begin == 1);
  }

  // What Integer takes, and cheaper where it is short: its value is not wanted.
  bool SkipInteger() {
    const char* const begin = p_;
    while (*p_ >= '0' && *p_ <= '9') {
      ++p_;
    }
    return p_ != begin && (*begin != '0' || p_ - begin == 1) && p_ - begin <= kIntegerDigitsMax;
  }

  // A decimal and its closing quote, at `decimals` 0..8; the opening quote is consumed already. At
  // most 15 digits before the point and 8 after it, in 63 bits.
  bool Scaled(int decimals, int64_t& out) {
    const uint64_t power = kPowersOfTen[static_cast<size_t>(decimals)];
    const uint64_t word = Load(p_);
    const int digits = DigitCount(word);
    int64_t value = 0;
    if (digits == 8) [[unlikely]] {
      if (!LongInteger(EightDigits(word ^ kZeros), power, value)) {
        return false;
      }
    } else if (digits == 0) {
      return false;
    } else {
      value = static_cast<int64_t>(EightDigits((word ^ kZeros) << (64 - 8 * digits)) * power);
      p_ += digits;
    }
    if (*p_ == '.') {
      ++p_;
      const uint64_t fraction_word = Load(p_);
      // Digits as bytes, first digit lowest, zeros behind the last.
      uint64_t fraction = fraction_word ^ kZeros;
      const uint64_t no_digits = NoDigits(fraction_word);
      // Spot always writes eight: as a branch, so that the next number need not wait for a count.
      if (no_digits == 0) [[likely]] {
        p_ += 8;
      } else {
        const int fraction_digits = std::countr_zero(no_digits) / 8;
        if (fraction_digits == 0) {
          return false;
        }
        fraction &= ~uint64_t{0} >> (64 - 8 * fraction_digits);
        p_ += fraction_digits;
      }
      // In two shifts each, because a shift by 64 is undefined.
      if ((fraction >> (4 * decimals) >> (4 * decimals)) != 0) {
        return false;  // finer than the scale
      }
      value += static_cast<int64_t>(
          EightDigits(fraction << (4 * (8 - decimals)) << (4 * (8 - decimals))));
    }
    out = value;
    return Character('"');
  }

  // [["61837.63000000","1.50000000"],...]; a scale beyond 8 decimals is refused.
  bool Levels(BookScale scale, std::vector<BookLevel>& levels) {
    levels.clear();
    if (!Character('[')) {
      return false;
    }
    if (Character(']')) {
      return true;
    }
    BookLevel level;
    while (Character('[') && Character('"') && Scaled(scale.price_decimals, level.price) &&
           Character(',') && Character('"') && Scaled(scale.quantity_decimals, level.quantity) &&
           Character(']') && level.price != 0) {
      levels.push_back(level);
      if (Character(']')) {
        return true;
      }
      if (!Character(',')) {
        return false;
      }
    }
    return false;
  }

  // A text of printable ASCII without escapes, in quotes.
  bool Text(std::string_view& out) {
    if (!Character('"')) {
      return false;
    }
    const char* const begin = p_;
    while (*p_ >= ' ' && *p_ < '\x7f' && *p_ != '"' && *p_ != '\\') {
      if (p_ + 1 == end_) {
        return false;
      }
      ++p_;
    }
    out = std::string_view(begin, static_cast<size_t>(p_ - begin));
    return Character('"');
  }

  bool Flag(bool& out) {
    out = *p_ == 't';
    return Literal(out ? "true" : "false");
  }

  // A text, an integer, true, false or null.
  bool SkipScalar() {
    std::string_view text;
    int64_t number = 0;
    bool flag = false;
    switch (*p_) {
      case '"':
        return Text(text);
      case 'n':
        return Literal("null");
      case 't':
      case 'f':
        return Flag(flag);
      case '-':
        ++p_;
        return Integer(number);
      default:
        return Integer(number);
    }
  }

 private:
  static constexpr uint64_t kZeros = 0x3030303030303030;  // "00000000"
  static constexpr ptrdiff_t kIntegerDigitsMax = 18;
  static constexpr uint64_t kPowersOfTen[9] = {
      1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};

  // Eight bytes, zeros beyond the end.
  uint64_t Load(const char* p) const {
    uint64_t word = 0;
    const ptrdiff_t left = end_ - p;
    if (left >= 8) [[likely]] {
      std::memcpy(&word, p, 8);
    } else {
      std::memcpy(&word, p, static_cast<size_t>(left));
    }
    return word;
  }

  // The high bit of each of eight characters that is no digit. A carry out of a byte only reaches
  // characters after it, and only the first that is no digit counts.
  static uint64_t NoDigits(uint64_t word) {
    const uint64_t values = word ^ kZeros;
    return (values | (values + 0x7676767676767676)) & 0x8080808080808080;
  }
  // Leading digits among eight characters.
  static int DigitCount(uint64_t word) {
    const uint64_t no_digits = NoDigits(word);
    return no_digits == 0 ? 8 : std::countr_zero(no_digits) / 8;
  }

  // Eight digit values as bytes, first digit lowest, to their number.
  static uint64_t EightDigits(uint64_t values) {
    constexpr uint64_t kMask = 0x000000FF000000FF;
    values = values * 10 + (values >> 8);
    return ((values & kMask) * 0x000F424000000064 +
            ((values >> 16) & kMask) * 0x0000271000000001) >>
           32;
  }

  // The rest of an integer part whose first eight digits are `high`, times `power`. False where a
  // fraction added to it might leave 63 bits.
  bool LongInteger(uint64_t high, uint64_t power, int64_t& out) {
    constexpr int64_t kLargest = INT64_MAX - 100'000'000;
    p_ += 8;
    const uint64_t word = Load(p_);
    const int digits = DigitCount(word);
    if (digits == 8) {
      return false;
    }
    uint64_t value = high;
    if (digits > 0) {
      value = value * kPowersOfTen[digits] + EightDigits((word ^ kZeros) << (64 - 8 * digits));
      p_ += digits;
    }
    return !__builtin_mul_overflow(value, power, &out) && out <= kLargest;
  }

  // Up to two digits after sixteen.
  bool IntegerTail(const char* begin, uint64_t value, int64_t& out) {
    p_ += 8;
    for (int i = 0; i < 2 && *p_ >= '0' && *p_ <= '9'; ++i, ++p_) {
      value = value * 10 + static_cast<uint64_t>(*p_ - '0');
    }
    out = static_cast<int64_t>(value);
    return *begin != '0' && !(*p_ >= '0' && *p_ <= '9');
  }

  const char* p_;
  const char* end_;
};

}  // namespace colibri
