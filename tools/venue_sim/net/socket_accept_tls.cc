#include "tools/venue_sim/net/socket_session_tls.h"

namespace colibri::venue_sim {

template asio::awaitable<beast::error_code> SocketSessionOver<TlsStream>::Accept(
    http::request<http::string_body>);

}  // namespace colibri::venue_sim
