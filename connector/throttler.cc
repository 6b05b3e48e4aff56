#include "connector/throttler.h"

#include <algorithm>
#include <utility>

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

Throttler::Permit::Permit(Permit&& other) noexcept
    : throttler_(std::exchange(other.throttler_, nullptr)),
      charges_(std::move(other.charges_)),
      granted_at_(other.granted_at_) {}

Throttler::Permit& Throttler::Permit::operator=(Permit&& other) noexcept {
  if (this != &other) {
    Settle();
    throttler_ = std::exchange(other.throttler_, nullptr);
    charges_ = std::move(other.charges_);
    granted_at_ = other.granted_at_;
  }
  return *this;
}

void Throttler::Permit::Settle() {
  if (Throttler* throttler = std::exchange(throttler_, nullptr)) {
    throttler->End(charges_, /*is_sent=*/true);
  }
}

void Throttler::Permit::GiveBack() {
  if (Throttler* throttler = std::exchange(throttler_, nullptr)) {
    throttler->End(charges_, /*is_sent=*/false);
  }
}

int64_t Throttler::Pool::usable(CallPriority priority) const {
  const int64_t limit = window.limit();
  if (!is_charged_by_cancels || priority == CallPriority::kCancel) {
    return limit;
  }
  return std::max<int64_t>(limit - (limit + kCancelShareDivisor - 1) / kCancelShareDivisor, 1);
}

int64_t Throttler::Pool::used(absl::Duration now) {
  const int64_t ours = in_flight() + window.used(now);
  return is_stated(now) ? std::max(ours, stated_offset + granted) : ours;
}

absl::Duration Throttler::Pool::RoomAt(absl::Duration now, CallPriority priority, int64_t weight) {
  const int64_t bound = usable(priority) - weight - in_flight();
  if (bound < 0) {
    return absl::InfiniteDuration();
  }
  absl::Duration room_at = std::max(window.WhenAtMost(now, bound), closed_until);
  if (is_stated(now) && stated_offset + granted + weight > usable(priority)) {
    room_at = std::max(room_at, stated_at + window.interval() + absl::Nanoseconds(1));
  }
  return room_at;
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
    resolved.push_back(
        {.pool = static_cast<size_t>(pool - pools_.data()), .weight = charge.weight});
  }
  return absl::OkStatus();
}

bool Throttler::Fits(const Charges& charges, CallPriority priority, absl::Duration now) {
  return std::all_of(charges.begin(), charges.end(), [&](const Charge& charge) {
    Pool& pool = pools_[charge.pool];
    return pool.used(now) + charge.weight <= pool.usable(priority) && now >= pool.closed_until;
  });
}

bool Throttler::IsFirst(const Charges& charges, CallPriority priority) const {
  if (waiters_.empty()) {
    return true;
  }
  for (const Charge& charge : charges) {
    for (size_t lane = 0; lane <= static_cast<size_t>(priority); ++lane) {
      if (pools_[charge.pool].waiting[lane] > 0) {
        return false;
      }
    }
  }
  return true;
}

Throttler::Permit Throttler::Grant(Charges charges, absl::Duration now) {
  for (Charge& charge : charges) {
    Pool& pool = pools_[charge.pool];
    charge.settled_before = pool.settled;
    pool.granted += charge.weight;
  }
  return Permit(*this, std::move(charges), now);
}

void Throttler::End(const Charges& charges, bool is_sent) {
  const absl::Duration now = clock_.monotonic();
  for (const Charge& charge : charges) {
    Pool& pool = pools_[charge.pool];
    if (is_sent) {
      pool.settled += charge.weight;
      pool.window.Add(now, charge.weight);
    } else {
      pool.granted -= charge.weight;
    }
  }
  if (!waiters_.empty() && (awaits_answers_ || !is_sent)) {
    Pump();
  }
}

std::optional<Throttler::Permit> Throttler::TryAcquire(const LimitCharges& charges,
                                                       CallPriority priority) {
  const absl::Duration now = clock_.monotonic();
  if (is_closed_ && now < closed_until_) {
    return std::nullopt;
  }
  Charges resolved;
  if (!Resolve(charges, priority, resolved).ok() || !IsFirst(resolved, priority) ||
      !Fits(resolved, priority, now)) {
    return std::nullopt;
  }
  return Grant(std::move(resolved), now);
}

