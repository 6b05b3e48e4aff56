#include <boost/asio/ssl/context.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "tools/venue_sim/net/serve.h"
#include "tools/venue_sim/net/serve_over.h"

namespace colibri::venue_sim {

extern template asio::awaitable<void> ServeSocket(beast::ssl_stream<beast::tcp_stream>,
                                                  http::request<http::string_body>,
                                                  SessionHub&,
                                                  std::string);

asio::awaitable<void> ServeTls(tcp::socket socket,
                               asio::ssl::context& tls,
                               SessionHub& hub,
                               std::string ip) {
  beast::ssl_stream<beast::tcp_stream> stream(std::move(socket), tls);
  beast::get_lowest_layer(stream).expires_after(kRequestDeadline);
  const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, kNoThrow);
  if (!error) {
    co_await ServeHttp(std::move(stream), hub, std::move(ip));
  }
}

}  // namespace colibri::venue_sim
