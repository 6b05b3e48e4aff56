#include "tools/venue_sim/faults.h"

namespace colibri::venue_sim {
namespace {

constexpr uint64_t kFrameSeedSalt = 0x6672616d65;  // apart from each other and from the venue's
constexpr uint64_t kRequestSeedSalt = 0x72657175;  // own randomness
constexpr absl::Duration kForGood = absl::InfiniteDuration();

}  // namespace

Faults::Faults(Clock& clock, FaultTarget& target, uint64_t seed)
    : clock_(clock),
      target_(target),
      frames_(clock, seed ^ kFrameSeedSalt),
      requests_(clock, seed ^ kRequestSeedSalt) {
  frames_.set_on_overflow([this](SessionId session) {
    target_.ForgetSession(session);
    frames_.Close(session, 0, "");
  });
}

void Faults::Run(std::function<void()> change) {
  if (runner_) {
    runner_(std::move(change));
  } else {
    change();
  }
}

absl::Duration Faults::clock_offset() const {
  const absl::Duration now = clock_.monotonic();
  absl::Duration offset = absl::ZeroDuration();
  if (now < skew_.until) {
    offset += skew_.step;
  }
  if (drift_.parts_per_million != 0 && now < drift_.until) {
    offset += (now - drift_.since) * drift_.parts_per_million / 1'000'000;
  }
  return offset;
}

void Faults::ApplyHere(const Fault& fault) {
  if (fault.subject == FaultSubject::kClock) {
    const absl::Duration now = clock_.monotonic();
    const bool is_skew = fault.verb == FaultVerb::kSkew;
    (is_skew ? skew_ : drift_) = {
        .step = fault.amount,
        .parts_per_million = fault.number,
        .since = now,
        .until = fault.lasts == absl::ZeroDuration() ? kForGood : now + fault.lasts};
    return;
  }
  if (fault.subject > FaultSubject::kAll) {
    requests_.Begin(fault);
    return;
  }
  switch (fault.verb) {
    case FaultVerb::kSkip:
      target_.SkipDepthIds(fault.symbol, fault.number);
      return;
    case FaultVerb::kTerminate:
      target_.TerminateUserEvents();
      return;
    case FaultVerb::kShutdown:
      target_.ShutDownSessions(fault.subject);
      return;
    case FaultVerb::kCut:
    case FaultVerb::kHalfOpen:
      for (const SessionId session : target_.SessionsOf(fault.subject)) {
        target_.ForgetSession(session);
        if (fault.verb == FaultVerb::kCut) {
          frames_.Close(session, 0, "");
        } else {
          frames_.GoHalfOpen(session);
        }
      }
      return;
    default:
      frames_.Begin(fault);
  }
}

void Faults::Apply(const Fault& fault) {
  Run([&] { ApplyHere(fault); });
}

void Faults::Clear() {
  Run([&] {
    frames_.Clear();
    requests_.Clear();
    skew_ = ClockFault();
    drift_ = ClockFault();
  });
}

void Faults::DropDepthEvents(std::string symbol, int count) {
  Apply({.subject = FaultSubject::kDepth,
         .verb = FaultVerb::kDrop,
         .count = count,
         .symbol = std::move(symbol)});
}

void Faults::CutUserStreams() {
  Apply({.subject = FaultSubject::kWsApi, .verb = FaultVerb::kCut});
}

void Faults::CutMarketStreams() {
  Apply({.subject = FaultSubject::kMarket, .verb = FaultVerb::kCut});
}

void Faults::ShutDownStreams() {
  Apply({.subject = FaultSubject::kAll, .verb = FaultVerb::kShutdown});
}

void Faults::RefuseRequests(absl::Duration duration, std::optional<int> retry_after_seconds) {
  Fault fault{.subject = FaultSubject::kRequests, .verb = FaultVerb::kRefuse, .lasts = duration};
  if (retry_after_seconds.has_value()) {
    fault.retry_after = absl::Seconds(*retry_after_seconds);
  }
  Apply(fault);
}

void Faults::BanRequests(absl::Duration duration) {
  Apply({.subject = FaultSubject::kRequests, .verb = FaultVerb::kBan, .lasts = duration});
}

void Faults::FailOrders(int count, FailWhen when, int http_status) {
  Apply(
      {.subject = FaultSubject::kOrders,
       .verb = when == FailWhen::kBeforeExecuting ? FaultVerb::kFailBefore : FaultVerb::kFailAfter,
       .number = http_status,
       .count = count});
}

void Faults::HangUpOrders(int count) {
  Apply({.subject = FaultSubject::kOrders, .verb = FaultVerb::kHangUpAfter, .count = count});
}

void Faults::DelayAnswers(absl::Duration delay) {
  Run([&] {
    requests_.Clear(FaultVerb::kLate);
    if (delay > absl::ZeroDuration()) {
      requests_.Begin({.subject = FaultSubject::kRequests,
                       .verb = FaultVerb::kLate,
                       .amount = delay,
                       .lasts = kForGood});
    }
  });
}

void Faults::SkewClock(absl::Duration skew) {
  Apply({.subject = FaultSubject::kClock, .verb = FaultVerb::kSkew, .amount = skew});
}

void Faults::WithholdUserEvents(absl::Duration duration) {
  Apply({.subject = FaultSubject::kUser, .verb = FaultVerb::kDrop, .lasts = duration});
}

void Faults::StallMarketStreams(absl::Duration duration) {
  Apply({.subject = FaultSubject::kMarket, .verb = FaultVerb::kStall, .lasts = duration});
}

}  // namespace colibri::venue_sim
