#include "connector/net/net_stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/strings.h"

namespace colibri {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

// How long a connection that we closed takes in the peer's last words.
constexpr absl::Duration kDrainTime = absl::Seconds(1);

enum class Want : uint8_t { kNothing, kRead, kWrite };

// What one try on the socket came to.
struct Step {
  size_t bytes = 0;
  Want want = Want::kNothing;
  bool is_end = false;
  absl::Status failure = {};
};

std::string ErrnoText(int error) {
  return ErrorCode(error, boost::system::system_category()).message();
}

}  // namespace

struct NetStream::Impl {
  enum class Ended : uint8_t { kNo, kClosed, kExpired };

  Impl(asio::any_io_executor executor, Clock& clock) : socket(std::move(executor)), clock(clock) {}

  tcp::socket socket;
  Clock& clock;
  TimerId deadline_timer = 0;
  absl::Duration deadline = absl::InfiniteDuration();  // on the monotonic clock
  Ended ended = Ended::kNo;
  SSL* ssl = nullptr;
  bool is_ssl_usable = false;  // OpenSSL forbids a shutdown before the handshake or after an error
  uint64_t bytes_written = 0;
  int socket_error = 0;  // errno of the last failed call within OpenSSL
  // The last read took less than it could: no more until the next wait, which looks anew. Saves a
  // system call at each wake-up.
  bool is_drained = false;

  absl::Status EndedStatus() const {
    return ended == Ended::kExpired ? absl::DeadlineExceededError("time is up")
                                    : absl::CancelledError("closed");
  }
  void End(Ended how);
  void EndGently();
  void SayGoodbye();
  void CancelDeadline() {
    clock.CancelTimer(std::exchange(deadline_timer, 0));
    deadline = absl::InfiniteDuration();
  }

  Step TryRead(char* buffer, size_t size);
  Step TryWrite(std::string_view bytes);
  Step ClassifyTls(int result);
  Task<absl::Status> Wait(Want want);

  static BIO_METHOD* BioMethod();
  static int BioRead(BIO* bio, char* buffer, int size);
  static int BioWrite(BIO* bio, const char* bytes, int size);
  // NOLINTNEXTLINE(google-runtime-int): OpenSSL's type
  static long BioControl(BIO* bio, int command, long number, void* pointer);
};

// The socket as OpenSSL sees it. Its own socket BIO would raise SIGPIPE.
int NetStream::Impl::BioRead(BIO* bio, char* buffer, int size) {
  auto* stream = static_cast<Impl*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (stream->is_drained) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const ssize_t n = recv(stream->socket.native_handle(), buffer, static_cast<size_t>(size),
                         MSG_DONTWAIT);
  stream->is_drained = n > 0 && n < size;
  if (n < 0) {
    stream->socket_error = errno;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
      BIO_set_retry_read(bio);
    }
  } else if (n == 0) {
    BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  }
  return static_cast<int>(n);
}

int NetStream::Impl::BioWrite(BIO* bio, const char* bytes, int size) {
  auto* stream = static_cast<Impl*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t n = send(stream->socket.native_handle(), bytes, static_cast<size_t>(size),
                         MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0) {
    stream->socket_error = errno;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
      BIO_set_retry_write(bio);
    }
  } else {
    stream->bytes_written += static_cast<uint64_t>(n);
  }
  return static_cast<int>(n);
}

// NOLINTNEXTLINE(google-runtime-int): OpenSSL's type
long NetStream::Impl::BioControl(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) {
    return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
  }
  return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
}

BIO_METHOD* NetStream::Impl::BioMethod() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "colibri socket");
    BIO_meth_set_read(made, &BioRead);
    BIO_meth_set_write(made, &BioWrite);
    BIO_meth_set_ctrl(made, &BioControl);
    return made;
  }();
  return method;
}

void NetStream::Impl::End(Ended how) {
  if (ended != Ended::kNo) {
    return;
  }
  ended = how;
  CancelDeadline();
  SayGoodbye();
  ErrorCode ignored;
  socket.close(ignored);
}

