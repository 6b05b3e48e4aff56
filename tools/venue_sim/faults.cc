#include "tools/venue_sim/faults.h"

namespace colibri::venue_sim {

void Faults::Run(std::function<void()> change) {
  if (runner_) {
    runner_(std::move(change));
  } else {
    change();
  }
}

void Faults::DropDepthEvents(std::string symbol, int count) {
  Run([&] { state_.depth_events_to_drop[symbol] += count; });
}

void Faults::CutUserStreams() {
  Run([&] { hooks_.cut_user_streams(); });
}

void Faults::CutMarketStreams() {
  Run([&] { hooks_.cut_market_streams(); });
}

void Faults::ShutDownStreams() {
  Run([&] { hooks_.shut_down_streams(); });
}

void Faults::RefuseRequests(absl::Duration duration, std::optional<int> retry_after_seconds) {
  Run([&] {
    state_.refuse_until = hooks_.now() + duration;
    state_.refuse_retry_after = retry_after_seconds;
  });
}

void Faults::BanRequests(absl::Duration duration) {
  Run([&] { state_.ban_until = hooks_.now() + duration; });
}

void Faults::FailOrders(int count, FailWhen when, int http_status) {
  Run([&] {
    state_.orders_to_fail = count;
    state_.fail_when = when;
    state_.fail_status = http_status;
  });
}

void Faults::HangUpOrders(int count) {
  Run([&] { state_.replies_to_hang_up = count; });
}

void Faults::DelayAnswers(absl::Duration delay) {
  Run([&] { state_.answer_delay = delay; });
}

void Faults::SkewClock(absl::Duration skew) {
  Run([&] { state_.clock_skew = skew; });
}

void Faults::WithholdUserEvents(absl::Duration duration) {
  Run([&] { state_.withhold_user_events_until = hooks_.now() + duration; });
}

void Faults::StallMarketStreams(absl::Duration duration) {
  Run([&] { state_.stall_market_streams_until = hooks_.now() + duration; });
}

void Faults::Clear() {
  Run([&] { state_ = FaultState(); });
}

}  // namespace colibri::venue_sim
