// What works and what does not, per capability, since when and why.
//
//   if (!health.can_trade(pair)) Wait(health.Why(pair));
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

#include "core/trading_pair.h"

namespace colibri {

struct CapabilityHealth {
  std::string capability;  // "symbols", "rules", "book BTC-USDT", "user_stream", "balances",
                           // "clock", "limits", "order_socket"
  bool is_healthy = false;
  bool is_needed = true;  // to trade
  absl::Time since;
  std::string reason;  // why not; empty when healthy
};

class Health {
 public:
  using Listener = std::function<void(const CapabilityHealth&)>;

  Health() = default;
  Health(const Health&) = delete;
  Health& operator=(const Health&) = delete;

  // Declares a capability, unhealthy with that reason until Set.
  void Require(std::string_view capability, absl::Time now, std::string_view reason);
  // The same for what is of use, and not needed to trade.
  void Offer(std::string_view capability, absl::Time now, std::string_view reason);
  // Tells the listener only when the state or the reason changes.
  void Set(std::string_view capability,
           bool is_healthy,
           absl::Time now,
           std::string_view reason = "");
  void set_listener(Listener listener) { listener_ = std::move(listener); }

  bool is_healthy(std::string_view capability) const;
  // All that every pair needs, and the pair's own book.
  bool can_trade(const TradingPair& pair) const;
  // All that is needed.
  bool all_healthy() const;
  // The first reasons why can_trade is false, joined; empty when it is true.
  std::string Why(const TradingPair& pair) const;
  std::vector<CapabilityHealth> capabilities() const;

  static std::string BookCapability(const TradingPair& pair) { return "book " + pair.ToString(); }

 private:
  // Adds `by` to the failures where this is one of all pairs.
  void CountFailure(const CapabilityHealth& health, int by);

  std::map<std::string, CapabilityHealth, std::less<>> capabilities_;
  // Of what every pair needs: an order must not cost more with a thousand pairs than with one.
  int common_failures_ = 0;
  // The book that was asked for last: orders of one pair come in a row. None is ever forgotten.
  mutable TradingPair last_pair_;
  mutable const CapabilityHealth* last_book_ = nullptr;
  Listener listener_;
};

}  // namespace colibri
