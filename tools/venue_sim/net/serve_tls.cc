#include <boost/asio/ssl/context.hpp>

#include "tools/venue_sim/net/serve.h"
#include "tools/venue_sim/net/serve_over.h"
#include "tools/venue_sim/net/socket_session_tls.h"

namespace colibri::venue_sim {

extern template asio::awaitable<void> ServeSocket(TlsStream,
                                                  http::request<http::string_body>,
                                                  SessionHub&,
                                                  std::string);

asio::awaitable<void> ServeTls(tcp::socket socket,
                               asio::ssl::context& tls,
                               SessionHub& hub,
                               std::string ip) {
  TlsStream stream(std::move(socket), tls);
  beast::get_lowest_layer(stream).expires_after(kRequestDeadline);
  const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, kNoThrow);
  if (!error) {
    co_await ServeHttp(std::move(stream), hub, std::move(ip));
  }
}

}  // namespace colibri::venue_sim
