// Turns a run into one number: the hash of every event's line, in order. Two runs that saw and did
// the same have the same hash.
//
//   EventLog log(exchange.events());
//   ...
//   std::string event_log_hash = log.hash();    // "343e1662793c64bf6f0d3597ba446f18"
//
// The lines are those of Describe, each followed by a newline; the hash is FNV-1a of 128 bits. It
// tells runs apart, and is no protection against someone who wants two to look alike. Lines carry
// times, so hashes are comparable on virtual time only.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/decimal.h"
#include "core/event_bus.h"

namespace colibri {

// FNV-1a, 128 bits.
class RollingHash {
 public:
  void Add(std::string_view bytes);
  // 32 lower-case hex digits.
  std::string ToHex() const;

 private:
  static constexpr Uint128 kOffsetBasis =
      (Uint128{0x6c62272e07bb0142} << 64) | Uint128{0x62b821756295c58d};

  Uint128 state_ = kOffsetBasis;
};

class EventLog {
 public:
  // Called with each line, without its newline. The view is valid during the call.
  using LineWriter = std::function<void(std::string_view line)>;

  // The bus outlives the log or is destroyed before the next event; the writer may be empty.
  explicit EventLog(EventBus& events, LineWriter writer = {});
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  std::string hash() const { return hash_.ToHex(); }
  int64_t event_count() const { return event_count_; }

 private:
  void Add(const Event& event);

  RollingHash hash_;
  int64_t event_count_ = 0;
  LineWriter writer_;
  Subscription subscription_;
};

}  // namespace colibri
