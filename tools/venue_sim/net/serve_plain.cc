#include "tools/venue_sim/net/serve.h"
#include "tools/venue_sim/net/serve_over.h"

namespace colibri::venue_sim {

extern template asio::awaitable<void> ServeSocket(beast::tcp_stream,
                                                  http::request<http::string_body>,
                                                  SessionHub&,
                                                  std::string);

asio::awaitable<void> ServePlain(tcp::socket socket, SessionHub& hub, std::string ip) {
  co_await ServeHttp(beast::tcp_stream(std::move(socket)), hub, std::move(ip));
}

}  // namespace colibri::venue_sim
