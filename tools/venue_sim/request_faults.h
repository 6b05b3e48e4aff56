// Decides what becomes of a request that arrives at a venue.
//
//   RequestFaults requests(clock, seed);
//   requests.Begin(*ParseFault({"orders", "fail_after", "503", "x2"}));
//   RequestFate fate = requests.Decide(FaultSubject::kOrders);
//   if (fate.executes) { ... }
//
// Faults are asked in order of their beginning, bans first: the first that strikes decides, and the
// delays of all that strike add up. Thread: the clock's. Durations are on the monotonic clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

#include "core/clock.h"
#include "core/random.h"
#include "tools/venue_sim/fault.h"

namespace colibri::venue_sim {

enum class FaultedAnswer {
  kTrue,     // what the venue says
  kRefusal,  // 429 or 418; only without executing
  kError,    // 5xx
  kHangUp,
  kNothing,  // and the connection stays
  kTruncated,
  kGarbage,
};

struct RequestFate {
  bool executes = true;
  FaultedAnswer answer = FaultedAnswer::kTrue;
  int http_status = 0;                                       // of a refusal or an error
  std::optional<absl::Duration> retry_after = std::nullopt;  // of a refusal
  absl::Duration delay = absl::ZeroDuration();               // of the answer
};

class RequestFaults {
 public:
  RequestFaults(Clock& clock, uint64_t seed) : clock_(clock), random_(seed) {}

  // A fault of requests takes effect.
  void Begin(const Fault& fault);
  // Ends them all, or those of one verb.
  void Clear() { active_.clear(); }
  void Clear(FaultVerb verb);

  // Of a request of this class, which is not kRequests.
  RequestFate Decide(FaultSubject request_class);
  // A body that somebody cut or replaced on its way.
  std::string Spoil(FaultedAnswer answer, std::string body);

 private:
  struct Active {
    Fault fault;
    absl::Duration until;
    int left;
  };

  void Apply(const Active& active, RequestFate& fate);

  Clock& clock_;
  Random random_;
  std::vector<Active> active_;
};

}  // namespace colibri::venue_sim
