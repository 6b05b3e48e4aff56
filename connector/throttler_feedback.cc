// What the venue says of its limits: their size, what is used of them, and that we must stop.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

#include "connector/throttler.h"
#include "core/check.h"

namespace colibri {

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

void Throttler::UpdateFromHeaders(const HttpHeaders& headers, const Permit& permit) {
  bool is_lower = false;
  for (size_t i = 0; i < pools_.size(); ++i) {
    Pool& pool = pools_[i];
    int64_t used = 0;
    const auto header = std::find_if(headers.begin(), headers.end(), [&](const auto& candidate) {
      return !pool.used_header.empty() &&
             absl::EqualsIgnoreCase(candidate.first, pool.used_header) &&
             absl::SimpleAtoi(candidate.second, &used);
    });
    if (header == headers.end()) {
      continue;
    }
    const auto charge = std::find_if(permit.charges_.begin(),
                                     permit.charges_.end(),
                                     [i](const Charge& candidate) { return candidate.pool == i; });
    if (charge == permit.charges_.end()) {
      UpdateUsed(pool.name, used);
      continue;
    }
    // Contained for certain: what was settled before this one was sent, and this one.
    const int64_t counted = std::min(used, 2 * pool.window.limit());
    is_lower |= State(
        pool, counted - charge->settled_before - charge->weight, /*asked_at=*/permit.granted_at_);
  }
  if (is_lower && !waiters_.empty()) {
    Pump();
  }
}

void Throttler::UpdateUsed(std::string_view name, int64_t used) {
  if (Pool* pool = FindPool(name)) {
    // A venue that counts far beyond its own limit would otherwise be able to overflow ours.
    const int64_t counted = std::min(used, 2 * pool->window.limit());
    State(*pool, counted - pool->settled, /*asked_at=*/-absl::InfiniteDuration());
  }
}

bool Throttler::State(Pool& pool, int64_t offset, absl::Duration asked_at) {
  const absl::Duration now = clock_.monotonic();
  const bool is_newer = asked_at >= pool.stated_at || !pool.is_stated(now);
  if (!is_newer && offset < pool.stated_offset) {
    return false;
  }
  const bool is_lower = offset < pool.stated_offset;
  pool.stated_offset = offset;
  pool.stated_at = now;
  return is_lower;
}

void Throttler::CloseFor(absl::Duration duration, std::string_view reason) {
  Shut(clock_.monotonic() + duration, reason, /*is_circuit=*/false);
}

bool Throttler::ClosePoolFor(std::string_view name,
                             absl::Duration duration,
                             std::string_view reason) {
  Pool* pool = FindPool(name);
  if (pool == nullptr) {
    return false;
  }
  const absl::Duration until = clock_.monotonic() + duration;
  if (until > pool->closed_until) {
    pool->closed_until = until;
    pool->closed_reason = std::string(reason);
  }
  return true;
}

void Throttler::OpenCircuit(absl::Duration duration, std::string_view reason) {
  Shut(clock_.monotonic() + duration, reason, /*is_circuit=*/true);
}

void Throttler::Shut(absl::Duration until, std::string_view reason, bool is_circuit) {
  const bool is_news = !is_closed_ || (is_circuit && !is_circuit_open_) || until > closed_until_;
  closed_until_ = is_closed_ ? std::max(until, closed_until_) : until;
  is_closed_ = true;
  if (is_news && (is_circuit || !is_circuit_open_)) {
    is_circuit_open_ |= is_circuit;
    closed_reason_ = std::string(reason);
    if (listener_) {
      listener_(false, closed_reason_);
    }
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

}  // namespace colibri
