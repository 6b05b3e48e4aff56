// The one door to the outside: clock, timers, randomness, transports, files, the
// loop's executor.
//
//   AsioEnvironment environment({.extra_ca_pem = ca});     // connector/net: the real one
//   co_await environment.Sleep(absl::Seconds(1));
//
// SimulatedEnvironment gives the same seed the same run. Thread: the loop's, but for Stop of the
// real one.
#pragma once

#include "absl/time/time.h"
#include <boost/asio/any_io_executor.hpp>

#include "connector/files.h"
#include "connector/task.h"
#include "connector/transport.h"
#include "core/clock.h"
#include "core/random.h"

namespace colibri {

class Environment {
 public:
  virtual ~Environment() = default;

  virtual Clock& clock() = 0;
  virtual Random& random() = 0;
  virtual HttpTransport& http() = 0;
  virtual WebSocketTransport& web_sockets() = 0;
  virtual FileSystem& files() = 0;
  virtual boost::asio::any_io_executor executor() = 0;

  // On this environment's clock. Ends by exception when the task is canceled.
  Task<void> Sleep(absl::Duration duration);
};

}  // namespace colibri
