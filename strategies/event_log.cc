#include "strategies/event_log.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "core/event.h"

namespace colibri {

void RollingHash::Add(std::string_view bytes) {
  constexpr Uint128 kPrime = (Uint128{1} << 88) | Uint128{0x13b};
  Uint128 state = state_;
  for (const char byte : bytes) {
    state ^= static_cast<unsigned char>(byte);
    state *= kPrime;
  }
  state_ = state;
}

std::string RollingHash::ToHex() const {
  return absl::StrCat(absl::Hex(static_cast<uint64_t>(state_ >> 64), absl::kZeroPad16),
                      absl::Hex(static_cast<uint64_t>(state_), absl::kZeroPad16));
}

EventLog::EventLog(EventBus& events, LineWriter writer) : writer_(std::move(writer)) {
  subscription_ = events.SubscribeAll([this](const Event& event) { Add(event); });
}

void EventLog::Add(const Event& event) {
  const std::string line = Describe(event);
  hash_.Add(line);
  hash_.Add("\n");
  ++event_count_;
  if (writer_) {
    writer_(line);
  }
}

}  // namespace colibri
