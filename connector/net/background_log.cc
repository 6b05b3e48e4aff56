#include "connector/net/background_log.h"

#include <utility>

#include <spdlog/async.h>
#include <spdlog/spdlog.h>

#include "connector/log.h"
#include "core/strings.h"

namespace colibri {

BackgroundLog::BackgroundLog()
    : writer_(std::make_shared<spdlog::details::thread_pool>(kLinesMax, /*threads_n=*/1)),
      before_(LogBackend()) {
  auto logger =
      std::make_shared<spdlog::async_logger>(before_->name(),
                                             before_->sinks().begin(),
                                             before_->sinks().end(),
                                             writer_,
                                             spdlog::async_overflow_policy::overrun_oldest);
  logger->set_level(before_->level());
  logger->flush_on(before_->flush_level());
  LogBackend() = std::move(logger);
}

BackgroundLog::~BackgroundLog() {
  before_->set_level(LogBackend()->level());
  LogBackend() = before_;
  const size_t dropped = lines_dropped();
  writer_.reset();  // writes what it has
  if (dropped > 0) {
    LogWarning(
        "log_lines_dropped",
        {{"lines", StrCat(dropped)}, {"why", "they came faster than they could be written"}});
  }
}

size_t BackgroundLog::lines_dropped() const {
  return writer_->overrun_counter();
}

}  // namespace colibri
