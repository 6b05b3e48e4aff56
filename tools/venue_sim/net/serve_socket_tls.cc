// The WebSockets of serve_tls.cc, compiled apart from its HTTP.
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "tools/venue_sim/net/serve_over.h"

namespace colibri::venue_sim {

template asio::awaitable<void> ServeSocket(beast::ssl_stream<beast::tcp_stream>,
                                           http::request<http::string_body>,
                                           SessionHub&,
                                           std::string);

}  // namespace colibri::venue_sim
