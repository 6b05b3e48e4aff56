// While it lives, log lines are written by a thread of their own: a terminal or a pipe that nobody
// reads holds no loop up.
//
//   int main() {
//     BackgroundLog background_log;   // before anything logs
//     ...
//   }                                 // what is left is written
//
// A queue of kLinesMax lines; when it is full the oldest is dropped, and the end tells how many
// were. The end waits until what is left is written, for as long as that takes. A process that is
// killed loses what was not written yet. Thread: the one that constructs and destroys it, while no
// other thread logs.
#pragma once

#include <cstddef>
#include <memory>

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace colibri {

class BackgroundLog {
 public:
  static constexpr size_t kLinesMax = 8192;

  BackgroundLog();
  ~BackgroundLog();
  BackgroundLog(const BackgroundLog&) = delete;
  BackgroundLog& operator=(const BackgroundLog&) = delete;

  // So far.
  size_t lines_dropped() const;

 private:
  std::shared_ptr<spdlog::details::thread_pool> writer_;  // its one thread
  std::shared_ptr<spdlog::logger> before_;
};

}  // namespace colibri
