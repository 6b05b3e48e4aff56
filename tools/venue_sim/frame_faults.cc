#include "tools/venue_sim/frame_faults.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"

#include "core/strings.h"

namespace colibri::venue_sim {
namespace {

absl::Duration DrawAmount(Random& random, const Fault& fault) {
  if (fault.amount_max <= fault.amount) {
    return fault.amount;
  }
  const auto span =
      static_cast<uint64_t>(absl::ToInt64Microseconds(fault.amount_max - fault.amount));
  return fault.amount + absl::Microseconds(static_cast<int64_t>(random.Uniform(span + 1)));
}

}  // namespace

FrameFaults::~FrameFaults() {
  clock_.CancelTimer(timer_);
  clock_.CancelTimer(overflow_timer_);
}

void FrameFaults::Begin(const Fault& fault) {
  const bool is_single = fault.count == 0 && fault.lasts == absl::ZeroDuration();
  active_.push_back({.fault = fault,
                     .until = fault.lasts == absl::ZeroDuration()
                                  ? absl::InfiniteDuration()
                                  : clock_.monotonic() + fault.lasts,
                     .left = is_single          ? 1
                             : fault.count == 0 ? INT32_MAX
                                                : fault.count});
}

void FrameFaults::Clear() {
  active_.clear();
  for (auto& [place, frame] : std::exchange(waiting_, {})) {
    Deliver(std::move(frame));
  }
  waiting_by_session_.clear();
  held_until_.clear();
  stalled_until_.clear();
  parked_.clear();
  Arm();
}

bool FrameFaults::Strikes(Active& active, FrameKind kind) {
  const Fault& fault = active.fault;
  if (!Covers(fault.subject, kind.channel) ||
      (!fault.symbol.empty() && !absl::EqualsIgnoreCase(fault.symbol, Abs(kind.symbol))) ||
      (fault.percent < 100 && random_.Uniform(100) >= static_cast<uint64_t>(fault.percent))) {
    return false;
  }
  --active.left;
  return true;
}

FrameFaults::Fate FrameFaults::Decide(FrameKind kind) {
  Fate fate;
  const absl::Duration now = clock_.monotonic();
  std::erase_if(active_, [&](const Active& a) { return a.until <= now || a.left <= 0; });
  for (Active& active : active_) {
    if (fate.is_dropped || !Strikes(active, kind)) {
      continue;
    }
    switch (active.fault.verb) {
      case FaultVerb::kDrop:
        fate.is_dropped = true;
        break;
      case FaultVerb::kTruncate:
        fate.is_truncated = true;
        break;
      case FaultVerb::kSplit:
        fate.is_split = true;
        break;
      case FaultVerb::kDuplicate:
        ++fate.copies;
        break;
      case FaultVerb::kReorder:
        fate.waits_to_swap = true;
        break;
      case FaultVerb::kDelay:
        fate.delay += DrawAmount(random_, active.fault);
        break;
      case FaultVerb::kHold:
        fate.hold = std::max(fate.hold, DrawAmount(random_, active.fault));
        break;
      case FaultVerb::kStall:
        fate.stalled_until = std::max(fate.stalled_until, active.until);
        break;
      default:
        break;
    }
  }
  return fate;
}

void FrameFaults::Send(SessionId session, FrameKind kind, std::string text) {
  Frame frame{.session = session, .channel = kind.channel, .text = std::move(text)};
  if (active_.empty() && waiting_.empty()) {
    Deliver(std::move(frame));
    return;
  }
  SendDue();
  const Fate fate = Decide(kind);
  if (fate.is_dropped) {
    return;
  }
  if (fate.is_truncated && !frame.text.empty()) {
    frame.text.resize(random_.Uniform(frame.text.size()));
  }
  frame.is_split = fate.is_split;
  const Lane lane(session, kind.channel);
  if (fate.waits_to_swap && !parked_.contains(lane)) {
    const Place place(clock_.monotonic() + kReorderWaitMax, next_number_);
    Wait(place.first, std::move(frame));
    parked_[lane] = place;
    return;
  }
  for (int copy = 0; copy < fate.copies; ++copy) {
    Route(frame, fate);
  }
  Unpark(lane);
}

// A frame that is delayed leaves its session's order; every other keeps it: behind what is held of
// the session, and behind what is stalled of its channel.
void FrameFaults::Route(Frame frame, const Fate& fate) {
  const absl::Duration now = clock_.monotonic();
  if (fate.delay > absl::ZeroDuration()) {
    Wait(now + fate.delay, std::move(frame));
    return;
  }
  absl::Duration due = std::max(now + fate.hold, fate.stalled_until);
  const Lane lane(frame.session, frame.channel);
  if (const auto stalled = stalled_until_.find(lane); stalled != stalled_until_.end()) {
    due = std::max(due, stalled->second);
  }
  if (const auto held = held_until_.find(frame.session); held != held_until_.end()) {
    due = std::max(due, held->second);
  }
  if (due <= now) {
    Deliver(std::move(frame));
    return;
  }
  if (fate.stalled_until > now) {
    stalled_until_[lane] = due;
  }
  if (fate.hold > absl::ZeroDuration()) {
    held_until_[frame.session] = due;
  }
  Wait(due, std::move(frame));
}

// The frame that waited to swap with the one just routed follows it, in order.
void FrameFaults::Unpark(const Lane& lane) {
  const auto parked = parked_.find(lane);
  if (parked == parked_.end()) {
    return;
  }
  auto waiting = waiting_.extract(parked->second);
  parked_.erase(parked);
  if (!waiting.empty()) {
    --waiting_by_session_[lane.first];
    Route(std::move(waiting.mapped()), Fate());
    Arm();
  }
}

void FrameFaults::Wait(absl::Duration due, Frame frame) {
  size_t& count = waiting_by_session_[frame.session];
  if (count >= kWaitingMax) {
    // Not from here: the venue is going through its sessions.
    overflowing_.insert(frame.session);
    if (overflow_timer_ == 0) {
      overflow_timer_ = clock_.ScheduleAfter(absl::ZeroDuration(), [this] {
        overflow_timer_ = 0;
        for (const SessionId session : std::exchange(overflowing_, {})) {
          if (on_overflow_) {
            on_overflow_(session);
          }
        }
      });
    }
    return;
  }
  ++count;
  waiting_.emplace(Place(due, next_number_++), std::move(frame));
  Arm();
}

void FrameFaults::SendDue() {
  const absl::Duration now = clock_.monotonic();
  while (!waiting_.empty() && waiting_.begin()->first.first <= now) {
    auto first = waiting_.extract(waiting_.begin());
    Frame& frame = first.mapped();
    const auto parked = parked_.find({frame.session, frame.channel});
    if (parked != parked_.end() && parked->second == first.key()) {
      parked_.erase(parked);
    }
    --waiting_by_session_[frame.session];
    Deliver(std::move(frame));
  }
  if (waiting_.empty()) {
    waiting_by_session_.clear();
    held_until_.clear();
    stalled_until_.clear();
  }
  Arm();
}

void FrameFaults::Arm() {
  clock_.CancelTimer(std::exchange(timer_, 0));
  if (!waiting_.empty()) {
    timer_ = clock_.ScheduleAfter(waiting_.begin()->first.first - clock_.monotonic(), [this] {
      timer_ = 0;
      SendDue();
    });
  }
}

void FrameFaults::Deliver(Frame frame) {
  if (sink_ == nullptr) {
    return;
  }
  if (frame.is_split) {
    sink_->SendSplit(frame.session, std::move(frame.text));
  } else {
    sink_->SendText(frame.session, std::move(frame.text));
  }
}

void FrameFaults::Close(SessionId session, int code, std::string_view reason) {
  if (code != 0) {
    for (const auto& [place, frame] : waiting_) {
      if (frame.session == session) {
        Deliver(frame);
      }
    }
  }
  Forget(session);
  if (sink_ != nullptr) {
    sink_->CloseSession(session, code, reason);
  }
}

void FrameFaults::GoHalfOpen(SessionId session) {
  Forget(session);
  if (sink_ != nullptr) {
    sink_->GoHalfOpen(session);
  }
}

void FrameFaults::Forget(SessionId session) {
  const auto is_of_session = [&](const auto& entry) { return entry.first.first == session; };
  std::erase_if(waiting_, [&](const auto& entry) { return entry.second.session == session; });
  std::erase_if(stalled_until_, is_of_session);
  std::erase_if(parked_, is_of_session);
  waiting_by_session_.erase(session);
  held_until_.erase(session);
  overflowing_.erase(session);
  Arm();
}

}  // namespace colibri::venue_sim
