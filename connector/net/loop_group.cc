#include "connector/net/loop_group.h"

#include <algorithm>
#include <barrier>
#include <exception>
#include <pthread.h>
#include <thread>
#include <utility>

#include "connector/net/cpu_cores.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr size_t kThreadNameMax = 15;  // the kernel's

bool IsPolling(const LoopOptions& options) {
  return options.environment.loop.kind == LoopMode::Kind::kBusyPoll;
}

absl::Status Named(const absl::Status& status, const LoopOptions& options) {
  return {status.code(), StrCat("loop ", options.name, ": ", Std(status.message()))};
}

}  // namespace

LoopGroup::LoopGroup(std::vector<LoopOptions> loops) {
  for (LoopOptions& options : loops) {
    auto environment = std::make_unique<AsioEnvironment>(options.environment);
    loops_.push_back({std::move(options), std::move(environment)});
  }
}

LoopGroup::~LoopGroup() = default;

absl::Status LoopGroup::Check() const {
  size_t polling = 0;
  for (const Loop& loop : loops_) {
    if (!IsPolling(loop.options)) {
      continue;
    }
    ++polling;
    for (const Loop& other : loops_) {
      if (&other != &loop && loop.options.core.has_value() &&
          other.options.core == loop.options.core) {
        return absl::FailedPreconditionError(StrCat("loop ",
                                                    loop.options.name,
                                                    " polls and needs a core for itself, but loop ",
                                                    other.options.name,
                                                    " has core ",
                                                    *loop.options.core,
                                                    " too"));
      }
    }
  }
  if (const size_t cores = AllowedCores().size(); polling > cores) {
    return absl::FailedPreconditionError(StrCat(
        polling, " loops poll, and there are ", cores, " cores: ", CoresText(AllowedCores())));
  }
  return absl::OkStatus();
}

absl::Status LoopGroup::Run(const Main& main) {
  RETURN_IF_ERROR(Check());
  std::vector<absl::Status> pinned(loops_.size());
  std::vector<std::exception_ptr> thrown(loops_.size());
  // Nobody starts before all have their cores.
  std::barrier all_pinned(static_cast<std::ptrdiff_t>(loops_.size()));
  std::vector<std::thread> threads;
  for (size_t i = 0; i < loops_.size(); ++i) {
    threads.emplace_back([this, i, &main, &pinned, &thrown, &all_pinned] {
      Loop& loop = loops_[i];
      pthread_setname_np(pthread_self(), loop.options.name.substr(0, kThreadNameMax).c_str());
      if (loop.options.core.has_value()) {
        pinned[i] = Named(PinThisThread(*loop.options.core), loop.options);
      }
      all_pinned.arrive_and_wait();
      if (!std::all_of(pinned.begin(), pinned.end(), [](const auto& s) { return s.ok(); })) {
        return;
      }
      try {
        loop.environment->Await(main(i, *loop.environment));
      } catch (...) {
        thrown[i] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const absl::Status& status : pinned) {
    RETURN_IF_ERROR(status);
  }
  for (const std::exception_ptr& exception : thrown) {
    if (exception != nullptr) {
      std::rethrow_exception(exception);
    }
  }
  return absl::OkStatus();
}

}  // namespace colibri
