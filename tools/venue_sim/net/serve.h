// Serves one accepted connection until it ends: HTTP requests, and the WebSocket that one becomes.
//
// Each kind of connection is a file of its own, because each takes half a minute to compile.
// Thread: the loop's.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "tools/venue_sim/net/session_hub.h"

namespace boost::asio::ssl {
class context;
}

namespace colibri::venue_sim {

boost::asio::awaitable<void> ServePlain(boost::asio::ip::tcp::socket socket,
                                        SessionHub& hub,
                                        std::string ip);
boost::asio::awaitable<void> ServeTls(boost::asio::ip::tcp::socket socket,
                                      boost::asio::ssl::context& tls,
                                      SessionHub& hub,
                                      std::string ip);

}  // namespace colibri::venue_sim
