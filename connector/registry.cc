#include "connector/registry.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/check.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr size_t kNamesTold = 3;

char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Insertions, deletions and substitutions (Levenshtein), letters without regard to case.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t above = row[j + 1];
      const size_t substituted = diagonal + (ToLower(a[i]) == ToLower(b[j]) ? 0 : 1);
      row[j + 1] = std::min({above + 1, row[j] + 1, substituted});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

void Registry::Add(VenueEntry entry) {
  for (const auto& known : entries_) {
    CHECK(known->spec.name != entry.spec.name);
  }
  entries_.push_back(std::make_unique<VenueEntry>(std::move(entry)));
}

absl::StatusOr<const VenueEntry*> Registry::Find(std::string_view name) const {
  std::vector<std::string> known;
  for (const auto& entry : entries_) {
    if (entry->spec.name == name) {
      return entry.get();
    }
    known.push_back(entry->spec.name);
  }
  std::string message = StrCat("unknown venue \"", name, "\"");
  const std::vector<std::string> nearest = NearestNames(name, known);
  for (size_t i = 0; i < nearest.size(); ++i) {
    message += StrCat(i == 0 ? "; did you mean " : ", ", nearest[i]);
  }
  return absl::NotFoundError(nearest.empty() ? message : message + "?");
}

std::vector<std::string> NearestNames(std::string_view word,
                                      const std::vector<std::string>& known) {
  std::vector<std::pair<size_t, size_t>> ranked;  // distance, then place among the known
  ranked.reserve(known.size());
  for (size_t i = 0; i < known.size(); ++i) {
    ranked.emplace_back(EditDistance(word, known[i]), i);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> nearest;
  for (size_t i = 0; i < ranked.size() && i < kNamesTold; ++i) {
    nearest.push_back(known[ranked[i].second]);
  }
  return nearest;
}

}  // namespace colibri
