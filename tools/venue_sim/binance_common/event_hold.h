// Holds back the user events of a call until after its reply.
//
//   hold.Begin(); ...Push(account, [=] { send; })...; hold.End(absl::Milliseconds(3));
//
// Between Begin and End events queue, and leave after the delay, in order; until then later ones of
// the account queue behind them.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>

#include "core/clock.h"

namespace colibri::venue_sim::binance {

class EventHold {
 public:
  using Send = std::function<void()>;

  explicit EventHold(Clock& clock) : clock_(clock) {}
  ~EventHold();
  EventHold(const EventHold&) = delete;
  EventHold& operator=(const EventHold&) = delete;

  void Push(uint64_t account, Send send);
  void Begin() { is_holding_ = true; }
  void End(absl::Duration delay);

 private:
  void Flush(uint64_t account);

  Clock& clock_;
  bool is_holding_ = false;
  std::map<uint64_t, std::deque<Send>> held_;
  std::map<uint64_t, TimerId> timers_;  // that will flush what is held
};

}  // namespace colibri::venue_sim::binance
