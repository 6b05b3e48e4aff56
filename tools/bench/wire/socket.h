// One TCP connection of a benchmark, plain or TLS, either end: non-blocking reads through a memory
// BIO, writes that return when the kernel has all. As bare as can be: it is the floor that others
// are measured against. CHECKs what can't go on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/ssl.h>

namespace colibri::bench {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, SslFree>;
TlsContext MakeServerContext(const std::string& chain_pem, const std::string& key_pem);
// Trusts what is in the file.
TlsContext MakeClientContext(const std::string& ca_file);

// Listens on a free port of 127.0.0.1: (descriptor, port).
std::pair<int, uint16_t> Listen();

class Socket {
 public:
  // context is null for plain. The handshake is done when this returns.
  static Socket Connect(const std::string& host, uint16_t port, SSL_CTX* context);
  // Takes the descriptor. The handshake goes on within Read.
  static Socket Accepted(int descriptor, SSL_CTX* context);

  Socket(Socket&& other) noexcept { *this = std::move(other); }
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  int descriptor() const { return descriptor_; }
  bool is_closed() const { return is_closed_; }
  // Appends what is there to buffer(); false: nothing was.
  bool Read();
  void WaitReadable() const;
  // What was read and not dropped.
  std::string_view bytes() const { return {buffer_.get() + begin_, end_ - begin_}; }
  void Drop(size_t n);
  void Write(std::string_view bytes);
  // Encrypts, each call a TLS record of its own, and sends with the next Write or Flush.
  void Queue(std::string_view bytes);
  void Flush();

 private:
  Socket(int descriptor, SSL_CTX* context);

  int descriptor_ = -1;
  bool is_closed_ = false;
  std::unique_ptr<SSL, SslFree> ssl_;
  BIO* in_ = nullptr;   // the SSL's
  BIO* out_ = nullptr;  // the SSL's
  std::unique_ptr<char[]> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  std::string outbox_;
};

// WebSocket frames: what a server sends, what a client sends (masked with zeros), and the reading
// of both. RFC 6455, without fragments.
void AppendServerFrame(std::string_view payload, std::string& out);
void AppendClientFrame(std::string_view payload, std::string& out);
struct WireFrame {
  int opcode = 0;
  std::string_view payload;
  size_t size = 0;  // of the whole frame; 0: it is not all there
};
// Unmasks in place where the frame is masked.
WireFrame ReadFrame(std::string_view bytes);
// The client's half of the handshake, whole.
void UpgradeToWebSocket(Socket& socket, std::string_view target);
// The server's answer to it.
std::string AcceptUpgrade(std::string_view request);
// The value of a header; empty when there is none.
std::string_view HeaderOf(std::string_view head, std::string_view name);

}  // namespace colibri::bench
