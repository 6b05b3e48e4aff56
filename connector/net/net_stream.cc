#include "connector/net/net_stream.h"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "connector/net/socket_io.h"
#include <sys/socket.h>

namespace colibri {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Step = SocketIo::Step;
using Want = SocketIo::Want;

namespace {

// How long a connection that we closed takes in the peer's last words.
constexpr absl::Duration kDrainTime = absl::Seconds(1);

tcp::socket::wait_type WaitType(Want want) {
  return want == Want::kWrite ? tcp::socket::wait_write : tcp::socket::wait_read;
}

}  // namespace

struct NetStream::Impl {
  enum class Ended : uint8_t { kNo, kClosed, kExpired };

  Impl(const asio::any_io_executor& executor, Clock& clock) : socket(executor), clock(clock) {}

  tcp::socket socket;
  Clock& clock;
  TimerId deadline_timer = 0;
  absl::Duration deadline = absl::InfiniteDuration();  // on the monotonic clock
  Ended ended = Ended::kNo;
  SocketIo io;
  Want read_want = Want::kNothing;  // of the last TryRead
  ErrorCode wait_error;             // of the last WaitToRead

  absl::Status EndedStatus() const {
    return ended == Ended::kExpired ? absl::DeadlineExceededError("time is up")
                                    : absl::CancelledError("closed");
  }
  void End(Ended how);
  void EndGently();
  void CancelDeadline() {
    clock.CancelTimer(std::exchange(deadline_timer, 0));
    deadline = absl::InfiniteDuration();
  }

  Task<absl::Status> Wait(Want want);
  // Of a wait that ended so; throws when the task is canceled: unwind at once.
  absl::Status Waited(ErrorCode error) const;
};

void NetStream::Impl::End(Ended how) {
  if (ended != Ended::kNo) {
    return;
  }
  ended = how;
  CancelDeadline();
  io.SayGoodbye();
  ErrorCode ignored;
  socket.close(ignored);
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
  io.SayGoodbye();
  shutdown(socket.native_handle(), SHUT_WR);
  // Moves the connection out from under what is pending, which ends.
  const auto handle = socket.release(error);
  auto rest = std::make_shared<tcp::socket>(socket.get_executor());
  if (!error) {
    rest->assign(protocol, handle, error);
    asio::co_spawn(socket.get_executor(), Drain(std::move(rest), clock), asio::detached);
  }
}

Task<absl::Status> NetStream::Impl::Wait(Want want) {
  ErrorCode error;
  io.NoteReady();
  co_await socket.async_wait(WaitType(want), asio::redirect_error(asio::use_awaitable, error));
  co_return Waited(error);
}

absl::Status NetStream::Impl::Waited(ErrorCode error) const {
  if (ended != Ended::kNo) {
    return EndedStatus();
  }
  if (error == asio::error::operation_aborted) {
    throw boost::system::system_error(error);
  }
  return error ? absl::UnavailableError(error.message()) : absl::OkStatus();
}

NetStream::NetStream(const asio::any_io_executor& executor, Clock& clock)
    : impl_(std::make_unique<Impl>(executor, clock)) {}

NetStream::~NetStream() {
  Close();
  impl_->CancelDeadline();
}

void NetStream::ExpiresAfter(absl::Duration timeout) {
  impl_->CancelDeadline();
  impl_->deadline = impl_->clock.monotonic() + timeout;
  impl_->deadline_timer = impl_->clock.ScheduleAfter(timeout, [impl = impl_.get()] {
    impl->deadline_timer = 0;
    impl->End(Impl::Ended::kExpired);
  });
}

void NetStream::ExpiresNever() {
  impl_->CancelDeadline();
}

absl::Duration NetStream::time_left() const {
  return impl_->deadline - impl_->clock.monotonic();
}

uint64_t NetStream::bytes_written() const {
  return impl_->io.bytes_written();
}

void NetStream::Close() {
  impl_->End(Impl::Ended::kClosed);
}

void NetStream::CloseGently() {
  impl_->EndGently();
}

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
      const CancelTimer share{impl.clock,
                              impl.clock.ScheduleAfter(time_left() / static_cast<int64_t>(left),
                                                       [&impl, &is_out_of_time] {
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
      impl.io.set_socket(impl.socket.native_handle());
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

Task<absl::Status> NetStream::Handshake(TlsContext& context, std::string host) {
  Impl& impl = *impl_;
  if (absl::Status started = impl.io.StartTls(context, host); !started.ok()) {
    co_return started;
  }
  while (impl.ended == Impl::Ended::kNo) {
    const Step step = impl.io.Handshake(host);
    if (step.want == Want::kNothing) {
      co_return step.failure;
    }
    if (absl::Status waited = co_await impl.Wait(step.want); !waited.ok()) {
      co_return waited;
    }
  }
  co_return impl.EndedStatus();
}

absl::StatusOr<std::optional<size_t>> NetStream::TryRead(char* buffer, size_t size) {
  Impl& impl = *impl_;
  const ErrorCode error = std::exchange(impl.wait_error, {});
  if (impl.ended != Impl::Ended::kNo) {
    return impl.EndedStatus();
  }
  if (error && error != asio::error::operation_aborted) {
    return absl::UnavailableError(error.message());
  }
  Step step = impl.io.Read(buffer, size);
  impl.read_want = step.want;
  if (step.want != Want::kNothing) {
    return std::nullopt;
  }
  if (!step.failure.ok()) {
    return std::move(step.failure);
  }
  return step.bytes;
}

Task<void> NetStream::WaitToRead() {
  impl_->io.NoteReady();
  return impl_->socket.async_wait(WaitType(impl_->read_want),
                                  asio::redirect_error(asio::use_awaitable, impl_->wait_error));
}

void NetStream::Acknowledge() {
  if (impl_->ended == Impl::Ended::kNo) {
    impl_->io.Acknowledge();
  }
}

Task<absl::StatusOr<size_t>> NetStream::ReadSome(char* buffer, size_t size) {
  while (true) {
    const absl::StatusOr<std::optional<size_t>> n = TryRead(buffer, size);
    if (!n.ok()) {
      co_return n.status();
    }
    if (n->has_value()) {
      co_return **n;
    }
    co_await WaitToRead();
    if (absl::Status waited = impl_->Waited(impl_->wait_error); !waited.ok()) {
      co_return waited;
    }
  }
}

absl::StatusOr<size_t> NetStream::TryWrite(std::string_view bytes) {
  if (impl_->ended != Impl::Ended::kNo) {
    return impl_->EndedStatus();
  }
  size_t total = 0;
  while (total < bytes.size()) {
    const Step step = impl_->io.Write(bytes.substr(total));
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
    const Step step = impl.io.Write(left);
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
  return impl_->ended == Impl::Ended::kNo && impl_->io.IsIdleAndOpen();
}

}  // namespace colibri
