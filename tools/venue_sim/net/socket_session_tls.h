// The parts of a WebSocket over TLS that files of their own compile: Beast takes ten seconds and
// more for each.
#pragma once

#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "tools/venue_sim/net/socket_session_over.h"

namespace colibri::venue_sim {

using TlsStream = beast::ssl_stream<beast::tcp_stream>;

extern template asio::awaitable<beast::error_code> SocketSessionOver<TlsStream>::Accept(
    http::request<http::string_body>);
extern template void SocketSessionOver<TlsStream>::StartPings();
extern template void SocketSessionOver<TlsStream>::WriteNext();
extern template void SocketSessionOver<TlsStream>::CloseNicely();

}  // namespace colibri::venue_sim
