// Enumerators and their words, for the ToString and Parse functions of core.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/types/span.h"

#include "core/strings.h"

namespace colibri {

// The enumerators are the indices of their words.
template <typename Enum>
std::string_view Word(absl::Span<const std::string_view> words, Enum value) {
  const auto index = static_cast<size_t>(value);
  return index < words.size() ? words[index] : "unknown";
}

// InvalidArgument with the known words.
template <typename Enum>
absl::StatusOr<Enum> ParseWord(std::string_view what,
                               absl::Span<const std::string_view> words,
                               std::string_view text) {
  std::string known;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == text) {
      return static_cast<Enum>(i);
    }
    known += i == 0 ? "" : i + 1 == words.size() ? " or " : ", ";
    known += words[i];
  }
  return absl::InvalidArgumentError(StrCat(
      "unknown ", what, " \"", absl::CHexEscape(Abs(text.substr(0, 64))), "\": write ", known));
}

}  // namespace colibri
