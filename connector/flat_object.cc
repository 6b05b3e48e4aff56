#include "connector/flat_object.h"

#include <cstdint>

namespace colibri {
namespace {

// What stands in a text as it is.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> table{};
  for (int c = ' '; c < 0x7f; ++c) {
    table[static_cast<size_t>(c)] = c != '"' && c != '\\';
  }
  return table;
}();

// Of numbers: every one of them fits into 64 bits.
constexpr ptrdiff_t kNumberSizeMax = 18;

class Cursor {
 public:
  explicit Cursor(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  bool is_at_end() const { return at_ == end_; }

  void SkipBlanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) {
      ++at_;
    }
  }
  bool Skip(char c) {
    const bool is_there = at_ != end_ && *at_ == c;
    at_ += is_there ? 1 : 0;
    return is_there;
  }
  bool Skip(std::string_view word) {
    const bool is_there = std::string_view(at_, static_cast<size_t>(end_ - at_)).starts_with(word);
    at_ += is_there ? word.size() : 0;
    return is_there;
  }

  // Without its quotes.
  bool ReadText(std::string_view& text) {
    if (!Skip('"')) {
      return false;
    }
    const char* const begin = at_;
    while (at_ != end_ && kPlain[static_cast<uint8_t>(*at_)]) {
      ++at_;
    }
    text = {begin, static_cast<size_t>(at_ - begin)};
    return Skip('"');
  }

  // As it is written.
  bool ReadValue(std::string_view& value) {
    const char* const begin = at_;
    const bool is_plain = SkipValue();
    value = {begin, static_cast<size_t>(at_ - begin)};
    return is_plain;
  }

 private:
  // By its first character alone: what fails has moved on.
  bool SkipValue() {
    if (is_at_end()) {
      return false;
    }
    std::string_view text;
    switch (*at_) {
      case '"':
        return ReadText(text);
      case 't':
        return Skip("true");
      case 'f':
        return Skip("false");
      case 'n':
        return Skip("null");
      case '[':
        return SkipEmptyArray();
      default:
        return SkipNumber();
    }
  }
  bool SkipDigits() {
    const char* const begin = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') {
      ++at_;
    }
    return at_ != begin;
  }
  bool SkipNumber() {
    const char* const begin = at_;
    Skip('-');
    if (!Skip('0') && !SkipDigits()) {
      return false;
    }
    if (Skip('.') && !SkipDigits()) {
      return false;
    }
    return at_ - begin <= kNumberSizeMax;
  }
  bool SkipEmptyArray() {
    Skip('[');
    SkipBlanks();
    return Skip(']');
  }

  const char* at_;
  const char* end_;
};

}  // namespace

bool FlatObject::Parse(std::string_view text) {
  if (ParseMembers(text)) {
    return true;
  }
  size_ = 0;
  return false;
}

bool FlatObject::ParseMembers(std::string_view text) {
  size_ = 0;
  Cursor cursor(text);
  cursor.SkipBlanks();
  if (!cursor.Skip('{')) {
    return false;
  }
  cursor.SkipBlanks();
  bool is_over = cursor.Skip('}');
  while (!is_over) {
    if (size_ == kMembersMax) {
      return false;
    }
    Member& member = members_[size_++];
    cursor.SkipBlanks();
    if (!cursor.ReadText(member.name)) {
      return false;
    }
    cursor.SkipBlanks();
    if (!cursor.Skip(':')) {
      return false;
    }
    cursor.SkipBlanks();
    if (!cursor.ReadValue(member.value)) {
      return false;
    }
    cursor.SkipBlanks();
    is_over = cursor.Skip('}');
    if (!is_over && !cursor.Skip(',')) {
      return false;
    }
  }
  cursor.SkipBlanks();
  return cursor.is_at_end();
}

}  // namespace colibri
