#include "connector/net/socket_io.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <boost/asio/ip/address.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/strings.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace colibri {

namespace {

constexpr size_t kReceiveSize = size_t{64} * 1024;

std::string ErrnoText(int error) {
  return std::error_code(error, std::system_category()).message();
}

bool IsWouldBlock(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

// Makes the verification include the name. False when OpenSSL refuses it.
bool SetPeerName(SSL* ssl, const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  if (!error) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  }
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl, host.c_str()) == 1 &&
         SSL_set_tlsext_host_name(ssl, const_cast<char*>(host.c_str())) == 1;
}

}  // namespace

SocketIo::~SocketIo() {
  SSL_free(ssl_);
}

bool SocketIo::Receive(BIO* bio) {
  if (is_drained_) {
    BIO_set_retry_read(bio);
    return false;
  }
  if (received_ == nullptr) {
    received_.reset(new char[kReceiveSize]);  // make_unique would zero it
  }
  const ssize_t n = recv(socket_, received_.get(), kReceiveSize, MSG_DONTWAIT);
  is_drained_ = n > 0 && static_cast<size_t>(n) < kReceiveSize;
  if (n < 0) {
    socket_error_ = errno;
    if (IsWouldBlock(errno)) {
      BIO_set_retry_read(bio);
    }
    return false;
  }
  if (n == 0) {
    BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return false;
  }
  received_begin_ = 0;
  received_end_ = static_cast<size_t>(n);
  return true;
}

// The socket as OpenSSL sees it. Its own socket BIO would raise SIGPIPE, and its own reading ahead
// moves all that is left of the buffer at each record.
int SocketIo::BioRead(BIO* bio, char* buffer, int size) {
  auto* io = static_cast<SocketIo*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (io->received_begin_ == io->received_end_ && !io->Receive(bio)) {
    return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 0 : -1;
  }
  const size_t n = std::min(static_cast<size_t>(size), io->received_end_ - io->received_begin_);
  std::memcpy(buffer, io->received_.get() + io->received_begin_, n);
  io->received_begin_ += n;
  return static_cast<int>(n);
}

int SocketIo::BioWrite(BIO* bio, const char* bytes, int size) {
  auto* io = static_cast<SocketIo*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t n =
      send(io->socket_, bytes, static_cast<size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0) {
    io->socket_error_ = errno;
    if (IsWouldBlock(errno)) {
      BIO_set_retry_write(bio);
    }
  } else {
    io->bytes_written_ += static_cast<uint64_t>(n);
  }
  return static_cast<int>(n);
}

// NOLINTNEXTLINE(google-runtime-int): OpenSSL's type
long SocketIo::BioControl(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) {
    return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
  }
  return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
}

bio_method_st* SocketIo::BioMethod() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "colibri socket");
    BIO_meth_set_read(made, &BioRead);
    BIO_meth_set_write(made, &BioWrite);
    BIO_meth_set_ctrl(made, &BioControl);
    return made;
  }();
  return method;
}

absl::Status SocketIo::StartTls(TlsContext& context, const std::string& host) {
  if (absl::Status loaded = context.Load(); !loaded.ok()) {
    return loaded;
  }
  ERR_clear_error();
  ssl_ = SSL_new(context.native());
  BIO* bio = BIO_new(BioMethod());
  if (ssl_ == nullptr || bio == nullptr || !SetPeerName(ssl_, host)) {
    BIO_free(bio);
    return absl::UnavailableError(TakeTlsError());
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_connect_state(ssl_);
  return absl::OkStatus();
}

SocketIo::Step SocketIo::Handshake(const std::string& host) {
  ERR_clear_error();
  socket_error_ = 0;
  const int result = SSL_do_handshake(ssl_);
  if (result == 1) {
    is_tls_usable_ = true;
    return {};
  }
  Step step = ClassifyTls(result);
  if (step.want != Want::kNothing) {
    return step;
  }
  const auto verdict = SSL_get_verify_result(ssl_);
  if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    step.failure = absl::UnavailableError(StrCat("certificate refused: it is not for host ", host));
  } else if (verdict != X509_V_OK) {
    step.failure = absl::UnavailableError(
        StrCat("certificate refused: ", X509_verify_cert_error_string(verdict)));
  } else if (step.is_end) {
    step.failure = absl::UnavailableError("the peer closed");
  }
  return step;
}

