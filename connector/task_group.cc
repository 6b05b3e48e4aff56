#include "connector/task_group.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "connector/async_event.h"
#include "core/check.h"

namespace colibri {

namespace asio = boost::asio;

namespace {

// Whether a task ended because it was canceled; otherwise says in `reason` what it threw.
bool IsCancellation(const std::exception_ptr& exception, std::string& reason) {
  try {
    std::rethrow_exception(exception);
  } catch (const asio::multiple_exceptions& several) {
    return IsCancellation(several.first_exception(), reason);
  } catch (const boost::system::system_error& error) {
    reason = error.what();
    return error.code() == asio::error::operation_aborted;
  } catch (const std::exception& error) {
    reason = error.what();
  } catch (...) {
    reason = "an exception of unknown type";
  }
  return false;
}

// Starts on the next turn of the loop, so that Spawn never runs a task inside the caller.
Task<void> StartLater(Task<void> task) {
  co_await asio::post(asio::use_awaitable);
  co_await std::move(task);
}

}  // namespace

struct TaskGroup::State {
  struct Running {
    std::string name;
    std::unique_ptr<asio::cancellation_signal> signal;
  };

  explicit State(asio::any_io_executor executor) : executor(std::move(executor)) {}

  asio::any_io_executor executor;
  uint64_t next_id = 1;
  std::map<uint64_t, Running> running;  // in the order of their start
  bool is_joining = false;
  AsyncEvent ended;

  void End(uint64_t id, const std::exception_ptr& exception) {
    auto node = running.extract(id);
    if (exception != nullptr) {
      std::string reason;
      if (!IsCancellation(exception, reason)) {
        std::fprintf(stderr,
                     "task '%s' ended by an exception: %s\n",
                     node.mapped().name.c_str(),
                     reason.c_str());
        std::abort();
      }
    }
    // The coroutine is still on the stack, and reads its cancellation state when it leaves.
    asio::post(executor, [signal = std::move(node.mapped().signal)] {});
    if (running.empty()) {
      ended.Set();
    }
  }

  void CancelAll() {
    std::vector<uint64_t> ids;
    ids.reserve(running.size());
    for (const auto& [id, task] : running) {
      ids.push_back(id);
    }
    for (const uint64_t id : ids) {
      if (const auto task = running.find(id); task != running.end()) {
        task->second.signal->emit(asio::cancellation_type::terminal);
      }
    }
  }
};

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() {
  for (const auto& [id, task] : state_->running) {
    std::fprintf(stderr, "task '%s' still runs\n", task.name.c_str());
  }
  CHECK(state_->running.empty() && "CancelAndJoin before a TaskGroup is destroyed");
}

void TaskGroup::Spawn(std::string name, Task<void> task) {
  const uint64_t id = state_->next_id++;
  auto signal = std::make_unique<asio::cancellation_signal>();
  const asio::cancellation_slot slot = signal->slot();
  State::Running& running = state_->running[id];
  running = {.name = std::move(name), .signal = std::move(signal)};
  asio::co_spawn(
      state_->executor,
      StartLater(std::move(task)),
      asio::bind_cancellation_slot(slot, [state = state_, id](const std::exception_ptr& exception) {
        state->End(id, exception);
      }));
  if (state_->is_joining) {
    running.signal->emit(asio::cancellation_type::terminal);
  }
}

size_t TaskGroup::running() const {
  return state_->running.size();
}

Task<void> TaskGroup::CancelAndJoin() {
  state_->is_joining = true;
  state_->CancelAll();
  while (!state_->running.empty()) {
    co_await state_->ended.Wait();
  }
  state_->is_joining = false;
}

}  // namespace colibri