Throttler::Ticket Throttler::Enqueue(const LimitCharges& charges,
                                     CallPriority priority,
                                     absl::Duration timeout,
                                     Done done) {
  const absl::Duration now = clock_.monotonic();
  if (is_closed_ && now >= closed_until_) {
    Pump();
  }
  Charges resolved;
  absl::Status status = Resolve(charges, priority, resolved);
  if (status.ok() && is_circuit_open_) {
    status = absl::ResourceExhaustedError(StrCat("not sent: ", closed_reason_));
  } else if (status.ok() && waiters_.size() >= kWaitersMax) {
    status = absl::ResourceExhaustedError(
        StrCat("not sent: ", waiters_.size(), " requests wait for the rate limit already"));
  }
  if (!status.ok()) {
    done(std::move(status));
    return 0;
  }
  const bool is_first = !is_closed_ && IsFirst(resolved, priority);
  if (is_first && timeout > absl::ZeroDuration() && Fits(resolved, priority, now)) {
    done(Grant(std::move(resolved), now));
    return 0;
  }
  absl::Duration wake = std::min(timer_at_, now + timeout);
  if (is_first) {
    wake = std::min(wake, RoomAt(resolved, priority, now));
  }
  for (const Charge& charge : resolved) {
    ++pools_[charge.pool].waiting[static_cast<size_t>(priority)];
  }
  unpooled_ += resolved.empty() ? 1 : 0;
  const Ticket ticket = ++last_ticket_;
  Lane& lane = lanes_[static_cast<size_t>(priority)];
  waiters_[ticket] = lane.insert(lane.end(),
                                 {.ticket = ticket,
                                  .priority = priority,
                                  .charges = std::move(resolved),
                                  .deadline = now + timeout,
                                  .timeout = timeout,
                                  .done = std::move(done)});
  deadlines_.emplace(now + timeout, ticket);
  SetTimer(now, wake);
  return ticket;
}

Throttler::Lane::iterator Throttler::Remove(Lane::iterator waiter) {
  const auto lane = static_cast<size_t>(waiter->priority);
  for (const Charge& charge : waiter->charges) {
    --pools_[charge.pool].waiting[lane];
  }
  unpooled_ -= waiter->charges.empty() ? 1 : 0;
  waiters_.erase(waiter->ticket);
  deadlines_.erase({waiter->deadline, waiter->ticket});
  return lanes_[lane].erase(waiter);
}

void Throttler::Withdraw(Ticket ticket) {
  if (const auto waiter = waiters_.find(ticket); waiter != waiters_.end()) {
    Remove(waiter->second);
    Pump();  // those behind it may go
  }
}

