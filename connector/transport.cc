#include "connector/transport.h"

#include "absl/strings/match.h"

#include "core/strings.h"

namespace colibri {

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(Abs(key), Abs(name))) {
      return value;
    }
  }
  return {};
}

}  // namespace colibri
