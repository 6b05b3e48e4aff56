// A WebSocket whose peer sends its frames gzipped, each a gzip member of its own.
//
//   CO_ASSIGN_OR_RETURN(std::unique_ptr<WebSocket> socket,
//                       co_await ConnectWebSocket(transport, request, spec.frame_encoding));
//
// A frame that does not begin like gzip is passed on as it is: some venues pack only part of what
// they send. A damaged one ends the connection (Read: DataLoss), for what it said is lost. Reading
// allocates nothing once warm. Thread: the loop's.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

#include "connector/task.h"
#include "connector/transport.h"
#include "connector/venue_spec.h"

namespace colibri {

class InflatingWebSocket final : public WebSocket {
 public:
  // No venue sends a longer one; a bomb does.
  static constexpr size_t kInflatedMax = size_t{32} << 20;

  explicit InflatingWebSocket(std::unique_ptr<WebSocket> packed);
  ~InflatingWebSocket() override;

  Task<absl::StatusOr<WebSocketFrame>> Read() override;
  Task<absl::Status> Write(std::string text) override;
  absl::StatusOr<Written> TryWrite(std::string_view text) override;
  void Close() override;

 private:
  struct Inflater;

  std::unique_ptr<WebSocket> packed_;
  std::unique_ptr<Inflater> inflater_;
};

// Connects, and unpacks what comes.
Task<absl::StatusOr<std::unique_ptr<WebSocket>>> ConnectWebSocket(WebSocketTransport& transport,
                                                                  WebSocketRequest request,
                                                                  FrameEncoding encoding);

}  // namespace colibri
