// Holds the promises about order events, over all lives of a process.
//
//   OrderChecker checker([&](std::string violation) { ... });
//   checker.Watch(exchange.events());     // again after each restart
//   checker.CheckEnd();                   // every order has ended, once
//
// Exactly one Created per order, first; a conditional order
// triggers once at most, and before its fills; fills add up; exactly one terminal event, last,
// whose amounts equal the fills; a trade counts once on each side. Only a fill that says so comes
// after the end, and only a correction that follows it. An order that ends has what the venue gave
// it, unless the venue was given the time to tell. What is foreign is told once. A balance never
// goes back in the venue's time. Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/time/time.h"

#include "connector/journal_state.h"
#include "core/event_bus.h"
#include "core/fill_key.h"

namespace colibri::simulation {

class OrderChecker {
 public:
  using Reporter = std::function<void(std::string violation)>;

  // What the venue has of an order.
  struct AtVenue {
    Quantity filled;
    bool is_open = false;
    absl::Duration age;  // since it last changed
  };
  using VenueFinder = std::function<std::optional<AtVenue>(const ClientOrderId&)>;

  OrderChecker(Reporter reporter, VenueFinder find_at_venue)
      : reporter_(std::move(reporter)), find_at_venue_(std::move(find_at_venue)) {}

  void Watch(EventBus& events);
  // The process is dead: what it still says to itself counts for nothing.
  void StopWatching() { subscription_ = Subscription(); }
  // What a new process finds in the journal must be what was said; but for one thing, when the old
  // one died between writing and saying it.
  void CompareWith(const JournalState& journal);
  void CheckEnd();

  bool was_foreign_fill_told(const FillKey& key) const { return foreign_fills_.contains(key); }

  int64_t orders() const { return static_cast<int64_t>(orders_.size()); }
  int64_t fills() const { return fills_; }
  int64_t doubts() const { return doubts_; }
  int64_t late_fills() const { return late_fills_; }
  int64_t triggers() const { return triggers_; }
  int64_t foreign() const { return foreign_; }

 private:
  struct Seen {
    int created = 0;
    int triggered = 0;
    int ended = 0;
    bool is_incomplete = false;
    Quantity filled;
    std::string how;
  };

  void See(const Event& event);
  void SeeCreated(const Order& order);
  void SeeTriggered(const Order& order);
  void SeeFill(const OrderFilled& event);
  void SeeEnd(const Order& order, bool is_incomplete);
  void SeeForeignFill(const Fill& fill);
  void SeeBalance(const BalanceChanged& event);
  void CompareEnd(const Order& order);
  void Violate(const ClientOrderId& id, std::string_view what);

  // A status is held for 10 s at least when its fills do not come; the venue's clock may be off.
  static constexpr absl::Duration kHeldMin = absl::Seconds(3);

  Reporter reporter_;
  VenueFinder find_at_venue_;
  std::map<ClientOrderId, Seen> orders_;
  std::set<FillKey> foreign_fills_;
  std::map<std::string, absl::Time> balances_at_;    // by asset, in this life
  std::map<std::string, absl::Time> balances_told_;  // our time
  std::set<FillKey> trades_;
  int64_t fills_ = 0;
  int64_t doubts_ = 0;
  int64_t late_fills_ = 0;
  int64_t triggers_ = 0;
  int64_t foreign_ = 0;
  Subscription subscription_;
};

}  // namespace colibri::simulation
