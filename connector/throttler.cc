#include "connector/throttler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

#include "connector/async_event.h"
#include "core/check.h"
#include "core/strings.h"

namespace colibri {
namespace {

std::string InSeconds(absl::Duration duration) {
  return absl::FormatDuration(absl::Trunc(duration, absl::Milliseconds(1)));
}

uint64_t MaskOf(size_t pool) {
  return uint64_t{1} << pool;
}

}  // namespace

int64_t Throttler::Pool::usable(CallPriority priority) const {
  const int64_t limit = window.limit();
  if (!is_charged_by_cancels || priority == CallPriority::kCancel) {
    return limit;
  }
  return std::max<int64_t>(limit - (limit + kCancelShareDivisor - 1) / kCancelShareDivisor, 1);
}

Throttler::Throttler(const std::vector<RateLimitPool>& pools, Clock& clock) : clock_(clock) {
  UpdateLimits(pools);
}

Throttler::~Throttler() {
  clock_.CancelTimer(timer_);
}

Throttler::Pool* Throttler::FindPool(std::string_view name) {
  for (Pool& pool : pools_) {
    if (pool.name == name) {
      return &pool;
    }
  }
  return nullptr;
}

void Throttler::UpdateLimits(const std::vector<RateLimitPool>& pools) {
  for (const RateLimitPool& stated : pools) {
    Pool* pool = FindPool(stated.name);
    if (pool != nullptr && pool->window.interval() == stated.interval) {
      pool->window.set_limit(stated.limit);
      continue;
    }
    UsageWindow window(stated.window, stated.limit, stated.interval);
    if (pool != nullptr) {
      window.Add(clock_.monotonic(), pool->window.used(clock_.monotonic()));
      pool->window = window;
      continue;
    }
    CHECK(pools_.size() < kPoolsMax);
    pools_.push_back({.name = stated.name, .used_header = stated.used_header, .window = window});
  }
  Pump();
}

void Throttler::Declare(const LimitCharges& charges, CallPriority priority) {
  for (const LimitCharge& charge : charges) {
    Pool* pool = FindPool(charge.pool);
    CHECK(pool != nullptr && "a call is charged to a pool that the venue's limits do not name");
    pool->is_charged_by_cancels |= priority == CallPriority::kCancel;
  }
}

absl::Status Throttler::Resolve(const LimitCharges& charges,
                                CallPriority priority,
                                Charges& resolved) {
  for (const LimitCharge& charge : charges) {
    const Pool* pool = FindPool(charge.pool);
    if (pool == nullptr) {
      return absl::InternalError(StrCat("not sent: no rate limit is named ", charge.pool));
    }
    if (charge.weight > pool->usable(priority)) {
      return absl::ResourceExhaustedError(StrCat("not sent: it weighs ",
                                                 charge.weight,
                                                 " and ",
                                                 charge.pool,
                                                 " allows ",
                                                 pool->usable(priority)));
    }
    resolved.push_back({static_cast<size_t>(pool - pools_.data()), charge.weight});
  }
  return absl::OkStatus();
}

bool Throttler::Fits(const Charges& charges, CallPriority priority, absl::Duration now) {
  return std::all_of(charges.begin(), charges.end(), [&](const Charge& charge) {
    Pool& pool = pools_[charge.pool];
    return pool.window.used(now) + charge.weight <= pool.usable(priority);
  });
}

void Throttler::Take(const Charges& charges, absl::Duration now) {
  for (const Charge& charge : charges) {
    pools_[charge.pool].window.Add(now, charge.weight);
  }
}

bool Throttler::TryAcquire(const LimitCharges& charges, CallPriority priority) {
  const absl::Duration now = clock_.monotonic();
  if (waiting_ != 0 || (is_closed_ && now < closed_until_)) {
    return false;
  }
  Charges resolved;
  if (!Resolve(charges, priority, resolved).ok() || !Fits(resolved, priority, now)) {
    return false;
  }
  Take(resolved, now);
  return true;
}

Throttler::Ticket Throttler::Enqueue(const LimitCharges& charges,
                                     CallPriority priority,
                                     absl::Duration timeout,
                                     Done done) {
  const absl::Duration now = clock_.monotonic();
  Charges resolved;
  absl::Status status = Resolve(charges, priority, resolved);
  if (status.ok() && waiting_ >= kWaitersMax) {
    status = absl::ResourceExhaustedError(
        StrCat("not sent: ", waiting_, " requests wait for the rate limit already"));
  }
  if (!status.ok()) {
    done(std::move(status));
    return 0;
  }
  const Ticket ticket = ++last_ticket_;
  std::list<Waiter>& lane = lanes_[static_cast<size_t>(priority)];
  lane.push_back({.ticket = ticket,
                  .charges = std::move(resolved),
                  .deadline = now + timeout,
                  .timeout = timeout,
                  .done = std::move(done)});
  ++waiting_;
  Pump();
  return ticket;
}

void Throttler::Withdraw(Ticket ticket) {
  for (std::list<Waiter>& lane : lanes_) {
    const size_t before = lane.size();
    lane.remove_if([ticket](const Waiter& waiter) { return waiter.ticket == ticket; });
    waiting_ -= before - lane.size();
  }
  Pump();
}

Task<absl::Status> Throttler::Acquire(LimitCharges charges,
                                      CallPriority priority,
                                      absl::Duration timeout) {
  if (TryAcquire(charges, priority)) {
    co_return absl::OkStatus();
  }
  struct Wait {
    Throttler& throttler;
    Ticket ticket = 0;
    bool is_done = false;
    absl::Status status;
    AsyncEvent event;

    explicit Wait(Throttler& owner) : throttler(owner) {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() {
      if (!is_done) {
        throttler.Withdraw(ticket);  // the task was canceled
      }
    }
  };
  Wait wait(*this);
  wait.ticket = Enqueue(charges, priority, timeout, [&wait](absl::Status status) {
    wait.is_done = true;
    wait.status = std::move(status);
    wait.event.Set();
  });
  while (!wait.is_done) {
    co_await wait.event.Wait();
  }
  co_return wait.status;
}

void Throttler::PumpLane(CallPriority priority,
                         absl::Duration now,
                         uint64_t& held,
                         absl::Duration& wake,
                         Finished& finished) {
  std::list<Waiter>& lane = lanes_[static_cast<size_t>(priority)];
  for (auto waiter = lane.begin(); waiter != lane.end();) {
    std::optional<absl::Status> outcome;
    uint64_t wanted = 0;
    for (const Charge& charge : waiter->charges) {
      wanted |= MaskOf(charge.pool);
    }
    if (is_circuit_open_) {
      outcome = absl::ResourceExhaustedError(StrCat("not sent: ", closed_reason_));
    } else if (waiter->deadline <= now) {
      outcome = TooLate(*waiter, priority, now);
    } else if (!is_closed_ && (wanted & held) == 0 && Fits(waiter->charges, priority, now)) {
      Take(waiter->charges, now);
      outcome = absl::OkStatus();
    }
    if (outcome.has_value()) {
      finished.emplace_back(std::move(waiter->done), *std::move(outcome));
      waiter = lane.erase(waiter);
      --waiting_;
      continue;
    }
    if (!is_closed_ && (wanted & held) == 0) {
      absl::Duration room_at = now;
      for (const Charge& charge : waiter->charges) {
        Pool& pool = pools_[charge.pool];
        room_at =
            std::max(room_at, pool.window.WhenAtMost(now, pool.usable(priority) - charge.weight));
      }
      wake = std::min(wake, room_at);
    }
    held |= wanted;
    wake = std::min(wake, waiter->deadline);
    ++waiter;
  }
}

void Throttler::Pump() {
  if (waiting_ == 0 && !is_closed_) {
    return;
  }
  const absl::Duration now = clock_.monotonic();
  if (is_closed_ && now >= closed_until_) {
    Reopen();
  }
  absl::Duration wake = is_closed_ ? closed_until_ : absl::InfiniteDuration();
  uint64_t held = 0;
  Finished finished;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    PumpLane(static_cast<CallPriority>(lane), now, held, wake, finished);
  }
  SetTimer(now, wake);
  for (auto& [done, status] : finished) {
    done(std::move(status));  // may come back with new requests
  }
}

void Throttler::SetTimer(absl::Duration now, absl::Duration wake) {
  if (timer_ != 0 && wake == timer_at_) {
    return;
  }
  clock_.CancelTimer(timer_);
  timer_ = 0;
  timer_at_ = wake;
  if (wake != absl::InfiniteDuration()) {
    timer_ = clock_.ScheduleAfter(wake - now, [this] {
      timer_ = 0;
      Pump();
    });
  }
}

absl::Status Throttler::TooLate(const Waiter& waiter, CallPriority priority, absl::Duration now) {
  std::string why = is_closed_ ? closed_reason_ : std::string();
  for (const Charge& charge : waiter.charges) {
    Pool& pool = pools_[charge.pool];
    if (why.empty() && pool.window.used(now) + charge.weight > pool.usable(priority)) {
      why = StrCat(pool.name,
                   " has ",
                   pool.window.used(now),
                   " of ",
                   pool.window.limit(),
                   " used in ",
                   InSeconds(pool.window.interval()));
    }
  }
  return absl::DeadlineExceededError(StrCat("not sent: waited ",
                                            InSeconds(waiter.timeout),
                                            " for the rate limit; ",
                                            why.empty() ? "others were before it" : why));
}

void Throttler::UpdateFromHeaders(const HttpHeaders& headers) {
  for (const Pool& pool : pools_) {
    if (pool.used_header.empty()) {
      continue;
    }
    for (const auto& [name, value] : headers) {
      int64_t used = 0;
      if (absl::EqualsIgnoreCase(name, pool.used_header) && absl::SimpleAtoi(value, &used)) {
        UpdateUsed(pool.name, used);
      }
    }
  }
}

void Throttler::UpdateUsed(std::string_view name, int64_t used) {
  Pool* pool = FindPool(name);
  if (pool == nullptr) {
    return;
  }
  // A venue that counts far beyond its own limit would otherwise be able to overflow ours.
  const int64_t stated = std::min(used, 2 * pool->window.limit());
  const absl::Duration now = clock_.monotonic();
  if (const int64_t ours = pool->window.used(now); stated > ours) {
    pool->window.Add(now, stated - ours);
  }
}

void Throttler::CloseFor(absl::Duration duration, std::string_view reason) {
  Shut(clock_.monotonic() + duration, reason, /*is_circuit=*/false);
}

void Throttler::OpenCircuit(absl::Duration duration, std::string_view reason) {
  Shut(clock_.monotonic() + duration, reason, /*is_circuit=*/true);
}

void Throttler::Shut(absl::Duration until, std::string_view reason, bool is_circuit) {
  is_circuit_open_ |= is_circuit;
  if (is_closed_ && until <= closed_until_) {
    Pump();
    return;
  }
  is_closed_ = true;
  closed_until_ = until;
  closed_reason_ = std::string(reason);
  if (listener_) {
    listener_(false, closed_reason_);
  }
  Pump();
}

void Throttler::Reopen() {
  is_closed_ = false;
  is_circuit_open_ = false;
  closed_reason_.clear();
  if (listener_) {
    listener_(true, "");
  }
}

int64_t Throttler::used(std::string_view pool) {
  Pool* found = FindPool(pool);
  return found == nullptr ? 0 : found->window.used(clock_.monotonic());
}

int64_t Throttler::limit(std::string_view pool) const {
  for (const Pool& known : pools_) {
    if (known.name == pool) {
      return known.window.limit();
    }
  }
  return 0;
}

}  // namespace colibri
