// Frames that keep a socket open at venues which close those they hear nothing from.
//
//   co_await (Read(socket) || Heartbeat(environment, socket, spec.heartbeat_frame, period));
#pragma once

#include <string>

#include "absl/time/time.h"

#include "connector/environment.h"
#include "connector/task.h"
#include "connector/transport.h"

namespace colibri {

// Until canceled; the socket outlives it. A write that fails is left to the reader to find out.
Task<void> Heartbeat(Environment& environment,
                     WebSocket& socket,
                     std::string frame,
                     absl::Duration period);

}  // namespace colibri
