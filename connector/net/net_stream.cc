#include "connector/net/net_stream.h"

#include <algorithm>
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
  ReadTurns* turns = nullptr;  // null: reads whenever it can

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

NetStream::NetStream(const asio::any_io_executor& executor, Clock& clock)
    : impl_(std::make_unique<Impl>(executor, clock)) {}

NetStream::~NetStream() {
  Close();
  impl_->CancelDeadline();
}

void NetStream::TakeTurns(ReadTurns& turns) {
  impl_->turns = &turns;
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

Task<absl::StatusOr<size_t>> NetStream::ReadSome(char* buffer, size_t size) {
  Impl& impl = *impl_;
  while (impl.ended == Impl::Ended::kNo) {
    size_t size_now = size;
    if (impl.turns != nullptr) {
      // Asked after each wait: what was left before it may be spent by now.
      if (impl.turns->left() == 0) {
        co_await impl.turns->Wait();
        if (impl.ended != Impl::Ended::kNo) {
          break;
        }
      }
      size_now = std::min(size, impl.turns->left());
    }
    Step step = impl.io.Read(buffer, size_now);
    if (step.want == Want::kNothing) {
      if (impl.turns != nullptr) {
        impl.turns->Spend(step.bytes);
      }
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
