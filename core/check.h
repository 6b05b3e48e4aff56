// CHECK(condition): always on, for a programmer's mistake; never for what a venue or a user can
// send.
//
//   CHECK(index < levels.size());
//
// A failed check prints file, line and condition to stderr, and aborts.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace colibri {

[[noreturn]] inline void CheckFailed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace colibri

#define CHECK(condition)                             \
  (__builtin_expect(static_cast<bool>(condition), 1) \
       ? static_cast<void>(0)                        \
       : ::colibri::CheckFailed(__FILE__, __LINE__, #condition))