void NetStream::Impl::SayGoodbye() {
  if (ssl != nullptr && is_ssl_usable) {
    ERR_clear_error();
    SSL_shutdown(ssl);  // sends the notice; the answer is not waited for
    ERR_clear_error();
  }
}

namespace {

// Reads and drops until the peer ends the stream, or time is up.
Task<void> Drain(std::shared_ptr<tcp::socket> socket, Clock& clock) {
  const TimerId timer = clock.ScheduleAfter(kDrainTime, [socket] {
    ErrorCode ignored;
    socket->close(ignored);
  });
  char dropped[4096];
  ErrorCode error;
  while (!error) {
    co_await socket->async_read_some(asio::buffer(dropped),
                                     asio::redirect_error(asio::use_awaitable, error));
  }
  clock.CancelTimer(timer);
}

}  // namespace

void NetStream::Impl::EndGently() {
  ErrorCode error;
  const tcp protocol = socket.local_endpoint(error).protocol();
  if (ended != Ended::kNo || error) {
    End(Ended::kClosed);
    return;
  }
  ended = Ended::kClosed;
  CancelDeadline();
  SayGoodbye();
  shutdown(socket.native_handle(), SHUT_WR);
  // Moves the connection out from under what is pending, which ends.
  const auto handle = socket.release(error);
  auto rest = std::make_shared<tcp::socket>(socket.get_executor());
  if (!error) {
    rest->assign(protocol, handle, error);
    asio::co_spawn(socket.get_executor(), Drain(std::move(rest), clock), asio::detached);
  }
}

Step NetStream::Impl::ClassifyTls(int result) {
  switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_READ:
      return {.want = Want::kRead};
    case SSL_ERROR_WANT_WRITE:
      return {.want = Want::kWrite};
    case SSL_ERROR_ZERO_RETURN:
      return {.is_end = true};
    case SSL_ERROR_SYSCALL:
      is_ssl_usable = false;
      return {.failure = absl::UnavailableError(socket_error == 0 ? "connection cut"
                                                                  : ErrnoText(socket_error))};
    default:
      is_ssl_usable = false;
      if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error();
        return {.failure = absl::UnavailableError("connection cut without a TLS close notice")};
      }
      return {.failure = absl::UnavailableError(TakeTlsError())};
  }
}

