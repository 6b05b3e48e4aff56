// One TCP connection, plain or TLS, for coroutines of one loop.
//
//   NetStream stream(executor, clock);
//   stream.ExpiresAfter(absl::Seconds(10));              // for all that follows
//   CO_RETURN_IF_ERROR(co_await stream.Connect(addresses, 443));
//   CO_RETURN_IF_ERROR(co_await stream.Handshake(tls_context, "api.binance.com"));
//   CO_RETURN_IF_ERROR(co_await stream.Write(request));
//
// One read and one write may be pending together. A call tries first and suspends only when the
// socket has nothing to give.
// Errors: Unavailable with the reason, DeadlineExceeded by ExpiresAfter, Cancelled by Close; the
// reason names no host. Ends by exception when the task is canceled. Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <boost/asio/any_io_executor.hpp>

#include "connector/net/resolver.h"
#include "connector/net/tls_context.h"
#include "connector/task.h"
#include "core/clock.h"

namespace colibri {

class NetStream {
 public:
  // `clock` outlives the stream.
  NetStream(const boost::asio::any_io_executor& executor, Clock& clock);
  ~NetStream();  // closes
  NetStream(const NetStream&) = delete;
  NetStream& operator=(const NetStream&) = delete;

  // Replaces the deadline. When it passes the connection is closed and what is pending ends.
  void ExpiresAfter(absl::Duration timeout);
  void ExpiresNever();
  absl::Duration time_left() const;

  // Tries the addresses in turn, each with its share of the time that is left.
  Task<absl::Status> Connect(IpAddresses addresses, uint16_t port);
  // Verifies that the certificate is for `host`, a name or an address.
  Task<absl::Status> Handshake(TlsContext& context, std::string host);

  // At least one byte, as many as are there; 0 when the peer ended the stream in order.
  Task<absl::StatusOr<size_t>> ReadSome(char* buffer, size_t size);
  // The same in two steps, for a reader that may not allocate: one try, and nullopt when it must be
  // repeated after WaitToRead. That is no coroutine: nothing but Asio's own wait has a frame. Nor
  // does it throw: whoever waited looks whether its task is canceled.
  absl::StatusOr<std::optional<size_t>> TryRead(char* buffer, size_t size);
  Task<void> WaitToRead();
  // Tells the peer's TCP that what was read has come: for a reader of a stream that only comes in,
  // once it has done what it read for. See SocketIo.
  void Acknowledge();
  Task<absl::Status> Write(std::string bytes);
  // Without waiting: how many bytes the socket took. What is left must be written next, unchanged.
  absl::StatusOr<size_t> TryWrite(std::string_view bytes);

  // Bytes that the operating system took, TLS records and handshake included.
  uint64_t bytes_written() const;
  // Whether an idle connection can carry another request: the peer has neither closed nor spoken.
  bool IsIdleAndOpen();
  // Ends what is pending, tells the peer where that needs no waiting, and closes.
  void Close();
  // The same for us, but takes in for a second what the peer still sends: a plain close would
  // answer that with a reset, which can overtake the last bytes that we wrote.
  void CloseGently();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace colibri
