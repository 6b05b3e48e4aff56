// Nonces of signed actions: the venue's time in milliseconds, and never the same twice.
//
//   NonceSource nonces;
//   nonces.Next(venue_now);   // 1700000000000
//   nonces.Next(venue_now);   // 1700000000001: two in one millisecond
//
// The venue keeps the 100 highest nonces of each signer; a new one must be unused, above the lowest
// of them, and within two days before and one day after its clock.
// Unique within a process whatever the clock does: each is above the last. Unique across restarts
// when the journal is kept, which has how far an earlier process may have come (Skip). Without one,
// as long as the venue's clock does not go back by more than the time between the last action and
// the restart; setting this machine's clock does not matter. Should a nonce still repeat, the venue
// refuses it by name: the action is not executed, and never a second time. One key signs for one
// process: two processes with the same key would draw the same numbers. Thread: the loop's.
#pragma once

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

namespace colibri::hyperliquid {

class NonceSource final {
 public:
  // Every nonce is above `floor`, in milliseconds since the epoch.
  explicit NonceSource(int64_t floor = 0) : last_(floor) {}

  [[nodiscard]] int64_t Next(absl::Time venue_now);
  // Every later one is above this.
  void Skip(int64_t until) { last_ = std::max(last_, until); }
  int64_t last() const { return last_; }

 private:
  int64_t last_;
};

}  // namespace colibri::hyperliquid
