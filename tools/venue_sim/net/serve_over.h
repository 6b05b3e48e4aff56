// What serving is over any stream of Beast's; included by the file of each kind of connection only.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include "tools/venue_sim/net/session_hub.h"
#include "tools/venue_sim/net/socket_session_over.h"

namespace colibri::venue_sim {

inline constexpr auto kRequestDeadline = std::chrono::seconds(300);
inline constexpr size_t kRequestBodyMax = 1024 * 1024;

inline std::string_view View(beast::string_view text) {
  return {text.data(), text.size()};
}

inline HttpCall CallOf(const http::request<http::string_body>& request, const std::string& ip) {
  HttpCall call{.method = std::string(View(request.method_string())),
                .target = std::string(View(request.target())),
                .headers = {},
                .body = request.body(),
                .remote_ip = ip};
  for (const auto& field : request) {
    call.headers.emplace_back(View(field.name_string()), View(field.value()));
  }
  return call;
}

inline http::response<http::string_body> ResponseOf(
    const HttpReply& reply, const http::request<http::string_body>& request) {
  http::response<http::string_body> response;
  response.version(request.version());
  response.result(static_cast<unsigned>(reply.status));
  for (const auto& [name, value] : reply.headers) {
    response.set(beast::string_view(name), beast::string_view(value));
  }
  response.keep_alive(request.keep_alive());
  response.body() = reply.body;
  response.prepare_payload();
  return response;
}

template <typename Stream>
asio::awaitable<void> ServeSocket(Stream stream,
                                  http::request<http::string_body> request,
                                  SessionHub& hub,
                                  std::string ip) {
  const SessionId id = hub.venue().Open(View(request.target()), ip);
  if (id == 0) {
    http::response<http::string_body> refusal(http::status::not_found, request.version());
    refusal.body() = "no such WebSocket endpoint";
    refusal.prepare_payload();
    co_await http::async_write(stream, refusal, kNoThrow);
    co_return;
  }
  beast::get_lowest_layer(stream).expires_never();
  auto session = std::make_shared<SocketSessionOver<Stream>>(std::move(stream));
  hub.Add(id, session);
  const beast::error_code accept_error = co_await session->Accept(std::move(request));
  if (!accept_error) {
    beast::flat_buffer buffer;
    for (;;) {
      const auto [error, size] = co_await session->socket().async_read(buffer, kNoThrow);
      if (error) {
        break;
      }
      const auto bytes = buffer.cdata();
      hub.venue().OnText(id,
                         std::string_view(static_cast<const char*>(bytes.data()), bytes.size()));
      buffer.consume(buffer.size());
    }
  }
  session->End();
  hub.Remove(id);
  hub.venue().Close(id);
}

template <typename Stream>
asio::awaitable<void> ServeHttp(Stream stream, SessionHub& hub, std::string ip) {
  beast::flat_buffer buffer;
  for (;;) {
    beast::get_lowest_layer(stream).expires_after(kRequestDeadline);
    http::request_parser<http::string_body> parser;
    parser.body_limit(kRequestBodyMax);
    const auto [read_error, size] = co_await http::async_read(stream, buffer, parser, kNoThrow);
    if (read_error) {
      break;
    }
    const http::request<http::string_body> request = parser.release();
    if (websocket::is_upgrade(request)) {
      co_await ServeSocket(std::move(stream), request, hub, std::move(ip));
      co_return;
    }
    const HttpReply reply = hub.venue().Handle(CallOf(request, ip));
    if (reply.delay > absl::ZeroDuration()) {
      asio::steady_timer timer(stream.get_executor(), absl::ToChronoNanoseconds(reply.delay));
      co_await timer.async_wait(kNoThrow);
    }
    if (reply.is_swallowed) {
      co_await Discard(beast::get_lowest_layer(stream).release_socket());
      co_return;
    }
    if (reply.hang_up) {
      break;
    }
    http::response<http::string_body> response = ResponseOf(reply, request);
    const auto [write_error, written] = co_await http::async_write(stream, response, kNoThrow);
    if (write_error || !response.keep_alive()) {
      break;
    }
  }
  beast::error_code ignored;
  beast::get_lowest_layer(stream).socket().shutdown(tcp::socket::shutdown_both, ignored);
}

}  // namespace colibri::venue_sim
