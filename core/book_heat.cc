#include "core/book_heat.h"

#include "core/words.h"

namespace colibri {
namespace {

constexpr std::string_view kBookKindWords[] = {"auto", "plain", "hot"};

}  // namespace

std::string_view ToString(BookKind kind) {
  return Word(kBookKindWords, kind);
}

absl::StatusOr<BookKind> ParseBookKind(std::string_view text) {
  return ParseWord<BookKind>("kind of book", kBookKindWords, text);
}

}  // namespace colibri
