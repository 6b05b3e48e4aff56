// How a venue wants its requests signed. Each venue supplies one, built on the signers of this
// folder.
//
//   std::unique_ptr<Auth> auth = ...;
//   RETURN_IF_ERROR(auth->SignRest(request, venue_now));   // adds timestamp, signature, headers
//
// Thread: the loop's. Holds the credentials; never prints them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "auth/rest_request.h"

namespace colibri {

// Names and values; what they point at outlives the call that they are handed to.
using FrameParameters = std::vector<std::pair<std::string_view, std::string_view>>;

class Auth {
 public:
  virtual ~Auth() = default;

  // Header with the key only, for calls that want a key and no signature.
  virtual absl::Status AddKey(RestRequest& request) const = 0;
  // venue_now is the venue's time, from the time synchronizer.
  virtual absl::Status SignRest(RestRequest& request, absl::Time venue_now) const = 0;
  // The frame that opens the private stream, with `request_id` where the venue echoes one;
  // Unimplemented where the venue needs none.
  virtual absl::StatusOr<std::string> LoginFrame(std::string_view request_id,
                                                 absl::Time venue_now) const = 0;
  // A signed request as one frame, for venues that take orders over a WebSocket and for debugging
  // signatures.
  virtual absl::StatusOr<std::string> SignFrame(std::string_view method,
                                                const FrameParameters& parameters,
                                                std::string_view request_id,
                                                absl::Time venue_now) const = 0;
  // Whether a connection can be logged on with this key, so that its frames need no signature.
  virtual bool takes_logon() const { return false; }

  // Where each signature uses up a nonce, a time of the venue's that must not come twice, whatever
  // the process: the last that was used, and the order to begin after those of earlier processes.
  // InfinitePast where there are none.
  virtual absl::Time last_nonce() const { return absl::InfinitePast(); }
  virtual bool uses_nonces() const { return false; }
  virtual void SkipNonces(absl::Time /*until*/) {}
};

}  // namespace colibri