Step NetStream::Impl::TryRead(char* buffer, size_t size) {
  if (ssl == nullptr) {
    const ssize_t n = recv(socket.native_handle(), buffer, size, MSG_DONTWAIT);
    if (n > 0) {
      return {.bytes = static_cast<size_t>(n)};
    }
    if (n == 0) {
      return {.is_end = true};
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
      return {.want = Want::kRead};
    }
    return {.failure = absl::UnavailableError(ErrnoText(errno))};
  }
  // Record after record until the socket is empty: one wake-up serves all that came.
  Step step;
  while (step.bytes < size) {
    size_t n = 0;
    ERR_clear_error();
    socket_error = 0;
    const int result = SSL_read_ex(ssl, buffer + step.bytes, size - step.bytes, &n);
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

Step NetStream::Impl::TryWrite(std::string_view bytes) {
  if (ssl == nullptr) {
    const ssize_t n = send(socket.native_handle(), bytes.data(), bytes.size(),
                           MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) {
      bytes_written += static_cast<uint64_t>(n);
      return {.bytes = static_cast<size_t>(n)};
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
      return {.want = Want::kWrite};
    }
    return {.failure = absl::UnavailableError(ErrnoText(errno))};
  }
  size_t n = 0;
  ERR_clear_error();
  socket_error = 0;
  const int result = SSL_write_ex(ssl, bytes.data(), bytes.size(), &n);
  if (result == 1) {
    return {.bytes = n};
  }
  Step step = ClassifyTls(result);
  if (step.is_end) {
    step.failure = absl::UnavailableError("the peer closed");
  }
  return step;
}

Task<absl::Status> NetStream::Impl::Wait(Want want) {
  ErrorCode error;
  is_drained = false;
  const auto type = want == Want::kWrite ? tcp::socket::wait_write : tcp::socket::wait_read;
  co_await socket.async_wait(type, asio::redirect_error(asio::use_awaitable, error));
  if (ended != Ended::kNo) {
    co_return EndedStatus();
  }
  if (error == asio::error::operation_aborted) {
    throw boost::system::system_error(error);  // the task is canceled: unwind at once
  }
  if (error) {
    co_return absl::UnavailableError(error.message());
  }
  co_return absl::OkStatus();
}

NetStream::NetStream(asio::any_io_executor executor, Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(executor), clock)) {}

NetStream::~NetStream() {
  Close();
  impl_->CancelDeadline();
  SSL_free(impl_->ssl);
}

void NetStream::ExpiresAfter(absl::Duration timeout) {
  impl_->CancelDeadline();
  impl_->deadline = impl_->clock.monotonic() + timeout;
  impl_->deadline_timer = impl_->clock.ScheduleAfter(timeout, [impl = impl_.get()] {
    impl->deadline_timer = 0;
    impl->End(Impl::Ended::kExpired);
  });
}

void NetStream::ExpiresNever() { impl_->CancelDeadline(); }

absl::Duration NetStream::time_left() const { return impl_->deadline - impl_->clock.monotonic(); }

uint64_t NetStream::bytes_written() const { return impl_->bytes_written; }

void NetStream::Close() { impl_->End(Impl::Ended::kClosed); }

void NetStream::CloseGently() { impl_->EndGently(); }

Task<absl::Status> NetStream::Connect(IpAddresses addresses, uint16_t port) {
  Impl& impl = *impl_;
  std::string reason = "no address";
  for (size_t i = 0; i < addresses.size() && impl.ended == Impl::Ended::kNo; ++i) {
    ErrorCode error;
    impl.socket.close(error);
    // A dead first address must not eat the time of a live second one.
    bool is_out_of_time = false;
    struct CancelTimer {
      Clock& clock;
      TimerId id;
      ~CancelTimer() { clock.CancelTimer(id); }
    };
    const size_t left = addresses.size() - i;
    if (left > 1) {
      const CancelTimer share{impl.clock, impl.clock.ScheduleAfter(
          time_left() / static_cast<int64_t>(left), [&impl, &is_out_of_time] {
            is_out_of_time = true;
            ErrorCode ignored;
            impl.socket.close(ignored);
          })};
      co_await impl.socket.async_connect(tcp::endpoint(addresses[i], port),
                                         asio::redirect_error(asio::use_awaitable, error));
    } else {
      co_await impl.socket.async_connect(tcp::endpoint(addresses[i], port),
                                         asio::redirect_error(asio::use_awaitable, error));
    }
    if (impl.ended == Impl::Ended::kNo && !error) {
      impl.socket.set_option(tcp::no_delay(true), error);
      co_return absl::OkStatus();
    }
    if (error == asio::error::operation_aborted && !is_out_of_time &&
        impl.ended == Impl::Ended::kNo) {
      throw boost::system::system_error(error);  // the task is canceled: unwind at once
    }
    reason = is_out_of_time ? "no answer" : error.message();
  }
  co_return impl.ended == Impl::Ended::kNo ? absl::UnavailableError(reason) : impl.EndedStatus();
}

namespace {

// Makes the verification include the name. False when OpenSSL refuses it.
bool SetPeerName(SSL* ssl, const std::string& host) {
  ErrorCode error;
  asio::ip::make_address(host, error);
  if (!error) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  }
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl, host.c_str()) == 1 &&
         SSL_set_tlsext_host_name(ssl, const_cast<char*>(host.c_str())) == 1;
}

}  // namespace

