// The venue's limits: request weight and raw requests by IP, unfilled orders by account.
//
//   if (std::optional<Refusal> refusal = limits.Charge(ip, 5, now_ms)) { ... 429 or 418 ... }
//
// Windows are the clock's own minutes, seconds and days, as the venue counts them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tools/venue_sim/sim_options.h"

namespace colibri::venue_sim::binance {

struct Refusal {
  int http_status = 429;  // or 418
  int64_t retry_at_ms = 0;
};

struct OrderCounts {
  int64_t in_10_seconds = 0;
  int64_t in_minute = 0;
  int64_t in_day = 0;
};

class RateLimits {
 public:
  static constexpr size_t kAddressesKept = 10'000;

  explicit RateLimits(const SimLimitOptions& options) : options_(options) {}

  // Charges nothing when it refuses. Who goes on being refused within a minute is banned.
  std::optional<Refusal> Charge(std::string_view ip, int weight, int64_t now_ms);
  // A charge after the fact, which refuses nothing.
  void ChargeLate(std::string_view ip, int weight, int64_t now_ms);
  // How often Charge has refused: with 429, with 418.
  int64_t refusal_count() const { return refusal_count_; }
  int64_t ban_refusal_count() const { return ban_refusal_count_; }
  int64_t used_weight(std::string_view ip, int64_t now_ms) const;

  bool HasRoomForOrder(uint64_t account, int64_t now_ms) const;
  // An order, or a batch of them that counts once in the short window.
  void CountOrder(uint64_t account, int64_t now_ms, int count = 1);
  // The first fill of an order gives room back: 1 for a taker, 5 for a maker, never below 0.
  void CreditFill(uint64_t account, bool is_maker, int64_t now_ms);
  OrderCounts order_counts(uint64_t account, int64_t now_ms) const;

  const SimLimitOptions& options() const { return options_; }

 private:
  struct Window {
    int64_t index = -1;
    int64_t count = 0;

    void Roll(int64_t now_ms, int64_t length_ms);
    int64_t CountAt(int64_t now_ms, int64_t length_ms) const;
  };
  struct Address {
    Window weight;
    Window raw;
    Window refusals;
    int64_t banned_until_ms = 0;
    int bans = 0;
  };
  struct OrderWindows {
    Window short_term;
    Window minute;
    Window day;
  };

  Address& AddressOf(std::string_view ip, int64_t now_ms);

  SimLimitOptions options_;
  int64_t refusal_count_ = 0;
  int64_t ban_refusal_count_ = 0;
  std::map<std::string, Address, std::less<>> addresses_;
  std::map<uint64_t, OrderWindows> orders_;
};

}  // namespace colibri::venue_sim::binance
