// The only file of the simulated venues that includes Beast: it takes a minute to compile, so it
// knows no venue.
#include "tools/venue_sim/net/socket_server.h"

#include <chrono>
#include <deque>
#include <future>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/net/certificates.h"
#include "tools/venue_sim/net/loop_clock.h"
#include "tools/venue_sim/net/port_owner.h"

namespace colibri::venue_sim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;

constexpr auto kPingInterval = std::chrono::seconds(20);
constexpr auto kPongDeadline = std::chrono::seconds(60);
constexpr auto kRequestDeadline = std::chrono::seconds(300);
constexpr size_t kRequestBodyMax = 1024 * 1024;
constexpr size_t kTextMax = 128 * 1024;
constexpr size_t kQueuedBytesMax = 64 * 1024 * 1024;  // a client that reads slower is cut
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

// One WebSocket connection, whatever it runs over.
class SocketSession {
 public:
  virtual ~SocketSession() = default;
  virtual void Send(std::string text) = 0;
  // code 0 cuts the connection.
  virtual void Close(int code, std::string_view reason) = 0;
};

template <typename Stream>
class SocketSessionOver final : public SocketSession,
                                public std::enable_shared_from_this<SocketSessionOver<Stream>> {
 public:
  explicit SocketSessionOver(Stream stream)
      : socket_(std::move(stream)), ping_timer_(socket_.get_executor()) {
    socket_.set_option(
        websocket::stream_base::timeout{.handshake_timeout = std::chrono::seconds(30),
                                        .idle_timeout = kPongDeadline,
                                        .keep_alive_pings = false});
    socket_.read_message_max(kTextMax);
    socket_.text(true);
  }

  websocket::stream<Stream>& socket() { return socket_; }

  // The handshake is done: what was queued meanwhile goes out.
  void Begin() {
    is_begun_ = true;
    StartPings();
    if (!is_writing_) {
      WriteNext();
    }
  }

  void Send(std::string text) override {
    if (is_closed_) {
      return;
    }
    queued_bytes_ += text.size();
    queue_.push_back(std::move(text));
    if (queued_bytes_ > kQueuedBytesMax) {
      Close(0, "");
    } else if (is_begun_ && !is_writing_) {
      WriteNext();
    }
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
  void StartPings() {
    ping_timer_.expires_after(kPingInterval);
    ping_timer_.async_wait([self = this->shared_from_this()](beast::error_code error) {
      if (error || self->is_closed_) {
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

  void WriteNext() {
    if (queue_.empty()) {
      is_writing_ = false;
      if (close_reason_.has_value()) {
        CloseNicely();
      }
      return;
    }
    is_writing_ = true;
    socket_.async_write(asio::buffer(queue_.front()),
                        [self = this->shared_from_this()](beast::error_code error, size_t) {
                          if (error) {
                            self->is_closed_ = true;
                            self->queue_.clear();
                            self->Cut();
                            return;
                          }
                          self->queued_bytes_ -= self->queue_.front().size();
                          self->queue_.pop_front();
                          self->WriteNext();
                        });
  }
  void CloseNicely() {
    socket_.async_close(*close_reason_, [self = this->shared_from_this()](beast::error_code) {});
  }
  void Cut() {
    beast::error_code ignored;
    beast::get_lowest_layer(socket_).socket().close(ignored);
  }

  websocket::stream<Stream> socket_;
  asio::steady_timer ping_timer_;
  std::deque<std::string> queue_;  // the first is being written
  size_t queued_bytes_ = 0;
  bool is_begun_ = false;
  bool is_writing_ = false;
  bool is_closed_ = false;
  std::optional<websocket::close_reason> close_reason_;
};

std::string_view View(beast::string_view text) {
  return {text.data(), text.size()};
}

HttpCall CallOf(const http::request<http::string_body>& request, const std::string& ip) {
  HttpCall call{.method = std::string(View(request.method_string())),
                .target = std::string(View(request.target())),
                .headers = {},
                .body = request.body(),
                .remote_ip = ip};
  for (const auto& field : request) {
    call.headers.emplace_back(View(field.name_string()), View(field.value()));
  }
  return call;
}

http::response<http::string_body> ResponseOf(const HttpReply& reply,
                                             const http::request<http::string_body>& request) {
  http::response<http::string_body> response;
  response.version(request.version());
  response.result(static_cast<unsigned>(reply.status));
  for (const auto& [name, value] : reply.headers) {
    response.set(beast::string_view(name), beast::string_view(value));
  }
  response.keep_alive(request.keep_alive());
  response.body() = reply.body;
  response.prepare_payload();
  return response;
}

// Connections and the venue they talk to; everything on the loop's thread.
class Hub final : public SessionSink {
 public:
  explicit Hub(SimVenue& sim) : sim_(sim) {}

  void SendText(SessionId id, std::string text) override {
    if (const auto found = sessions_.find(id); found != sessions_.end()) {
      found->second->Send(std::move(text));
    }
  }
  void CloseSession(SessionId id, int code, std::string_view reason) override {
    if (const auto found = sessions_.find(id); found != sessions_.end()) {
      const std::shared_ptr<SocketSession> session = found->second;
      sessions_.erase(found);
      session->Close(code, reason);
    }
  }

  void CutAll() {
    for (const auto& [id, session] : std::exchange(sessions_, {})) {
      session->Close(0, "");
    }
  }

  template <typename Stream>
  asio::awaitable<void> Serve(Stream stream, std::string ip) {
    beast::flat_buffer buffer;
    for (;;) {
      beast::get_lowest_layer(stream).expires_after(kRequestDeadline);
      http::request_parser<http::string_body> parser;
      parser.body_limit(kRequestBodyMax);
      const auto [read_error, size] = co_await http::async_read(stream, buffer, parser, kNoThrow);
      if (read_error) {
        break;
      }
      const http::request<http::string_body> request = parser.release();
      if (websocket::is_upgrade(request)) {
        co_await ServeSocket(std::move(stream), request, std::move(ip));
        co_return;
      }
      const HttpReply reply = sim_.Handle(CallOf(request, ip));
      if (reply.delay > absl::ZeroDuration()) {
        asio::steady_timer timer(stream.get_executor(), absl::ToChronoNanoseconds(reply.delay));
        co_await timer.async_wait(kNoThrow);
      }
      if (reply.hang_up) {
        break;
      }
      http::response<http::string_body> response = ResponseOf(reply, request);
      const auto [write_error, written] = co_await http::async_write(stream, response, kNoThrow);
      if (write_error || !response.keep_alive()) {
        break;
      }
    }
    beast::error_code ignored;
    beast::get_lowest_layer(stream).socket().shutdown(tcp::socket::shutdown_both, ignored);
  }

 private:
  template <typename Stream>
  asio::awaitable<void> ServeSocket(Stream stream,
                                    http::request<http::string_body> request,
                                    std::string ip) {
    const SessionId id = sim_.Open(View(request.target()), ip);
    if (id == 0) {
      http::response<http::string_body> refusal(http::status::not_found, request.version());
      refusal.body() = "no such WebSocket endpoint";
      refusal.prepare_payload();
      co_await http::async_write(stream, refusal, kNoThrow);
      co_return;
    }
    beast::get_lowest_layer(stream).expires_never();
    auto session = std::make_shared<SocketSessionOver<Stream>>(std::move(stream));
    sessions_[id] = session;
    const auto [accept_error] = co_await session->socket().async_accept(request, kNoThrow);
    if (!accept_error) {
      session->Begin();
      beast::flat_buffer buffer;
      for (;;) {
        const auto [error, size] = co_await session->socket().async_read(buffer, kNoThrow);
        if (error) {
          break;
        }
        const auto bytes = buffer.cdata();
        sim_.OnText(id, std::string_view(static_cast<const char*>(bytes.data()), bytes.size()));
        buffer.consume(buffer.size());
      }
    }
    session->End();
    sessions_.erase(id);
    sim_.Close(id);
  }

  SimVenue& sim_;
  std::map<SessionId, std::shared_ptr<SocketSession>> sessions_;
};

asio::awaitable<void> Accept(tcp::acceptor& acceptor, asio::ssl::context* tls, Hub& hub) {
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(kNoThrow);
    if (error) {
      if (error == asio::error::operation_aborted || !acceptor.is_open()) {
        co_return;
      }
      continue;  // the client gave up, or we are out of descriptors for a moment
    }
    beast::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const tcp::endpoint peer = socket.remote_endpoint(ignored);
    std::string ip = peer.address().to_string();
    if (tls == nullptr) {
      asio::co_spawn(acceptor.get_executor(),
                     hub.Serve(beast::tcp_stream(std::move(socket)), std::move(ip)),
                     asio::detached);
      continue;
    }
    asio::co_spawn(
        acceptor.get_executor(),
        [](tcp::socket raw, asio::ssl::context& context, Hub& server, std::string address)
            -> asio::awaitable<void> {
          beast::ssl_stream<beast::tcp_stream> stream(std::move(raw), context);
          beast::get_lowest_layer(stream).expires_after(kRequestDeadline);
          const auto [handshake_error] =
              co_await stream.async_handshake(asio::ssl::stream_base::server, kNoThrow);
          if (!handshake_error) {
            co_await server.Serve(std::move(stream), std::move(address));
          }
        }(std::move(socket), *tls, hub, std::move(ip)),
        asio::detached);
  }
}

absl::Status PortError(const beast::error_code& error, const std::string& host, uint16_t port) {
  if (error != asio::error::address_in_use) {
    return absl::UnavailableError(StrCat("cannot listen on ",
                                         std::string_view(host),
                                         ":",
                                         port,
                                         ": ",
                                         error.message(),
                                         "; choose another with --port"));
  }
  const std::optional<PortOwner> owner = FindPortOwner(port);
  const std::string who =
      owner.has_value()
          ? StrCat("process ", owner->process_id, " (", std::string_view(owner->process_name), ")")
          : std::string("another process");
  return absl::AlreadyExistsError(StrCat("port ",
                                         port,
                                         " is in use by ",
                                         std::string_view(who),
                                         ": stop it, or choose another with --port"));
}

}  // namespace

struct SocketServer::Impl {
  Impl() : clock(loop), acceptor(loop) {}

  // The loop outlives everything: what is left in it is destroyed last and touches nothing above
  // it.
  asio::io_context loop{1};
  LoopClock clock;
  std::unique_ptr<Hub> hub;
  std::optional<asio::ssl::context> tls;
  tcp::acceptor acceptor;
  std::thread thread;
  uint16_t port = 0;
  std::string authority;
  std::string ca_pem;
};

SocketServer::SocketServer() : impl_(std::make_unique<Impl>()) {}

SocketServer::~SocketServer() {
  Stop();
}

Clock& SocketServer::clock() {
  return impl_->clock;
}
uint16_t SocketServer::port() const {
  return impl_->port;
}
const std::string& SocketServer::authority() const {
  return impl_->authority;
}
const std::string& SocketServer::ca_pem() const {
  return impl_->ca_pem;
}

absl::Status SocketServer::Listen(const std::string& host, uint16_t port) {
  beast::error_code error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (error) {
    return absl::InvalidArgumentError(
        StrCat("'",
               std::string_view(host),
               "' is no address to listen on; give one like 127.0.0.1 or ::1"));
  }
  const tcp::endpoint endpoint(address, port);
  tcp::acceptor& acceptor = impl_->acceptor;
  acceptor.open(endpoint.protocol(), error);
  if (!error) {
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error) {
    acceptor.bind(endpoint, error);
  }
  if (!error) {
    acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    return PortError(error, host, port);
  }
  impl_->port = acceptor.local_endpoint(error).port();
  impl_->authority = address.is_v6() ? StrCat("[", std::string_view(host), "]:", impl_->port)
                                     : StrCat(std::string_view(host), ":", impl_->port);
  return absl::OkStatus();
}

absl::Status SocketServer::UseTls() {
  ASSIGN_OR_RETURN(Certificates made, MakeCertificates());
  asio::ssl::context& tls = impl_->tls.emplace(asio::ssl::context::tls_server);
  beast::error_code error;
  tls.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                      asio::ssl::context::no_tlsv1_1,
                  error);
  tls.use_certificate_chain(asio::buffer(made.server_chain_pem), error);
  if (!error) {
    tls.use_private_key(asio::buffer(made.server_key_pem), asio::ssl::context::pem, error);
  }
  if (error) {
    return absl::InternalError(StrCat("cannot load the certificate: ", error.message()));
  }
  impl_->ca_pem = std::move(made.ca_pem);
  return absl::OkStatus();
}

void SocketServer::Run(SimVenue& venue) {
  impl_->hub = std::make_unique<Hub>(venue);
  venue.set_sink(impl_->hub.get());
  asio::co_spawn(
      impl_->loop,
      Accept(impl_->acceptor, impl_->tls.has_value() ? &*impl_->tls : nullptr, *impl_->hub),
      asio::detached);
  impl_->thread = std::thread([this] { impl_->loop.run(); });
}

void SocketServer::RunOnLoop(const std::function<void()>& act) {
  if (!impl_->thread.joinable() || std::this_thread::get_id() == impl_->thread.get_id()) {
    act();
    return;
  }
  std::promise<void> done;
  asio::post(impl_->loop, [&] {
    act();
    done.set_value();
  });
  done.get_future().wait();
}

void SocketServer::Stop() {
  if (!impl_->thread.joinable()) {
    return;
  }
  RunOnLoop([this] {
    beast::error_code ignored;
    impl_->acceptor.close(ignored);
    impl_->hub->CutAll();
  });
  impl_->loop.stop();
  impl_->thread.join();
}

}  // namespace colibri::venue_sim