SocketIo::Step SocketIo::ClassifyTls(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return {.want = Want::kRead};
    case SSL_ERROR_WANT_WRITE:
      return {.want = Want::kWrite};
    case SSL_ERROR_ZERO_RETURN:
      return {.is_end = true};
    case SSL_ERROR_SYSCALL:
      is_tls_usable_ = false;
      return {.failure = absl::UnavailableError(socket_error_ == 0 ? "connection cut"
                                                                   : ErrnoText(socket_error_))};
    default:
      is_tls_usable_ = false;
      if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error();
        return {.failure = absl::UnavailableError("connection cut without a TLS close notice")};
      }
      return {.failure = absl::UnavailableError(TakeTlsError())};
  }
}

SocketIo::Step SocketIo::Read(char* buffer, size_t size) {
  if (ssl_ == nullptr) {
    const ssize_t n = recv(socket_, buffer, size, MSG_DONTWAIT);
    if (n > 0) {
      return {.bytes = static_cast<size_t>(n)};
    }
    if (n == 0) {
      return {.is_end = true};
    }
    if (IsWouldBlock(errno)) {
      return {.want = Want::kRead};
    }
    return {.failure = absl::UnavailableError(ErrnoText(errno))};
  }
  // Record after record until the socket is empty: one wake-up serves all that came. What failed is
  // asked of OpenSSL's queue of errors only where the first record fails, so it is emptied once:
  // that costs as much as a tenth of a small record.
  Step step;
  ERR_clear_error();
  socket_error_ = 0;
  while (step.bytes < size) {
    size_t n = 0;
    const int result = SSL_read_ex(ssl_, buffer + step.bytes, size - step.bytes, &n);
    if (result == 1) {
      step.bytes += n;
      continue;
    }
    const Step stop = ClassifyTls(result);
    // An end or an error after some bytes comes up again at the next read.
    return step.bytes > 0 ? step : stop;
  }
  return step;
}

SocketIo::Step SocketIo::Write(std::string_view bytes) {
  if (ssl_ == nullptr) {
    const ssize_t n = send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) {
      bytes_written_ += static_cast<uint64_t>(n);
      return {.bytes = static_cast<size_t>(n)};
    }
    if (IsWouldBlock(errno)) {
      return {.want = Want::kWrite};
    }
    return {.failure = absl::UnavailableError(ErrnoText(errno))};
  }
  size_t n = 0;
  ERR_clear_error();
  socket_error_ = 0;
  const int result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &n);
  if (result == 1) {
    return {.bytes = n};
  }
  Step step = ClassifyTls(result);
  if (step.is_end) {
    step.failure = absl::UnavailableError("the peer closed");
  }
  return step;
}

void SocketIo::Acknowledge() {
  // On sends what is owed. Off keeps back what is owed from now on, until the kernel's own timer
  // has run out once: so it is said anew each time.
  for (const int is_quick : {1, 0}) {
    setsockopt(socket_, IPPROTO_TCP, TCP_QUICKACK, &is_quick, sizeof(is_quick));
  }
}

void SocketIo::SayGoodbye() {
  if (ssl_ != nullptr && is_tls_usable_) {
    ERR_clear_error();
    SSL_shutdown(ssl_);  // sends the notice; the answer is not waited for
    ERR_clear_error();
  }
}

bool SocketIo::IsIdleAndOpen() {
  char byte = 0;
  if (ssl_ == nullptr) {
    const ssize_t n = recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && IsWouldBlock(errno);
  }
  // Also takes in what a server may send at any time: session tickets.
  is_drained_ = false;
  size_t n = 0;
  ERR_clear_error();
  socket_error_ = 0;
  const int result = SSL_peek_ex(ssl_, &byte, 1, &n);
  return result != 1 && ClassifyTls(result).want == Want::kRead;
}

}  // namespace colibri
