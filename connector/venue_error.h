// What a venue's refusal or a failed request means for the caller. Each venue's ClassifyError is
// one pure table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace colibri {

// What became of the request at the venue.
enum class Outcome : uint8_t {
  kNotSent,   // certainly not executed, by our doing or before the venue looked at it: may be tried
              // again later
  kRejected,  // the venue's own word: refused
  kUnknown,   // ask the venue, never send again
};

enum class ErrorKind : uint8_t {
  kOther,
  kOrderNotFound,       // query: no such order
  kCancelUnknownOrder,  // cancel: not open; no proof of anything: query
  kDuplicateOrder,      // the first copy may be live: query
  kInsufficientBalance,
  kWouldTake,    // post-only
  kClockSkew,    // resynchronise and try once more
  kRateLimited,  // wait for retry_after
  kBanned,       // open the circuit
  kBadCredentials,
  kRegionBlocked,  // HTTP 451 and the like
  kOverloaded,
  kAlreadySo,  // a setting is as wanted: success
};

struct VenueError {
  absl::Status
      status;  // code: what the caller must do (DESIGN section 6); message: venue code and words
  Outcome outcome = Outcome::kUnknown;
  ErrorKind kind = ErrorKind::kOther;
  std::optional<absl::Duration> retry_after = {};
  // kRateLimited: the one pool that is used up, when the rest may go on. Empty: everything stops.
  std::string limited_pool = {};
};

}  // namespace colibri
