// Owns long-running tasks: starts them by name, and joins them at the end.
//
//   TaskGroup tasks(environment.executor());
//   tasks.Spawn("rules", RefreshRules());
//   co_await tasks.CancelAndJoin();
//
// A task that ends with any exception but cancellation is a bug: it is logged by name and the
// process aborts.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "connector/task.h"

namespace colibri {

class TaskGroup {
 public:
  explicit TaskGroup(boost::asio::any_io_executor executor);
  ~TaskGroup();  // CHECKs that no task is left running: join first
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void Spawn(std::string name, Task<void> task);
  size_t running() const;
  Task<void> CancelAndJoin();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace colibri
