#include "exchanges/hyperliquid_common/nonce_source.h"

#include <algorithm>

namespace colibri::hyperliquid {
namespace {

// How far ahead of its clock the venue takes a nonce.
constexpr int64_t kAheadMaxMs = 24 * 60 * 60 * 1000;

}  // namespace

int64_t NonceSource::Next(absl::Time venue_now) {
  const int64_t now = absl::ToUnixMillis(venue_now);
  // After a clock that was days ahead: the venue took none of those nonces, and going on from them
  // would have it refuse every action until that day comes.
  if (last_ >= now + kAheadMaxMs) {
    last_ = now - 1;
  }
  last_ = std::max(now, last_ + 1);
  return last_;
}

}  // namespace colibri::hyperliquid
