#include "tests/support/loopback_server.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "core/check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace colibri {

namespace {

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int Listen(int backlog, uint16_t& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  CHECK(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  CHECK(listen(listener, backlog) == 0);
  socklen_t size = sizeof(address);
  CHECK(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port = ntohs(address.sin_port);
  return listener;
}

}  // namespace

LoopbackConnection::LoopbackConnection(int socket, int number, ssl_st* ssl)
    : socket_(socket), number_(number), ssl_(ssl) {}

LoopbackConnection::~LoopbackConnection() {
  if (ssl_ != nullptr) {
    SSL_shutdown(ssl_);
  }
}

size_t LoopbackConnection::ReadSome(char* buffer, size_t size) {
  const ssize_t n = ssl_ != nullptr ? SSL_read(ssl_, buffer, static_cast<int>(size))
                                    : recv(socket_, buffer, size, 0);
  return n > 0 ? static_cast<size_t>(n) : 0;
}

std::string LoopbackConnection::ReadUntil(std::string_view delimiter) {
  char buffer[4096];
  while (pending_.find(delimiter) == std::string::npos) {
    const size_t n = ReadSome(buffer, sizeof(buffer));
    if (n == 0) {
      return std::exchange(pending_, {});
    }
    pending_.append(buffer, n);
  }
  const size_t end = pending_.find(delimiter) + delimiter.size();
  std::string text = pending_.substr(0, end);
  pending_.erase(0, end);
  return text;
}

std::string LoopbackConnection::ReadExactly(size_t size) {
  char buffer[65536];
  while (pending_.size() < size) {
    const size_t n = ReadSome(buffer, sizeof(buffer));
    if (n == 0) {
      return std::exchange(pending_, {});
    }
    pending_.append(buffer, n);
  }
  std::string bytes = pending_.substr(0, size);
  pending_.erase(0, size);
  return bytes;
}

bool LoopbackConnection::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ssl_ != nullptr
                          ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                          : send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

bool LoopbackConnection::IsAcknowledged() const {
  tcp_info info = {};
  socklen_t size = sizeof(info);
  CHECK(getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
  return info.tcpi_unacked == 0;
}

bool LoopbackConnection::WaitForClose() {
  char buffer[4096];
  while (true) {
    const ssize_t n = recv(socket_, buffer, sizeof(buffer), 0);
    if (n <= 0) {
      return n == 0 || errno == ECONNRESET;
    }
  }
}

void LoopbackConnection::Reset() {
  const linger now = {.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  ssl_ = nullptr;  // no notice; the server frees it
}

LoopbackServer::LoopbackServer(Script script) : script_(std::move(script)) {
  listener_ = Listen(64, port_);
  acceptor_ = std::thread([this] { Accept(); });
}

LoopbackServer::LoopbackServer(Script script,
                               const TestCertificate& certificate,
                               int tls_version_max)
    : script_(std::move(script)), tls_(SSL_CTX_new(TLS_server_method())) {
  BIO* bio = BIO_new_mem_buf(certificate.certificate_pem.data(),
                             static_cast<int>(certificate.certificate_pem.size()));
  X509* x509 = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  bio = BIO_new_mem_buf(certificate.key_pem.data(), static_cast<int>(certificate.key_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  CHECK(SSL_CTX_use_certificate(tls_, x509) == 1 && SSL_CTX_use_PrivateKey(tls_, key) == 1);
  X509_free(x509);
  EVP_PKEY_free(key);
  if (tls_version_max != 0) {
    SSL_CTX_set_security_level(tls_, 0);
    SSL_CTX_set_max_proto_version(tls_, tls_version_max);
  }
  listener_ = Listen(64, port_);
  acceptor_ = std::thread([this] { Accept(); });
}

LoopbackServer::~LoopbackServer() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) {
      if (socket >= 0) {
        shutdown(socket, SHUT_RDWR);
      }
    }
  }
  for (std::thread& thread : threads_) {
    thread.join();
  }
  SSL_CTX_free(tls_);
}

Url LoopbackServer::url(std::string path, std::string host) const {
  return {
      .is_tls = tls_ != nullptr, .host = std::move(host), .port = port_, .path = std::move(path)};
}

void LoopbackServer::Accept() {
  while (true) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) {
      return;
    }
    const std::lock_guard lock(mutex_);
    const int number = ++connections_;
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket, number] { Serve(socket, number); });
  }
}

void LoopbackServer::Serve(int socket, int number) {
  // OpenSSL writes without MSG_NOSIGNAL.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  const timeval limit = {.tv_sec = 5, .tv_usec = 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  SSL* ssl = nullptr;
  bool is_open = true;
  if (tls_ != nullptr) {
    ssl = SSL_new(tls_);
    SSL_set_fd(ssl, socket);
    is_open = SSL_accept(ssl) == 1;
  }
  if (is_open) {
    LoopbackConnection connection(socket, number, ssl);
    script_(connection);
  }
  SSL_free(ssl);
  ERR_clear_error();
  const std::lock_guard lock(mutex_);
  std::replace(sockets_.begin(), sockets_.end(), socket, -1);
  close(socket);
}

uint16_t ClosedPort() {
  uint16_t port = 0;
  close(Listen(1, port));
  return port;
}

FullBacklog::FullBacklog() {
  listener_ = Listen(0, port_);
  const sockaddr_in address = Loopback(port_);
  for (int i = 0; i < 4; ++i) {
    fillers_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    // Refusing to wait is the point: the first ones fill the queue, the others stand before it.
    static_cast<void>(
        connect(fillers_.back(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)));
  }
}

FullBacklog::~FullBacklog() {
  for (const int filler : fillers_) {
    close(filler);
  }
  close(listener_);
}

}  // namespace colibri
