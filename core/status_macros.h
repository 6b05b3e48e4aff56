// RETURN_IF_ERROR and ASSIGN_OR_RETURN, with upstream's names and shapes; this Abseil has none.
//
//   RETURN_IF_ERROR(book.Apply(diff));
//   ASSIGN_OR_RETURN(const Decimal price, Decimal::Parse(text));
//
// In a coroutine use CO_RETURN_IF_ERROR and CO_ASSIGN_OR_RETURN.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define COLIBRI_MACRO_CONCAT_INNER(a, b) a##b
#define COLIBRI_MACRO_CONCAT(a, b) COLIBRI_MACRO_CONCAT_INNER(a, b)

#define COLIBRI_RETURN_IF_ERROR_IMPL(keyword, ...)                           \
  do {                                                                       \
    if (absl::Status colibri_status = (__VA_ARGS__); !colibri_status.ok()) { \
      keyword colibri_status;                                                \
    }                                                                        \
  } while (false)

#define COLIBRI_ASSIGN_OR_RETURN_IMPL(keyword, statusor, lhs, ...) \
  auto statusor = (__VA_ARGS__);                                   \
  if (!statusor.ok()) {                                            \
    keyword std::move(statusor).status();                          \
  }                                                                \
  lhs = *std::move(statusor)

#define RETURN_IF_ERROR(...) COLIBRI_RETURN_IF_ERROR_IMPL(return, __VA_ARGS__)
#define CO_RETURN_IF_ERROR(...) COLIBRI_RETURN_IF_ERROR_IMPL(co_return, __VA_ARGS__)
#define ASSIGN_OR_RETURN(lhs, ...) \
  COLIBRI_ASSIGN_OR_RETURN_IMPL(   \
      return, COLIBRI_MACRO_CONCAT(status_or_, __LINE__), lhs, __VA_ARGS__)
#define CO_ASSIGN_OR_RETURN(lhs, ...) \
  COLIBRI_ASSIGN_OR_RETURN_IMPL(      \
      co_return, COLIBRI_MACRO_CONCAT(status_or_, __LINE__), lhs, __VA_ARGS__)
