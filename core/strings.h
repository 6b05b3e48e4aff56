// Bridges between std::string_view, which this project's API uses, and Abseil built with its own
// string_view.
//
//   return absl::NotFoundError(StrCat("no pair ", name));   // name is a std::string_view
//   absl::SimpleAtoi(Abs(text), &value);
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace colibri {

// The same bytes as Abseil's type. With an Abseil whose type is std's, this is the identity.
inline absl::string_view Abs(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

// The same bytes as std's type.
inline std::string_view Std(absl::string_view text) {
  return std::string_view(text.data(), text.size());
}

namespace strings_internal {
template <typename T>
decltype(auto) ToAlphaNum(const T& value) {
  if constexpr (std::same_as<T, std::string_view>) {
    return Abs(value);
  } else if constexpr (requires {
                         { value.ToString() } -> std::convertible_to<std::string>;
                       }) {
    return value.ToString();
  } else {
    return (value);
  }
}
}  // namespace strings_internal

// absl::StrCat that also takes std::string_view and anything with a ToString().
template <typename... Args>
std::string StrCat(const Args&... args) {
  return absl::StrCat(strings_internal::ToAlphaNum(args)...);
}

// Hash that lets maps keyed by std::string be searched with a std::string_view, without a copy.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return absl::Hash<std::string_view>{}(text); }
};

struct StringEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return a == b; }
};

template <typename Value>
using StringMap = absl::flat_hash_map<std::string, Value, StringHash, StringEqual>;
using StringSet = absl::flat_hash_set<std::string, StringHash, StringEqual>;

}  // namespace colibri
