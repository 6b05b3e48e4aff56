#include "connector/net/loop_waker.h"

#include <atomic>
#include <utility>

#include <boost/asio/post.hpp>

#include "connector/net/spsc_ring.h"

namespace colibri {

struct LoopWaker::State {
  AsioEnvironment& environment;
  std::function<bool()> take;  // empty: it is over
  std::function<bool()> has_more;
  // Only an exchange reads it: so either the producer finds the loop asleep and wakes it, or the
  // loop, whose exchange comes later, finds what the producer put before its own.
  alignas(kCacheLine) std::atomic<bool> is_asleep = false;
};

LoopWaker::LoopWaker(AsioEnvironment& environment,
                     std::function<bool()> take,
                     std::function<bool()> has_more)
    : state_(std::make_shared<State>(environment, std::move(take), std::move(has_more))) {
  poll_id_ = environment.AddPoll([state = state_.get()] { state->take(); });
  state_->is_asleep = poll_id_ == 0;
}

LoopWaker::~LoopWaker() {
  state_->environment.RemovePoll(poll_id_);
  state_->take = nullptr;
}

void LoopWaker::Wake() {
  if (state_->is_asleep.exchange(false, std::memory_order_acq_rel)) {
    Post(state_);
  }
}

void LoopWaker::Post(const std::shared_ptr<State>& state) {
  boost::asio::post(state->environment.io_context(), [state] { Take(state); });
}

void LoopWaker::Take(const std::shared_ptr<State>& state) {
  if (state->take == nullptr) {
    return;
  }
  bool is_more_left = state->take();
  if (!is_more_left && state->take != nullptr) {
    state->is_asleep.exchange(true, std::memory_order_acq_rel);
    // What came between the last look and the exchange has woken nobody.
    is_more_left = state->has_more() && state->is_asleep.exchange(false, std::memory_order_acq_rel);
  }
  if (is_more_left) {
    Post(state);
  }
}

}  // namespace colibri
