// Reads and writes on a non-blocking socket, plain or through TLS, each call one try.
//
//   SocketIo io;
//   io.set_socket(fd);
//   SocketIo::Step step = io.Read(buffer, size);
//   if (step.want == SocketIo::Want::kRead) { /* wait until the socket can be read, try again */ }
//
// OpenSSL works straight on the socket, through a BIO that never raises SIGPIPE and counts what the
// operating system took. Does not own the socket and waits for nothing. Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"

#include "connector/net/tls_context.h"

struct bio_st;
struct bio_method_st;
struct ssl_st;

namespace colibri {

class SocketIo {
 public:
  enum class Want : uint8_t { kNothing, kRead, kWrite };

  // What one try came to: bytes, or something to wait for, or the end, or a failure (Unavailable).
  struct Step {
    size_t bytes = 0;
    Want want = Want::kNothing;
    bool is_end = false;
    absl::Status failure = {};
  };

  SocketIo() = default;
  ~SocketIo();
  SocketIo(const SocketIo&) = delete;
  SocketIo& operator=(const SocketIo&) = delete;

  void set_socket(int socket) { socket_ = socket; }

  // From here on all goes through TLS. The certificate must be for `host`, a name or an address.
  absl::Status StartTls(TlsContext& context, const std::string& host);
  // Done when it wants nothing and did not fail.
  Step Handshake(const std::string& host);

  // All that is there, as far as it fits.
  Step Read(char* buffer, size_t size);
  // What was not written must be tried again, unchanged.
  Step Write(std::string_view bytes);
  // Tells the peer's TCP that what was read has come, and that of what comes next it is told by the
  // next call, or by the kernel after 40 ms or two full segments. Otherwise each read of a stream
  // that only comes in sends that first, which takes longer than all else about a small frame.
  void Acknowledge();
  // The socket was waited for: it may have more to read.
  void NoteReady() { is_drained_ = false; }

  // Whether the peer has neither closed nor spoken.
  bool IsIdleAndOpen();
  // TLS's close notice, as far as the socket takes it.
  void SayGoodbye();

  uint64_t bytes_written() const { return bytes_written_; }

 private:
  static bio_method_st* BioMethod();
  static int BioRead(bio_st* bio, char* buffer, int size);
  static int BioWrite(bio_st* bio, const char* bytes, int size);
  // NOLINTNEXTLINE(google-runtime-int): OpenSSL's type
  static long BioControl(bio_st* bio, int command, long number, void* pointer);

  Step ClassifyTls(int result);
  // Takes what the socket has, as far as there is room; false: nothing, for the reason in the BIO.
  bool Receive(bio_st* bio);

  int socket_ = -1;
  ssl_st* ssl_ = nullptr;
  bool is_tls_usable_ = false;  // OpenSSL forbids a shutdown before the handshake or after an error
  uint64_t bytes_written_ = 0;
  int socket_error_ = 0;  // errno of the last failed call within OpenSSL
  // The last read took less than it could: no more until the next wait, which looks anew. Saves a
  // system call at each wake-up.
  bool is_drained_ = false;
  // What came and OpenSSL has not asked for yet: it takes each record in two pieces.
  std::unique_ptr<char[]> received_;
  size_t received_begin_ = 0;
  size_t received_end_ = 0;
};

}  // namespace colibri
