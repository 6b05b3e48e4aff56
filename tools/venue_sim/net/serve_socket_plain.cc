// The WebSockets of serve_plain.cc, compiled apart from its HTTP.
#include "tools/venue_sim/net/serve_over.h"

namespace colibri::venue_sim {

template asio::awaitable<void> ServeSocket(beast::tcp_stream,
                                           http::request<http::string_body>,
                                           SessionHub&,
                                           std::string);

}  // namespace colibri::venue_sim
