// WebSockets over NetStream: the handshake by HTTP, then our own frames.
//
//   WsClient web_sockets(dialer, context, clock, turns, /*mask_seed=*/seed);
//   ASSIGN_OR_RETURN(auto socket, co_await web_sockets.Connect({.url = url}));
//
// One read from the socket serves all messages that it brought; the later ones cost neither a
// system call nor a suspension. Bulk sockets take turns (read_turns.h). Pings are answered. Writes
// queue up to 1,024 frames, then get ResourceExhausted; a frame that was queued is sent even if its
// Write is canceled. A canceled Read loses nothing: read again. A socket may be destroyed while its
// Read or Write is pending: they end with Cancelled. Thread: the loop's. Errors: transport.h; a
// refused handshake names the HTTP status.
#pragma once

#include <cstdint>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "connector/net/dialer.h"
#include "connector/net/read_turns.h"
#include "connector/task.h"
#include "connector/transport.h"
#include "core/clock.h"
#include "core/random.h"

namespace colibri {

class WsClient final : public WebSocketTransport {
 public:
  // The references outlive the loop.
  WsClient(Dialer& dialer,
           boost::asio::io_context& context,
           Clock& clock,
           ReadTurns& turns,
           uint64_t mask_seed);

  Task<absl::StatusOr<std::unique_ptr<WebSocket>>> Connect(WebSocketRequest request) override;

 private:
  Dialer& dialer_;
  boost::asio::io_context& context_;
  Clock& clock_;
  ReadTurns& turns_;
  Random random_;
};

}  // namespace colibri
