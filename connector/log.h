// One line of key=value per change of state, on stderr.
//
//   LogInfo("user_stream_connected", {{"venue", venue}, {"attempt", StrCat(attempt)}});
//   // info event=user_stream_connected venue=binance attempt=1
//
// The environment variable COLIBRI_LOG sets the least level told: trace, debug, info (default),
// warning, error, off. Lines are written by the thread that logs, or by one of their own while
// there is a BackgroundLog (connector/net/background_log.h). Never pass a secret, a signed URL or a
// body. Thread: any.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace spdlog {
class logger;
}

namespace colibri {

enum class LogLevel : uint8_t { kTrace, kDebug, kInfo, kWarning, kError, kOff };

using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;

bool IsLogged(LogLevel level);
LogLevel CurrentLogLevel();
// For programs with a better place for it than the environment variable, such as a status display.
void SetLogLevel(LogLevel level);
void Log(LogLevel level, std::string_view event, LogFields fields);

inline void LogDebug(std::string_view event, LogFields fields) {
  Log(LogLevel::kDebug, event, fields);
}
inline void LogInfo(std::string_view event, LogFields fields) {
  Log(LogLevel::kInfo, event, fields);
}
inline void LogWarning(std::string_view event, LogFields fields) {
  Log(LogLevel::kWarning, event, fields);
}
inline void LogError(std::string_view event, LogFields fields) {
  Log(LogLevel::kError, event, fields);
}

// What writes the lines. To be replaced while no other thread logs.
std::shared_ptr<spdlog::logger>& LogBackend();

// The line without its level: fields with blanks, quotes or control characters are quoted and
// escaped.
std::string FormatLogLine(std::string_view event, LogFields fields);

}  // namespace colibri
