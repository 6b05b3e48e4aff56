#include "connector/account_keeper.h"

#include <algorithm>
#include <string>
#include <utility>

#include "connector/log.h"

namespace colibri {
namespace {

// Keys that the venue refuses are not tried again sooner.
constexpr absl::Duration kRefusedDelayMin = absl::Seconds(30);

}  // namespace

AccountKeeper::AccountKeeper(ExchangeState& state, Options options)
    : state_(state), options_(std::move(options)), backoff_(state.environment.random()) {}

AccountKeeper::~AccountKeeper() {
  state_.clock.CancelTimer(trigger_timer_);
}

void AccountKeeper::TriggerWithin(absl::Duration delay) {
  if (trigger_timer_ == 0) {
    trigger_timer_ = state_.clock.ScheduleAfter(delay, [this] {
      trigger_timer_ = 0;
      triggered_.Set();
    });
  }
}

Task<void> AccountKeeper::Run() {
  while (true) {
    const absl::Status status = co_await Fetch();
    if (status.ok()) {
      backoff_.Reset();
      state_.SetHealth(options_.health, status);
      co_await triggered_.Wait(state_.environment, options_.period);
      continue;
    }
    LogWarning("not_fetched",
               {{"venue", state_.spec.name},
                {"what", std::string(options_.health)},
                {"why", status.ToString()}});
    // The stream goes on telling what changes: one failure does not make it unknown.
    if (!state_.health.is_healthy(options_.health)) {
      state_.SetHealth(options_.health, status);
    }
    absl::Duration wait = backoff_.NextDelay(state_.clock.monotonic());
    if (IsPermanent(status)) {
      state_.SetHealth(options_.health, status);
      state_.NoteFatal(status);
      wait = std::max(wait, kRefusedDelayMin);
    }
    co_await state_.environment.Sleep(wait);
  }
}

}  // namespace colibri
