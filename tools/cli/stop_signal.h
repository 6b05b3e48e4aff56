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
#include <optional>
#include <string>
#include <utility>
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

  // What the first Ctrl-C prints.
  void set_message(std::string message);
  bool is_requested() const;
  // True as soon as a stop is requested, false when the time has passed without.
  Task<bool> Wait(absl::Duration timeout);
  // The task's result; nullopt when a stop was requested first, and the task was canceled.
  template <typename T>
  Task<std::optional<T>> OrStop(Task<T> task) {
    std::optional<T> result;
    co_await UntilStop(Store(std::move(task), result));
    co_return result;
  }

 private:
  struct State;

  template <typename T>
  static Task<void> Store(Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
  }
  Task<void> UntilStop(Task<void> task);
  static Task<void> WaitForRequest(std::shared_ptr<State> state);
  static void Listen(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
};

}  // namespace colibri::cli
