// The WebSockets of serve_tls.cc, compiled apart from its HTTP.
#include "tools/venue_sim/net/serve_over.h"
#include "tools/venue_sim/net/socket_session_tls.h"

namespace colibri::venue_sim {

template asio::awaitable<void> ServeSocket(TlsStream,
                                           http::request<http::string_body>,
                                           SessionHub&,
                                           std::string);

}  // namespace colibri::venue_sim
