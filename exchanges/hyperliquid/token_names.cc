#include "exchanges/hyperliquid/token_names.h"

namespace colibri::hyperliquid {

void TokenNames::Learn(const std::vector<std::pair<int64_t, std::string_view>>& tokens) {
  StringMap<int> bearers;
  for (const auto& [token, name] : tokens) {
    ++bearers[name];
  }
  for (const auto& [token, name] : tokens) {
    if (bearers[name] == 1 && !token_by_name_.contains(name) && !name_by_token_.contains(token)) {
      token_by_name_.emplace(name, token);
      name_by_token_.emplace(token, name);
    }
  }
}

std::optional<std::string_view> TokenNames::NameOf(int64_t token) const {
  const auto found = name_by_token_.find(token);
  return found == name_by_token_.end() ? std::nullopt
                                       : std::optional<std::string_view>(found->second);
}

std::string TokenNames::Asset(std::string_view coin, int64_t token) const {
  return NameOf(token) == coin ? std::string(coin) : StrCat(coin, "@", token);
}

}  // namespace colibri::hyperliquid
