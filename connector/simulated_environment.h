// The deterministic Environment: virtual time, seeded randomness, transports of the test's choice.
//
//   FakeHttpTransport http;
//   FakeWebSocketTransport web_sockets;
//   SimulatedEnvironment environment(/*seed=*/1, http, web_sockets);
//   tasks.Spawn("rules", Refresh(environment));
//   environment.RunFor(absl::Seconds(30));               // thirty virtual seconds, at once
//   absl::Status status = environment.Await(connector.Start());
//
// Ready handlers run first, in the order they became ready; then time jumps to the next timer. The
// same calls with the same seed give the same run. Thread: one. What it ran must not outlive it.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "connector/environment.h"
#include "connector/memory_files.h"
#include "core/check.h"
#include "core/simulated_clock.h"

namespace colibri {

class SimulatedEnvironment final : public Environment {
 public:
  // Where virtual time starts unless told: 2023-11-14 22:13:20 UTC.
  static absl::Time DefaultStart() { return absl::FromUnixSeconds(1'700'000'000); }

  SimulatedEnvironment(uint64_t seed,
                       HttpTransport& http,
                       WebSocketTransport& web_sockets,
                       absl::Time start = DefaultStart());
  // For transports that need this environment's clock or executor: hand them in by UseTransports.
  explicit SimulatedEnvironment(uint64_t seed, absl::Time start = DefaultStart());
  ~SimulatedEnvironment() override;

  void UseTransports(HttpTransport& http, WebSocketTransport& web_sockets);
  // In place of this environment's own, empty ones; what is given outlives it. MemoryFiles take
  // their syncs' time from this clock.
  void UseFiles(FileSystem& files);
  void UseFiles(MemoryFiles& files);

  SimulatedClock& clock() override { return clock_; }
  Random& random() override { return random_; }
  HttpTransport& http() override;
  WebSocketTransport& web_sockets() override;
  FileSystem& files() override { return *files_; }
  boost::asio::any_io_executor executor() override { return context_.get_executor(); }

  // Runs what is ready now, without moving time.
  void RunUntilIdle();
  // Also moves time on, to `time` exactly.
  void RunUntil(absl::Time time);
  void RunFor(absl::Duration duration) { RunUntil(clock_.now() + duration); }
  // Runs until `is_done`, asked after each step; false when that needs more than `limit`, or when
  // nothing is left to happen.
  bool RunUntilTrue(absl::FunctionRef<bool()> is_done, absl::Duration limit = absl::Hours(1));

  // Runs a task to its end and gives its result; an exception of the task passes through. CHECKs
  // that it ends within `limit` of virtual time.
  template <typename T>
  T Await(Task<T> task, absl::Duration limit = absl::Hours(1));
  void Await(Task<void> task, absl::Duration limit = absl::Hours(1));

 private:
  // Coroutines die with the context, and their locals may still cancel timers: the clock goes last.
  SimulatedClock clock_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  Random random_;
  HttpTransport* http_ = nullptr;
  WebSocketTransport* web_sockets_ = nullptr;
  MemoryFiles own_files_;
  MemoryFiles* timed_files_ = nullptr;  // which use clock_
  FileSystem* files_ = &own_files_;
};

template <typename T>
T SimulatedEnvironment::Await(Task<T> task, absl::Duration limit) {
  std::optional<T> result;
  // Called at once by Await, so the references outlive the coroutine.
  auto store = [](Task<T> inner, std::optional<T>& out) -> Task<void> {
    out.emplace(co_await std::move(inner));
  };
  Await(store(std::move(task), result), limit);
  return *std::move(result);
}

}  // namespace colibri
