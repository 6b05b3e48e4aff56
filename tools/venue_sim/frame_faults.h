// Stands between a venue and its sessions, and does to their frames what the faults say.
//
//   FrameFaults frames(clock, seed);
//   frames.Begin(*ParseFault({"depth", "hold", "500ms", "for", "5s"}));
//   frames.Send(session, {.channel = FaultSubject::kDepth, .symbol = "btcusdt"}, text);
//
// A session keeps its order but for delayed and reordered frames. Several faults may strike one
// frame; drop wins. What waits for a session is bounded: beyond kWaitingMax frames its connection
// is cut, as venues do to slow readers. Without a fault a frame goes straight through.
//
// Thread: the clock's. Durations are on the monotonic clock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

#include "core/clock.h"
#include "core/random.h"
#include "tools/venue_sim/fault.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::venue_sim {

// What a frame is; the channel is no group of channels.
struct FrameKind {
  FaultSubject channel = FaultSubject::kControl;
  std::string_view symbol = {};  // in any case; empty when it is of none
};

class FrameFaults {
 public:
  static constexpr size_t kWaitingMax = 20'000;  // frames of one session
  // A frame that waits to swap places leaves without one after this.
  static constexpr absl::Duration kReorderWaitMax = absl::Seconds(1);

  FrameFaults(Clock& clock, uint64_t seed) : clock_(clock), random_(seed) {}
  ~FrameFaults();
  FrameFaults(const FrameFaults&) = delete;
  FrameFaults& operator=(const FrameFaults&) = delete;

  void set_sink(SessionSink* sink) { sink_ = sink; }
  // Called, from the clock, when a connection is cut because too much waits for it.
  void set_on_overflow(std::function<void(SessionId)> cut) { on_overflow_ = std::move(cut); }

  // A fault of frames (drop to stall) takes effect.
  void Begin(const Fault& fault);
  // Ends them all; what waits leaves now, in order.
  void Clear();

  void Send(SessionId session, FrameKind kind, std::string text);
  // Code 0 loses what waits; any other code comes after it.
  void Close(SessionId session, int code, std::string_view reason);
  // From now on nothing reaches the session, or comes from it.
  void GoHalfOpen(SessionId session);
  // The session has gone; what waits for it is lost.
  void Forget(SessionId session);

  size_t waiting_count() const { return waiting_.size(); }

 private:
  struct Active {
    Fault fault;
    absl::Duration until;
    int left;
  };
  struct Frame {
    SessionId session = 0;
    FaultSubject channel = FaultSubject::kControl;
    std::string text = {};
    bool is_split = false;
  };
  // When it is due, then in order of sending.
  using Place = std::pair<absl::Duration, uint64_t>;
  // What the faults want of one frame.
  struct Fate {
    bool is_dropped = false;
    bool is_truncated = false;
    bool is_split = false;
    bool waits_to_swap = false;
    int copies = 1;
    absl::Duration delay = absl::ZeroDuration();  // out of order
    absl::Duration hold = absl::ZeroDuration();   // in order
    absl::Duration stalled_until = absl::ZeroDuration();
  };
  using Lane = std::pair<SessionId, FaultSubject>;

  bool Strikes(Active& active, FrameKind kind);
  Fate Decide(FrameKind kind);
  void Route(Frame frame, const Fate& fate);
  void Wait(absl::Duration due, Frame frame);
  void SendDue();
  void Arm();
  void Deliver(Frame frame);
  void Unpark(const Lane& lane);

  Clock& clock_;
  Random random_;
  SessionSink* sink_ = nullptr;
  std::function<void(SessionId)> on_overflow_;
  std::vector<Active> active_;
  std::map<Place, Frame> waiting_;
  std::map<SessionId, size_t> waiting_by_session_;
  std::map<SessionId, absl::Duration> held_until_;  // by session: later frames queue behind
  std::map<Lane, absl::Duration> stalled_until_;    // by channel of a session
  std::map<Lane, Place> parked_;                    // wait for the next one of their channel
  std::set<SessionId> overflowing_;
  uint64_t next_number_ = 0;
  TimerId timer_ = 0;
  TimerId overflow_timer_ = 0;
};

}  // namespace colibri::venue_sim
