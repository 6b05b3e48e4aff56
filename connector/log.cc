#include "connector/log.h"

#include <array>
#include <cstdlib>
#include <memory>

#include "absl/strings/escaping.h"
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "core/strings.h"

namespace colibri {
namespace {

constexpr std::array<std::string_view, 6> kLevelWords = {
    "trace", "debug", "info", "warning", "error", "off"};

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return spdlog::level::trace;
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

std::shared_ptr<spdlog::logger> MakeLogger() {
  auto logger = std::make_shared<spdlog::logger>("colibri",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%f %l %v", spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::info);
  if (const char* wanted = std::getenv("COLIBRI_LOG")) {
    for (size_t i = 0; i < kLevelWords.size(); ++i) {
      if (kLevelWords[i] == wanted) {
        logger->set_level(ToSpdlog(static_cast<LogLevel>(i)));
      }
    }
  }
  logger->flush_on(spdlog::level::warn);
  return logger;
}

bool NeedsQuotes(std::string_view value) {
  for (const char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) {
      return true;
    }
  }
  return value.empty();
}

}  // namespace

std::shared_ptr<spdlog::logger>& LogBackend() {
  static std::shared_ptr<spdlog::logger> logger = MakeLogger();
  return logger;
}

bool IsLogged(LogLevel level) {
  return LogBackend()->should_log(ToSpdlog(level));
}

LogLevel CurrentLogLevel() {
  for (size_t i = 0; i < kLevelWords.size(); ++i) {
    if (ToSpdlog(static_cast<LogLevel>(i)) == LogBackend()->level()) {
      return static_cast<LogLevel>(i);
    }
  }
  return LogLevel::kInfo;
}

void SetLogLevel(LogLevel level) {
  LogBackend()->set_level(ToSpdlog(level));
}

void Log(LogLevel level, std::string_view event, LogFields fields) {
  if (IsLogged(level)) {
    const std::string line = FormatLogLine(event, fields);
    LogBackend()->log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
  }
}

std::string FormatLogLine(std::string_view event, LogFields fields) {
  std::string line = StrCat("event=", event);
  for (const auto& [key, value] : fields) {
    line += StrCat(" ", key, "=");
    if (NeedsQuotes(value)) {
      line += StrCat("\"", absl::CEscape(value), "\"");
    } else {
      line += value;
    }
  }
  return line;
}

}  // namespace colibri
