// Which token a name means. Anybody may list a token with the name of another: only the number of a
// token is its own, and pairs and balances are called by names.
//
//   TokenNames names;
//   names.Learn({{0, "USDC"}, {150, "HYPE"}, {201, "SAME"}, {202, "SAME"}});
//   names.NameOf(150);            // "HYPE"
//   names.NameOf(201);            // nullopt: nobody can say which of them "SAME" is
//   names.Asset("SAME", 202);     // "SAME@202"
//
// A name keeps its token while the process lives: a token that is listed later with the same name
// gets none, and what is traded stays what it was. Thread: the loop's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

#include "core/strings.h"

namespace colibri::hyperliquid {

class TokenNames final {
 public:
  // All tokens of the venue, by number.
  void Learn(const std::vector<std::pair<int64_t, std::string_view>>& tokens);

  // nullopt for a token that is not known, or whose name another one has.
  std::optional<std::string_view> NameOf(int64_t token) const;
  // What a balance of the token, called `coin` by the venue, is called here: a plain name is always
  // that of the token which pairs mean by it.
  std::string Asset(std::string_view coin, int64_t token) const;

 private:
  StringMap<int64_t> token_by_name_;
  absl::flat_hash_map<int64_t, std::string> name_by_token_;
};

}  // namespace colibri::hyperliquid
