#include "connector/json_members.h"

#include <cstddef>

namespace colibri {
namespace {

constexpr size_t kNone = std::string_view::npos;

size_t SkipBlanks(std::string_view text, size_t at) {
  const size_t next = text.find_first_not_of(" \t\r\n", at);
  return next == kNone ? text.size() : next;
}

// Behind the quote that ends the text which begins at `at`.
size_t EndOfText(std::string_view text, size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return kNone;
}

// Behind the bracket that ends the object or array which begins at `at`. Brackets are counted: of
// which kind they are, is for whoever reads the content.
size_t EndOfGroup(std::string_view text, size_t at) {
  size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = EndOfText(text, at);
      if (at == kNone) {
        return kNone;
      }
      continue;
    }
    ++at;
    if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return at;
    }
  }
  return kNone;
}

// Of a number, true, false or null: where something else begins.
size_t EndOfWord(std::string_view text, size_t at) {
  const size_t begin = at;
  for (; at < text.size(); ++at) {
    switch (text[at]) {
      case ',':
      case '}':
      case ']':
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        return at == begin ? kNone : at;
      default:
        break;
    }
  }
  return kNone;
}

size_t EndOfValue(std::string_view text, size_t at) {
  if (at >= text.size()) {
    return kNone;
  }
  switch (text[at]) {
    case '"':
      return EndOfText(text, at);
    case '{':
    case '[':
      return EndOfGroup(text, at);
    default:
      return EndOfWord(text, at);
  }
}

// `read_one` begins at an entry and says where it ends.
bool ForEachIn(std::string_view text,
               char open,
               char close,
               absl::FunctionRef<size_t(size_t at)> read_one) {
  size_t at = SkipBlanks(text, 0);
  if (at >= text.size() || text[at] != open) {
    return false;
  }
  at = SkipBlanks(text, at + 1);
  bool is_first = true;
  while (at < text.size() && text[at] != close) {
    if (!is_first && text[at] != ',') {
      return false;
    }
    at = is_first ? at : SkipBlanks(text, at + 1);
    is_first = false;
    const size_t end = at < text.size() ? read_one(at) : kNone;
    if (end == kNone) {
      return false;
    }
    at = SkipBlanks(text, end);
  }
  return at < text.size() && SkipBlanks(text, at + 1) == text.size();
}

}  // namespace

bool ForEachMember(std::string_view object,
                   absl::FunctionRef<void(std::string_view, std::string_view)> each) {
  return ForEachIn(object, '{', '}', [&](size_t at) {
    if (object[at] != '"') {
      return kNone;
    }
    const size_t name_end = EndOfText(object, at);
    const size_t colon = name_end == kNone ? kNone : SkipBlanks(object, name_end);
    if (colon >= object.size() || object[colon] != ':') {
      return kNone;
    }
    const size_t value = SkipBlanks(object, colon + 1);
    const size_t end = EndOfValue(object, value);
    if (end != kNone) {
      each(object.substr(at + 1, name_end - at - 2), object.substr(value, end - value));
    }
    return end;
  });
}

bool ForEachElement(std::string_view array, absl::FunctionRef<void(std::string_view)> each) {
  return ForEachIn(array, '[', ']', [&](size_t at) {
    const size_t end = EndOfValue(array, at);
    if (end != kNone) {
      each(array.substr(at, end - at));
    }
    return end;
  });
}

std::string_view RawText(std::string_view value) {
  return value.size() >= 2 && value.front() == '"' ? value.substr(1, value.size() - 2)
                                                   : std::string_view();
}

}  // namespace colibri
