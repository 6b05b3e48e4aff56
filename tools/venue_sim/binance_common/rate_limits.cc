#include "tools/venue_sim/binance_common/rate_limits.h"

#include <algorithm>

namespace colibri::venue_sim::binance {
namespace {

constexpr int64_t kTenSeconds = 10'000;
constexpr int64_t kMinute = 60'000;
constexpr int64_t kFiveMinutes = 5 * kMinute;
constexpr int64_t kDay = 24 * 60 * kMinute;

}  // namespace

void RateLimits::Window::Roll(int64_t now_ms, int64_t length_ms) {
  if (index != now_ms / length_ms) {
    index = now_ms / length_ms;
    count = 0;
  }
}

int64_t RateLimits::Window::CountAt(int64_t now_ms, int64_t length_ms) const {
  return index == now_ms / length_ms ? count : 0;
}

RateLimits::Address& RateLimits::AddressOf(std::string_view ip, int64_t now_ms) {
  auto found = addresses_.find(ip);
  if (found == addresses_.end()) {
    if (addresses_.size() >= kAddressesKept) {
      std::erase_if(addresses_, [&](const auto& entry) {
        return entry.second.banned_until_ms <= now_ms &&
               entry.second.weight.CountAt(now_ms, kMinute) == 0;
      });
    }
    found = addresses_.emplace(ip, Address()).first;
  }
  Address& address = found->second;
  address.weight.Roll(now_ms, kMinute);
  address.raw.Roll(now_ms, kFiveMinutes);
  address.refusals.Roll(now_ms, kMinute);
  return address;
}

std::optional<Refusal> RateLimits::Charge(std::string_view ip, int weight, int64_t now_ms) {
  Address& address = AddressOf(ip, now_ms);
  if (address.banned_until_ms > now_ms) {
    ++ban_refusal_count_;
    return Refusal{.http_status = 418, .retry_at_ms = address.banned_until_ms};
  }
  const bool is_over_weight = address.weight.count + weight > options_.request_weight_per_minute;
  const bool is_over_raw = address.raw.count + 1 > options_.raw_requests_per_5_minutes;
  if (!is_over_weight && !is_over_raw) {
    address.weight.count += weight;
    ++address.raw.count;
    return std::nullopt;
  }
  if (++address.refusals.count > options_.refusals_before_ban) {
    const int64_t ban_ms = absl::ToInt64Milliseconds(options_.first_ban);
    address.banned_until_ms = now_ms + std::min(ban_ms << std::min(address.bans, 20), 3 * kDay);
    ++address.bans;
    ++ban_refusal_count_;
    return Refusal{.http_status = 418, .retry_at_ms = address.banned_until_ms};
  }
  ++refusal_count_;
  const int64_t length = is_over_weight ? kMinute : kFiveMinutes;
  return Refusal{.http_status = 429, .retry_at_ms = (now_ms / length + 1) * length};
}

void RateLimits::ChargeLate(std::string_view ip, int weight, int64_t now_ms) {
  AddressOf(ip, now_ms).weight.count += weight;
}

int64_t RateLimits::used_weight(std::string_view ip, int64_t now_ms) const {
  const auto found = addresses_.find(ip);
  return found == addresses_.end() ? 0 : found->second.weight.CountAt(now_ms, kMinute);
}

bool RateLimits::HasRoomForOrder(uint64_t account, int64_t now_ms) const {
  const OrderCounts counts = order_counts(account, now_ms);
  return counts.in_10_seconds < options_.orders_per_10_seconds &&
         counts.in_day < options_.orders_per_day &&
         (options_.orders_per_minute == 0 || counts.in_minute < options_.orders_per_minute);
}

void RateLimits::CountOrder(uint64_t account, int64_t now_ms, int count) {
  OrderWindows& windows = orders_[account];
  windows.short_term.Roll(now_ms, kTenSeconds);
  windows.day.Roll(now_ms, kDay);
  windows.minute.Roll(now_ms, kMinute);
  ++windows.short_term.count;
  windows.minute.count += count;
  windows.day.count += count;
}

void RateLimits::CreditFill(uint64_t account, bool is_maker, int64_t now_ms) {
  const int64_t credit = is_maker ? 5 : 1;
  OrderWindows& windows = orders_[account];
  windows.short_term.Roll(now_ms, kTenSeconds);
  windows.day.Roll(now_ms, kDay);
  windows.short_term.count = std::max<int64_t>(windows.short_term.count - credit, 0);
  windows.day.count = std::max<int64_t>(windows.day.count - credit, 0);
}

OrderCounts RateLimits::order_counts(uint64_t account, int64_t now_ms) const {
  const auto found = orders_.find(account);
  if (found == orders_.end()) {
    return {};
  }
  return {.in_10_seconds = found->second.short_term.CountAt(now_ms, kTenSeconds),
          .in_minute = found->second.minute.CountAt(now_ms, kMinute),
          .in_day = found->second.day.CountAt(now_ms, kDay)};
}

}  // namespace colibri::venue_sim::binance
