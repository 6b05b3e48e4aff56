#include "tools/venue_sim/request_faults.h"

namespace colibri::venue_sim {

void RequestFaults::Begin(const Fault& fault) {
  const bool is_single = fault.count == 0 && fault.lasts == absl::ZeroDuration();
  const Active active{.fault = fault,
                      .until = fault.lasts == absl::ZeroDuration()
                                   ? absl::InfiniteDuration()
                                   : clock_.monotonic() + fault.lasts,
                      .left = is_single          ? 1
                              : fault.count == 0 ? INT32_MAX
                                                 : fault.count};
  active_.insert(fault.verb == FaultVerb::kBan ? active_.begin() : active_.end(), active);
}

void RequestFaults::Clear(FaultVerb verb) {
  std::erase_if(active_, [&](const Active& active) { return active.fault.verb == verb; });
}

RequestFate RequestFaults::Decide(FaultSubject request_class) {
  RequestFate fate;
  const absl::Duration now = clock_.monotonic();
  std::erase_if(active_, [&](const Active& a) { return a.until <= now || a.left <= 0; });
  for (Active& active : active_) {
    const Fault& fault = active.fault;
    const bool is_decided = fate.answer != FaultedAnswer::kTrue && fault.verb != FaultVerb::kLate;
    if (is_decided || !Covers(fault.subject, request_class) ||
        (fault.percent < 100 && random_.Uniform(100) >= static_cast<uint64_t>(fault.percent))) {
      continue;
    }
    --active.left;
    Apply(active, fate);
  }
  return fate;
}

void RequestFaults::Apply(const Active& active, RequestFate& fate) {
  const Fault& fault = active.fault;
  const auto decide = [&](bool executes, FaultedAnswer answer, int http_status = 0) {
    fate.executes = executes;
    fate.answer = answer;
    fate.http_status = http_status;
  };
  switch (fault.verb) {
    case FaultVerb::kFailBefore:
      return decide(false, FaultedAnswer::kError, fault.number);
    case FaultVerb::kFailAfter:
      return decide(true, FaultedAnswer::kError, fault.number);
    case FaultVerb::kRefuse:
      fate.retry_after = fault.retry_after;
      return decide(false, FaultedAnswer::kRefusal, 429);
    case FaultVerb::kBan:
      fate.retry_after = active.until - clock_.monotonic();
      return decide(false, FaultedAnswer::kRefusal, 418);
    case FaultVerb::kHangUpBefore:
      return decide(false, FaultedAnswer::kHangUp);
    case FaultVerb::kHangUpAfter:
      return decide(true, FaultedAnswer::kHangUp);
    case FaultVerb::kSwallowBefore:
      return decide(false, FaultedAnswer::kNothing);
    case FaultVerb::kSwallowAfter:
      return decide(true, FaultedAnswer::kNothing);
    case FaultVerb::kTruncate:
      return decide(true, FaultedAnswer::kTruncated);
    case FaultVerb::kGarbage:
      return decide(true, FaultedAnswer::kGarbage);
    case FaultVerb::kLate: {
      const auto span_us =
          fault.amount_max <= fault.amount
              ? uint64_t{0}
              : static_cast<uint64_t>(absl::ToInt64Microseconds(fault.amount_max - fault.amount));
      fate.delay +=
          fault.amount + absl::Microseconds(static_cast<int64_t>(random_.Uniform(span_us + 1)));
      return;
    }
    default:
      return;
  }
}

std::string RequestFaults::Spoil(FaultedAnswer answer, std::string body) {
  if (answer == FaultedAnswer::kGarbage) {
    return "<html><head><title>Gateway</title></head><body>{\"not\": json</body></html>";
  }
  if (answer == FaultedAnswer::kTruncated && !body.empty()) {
    body.resize(random_.Uniform(body.size()));
  }
  return body;
}

}  // namespace colibri::venue_sim
