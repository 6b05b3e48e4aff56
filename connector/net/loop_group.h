// Several loops, each on a thread and, where told, a core of its own.
//
//   LoopGroup loops({{.name = "binance", .core = 2, .environment = {.loop = polling}},
//                    {.name = "hyperliquid", .core = 3}});
//   RETURN_IF_ERROR(loops.Run([&](size_t i, AsioEnvironment& environment) -> Task<void> {
//     co_await Trade(environment, configs[i]);      // a connector and its strategy
//   }));
//
// What lives on a loop is touched by its thread only; between loops go LoopQueue and LatestQueue,
// and asio::post to environment(i).executor(). Thread: the one that constructs.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

#include "connector/net/asio_environment.h"
#include "connector/task.h"

namespace colibri {

struct LoopOptions {
  std::string name = {};  // of its thread; up to 15 characters show
  std::optional<int> core = std::nullopt;
  AsioEnvironmentOptions environment = {};
};

class LoopGroup {
 public:
  using Main = std::function<Task<void>(size_t loop, AsioEnvironment& environment)>;

  explicit LoopGroup(std::vector<LoopOptions> loops);
  ~LoopGroup();
  LoopGroup(const LoopGroup&) = delete;
  LoopGroup& operator=(const LoopGroup&) = delete;

  size_t size() const { return loops_.size(); }
  AsioEnvironment& environment(size_t loop) { return *loops_[loop].environment; }

  // Runs `main` on every loop, and returns when the last one has ended. An exception of one passes
  // through, after the others have ended by themselves. Nothing runs, and the error names the loop,
  // when a core is not allowed (InvalidArgument), or when a loop that polls would share its core or
  // there are more of them than cores (FailedPrecondition). May be called again.
  absl::Status Run(const Main& main);

 private:
  struct Loop {
    LoopOptions options;
    std::unique_ptr<AsioEnvironment> environment;
  };

  absl::Status Check() const;

  std::vector<Loop> loops_;
};

}  // namespace colibri
