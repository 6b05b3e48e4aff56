#include "tools/venue_sim/net/socket_server.h"

#include <future>
#include <optional>
#include <thread>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/net/certificates.h"
#include "tools/venue_sim/net/loop_clock.h"
#include "tools/venue_sim/net/port_owner.h"
#include "tools/venue_sim/net/serve.h"

namespace colibri::venue_sim {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

asio::awaitable<void> Accept(tcp::acceptor& acceptor, asio::ssl::context* tls, SessionHub& hub) {
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error) {
      if (error == asio::error::operation_aborted || !acceptor.is_open()) {
        co_return;
      }
      continue;  // the client gave up, or we are out of descriptors for a moment
    }
    ErrorCode ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const tcp::endpoint peer = socket.remote_endpoint(ignored);
    std::string ip = peer.address().to_string();
    asio::co_spawn(acceptor.get_executor(),
                   tls == nullptr ? ServePlain(std::move(socket), hub, std::move(ip))
                                  : ServeTls(std::move(socket), *tls, hub, std::move(ip)),
                   asio::detached);
  }
}

absl::Status PortError(const ErrorCode& error, const std::string& host, uint16_t port) {
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
  std::unique_ptr<SessionHub> hub;
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
  ErrorCode error;
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
  ErrorCode error;
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
  impl_->hub = std::make_unique<SessionHub>(venue);
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
    ErrorCode ignored;
    impl_->acceptor.close(ignored);
    impl_->hub->CutAll();
  });
  impl_->loop.stop();
  impl_->thread.join();
}

}  // namespace colibri::venue_sim
