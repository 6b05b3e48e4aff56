// Serves requests within a venue's rate limits: pools, priority lanes, deadlines.
//
//   Throttler throttler(spec.limits, clock);
//   throttler.Declare(call.charges, call.priority);        // at start: CHECKs the pools' names
//   status = co_await throttler.Acquire(call.charges, call.priority, absl::Seconds(5));
//
// A request is charged to all of its pools at once, or to none. Lanes are served in the order of
// CallPriority, first come first served within one; a waiting request holds back only those behind
// it that want one of the same pools. Of pools that cancels are charged to, a tenth is theirs
// alone. DeadlineExceeded when the time is up: the request must not be sent then. ResourceExhausted
// when the circuit is open, the queue is full or the request is larger than its pool.
//
// Reads the monotonic clock only. Thread: the loop's.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

#include "connector/task.h"
#include "connector/transport.h"
#include "connector/usage_window.h"
#include "connector/venue_spec.h"
#include "core/clock.h"

namespace colibri {

class Throttler {
 public:
  static constexpr int64_t kCancelShareDivisor = 10;  // a tenth is reserved
  static constexpr size_t kWaitersMax = 10'000;

  using Done = std::function<void(absl::Status)>;
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

  // Charges and returns true, or waits for nothing and returns false.
  bool TryAcquire(const LimitCharges& charges, CallPriority priority);
  // Calls `done` once, later or before this returns. The ticket serves Withdraw, and is 0 when done
  // was called already.
  Ticket Enqueue(const LimitCharges& charges,
                 CallPriority priority,
                 absl::Duration timeout,
                 Done done);
  // The request is not wanted any more: `done` is not called.
  void Withdraw(Ticket ticket);
  // The coroutine's way.
  Task<absl::Status> Acquire(LimitCharges charges, CallPriority priority, absl::Duration timeout);

  // Feedback: response headers, and what the venue says that is used. Only ever raises our count.
  void UpdateFromHeaders(const HttpHeaders& headers);
  void UpdateUsed(std::string_view pool, int64_t used);

  // Nothing goes out until then; requests wait (429).
  void CloseFor(absl::Duration duration, std::string_view reason);
  // Nothing goes out until then; requests are refused at once (418).
  void OpenCircuit(absl::Duration duration, std::string_view reason);
  bool is_open() const { return !is_closed_; }

  int64_t used(std::string_view pool);
  int64_t limit(std::string_view pool) const;
  size_t waiting() const { return waiting_; }

 private:
  static constexpr size_t kPoolsMax = 64;
  static constexpr size_t kLanes = 5;

  struct Pool {
    std::string name;
    std::string used_header;
    UsageWindow window;
    bool is_charged_by_cancels = false;

    // What requests of this priority may use up.
    int64_t usable(CallPriority priority) const;
  };
  struct Charge {
    size_t pool;
    int64_t weight;
  };
  using Charges = absl::InlinedVector<Charge, 3>;
  struct Waiter {
    Ticket ticket;
    Charges charges;
    absl::Duration deadline;
    absl::Duration timeout;
    Done done;
  };
  using Finished = std::vector<std::pair<Done, absl::Status>>;

  Pool* FindPool(std::string_view name);
  // Status says which pool is missing or too small.
  absl::Status Resolve(const LimitCharges& charges, CallPriority priority, Charges& resolved);
  bool Fits(const Charges& charges, CallPriority priority, absl::Duration now);
  void Take(const Charges& charges, absl::Duration now);
  void Shut(absl::Duration until, std::string_view reason, bool is_circuit);
  void Reopen();
  // Serves who can be served, drops who is too late, and sets the timer for the next time.
  void Pump();
  void PumpLane(CallPriority priority,
                absl::Duration now,
                uint64_t& held,
                absl::Duration& wake,
                Finished& finished);
  absl::Status TooLate(const Waiter& waiter, CallPriority priority, absl::Duration now);
  void SetTimer(absl::Duration now, absl::Duration wake);

  Clock& clock_;
  std::vector<Pool> pools_;
  std::array<std::list<Waiter>, kLanes> lanes_;
  size_t waiting_ = 0;
  Ticket last_ticket_ = 0;
  TimerId timer_ = 0;
  absl::Duration timer_at_ = absl::InfiniteDuration();
  bool is_closed_ = false;
  bool is_circuit_open_ = false;
  absl::Duration closed_until_;
  std::string closed_reason_;
  Listener listener_;
};

}  // namespace colibri
