#include "tools/venue_sim/binance_common/event_hold.h"

#include <utility>

namespace colibri::venue_sim::binance {

EventHold::~EventHold() {
  for (const auto& [account, timer] : timers_) {
    clock_.CancelTimer(timer);
  }
}

void EventHold::Push(uint64_t account, Send send) {
  if (is_holding_ || held_.contains(account)) {
    held_[account].push_back(std::move(send));
    return;
  }
  send();
}

void EventHold::End(absl::Duration delay) {
  is_holding_ = false;
  for (const auto& [account, events] : held_) {
    if (!timers_.contains(account)) {
      timers_[account] = clock_.ScheduleAfter(delay, [this, id = account] { Flush(id); });
    }
  }
}

void EventHold::Flush(uint64_t account) {
  timers_.erase(account);
  const auto held = held_.find(account);
  if (held == held_.end()) {
    return;
  }
  const std::deque<Send> events = std::move(held->second);
  held_.erase(held);
  for (const Send& send : events) {
    send();
  }
}

}  // namespace colibri::venue_sim::binance
