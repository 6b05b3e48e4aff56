#include "connector/net/read_turns.h"

#include <utility>

#include <boost/asio/post.hpp>

namespace colibri {

Task<void> ReadTurns::Wait() {
  co_await Suspend([this](Resumer resume) -> OnCancel {
    const uint64_t id = next_id_++;
    waiting_.emplace(id, std::move(resume));
    LookAround();
    return [this, id] { waiting_.erase(id); };
  });
  left_ = kChunk;
}

// What the first handler finds queued behind itself is what the kernel had ready when it was
// queued: Asio asks the kernel between the two, and puts what is ready behind the first. So only
// the second one comes after all of it.
void ReadTurns::LookAround() {
  if (std::exchange(is_looking_, true)) {
    return;
  }
  boost::asio::post(context_, [this] {
    boost::asio::post(context_, [this] {
      is_looking_ = false;
      if (waiting_.empty()) {
        return;  // canceled meanwhile
      }
      const Resumer resume = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      resume();
      if (!waiting_.empty()) {
        LookAround();
      }
    });
  });
}

}  // namespace colibri
