// Serves requests within a venue's rate limits: pools, priority lanes, deadlines.
//
//   Throttler throttler(spec.limits, clock);
//   throttler.Declare(call.charges, call.priority);        // at start: CHECKs the pools' names
//   absl::StatusOr<Throttler::Permit> permit =
//       co_await throttler.Acquire(call.charges, call.priority, absl::Seconds(5));
//   ... send; keep the permit until the answer is there ...
//   throttler.UpdateFromHeaders(response.headers, *permit);
//
// A request is charged to all of its pools at once, or to none. Lanes are served in the order of
// CallPriority, first come first served within one; a waiting request holds back only those behind
// it that want one of the same pools. Of pools that cancels are charged to, a tenth is theirs
// alone. DeadlineExceeded when the time is up: the request must not be sent then. ResourceExhausted
// when the circuit is open, the queue is full or the request is larger than its pool.
//
// Why this never exceeds a limit by our own doing: the venue counts a request at a moment that we
// do not know, between its sending and its answer, and its windows begin at a phase that we do not
// know. So a request counts from its grant until one interval after its answer (or after we gave it
// up). Take any window of the venue and the last of our requests that it counted: when that one was
// granted, every other one that this window counts was still counted here too, and all of them
// fitted. The same holds for a token bucket, whose debt shrinks from the answer on. This needs
// requests that were given up to have reached the venue by then, if at all.
//
// Others may use the same limit (another program at this address), which the venue's own count
// tells: it stands, with all that it may not contain yet, until a request granted after it brings a
// newer one - lower too, when the venue's window has begun anew - or its interval has passed.
// Whichever of the two counts is higher holds.
//
// Granting, answering and giving up cost the same however much is used, and hardly more however
// many wait. Reads the monotonic clock only. Thread: the loop's.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/task.h"
#include "connector/transport.h"
#include "connector/usage_window.h"
#include "connector/venue_spec.h"
#include "core/clock.h"

namespace colibri {

class Throttler {
  struct Charge {
    size_t pool;
    int64_t weight;
    int64_t settled_before = 0;  // of the pool, when this was granted
  };
  using Charges = absl::InlinedVector<Charge, 3>;

 public:
  static constexpr int64_t kCancelShareDivisor = 10;  // a tenth is reserved
  static constexpr size_t kWaitersMax = 10'000;

  // The right to send one request. Its end says that the answer came, or never will. The throttler
  // outlives it.
  class [[nodiscard]] Permit {
   public:
    Permit(Permit&& other) noexcept;
    Permit& operator=(Permit&& other) noexcept;
    ~Permit() { Settle(); }

    // Answered, or given up: what it weighs counts for one interval more. Later calls do nothing.
    void Settle();
    // Certainly never sent: weighs nothing.
    void GiveBack();

   private:
    friend class Throttler;
    Permit(Throttler& throttler, Charges charges, absl::Duration granted_at)
        : throttler_(&throttler), charges_(std::move(charges)), granted_at_(granted_at) {}

    Throttler* throttler_;  // null once ended
    Charges charges_;
    absl::Duration granted_at_;
  };

  using Done = std::function<void(absl::StatusOr<Permit>)>;
  using Ticket = uint64_t;  // 0 is none
  // Told when requests stop being sent, and when they go on.
  using Listener = std::function<void(bool is_open, std::string_view reason)>;

  Throttler(const std::vector<RateLimitPool>& pools, Clock& clock);
  ~Throttler();
  Throttler(const Throttler&) = delete;
  Throttler& operator=(const Throttler&) = delete;

  // CHECKs that every pool exists: a misspelt name fails at start, not in the middle of a trade.
  void Declare(const LimitCharges& charges, CallPriority priority);
  // Limits as the venue states them: known pools take the new limit and keep what is used, others
  // are added, those that are not named stay.
  void UpdateLimits(const std::vector<RateLimitPool>& pools);
  void set_listener(Listener listener) { listener_ = std::move(listener); }

  // Now or not at all.
  std::optional<Permit> TryAcquire(const LimitCharges& charges, CallPriority priority);
  // Calls `done` once, later or before this returns. The ticket serves Withdraw, and is 0 when done
  // was called already.
  Ticket Enqueue(const LimitCharges& charges,
                 CallPriority priority,
                 absl::Duration timeout,
                 Done done);
  // The request is not wanted any more: `done` is not called.
  void Withdraw(Ticket ticket);
  // The coroutine's way.
  Task<absl::StatusOr<Permit>> Acquire(LimitCharges charges,
                                       CallPriority priority,
                                       absl::Duration timeout);

  // The venue's own count, from the answer to a request. Before its permit ends.
  void UpdateFromHeaders(const HttpHeaders& headers, const Permit& permit);
  // The same from elsewhere, of an unknown moment: only ever raises ours.
  void UpdateUsed(std::string_view pool, int64_t used);

