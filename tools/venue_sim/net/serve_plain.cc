#include "tools/venue_sim/net/serve.h"
#include "tools/venue_sim/net/serve_over.h"

namespace colibri::venue_sim {

asio::awaitable<void> ServePlain(tcp::socket socket, SessionHub& hub, std::string ip) {
  co_await ServeHttp(beast::tcp_stream(std::move(socket)), hub, std::move(ip));
}

}  // namespace colibri::venue_sim
