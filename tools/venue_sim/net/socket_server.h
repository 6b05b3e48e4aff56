// HTTP, WebSocket and TLS on one port for any simulated venue, on a thread of its own.
//
//   SocketServer server;
//   RETURN_IF_ERROR(server.Listen("127.0.0.1", 0));
//   BinanceSim venue(server.clock(), options);
//   server.Run(venue);
//
// The venue outlives Stop(). Thread: the owner's; RunOnLoop may be called from any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"

#include "core/clock.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::venue_sim {

class SocketServer {
 public:
  SocketServer();
  ~SocketServer();  // stops
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;

  // Takes the port; 0 takes a free one. A port in use is AlreadyExists.
  [[nodiscard]] absl::Status Listen(const std::string& host, uint16_t port);
  // Serves TLS only, with a certificate authority made now. Before Run.
  [[nodiscard]] absl::Status UseTls();
  // Starts the thread. Until then the clock's timers wait.
  void Run(SimVenue& venue);
  // Closes every connection and ends the thread. Idempotent.
  void Stop();

  // Runs `act` on the thread and waits for it. Inline when called there, before Run and after Stop.
  void RunOnLoop(const std::function<void()>& act);

  Clock& clock();
  uint16_t port() const;
  const std::string& authority() const;  // "127.0.0.1:8443"
  const std::string& ca_pem() const;     // empty without TLS

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace colibri::venue_sim
