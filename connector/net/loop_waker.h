// Tells a loop from another thread that there is something to take, and only when it sleeps.
//
//   LoopWaker waker(environment, [&] { return ring.Drain(64, take) == 64; },   // whether more is
//   left
//                   [&] { return ring.size() != 0; });
//   ring.TryPush(...); waker.Wake();      // producer: once after all that it has put
//
// While the loop is busy taking, Wake is one exchange on a line that only the producer writes; a
// loop that sleeps gets one post, which writes to the eventfd that it waits on. A loop that polls
// looks at each turn and is never told. Between two batches the rest of the loop runs.
// Thread: Wake the producer's; the constructor and the destructor the loop's, or any while it does
// not run. The environment outlives both.
#pragma once

#include <functional>
#include <memory>

#include "connector/net/asio_environment.h"

namespace colibri {

class LoopWaker {
 public:
  // `take` takes a batch and says whether more may be left, `has_more` whether there is something.
  LoopWaker(AsioEnvironment& environment,
            std::function<bool()> take,
            std::function<bool()> has_more);
  // Nothing is taken from here on.
  ~LoopWaker();
  LoopWaker(const LoopWaker&) = delete;
  LoopWaker& operator=(const LoopWaker&) = delete;

  void Wake();

 private:
  struct State;
  static void Post(const std::shared_ptr<State>& state);
  static void Take(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  // handlers that are queued share it
  uint64_t poll_id_ = 0;
};

}  // namespace colibri
