// Ctrl-C in two steps: the first asks for an orderly end, the second quits at once.
//
//   StopSignal stop(environment, io, [&] { return connector.open_orders(); });
//   while (!co_await stop.Wait(absl::Seconds(1))) { ... }
//
// SIGINT and SIGTERM alike. The second one says which orders may be left open and exits with 130.
// Thread: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "connector/net/asio_environment.h"
#include "connector/task.h"
#include "core/order.h"
#include "tools/cli/cli.h"

namespace colibri::cli {

class StopSignal {
 public:
  using OpenOrders = std::function<std::vector<const Order*>()>;

  StopSignal(AsioEnvironment& environment, CliIo& io, OpenOrders open_orders);
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  bool is_requested() const;
  // True as soon as a stop is requested, false when the time has passed without.
  Task<bool> Wait(absl::Duration timeout);

 private:
  struct State;
  static void Listen(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
};

}  // namespace colibri::cli
