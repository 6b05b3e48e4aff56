#include "connector/heartbeat.h"

#include <utility>

namespace colibri {

Task<void> Heartbeat(Environment& environment,
                     WebSocket& socket,
                     std::string frame,
                     absl::Duration period) {
  while (true) {
    co_await environment.Sleep(period);
    (co_await socket.Write(frame)).IgnoreError();
  }
}

}  // namespace colibri
