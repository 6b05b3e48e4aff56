// The real Environment: the real clock, sockets with TLS, files, one thread.
//
//   AsioEnvironment environment({.extra_ca_pem = ca_of_the_simulated_venue});
//   tasks.Spawn("main", Main(environment));              // calls environment.Stop() at its end
//   environment.Run();
//
// Thread: the one that calls Run, but for Stop. What runs on it must not outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "connector/environment.h"
#include "connector/net/http_client.h"
#include "connector/net/loop_mode.h"
#include "connector/net/resolver.h"

namespace colibri {

struct AsioEnvironmentOptions {
  // Certificates to trust beside the system's. Text that can't be read fails every TLS connection
  // with InvalidArgument.
  std::string extra_ca_pem = {};
  // Of random(); 0 takes one from the operating system. Masks of frames never depend on it.
  uint64_t seed = 0;
  HttpClientOptions http = {};
  BlockingResolve resolve = &ResolveBySystem;
  LoopMode loop = {};
};

class AsioEnvironment final : public Environment {
 public:
  explicit AsioEnvironment(AsioEnvironmentOptions options = {});
  ~AsioEnvironment() override;

  Clock& clock() override;
  Random& random() override;
  HttpTransport& http() override;
  WebSocketTransport& web_sockets() override;
  FileSystem& files() override;
  boost::asio::any_io_executor executor() override;
  // For signals and servers.
  boost::asio::io_context& io_context();

  // Of a loop that polls: runs `poll` at each turn until RemovePoll of the id. Any other loop
  // sleeps, and must be woken by a post: 0.
  uint64_t AddPoll(std::function<void()> poll);
  void RemovePoll(uint64_t id);

  // Until Stop. May be called again.
  void Run();
  // From any thread. A Stop before Run makes that Run return at once.
  void Stop();

  // Runs until the task ends and gives its result; an exception of the task passes through.
  template <typename T>
  T Await(Task<T> task);
  void Await(Task<void> task);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

template <typename T>
T AsioEnvironment::Await(Task<T> task) {
  std::optional<T> result;
  // Runs to its end within this call, so the references outlive the coroutine.
  auto store = [](Task<T> inner, std::optional<T>& out) -> Task<void> {
    out.emplace(co_await std::move(inner));
  };
  Await(store(std::move(task), result));
  return *std::move(result);
}

}  // namespace colibri
