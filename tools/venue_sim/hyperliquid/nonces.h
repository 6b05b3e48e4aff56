// The nonces that each signer has used: the 100 highest.
//
//   std::optional<std::string> refused = nonces.Use(signer, nonce, now_ms);
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "tools/venue_sim/hyperliquid/common.h"

namespace colibri::venue_sim::hyperliquid {

class Nonces {
 public:
  static constexpr size_t kKept = 100;

  // Why it is refused; nothing when it is good, and used now.
  std::optional<std::string> Use(const Address& signer, uint64_t nonce, int64_t now_ms);

 private:
  std::map<Address, std::set<uint64_t>> used_;
};

}  // namespace colibri::venue_sim::hyperliquid
