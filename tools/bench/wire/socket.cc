#include "tools/bench/wire/socket.h"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <unistd.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include "core/check.h"
#include "core/strings.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace colibri::bench {
namespace {

constexpr size_t kReadSize = size_t{128} * 1024;
constexpr size_t kBufferSize = 8 * kReadSize;

void SetNoDelay(int descriptor) {
  const int on = 1;
  CHECK(setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0);
}

sockaddr_in Loopback(const std::string& host, uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  CHECK(inet_pton(AF_INET, host.c_str(), &address.sin_addr) == 1);
  return address;
}

void AppendHead(uint8_t mask_bit, size_t size, std::string& out) {
  out.push_back('\x81');  // a whole text
  if (size < 126) {
    out.push_back(static_cast<char>(mask_bit | size));
    return;
  }
  CHECK(size < 65536);
  out.push_back(static_cast<char>(mask_bit | 126));
  out.push_back(static_cast<char>(size >> 8));
  out.push_back(static_cast<char>(size & 0xff));
}

}  // namespace

TlsContext MakeServerContext(const std::string& chain_pem, const std::string& key_pem) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  BIO* const chain = BIO_new_mem_buf(chain_pem.data(), static_cast<int>(chain_pem.size()));
  X509* const certificate = PEM_read_bio_X509(chain, nullptr, nullptr, nullptr);
  CHECK(certificate != nullptr && SSL_CTX_use_certificate(context.get(), certificate) == 1);
  X509_free(certificate);
  while (X509* const next = PEM_read_bio_X509(chain, nullptr, nullptr, nullptr)) {
    CHECK(SSL_CTX_add_extra_chain_cert(context.get(), next) == 1);
  }
  BIO_free(chain);
  BIO* const key_text = BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()));
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
  CHECK(key != nullptr && SSL_CTX_use_PrivateKey(context.get(), key) == 1);
  EVP_PKEY_free(key);
  BIO_free(key_text);
  return context;
}

TlsContext MakeClientContext(const std::string& ca_file) {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  CHECK(SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) == 1);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

std::pair<int, uint16_t> Listen() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address = Loopback("127.0.0.1", 0);
  CHECK(descriptor >= 0);
  CHECK(bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  CHECK(listen(descriptor, 64) == 0);
  socklen_t size = sizeof(address);
  CHECK(getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return {descriptor, ntohs(address.sin_port)};
}

Socket::Socket(int descriptor, SSL_CTX* context)
    : descriptor_(descriptor), buffer_(new char[kBufferSize]) {
  SetNoDelay(descriptor);
  if (context != nullptr) {
    ssl_.reset(SSL_new(context));
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_.get(), in_, out_);
  }
}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(is_closed_, other.is_closed_);
  std::swap(ssl_, other.ssl_);
  std::swap(in_, other.in_);
  std::swap(out_, other.out_);
  std::swap(buffer_, other.buffer_);
  std::swap(begin_, other.begin_);
  std::swap(end_, other.end_);
  std::swap(outbox_, other.outbox_);
  return *this;
}

Socket::~Socket() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

Socket Socket::Connect(const std::string& host, uint16_t port, SSL_CTX* context) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(host, port);
  CHECK(connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  Socket socket(descriptor, context);
  if (context != nullptr) {
    SSL_set_connect_state(socket.ssl_.get());
    while (SSL_is_init_finished(socket.ssl_.get()) == 0) {
      SSL_do_handshake(socket.ssl_.get());
      socket.Flush();
      if (SSL_is_init_finished(socket.ssl_.get()) == 0) {
        socket.WaitReadable();
        socket.Read();
        CHECK(!socket.is_closed());
      }
    }
  }
  return socket;
}

Socket Socket::Accepted(int descriptor, SSL_CTX* context) {
  Socket socket(descriptor, context);
  if (context != nullptr) {
    SSL_set_accept_state(socket.ssl_.get());
  }
  return socket;
}

