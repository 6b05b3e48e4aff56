#include "tools/venue_sim/hyperliquid/nonces.h"

#include "core/strings.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr int64_t kDayMs = 24 * 3600 * 1000;

}  // namespace

std::optional<std::string> Nonces::Use(const Address& signer, uint64_t nonce, int64_t now_ms) {
  const bool is_in_window = nonce < static_cast<uint64_t>(INT64_MAX) &&
                            static_cast<int64_t>(nonce) > now_ms - 2 * kDayMs &&
                            static_cast<int64_t>(nonce) < now_ms + kDayMs;
  if (!is_in_window) {
    return StrCat("Invalid nonce: ", nonce, " is outside of the window around ", now_ms);
  }
  std::set<uint64_t>& used = used_[signer];
  if (used.contains(nonce)) {
    return StrCat("Invalid nonce: duplicate nonce ", nonce);
  }
  if (used.size() >= kKept && nonce < *used.begin()) {
    return StrCat("Invalid nonce: nonce too low, ", nonce, " is below ", *used.begin());
  }
  used.insert(nonce);
  if (used.size() > kKept) {
    used.erase(used.begin());
  }
  return std::nullopt;
}

}  // namespace colibri::venue_sim::hyperliquid
