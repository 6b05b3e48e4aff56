// Gives a task a time limit.
//
//   std::optional<absl::Status> status =
//       co_await WithTimeout(environment, absl::Seconds(5), socket.Write(text));
//   if (!status.has_value()) { /* time is up; the task was canceled and has unwound */ }
//
// A task that ends at the very moment counts as done. Exceptions of the task pass through; when
// the caller is canceled so is the task, and this ends by exception. Thread: the loop's.
#pragma once

#include <optional>
#include <utility>

#include "absl/time/time.h"

#include "connector/environment.h"
#include "connector/task.h"

namespace colibri {

// True when the task ended, false when it was canceled because time was up.
Task<bool> WithTimeout(Environment& environment, absl::Duration timeout, Task<void> task);

namespace internal_deadline {
template <typename T>
Task<void> StoreResult(Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}
}  // namespace internal_deadline

template <typename T>
Task<std::optional<T>> WithTimeout(Environment& environment, absl::Duration timeout, Task<T> task) {
  std::optional<T> result;
  co_await WithTimeout(
      environment, timeout, internal_deadline::StoreResult(std::move(task), result));
  co_return result;
}

}  // namespace colibri
