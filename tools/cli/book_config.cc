#include "tools/cli/book_config.h"

#include <algorithm>
#include <optional>

#include "core/strings.h"

namespace colibri::cli {

std::map<TradingPair, BookKind> ReadBookKinds(ConfigSection& exchange,
                                              const std::vector<TradingPair>& pairs) {
  std::map<TradingPair, BookKind> kinds;
  std::optional<ConfigSection> section = exchange.Section("books");
  if (!section.has_value()) {
    return kinds;
  }
  for (const auto& [text, word] : section->ReadAll()) {
    const auto pair = std::find_if(pairs.begin(), pairs.end(), [&](const TradingPair& known) {
      return known.ToString() == text;
    });
    const absl::StatusOr<BookKind> kind = ParseBookKind(word);
    if (pair == pairs.end()) {
      section->Tell(text, "is not one of exchange.pairs");
    } else if (!kind.ok()) {
      section->Tell(text,
                    StrCat("is \"",
                           word,
                           "\": write hot (faster, for half a megabyte), plain, or auto (hot once "
                           "2,000 levels change a second)"));
    } else {
      kinds[*pair] = *kind;
    }
  }
  return kinds;
}

}  // namespace colibri::cli