  // Nothing goes out until then; requests wait (429).
  void CloseFor(absl::Duration duration, std::string_view reason);
  // Nothing that is charged to this pool; the rest goes on, such as cancels when the venue takes no
  // more orders. False when there is no such pool.
  bool ClosePoolFor(std::string_view pool, absl::Duration duration, std::string_view reason);
  // Nothing goes out until then; requests are refused at once (418).
  void OpenCircuit(absl::Duration duration, std::string_view reason);
  bool is_open() const { return !is_closed_; }
  bool is_circuit_open() const { return is_circuit_open_; }

  int64_t used(std::string_view pool);
  int64_t limit(std::string_view pool) const;
  size_t waiting() const { return waiters_.size(); }

 private:
  static constexpr size_t kPoolsMax = 63;
  // Beside a bit for each pool: requests that are charged to none, and wait for nobody.
  static constexpr uint64_t kNoPool = uint64_t{1} << kPoolsMax;
  static constexpr size_t kLanes = 5;

  struct Pool {
    std::string name;
    std::string used_header;
    UsageWindow window;  // of what is settled
    bool is_charged_by_cancels = false;
    // Weights ever granted and not given back, and those of them that are settled.
    int64_t granted = 0;
    int64_t settled = 0;
    // The venue's count, less what of `granted` it contained for certain.
    int64_t stated_offset = 0;
    absl::Duration stated_at = -absl::InfiniteDuration();
    absl::Duration closed_until = -absl::InfiniteDuration();
    std::string closed_reason = {};
    std::array<uint32_t, kLanes> waiting = {};

    // What requests of this priority may use up.
    int64_t usable(CallPriority priority) const;
    int64_t in_flight() const { return granted - settled; }
    bool is_stated(absl::Duration now) const { return now - stated_at <= window.interval(); }
    int64_t used(absl::Duration now);
    // When `weight` more is usable. Infinite: not before something in flight is settled.
    absl::Duration RoomAt(absl::Duration now, CallPriority priority, int64_t weight);
  };
  struct Waiter {
    Ticket ticket;
    CallPriority priority;
    Charges charges;
    absl::Duration deadline;
    absl::Duration timeout;
    Done done;
  };
  using Lane = std::list<Waiter>;
  using Finished = std::vector<std::pair<Done, absl::StatusOr<Permit>>>;

  Pool* FindPool(std::string_view name);
  // Status says which pool is missing or too small.
  absl::Status Resolve(const LimitCharges& charges, CallPriority priority, Charges& resolved);
  bool Fits(const Charges& charges, CallPriority priority, absl::Duration now);
  // Nobody who is served before wants one of the same pools.
  bool IsFirst(const Charges& charges, CallPriority priority) const;
  Permit Grant(Charges charges, absl::Duration now);
  void End(const Charges& charges, bool is_sent);
  // `offset` is the venue's count less what of ours it contains. True: our count became lower.
  bool State(Pool& pool, int64_t offset, absl::Duration asked_at);
  void Shut(absl::Duration until, std::string_view reason, bool is_circuit);
  void Reopen();
  // Serves who can be served, drops who is too late, and sets the timer for the next time.
  void Pump();
  // Grants what fits of a lane. `held`: pools that somebody waits for before those that follow.
  void PumpLane(CallPriority priority,
                absl::Duration now,
                uint64_t& held,
                absl::Duration& wake,
                Finished& finished);
  void DropLate(absl::Duration now, Finished& finished);
  void RefuseAll(Finished& finished);
  // Pools that somebody waits for in this lane or a later one.
  uint64_t WantedFrom(CallPriority priority) const;
  // When a waiting request has room; notes when only an answer can make it.
  absl::Duration RoomAt(const Charges& charges, CallPriority priority, absl::Duration now);
  Lane::iterator Remove(Lane::iterator waiter);
  absl::Status TooLate(const Waiter& waiter, absl::Duration now);
  void SetTimer(absl::Duration now, absl::Duration wake);

  Clock& clock_;
  std::vector<Pool> pools_;
  std::array<Lane, kLanes> lanes_;
  // Those of all lanes.
  absl::flat_hash_map<Ticket, Lane::iterator> waiters_;
  std::set<std::pair<absl::Duration, Ticket>> deadlines_;
  size_t unpooled_ = 0;  // of them, charged to no pool
  Ticket last_ticket_ = 0;
  TimerId timer_ = 0;
  absl::Duration timer_at_ = absl::InfiniteDuration();
  bool awaits_answers_ = false;  // somebody waits for something in flight
  bool is_closed_ = false;
  bool is_circuit_open_ = false;
  absl::Duration closed_until_;
  std::string closed_reason_;
  Listener listener_;
};

}  // namespace colibri
