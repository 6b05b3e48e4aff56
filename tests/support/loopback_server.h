// A server on loopback that follows a script, one thread for each connection.
//
//   LoopbackServer server([](LoopbackConnection& client) {
//     client.ReadUntil("\r\n\r\n");
//     client.Write("HTTP/1.1 204 No Content\r\n\r\n");
//   });
//   http.Send({.url = server.url("/ping")});
//
// Blocking calls give up after five seconds. The connection is closed when its script returns.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "connector/url.h"
#include "tests/support/test_certificate.h"

struct ssl_st;
struct ssl_ctx_st;

namespace colibri {

class LoopbackConnection {
 public:
  LoopbackConnection(int socket, int number, ssl_st* ssl);
  ~LoopbackConnection();

  // 1 for the first that the server accepted.
  int number() const { return number_; }
  // Up to and with the delimiter; what there was when the peer closed before it.
  std::string ReadUntil(std::string_view delimiter);
  std::string ReadExactly(size_t size);
  // False when the peer is gone.
  bool Write(std::string_view bytes);
  // Whether the peer's TCP has acknowledged all that was written.
  bool IsAcknowledged() const;
  // Reads on until the peer closes. True when it does.
  bool WaitForClose();
  // Closes with RST instead of FIN; with TLS without a close notice.
  void Reset();

 private:
  size_t ReadSome(char* buffer, size_t size);

  int socket_;
  int number_;
  ssl_st* ssl_;
  std::string pending_;
};

class LoopbackServer {
 public:
  using Script = std::function<void(LoopbackConnection&)>;

  explicit LoopbackServer(Script script);
  // TLS with that certificate.
  LoopbackServer(Script script, const TestCertificate& certificate, int tls_version_max = 0);
  ~LoopbackServer();  // cuts all connections, then waits for their scripts

  uint16_t port() const { return port_; }
  // "https://127.0.0.1:port/path", or http without TLS.
  Url url(std::string path, std::string host = "127.0.0.1") const;
  // Accepted so far.
  int connections() const { return connections_; }

 private:
  void Accept();
  void Serve(int socket, int number);

  Script script_;
  ssl_ctx_st* tls_ = nullptr;
  int listener_;
  uint16_t port_;
  std::atomic<int> connections_ = 0;
  std::thread acceptor_;
  std::mutex mutex_;  // of the two below
  std::vector<std::thread> threads_;
  std::vector<int> sockets_;  // -1 once closed
};

// A port of 127.0.0.1 that refuses connections.
uint16_t ClosedPort();

// A listener whose queue is full: who connects waits for ever.
class FullBacklog {
 public:
  FullBacklog();
  ~FullBacklog();
  uint16_t port() const { return port_; }

 private:
  int listener_;
  uint16_t port_;
  std::vector<int> fillers_;
};

}  // namespace colibri
