#include "connector/simulated_environment.h"

#include <memory>

namespace colibri {

namespace asio = boost::asio;

SimulatedEnvironment::SimulatedEnvironment(uint64_t seed,
                                           HttpTransport& http,
                                           WebSocketTransport& web_sockets,
                                           absl::Time start)
    : SimulatedEnvironment(seed, start) {
  UseTransports(http, web_sockets);
}

SimulatedEnvironment::SimulatedEnvironment(uint64_t seed, absl::Time start)
    : clock_(start), work_(asio::make_work_guard(context_)), random_(seed) {
  UseFiles(own_files_);
}

SimulatedEnvironment::~SimulatedEnvironment() {
  if (timed_files_ != nullptr) {
    timed_files_->LeaveClock(clock_);
  }
  // Timers hold coroutines, which can only end while the context is there.
  clock_ = SimulatedClock(clock_.now());
}

void SimulatedEnvironment::UseTransports(HttpTransport& http, WebSocketTransport& web_sockets) {
  http_ = &http;
  web_sockets_ = &web_sockets;
}

void SimulatedEnvironment::UseFiles(FileSystem& files) {
  if (timed_files_ != nullptr) {
    timed_files_->LeaveClock(clock_);
  }
  timed_files_ = nullptr;
  files_ = &files;
}

void SimulatedEnvironment::UseFiles(MemoryFiles& files) {
  UseFiles(static_cast<FileSystem&>(files));
  timed_files_ = &files;
  files.UseClock(clock_);
}

HttpTransport& SimulatedEnvironment::http() {
  CHECK(http_ != nullptr && "UseTransports first");
  return *http_;
}

WebSocketTransport& SimulatedEnvironment::web_sockets() {
  CHECK(web_sockets_ != nullptr && "UseTransports first");
  return *web_sockets_;
}

void SimulatedEnvironment::RunUntilIdle() {
  context_.poll();
}

void SimulatedEnvironment::RunUntil(absl::Time time) {
  RunUntilIdle();
  while (clock_.next_timer_at() <= time) {
    clock_.AdvanceToNextTimer();
    RunUntilIdle();
  }
  clock_.AdvanceTo(time);
}

bool SimulatedEnvironment::RunUntilTrue(absl::FunctionRef<bool()> is_done, absl::Duration limit) {
  const absl::Duration end = clock_.monotonic() + limit;
  while (!is_done()) {
    if (context_.poll_one() > 0) {
      continue;
    }
    const absl::Duration wait = clock_.next_timer_at() - clock_.now();
    if (clock_.monotonic() + wait > end || !clock_.AdvanceToNextTimer()) {
      return is_done();
    }
  }
  return true;
}

void SimulatedEnvironment::Await(Task<void> task, absl::Duration limit) {
  struct Outcome {
    bool is_done = false;
    std::exception_ptr exception;
  };
  // Shared: when the limit is hit, the task outlives this call.
  auto outcome = std::make_shared<Outcome>();
  asio::co_spawn(context_, std::move(task), [outcome](const std::exception_ptr& exception) {
    outcome->is_done = true;
    outcome->exception = exception;
  });
  RunUntilTrue([&] { return outcome->is_done; }, limit);
  CHECK(outcome->is_done && "the awaited task did not end within the limit of virtual time");
  if (outcome->exception != nullptr) {
    std::rethrow_exception(outcome->exception);
  }
}

}  // namespace colibri
