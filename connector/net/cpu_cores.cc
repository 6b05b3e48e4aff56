#include "connector/net/cpu_cores.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <sched.h>
#include <system_error>
#include <unistd.h>

#include "core/strings.h"

namespace colibri {
namespace {

// Else UnpinThisThread would undo what others did to the thread.
std::atomic<bool> has_pinned = false;

// Of the calling thread.
bool SetCores(const std::vector<int>& cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) {
    CPU_SET(core, &set);
  }
  return sched_setaffinity(0, sizeof(set), &set) == 0;
}

}  // namespace

const std::vector<int>& AllowedCores() {
  static const std::vector<int>& cores = *new std::vector<int>([] {
    std::vector<int> found;
    cpu_set_t set;
    CPU_ZERO(&set);
    // The main thread's, should this one be pinned already.
    if (sched_getaffinity(getpid(), sizeof(set), &set) == 0) {
      for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (CPU_ISSET(core, &set)) {
          found.push_back(core);
        }
      }
    }
    return found;
  }());
  return cores;
}

std::string CoresText(const std::vector<int>& cores) {
  std::string text;
  for (size_t first = 0; first < cores.size();) {
    size_t last = first;
    while (last + 1 < cores.size() && cores[last + 1] == cores[last] + 1) {
      ++last;
    }
    text += StrCat(text.empty() ? "" : ",", cores[first]);
    if (last > first) {
      text += StrCat("-", cores[last]);
    }
    first = last + 1;
  }
  return text;
}

absl::Status PinThisThread(int core) {
  const std::vector<int>& allowed = AllowedCores();
  if (std::find(allowed.begin(), allowed.end(), core) == allowed.end()) {
    return absl::InvalidArgumentError(StrCat(
        "core ", core, " is not there, or not for this process: it may use ", CoresText(allowed)));
  }
  // Before the call: a helper may be started as soon as the thread is pinned.
  has_pinned = true;
  if (!SetCores({core})) {
    return absl::FailedPreconditionError(
        StrCat("the system does not let a thread have core ",
               core,
               ": ",
               std::error_code(errno, std::system_category()).message()));
  }
  return absl::OkStatus();
}

void UnpinThisThread() {
  if (has_pinned) {
    SetCores(AllowedCores());
  }
}

}  // namespace colibri
