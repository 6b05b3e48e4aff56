// One WebSocket of a client over any stream of Beast's; see serve_over.h.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include "core/strings.h"
#include "tools/venue_sim/net/session_hub.h"

namespace colibri::venue_sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;

inline constexpr auto kPingInterval = std::chrono::seconds(20);
inline constexpr auto kPongDeadline = std::chrono::seconds(60);
inline constexpr size_t kTextMax = 128 * 1024;
inline constexpr size_t kQueuedBytesMax = 64 * 1024 * 1024;  // a client that reads slower is cut
inline constexpr int kFragments = 3;                         // of a message that is split
inline constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

// Reads into the void until the peer closes.
inline asio::awaitable<void> Discard(tcp::socket socket) {
  char bytes[4096];
  for (;;) {
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(bytes), kNoThrow);
    if (error) {
      co_return;
    }
  }
}

template <typename Stream>
class SocketSessionOver final : public SocketSession,
                                public std::enable_shared_from_this<SocketSessionOver<Stream>> {
 public:
  explicit SocketSessionOver(Stream stream)
      : socket_(std::move(stream)), ping_timer_(socket_.get_executor()) {
    // Beast's idle timeout without its own pings ends a connection however much it says.
    socket_.set_option(
        websocket::stream_base::timeout{.handshake_timeout = std::chrono::seconds(30),
                                        .idle_timeout = websocket::stream_base::none(),
                                        .keep_alive_pings = false});
    socket_.control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind == websocket::frame_type::pong) {
        pong_at_ = Now();
      }
    });
    socket_.read_message_max(kTextMax);
  }

  websocket::stream<Stream>& socket() { return socket_; }

  // Answers the request that asks for the WebSocket; then what was queued meanwhile goes out.
  asio::awaitable<beast::error_code> Accept(http::request<http::string_body> request);

  void Send(std::string text) override { Enqueue({.text = std::move(text)}); }
  void SendSplit(std::string text) override {
    Enqueue({.text = std::move(text), .fragments_left = kFragments});
  }

  void GoHalfOpen() override {
    if (is_closed_) {
      return;
    }
    End();
    tcp::socket socket = beast::get_lowest_layer(socket_).release_socket();
    const auto executor = socket.get_executor();
    asio::co_spawn(executor, Discard(std::move(socket)), asio::detached);
  }

  void Close(int code, std::string_view reason) override {
    if (is_closed_) {
      return;
    }
    is_closed_ = true;
    ping_timer_.cancel();
    if (code == 0) {
      Cut();
      return;
    }
    close_reason_ = websocket::close_reason(static_cast<websocket::close_code>(code),
                                            beast::string_view(reason.data(), reason.size()));
    if (is_begun_ && !is_writing_) {
      CloseNicely();
    }
  }

  // The read side has ended: nothing more can be said.
  void End() {
    is_closed_ = true;
    ping_timer_.cancel();
  }

 private:
  struct Outgoing {
    std::string text;
    size_t written = 0;
    int fragments_left = 1;
  };

  void Enqueue(Outgoing message) {
    if (is_closed_) {
      return;
    }
    queued_bytes_ += message.text.size();
    queue_.push_back(std::move(message));
    if (queued_bytes_ > kQueuedBytesMax) {
      Close(0, "");
    } else if (is_begun_ && !is_writing_) {
      WriteNext();
    }
  }

  static std::chrono::steady_clock::time_point Now() { return std::chrono::steady_clock::now(); }

  void StartPings();
  void WriteNext();
  void CloseNicely();
  void Cut() {
    beast::error_code ignored;
    beast::get_lowest_layer(socket_).socket().close(ignored);
  }

  websocket::stream<Stream> socket_;
  asio::steady_timer ping_timer_;
  std::chrono::steady_clock::time_point pong_at_;
  std::deque<Outgoing> queue_;  // the first is being written
  size_t queued_bytes_ = 0;
  bool is_begun_ = false;
  bool is_writing_ = false;
  bool is_closed_ = false;
  std::optional<websocket::close_reason> close_reason_;
};

// What follows is not in the class, so that files of their own can compile it.
template <typename Stream>
asio::awaitable<beast::error_code> SocketSessionOver<Stream>::Accept(
    http::request<http::string_body> request) {
  const auto [error] = co_await socket_.async_accept(request, kNoThrow);
  if (!error) {
    is_begun_ = true;
    pong_at_ = Now();
    StartPings();
    if (!is_writing_) {
      WriteNext();
    }
  }
  co_return error;
}

template <typename Stream>
void SocketSessionOver<Stream>::StartPings() {
  ping_timer_.expires_after(kPingInterval);
  ping_timer_.async_wait([self = this->shared_from_this()](beast::error_code error) {
    if (error || self->is_closed_) {
      return;
    }
    if (Now() - self->pong_at_ >= kPongDeadline) {
      self->Close(0, "");
      return;
    }
    const auto now_ms = absl::ToUnixMillis(absl::Now());
    const websocket::ping_data payload(StrCat(now_ms));
    self->socket_.async_ping(payload, [self](beast::error_code ping_error) {
      if (!ping_error) {
        self->StartPings();
      }
    });
  });
}

template <typename Stream>
void SocketSessionOver<Stream>::WriteNext() {
  if (queue_.empty()) {
    is_writing_ = false;
    if (close_reason_.has_value()) {
      CloseNicely();
    }
    return;
  }
  is_writing_ = true;
  Outgoing& message = queue_.front();
  if (message.written == 0) {
    // A text frame must be UTF-8, which no gzip member is.
    socket_.text(!message.text.starts_with("\x1f\x8b"));
  }
  const size_t left = message.text.size() - message.written;
  const size_t size = left / static_cast<size_t>(message.fragments_left);
  const bool is_last = --message.fragments_left == 0;
  socket_.async_write_some(
      is_last,
      asio::buffer(message.text.data() + message.written, size),
      [self = this->shared_from_this(), is_last, size](beast::error_code error, size_t) {
        if (error) {
          self->is_closed_ = true;
          self->queue_.clear();
          self->Cut();
          return;
        }
        self->queue_.front().written += size;
        if (is_last) {
          self->queued_bytes_ -= self->queue_.front().text.size();
          self->queue_.pop_front();
        }
        self->WriteNext();
      });
}

template <typename Stream>
void SocketSessionOver<Stream>::CloseNicely() {
  socket_.async_close(*close_reason_, [self = this->shared_from_this()](beast::error_code) {});
}

}  // namespace colibri::venue_sim