bool Socket::Read() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (kBufferSize - end_ < 2 * kReadSize) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  CHECK(kBufferSize - end_ >= 2 * kReadSize);  // else frames are not taken out
  if (ssl_ == nullptr) {
    const ssize_t n = recv(descriptor_, buffer_.get() + end_, kReadSize, MSG_DONTWAIT);
    is_closed_ = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
    end_ += n > 0 ? static_cast<size_t>(n) : 0;
    return n > 0;
  }
  static thread_local const std::unique_ptr<char[]> raw(new char[kReadSize]);
  const ssize_t n = recv(descriptor_, raw.get(), kReadSize, MSG_DONTWAIT);
  if (n <= 0) {
    is_closed_ = n == 0 || (errno != EAGAIN && errno != EINTR);
    return false;
  }
  BIO_write(in_, raw.get(), static_cast<int>(n));
  const size_t before = end_;
  while (true) {
    const int got =
        SSL_read(ssl_.get(), buffer_.get() + end_, static_cast<int>(kBufferSize - end_));
    if (got <= 0) {
      is_closed_ = SSL_get_error(ssl_.get(), got) != SSL_ERROR_WANT_READ;
      break;
    }
    end_ += static_cast<size_t>(got);
  }
  if (SSL_is_init_finished(ssl_.get()) == 0 || end_ == before) {
    Flush();  // of a handshake
  }
  return end_ > before;
}

void Socket::WaitReadable() const {
  pollfd wanted = {.fd = descriptor_, .events = POLLIN, .revents = 0};
  poll(&wanted, 1, -1);
}

void Socket::Drop(size_t n) {
  begin_ += n;
}

void Socket::Write(std::string_view bytes) {
  Queue(bytes);
  Flush();
}

void Socket::Queue(std::string_view bytes) {
  if (ssl_ == nullptr) {
    outbox_.append(bytes);
  } else {
    CHECK(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
          static_cast<int>(bytes.size()));
  }
}

void Socket::Flush() {
  std::string_view left = outbox_;
  if (ssl_ != nullptr) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out_, &data);
    left = std::string_view(data, static_cast<size_t>(size));
  }
  while (!left.empty() && !is_closed_) {
    const ssize_t n = send(descriptor_, left.data(), left.size(), MSG_NOSIGNAL);
    is_closed_ = n < 0;
    left.remove_prefix(n < 0 ? 0 : static_cast<size_t>(n));
  }
  outbox_.clear();
  if (ssl_ != nullptr) {
    BIO_reset(out_);
  }
}

void AppendServerFrame(std::string_view payload, std::string& out) {
  AppendHead(0, payload.size(), out);
  out.append(payload);
}

void AppendClientFrame(std::string_view payload, std::string& out) {
  AppendHead(0x80, payload.size(), out);
  out.append(4, '\0');
  out.append(payload);
}

WireFrame ReadFrame(std::string_view bytes) {
  if (bytes.size() < 2) {
    return {};
  }
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  const bool is_masked = (byte(1) & 0x80) != 0;
  size_t length = byte(1) & 0x7f;
  size_t head = 2;
  const size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (bytes.size() < head + more) {
    return {};
  }
  if (more != 0) {
    length = 0;
    for (size_t i = 0; i < more; ++i) {
      length = length << 8 | byte(head + i);
    }
  }
  head += more;
  const size_t mask = head;
  head += is_masked ? 4 : 0;
  if (bytes.size() < head + length) {
    return {};
  }
  char* const payload = const_cast<char*>(bytes.data()) + head;
  for (size_t i = 0; is_masked && i < length; ++i) {
    payload[i] = static_cast<char>(payload[i] ^ bytes[mask + i % 4]);
  }
  return {.opcode = byte(0) & 0x0f, .payload = {payload, length}, .size = head + length};
}

std::string_view HeaderOf(std::string_view head, std::string_view name) {
  for (size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at)) {
    at += 2;
    const std::string_view rest = head.substr(at);
    if (absl::StartsWithIgnoreCase(Abs(rest), Abs(name)) &&
        rest.substr(name.size()).starts_with(": ")) {
      return rest.substr(name.size() + 2, rest.find("\r\n") - name.size() - 2);
    }
  }
  return {};
}

void UpgradeToWebSocket(Socket& socket, std::string_view target) {
  socket.Write(StrCat("GET ",
                      target,
                      " HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                      "Sec-WebSocket-Version: 13\r\n\r\n"));
  size_t end = std::string_view::npos;
  while ((end = socket.bytes().find("\r\n\r\n")) == std::string_view::npos) {
    socket.WaitReadable();
    socket.Read();
    CHECK(!socket.is_closed());
  }
  CHECK(socket.bytes().starts_with("HTTP/1.1 101"));
  socket.Drop(end + 4);
}

std::string AcceptUpgrade(std::string_view request) {
  const std::string text =
      StrCat(HeaderOf(request, "Sec-WebSocket-Key"), "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string accept;
  absl::Base64Escape(Abs(std::string_view(reinterpret_cast<const char*>(digest), sizeof(digest))),
                     &accept);
  return StrCat(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ",
      accept,
      "\r\n\r\n");
}

}  // namespace colibri::bench