Task<absl::Status> NetStream::Handshake(TlsContext& context, std::string host) {
  Impl& impl = *impl_;
  if (absl::Status loaded = context.Load(); !loaded.ok()) {
    co_return loaded;
  }
  ERR_clear_error();
  impl.ssl = SSL_new(context.native());
  BIO* bio = BIO_new(Impl::BioMethod());
  if (impl.ssl == nullptr || bio == nullptr || !SetPeerName(impl.ssl, host)) {
    BIO_free(bio);
    co_return absl::UnavailableError(TakeTlsError());
  }
  BIO_set_data(bio, &impl);
  BIO_set_init(bio, 1);
  SSL_set_bio(impl.ssl, bio, bio);
  SSL_set_connect_state(impl.ssl);
  while (impl.ended == Impl::Ended::kNo) {
    ERR_clear_error();
    impl.socket_error = 0;
    const int result = SSL_do_handshake(impl.ssl);
    if (result == 1) {
      impl.is_ssl_usable = true;
      co_return absl::OkStatus();
    }
    Step step = impl.ClassifyTls(result);
    if (step.want == Want::kNothing) {
      const auto verdict = SSL_get_verify_result(impl.ssl);
      if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH) {
        co_return absl::UnavailableError(
            StrCat("certificate refused: it is not for host ", host));
      }
      if (verdict != X509_V_OK) {
        co_return absl::UnavailableError(
            StrCat("certificate refused: ", X509_verify_cert_error_string(verdict)));
      }
      co_return step.is_end ? absl::UnavailableError("the peer closed") : step.failure;
    }
    if (absl::Status waited = co_await impl.Wait(step.want); !waited.ok()) {
      co_return waited;
    }
  }
  co_return impl.EndedStatus();
}

Task<absl::StatusOr<size_t>> NetStream::ReadSome(char* buffer, size_t size) {
  Impl& impl = *impl_;
  while (impl.ended == Impl::Ended::kNo) {
    Step step = impl.TryRead(buffer, size);
    if (step.want == Want::kNothing) {
      if (!step.failure.ok()) {
        co_return step.failure;
      }
      co_return step.bytes;
    }
    if (absl::Status waited = co_await impl.Wait(step.want); !waited.ok()) {
      co_return waited;
    }
  }
  co_return impl.EndedStatus();
}

absl::StatusOr<size_t> NetStream::TryWrite(std::string_view bytes) {
  if (impl_->ended != Impl::Ended::kNo) {
    return impl_->EndedStatus();
  }
  size_t total = 0;
  while (total < bytes.size()) {
    const Step step = impl_->TryWrite(bytes.substr(total));
    if (!step.failure.ok()) {
      return step.failure;
    }
    if (step.want != Want::kNothing) {
      break;
    }
    total += step.bytes;
  }
  return total;
}

Task<absl::Status> NetStream::Write(std::string bytes) {
  Impl& impl = *impl_;
  std::string_view left = bytes;
  while (impl.ended == Impl::Ended::kNo) {
    if (left.empty()) {
      co_return absl::OkStatus();
    }
    const Step step = impl.TryWrite(left);
    if (!step.failure.ok()) {
      co_return step.failure;
    }
    left.remove_prefix(step.bytes);
    if (step.want != Want::kNothing) {
      if (absl::Status waited = co_await impl.Wait(step.want); !waited.ok()) {
        co_return waited;
      }
    }
  }
  co_return impl.EndedStatus();
}

bool NetStream::IsIdleAndOpen() {
  if (impl_->ended != Impl::Ended::kNo) {
    return false;
  }
  char byte = 0;
  if (impl_->ssl == nullptr) {
    const ssize_t n = recv(impl_->socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
  // Also takes in what a server may send at any time: session tickets.
  impl_->is_drained = false;
  size_t n = 0;
  ERR_clear_error();
  impl_->socket_error = 0;
  const int result = SSL_peek_ex(impl_->ssl, &byte, 1, &n);
  return result != 1 && impl_->ClassifyTls(result).want == Want::kRead;
}

}  // namespace colibri
