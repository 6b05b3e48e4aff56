// A venue's socket for orders, as pure functions: calls to frames, frames to answers.
//
//   if (source.Takes(call)) {
//     ASSIGN_OR_RETURN(std::string frame, source.MakeFrame(call, /*id=*/7, auth, venue_now));
//   }
//   ASSIGN_OR_RETURN(OrderSocketMessage message, source.Parse(R"({"id":"7","status":200,...})"));
//
// OrderSocket runs the connection. Thread: the loop's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "auth/auth.h"
#include "connector/transport.h"
#include "connector/venue_spec.h"

namespace colibri {

// One frame in our words.
struct OrderSocketMessage {
  enum class Kind : uint8_t {
    kIgnored,  // a sign of life
    kAnswer,
    kEnding,  // the venue is about to close the connection
    kEnded,   // it takes no more calls here: a logon that was revoked
  };

  Kind kind = Kind::kIgnored;
  uint64_t id = 0;  // of the call that is answered
  // As the venue's REST interface would have answered: its status, the headers that tell used
  // weights and Retry-After, and the body that the parsers of VenueProtocol read.
  HttpResponse response = {};
};

// What makes a venue answer that has said nothing for a while.
struct OrderSocketProbe {
  std::string frame = {};
  LimitCharges charges = {};
};

class OrderSocketSource {
 public:
  virtual ~OrderSocketSource() = default;

  // Whether the venue takes this call as a frame; others go by REST.
  virtual bool Takes(const VenueCall& call) const = 0;
  // As it is written, signed unless the connection's login spares that; its answer will name `id`.
  virtual absl::StatusOr<std::string> MakeFrame(const VenueCall& call,
                                                uint64_t id,
                                                const Auth& auth,
                                                absl::Time venue_now) const = 0;
  // The first frame, where no order is taken before it; answered like a call.
  virtual absl::StatusOr<std::string> LoginFrame(uint64_t /*id*/,
                                                 const Auth& /*auth*/,
                                                 absl::Time /*venue_now*/) const {
    return absl::UnimplementedError("no login is wanted");
  }
  // Any frame that the venue sends is the answer.
  virtual OrderSocketProbe MakeProbe(uint64_t id) const = 0;
  // How many calls may be unanswered on one connection.
  virtual size_t in_flight_max() const { return 100; }
  // DataLoss when the frame can't be read.
  virtual absl::StatusOr<OrderSocketMessage> Parse(std::string_view frame) = 0;
};

}  // namespace colibri