Task<absl::StatusOr<Throttler::Permit>> Throttler::Acquire(LimitCharges charges,
                                                           CallPriority priority,
                                                           absl::Duration timeout) {
  if (std::optional<Permit> permit = TryAcquire(charges, priority)) {
    co_return *std::move(permit);
  }
  struct Wait {
    Throttler& throttler;
    Ticket ticket = 0;
    std::optional<absl::StatusOr<Permit>> outcome;
    AsyncEvent event;

    explicit Wait(Throttler& owner) : throttler(owner) {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() {
      // Unless the caller has taken it, the task was canceled: nothing is sent.
      if (!outcome.has_value()) {
        throttler.Withdraw(ticket);
      } else if (outcome->ok()) {
        (*outcome)->GiveBack();
      }
    }
  };
  Wait wait(*this);
  wait.ticket = Enqueue(charges, priority, timeout, [&wait](absl::StatusOr<Permit> outcome) {
    wait.outcome = std::move(outcome);
    wait.event.Set();
  });
  while (!wait.outcome.has_value()) {
    co_await wait.event.Wait();
  }
  co_return *std::move(wait.outcome);
}

absl::Duration Throttler::RoomAt(const Charges& charges,
                                 CallPriority priority,
                                 absl::Duration now) {
  absl::Duration room_at = now;
  for (const Charge& charge : charges) {
    room_at = std::max(room_at, pools_[charge.pool].RoomAt(now, priority, charge.weight));
  }
  awaits_answers_ |= room_at == absl::InfiniteDuration();
  return room_at;
}

uint64_t Throttler::WantedFrom(CallPriority priority) const {
  uint64_t wanted = unpooled_ > 0 ? kNoPool : 0;
  for (size_t i = 0; i < pools_.size(); ++i) {
    const std::array<uint32_t, kLanes>& waiting = pools_[i].waiting;
    if (std::any_of(waiting.begin() + static_cast<ptrdiff_t>(priority),
                    waiting.end(),
                    [](uint32_t count) { return count > 0; })) {
      wanted |= MaskOf(i);
    }
  }
  return wanted;
}

void Throttler::PumpLane(CallPriority priority,
                         absl::Duration now,
                         uint64_t& held,
                         absl::Duration& wake,
                         Finished& finished) {
  const uint64_t wanted_by_any = WantedFrom(priority);
  Lane& lane = lanes_[static_cast<size_t>(priority)];
  // Once every pool is waited for, nobody who follows can go.
  for (auto waiter = lane.begin(); waiter != lane.end() && (wanted_by_any & ~held) != 0;) {
    uint64_t wanted = 0;
    for (const Charge& charge : waiter->charges) {
      wanted |= MaskOf(charge.pool);
    }
    if ((wanted & held) == 0) {
      if (Fits(waiter->charges, priority, now)) {
        finished.emplace_back(std::move(waiter->done), Grant(waiter->charges, now));
        waiter = Remove(waiter);
        continue;
      }
      wake = std::min(wake, RoomAt(waiter->charges, priority, now));
    }
    held |= wanted;
    ++waiter;
  }
}

void Throttler::DropLate(absl::Duration now, Finished& finished) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const Lane::iterator waiter = waiters_.at(deadlines_.begin()->second);
    finished.emplace_back(std::move(waiter->done), TooLate(*waiter, now));
    Remove(waiter);
  }
}

void Throttler::RefuseAll(Finished& finished) {
  for (Lane& lane : lanes_) {
    while (!lane.empty()) {
      finished.emplace_back(std::move(lane.front().done),
                            absl::ResourceExhaustedError(StrCat("not sent: ", closed_reason_)));
      Remove(lane.begin());
    }
  }
}

void Throttler::Pump() {
  if (waiters_.empty() && !is_closed_) {
    return;
  }
  const absl::Duration now = clock_.monotonic();
  if (is_closed_ && now >= closed_until_) {
    Reopen();
  }
  absl::Duration wake = is_closed_ ? closed_until_ : absl::InfiniteDuration();
  uint64_t held = 0;
  Finished finished;
  awaits_answers_ = false;
  if (is_circuit_open_) {
    RefuseAll(finished);
  }
  DropLate(now, finished);
  for (size_t lane = 0; lane < kLanes && !is_closed_; ++lane) {
    PumpLane(static_cast<CallPriority>(lane), now, held, wake, finished);
  }
  if (!deadlines_.empty()) {
    wake = std::min(wake, deadlines_.begin()->first);
  }
  SetTimer(now, wake);
  for (auto& [done, outcome] : finished) {
    done(std::move(outcome));  // may come back with new requests
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
      timer_at_ = absl::InfiniteDuration();
      Pump();
    });
  }
}

absl::Status Throttler::TooLate(const Waiter& waiter, absl::Duration now) {
  std::string why = is_closed_ ? closed_reason_ : std::string();
  for (const Charge& charge : waiter.charges) {
    Pool& pool = pools_[charge.pool];
    if (why.empty() && now < pool.closed_until) {
      why = pool.closed_reason;
    } else if (why.empty() && pool.used(now) + charge.weight > pool.usable(waiter.priority)) {
      why = StrCat(pool.name,
                   " has ",
                   pool.used(now),
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

int64_t Throttler::used(std::string_view pool) {
  Pool* found = FindPool(pool);
  return found == nullptr ? 0 : found->used(clock_.monotonic());
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
