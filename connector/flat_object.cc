#include "connector/flat_object.h"

#include "connector/json_members.h"

namespace colibri {
namespace {

// Of numbers: every one of them fits into 64 bits.
constexpr size_t kNumberSizeMax = 18;

// Printable ASCII without escapes. Without an early end, so that it looks at many characters at a
// time.
bool IsPlain(std::string_view text) {
  bool has_other = false;
  for (const char c : text) {
    has_other |= static_cast<signed char>(c) < ' ' || c == '\x7f' || c == '\\';
  }
  return !has_other;
}

size_t SkipDigits(std::string_view text, size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    ++at;
  }
  return at;
}

// 0, -12, 3.50: as JSON writes them, without an exponent.
bool IsShortNumber(std::string_view text) {
  const size_t whole = text.starts_with('-') ? 1 : 0;
  const size_t whole_end = SkipDigits(text, whole);
  if (whole_end == whole || (text[whole] == '0' && whole_end > whole + 1)) {
    return false;
  }
  if (whole_end == text.size()) {
    return text.size() <= kNumberSizeMax;
  }
  const size_t fraction = whole_end + 1;
  return text[whole_end] == '.' && fraction < text.size() &&
         SkipDigits(text, fraction) == text.size() && text.size() <= kNumberSizeMax;
}

// Where it ends is known, and that texts are plain.
bool IsPlainScalar(std::string_view value) {
  return value.starts_with('"') || IsShortNumber(value) || value == "true" || value == "false" ||
         value == "null";
}

// An object that Parse would take, without arrays.
bool IsPlainEntry(std::string_view text) {
  size_t members = 0;
  bool is_plain = true;
  const bool is_whole = ForEachMember(text, [&](std::string_view, std::string_view value) {
    is_plain = is_plain && ++members <= FlatObject::kMembersMax && IsPlainScalar(value);
  });
  return is_whole && is_plain;
}

bool IsPlainArray(std::string_view text) {
  bool is_plain = true;
  const bool is_whole = ForEachElement(
      text, [&](std::string_view entry) { is_plain = is_plain && IsPlainEntry(entry); });
  return is_whole && is_plain;
}

bool IsPlainValue(std::string_view value) {
  return value.starts_with('[') ? IsPlainArray(value) : IsPlainScalar(value);
}

}  // namespace

bool FlatObject::Parse(std::string_view text) {
  size_ = 0;
  bool is_flat = IsPlain(text);
  const bool is_whole = ForEachMember(text, [&](std::string_view name, std::string_view value) {
    is_flat = is_flat && size_ < kMembersMax && IsPlainValue(value);
    if (is_flat) {
      members_[size_++] = {.name = name, .value = value};
    }
  });
  if (!is_whole || !is_flat) {
    size_ = 0;
  }
  return is_whole && is_flat;
}

}  // namespace colibri
