// The wire, as the connector sees it: HTTP requests and WebSocket frames. Beast in production, a
// script in unit tests, the simulated venue in memory in simulation.
//
//   HttpResult result = co_await http.Send(std::move(request));
//   if (!result.status.ok() && result.may_have_been_sent) { /* unknown: ask the venue */ }
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "auth/rest_request.h"
#include "connector/task.h"
#include "connector/url.h"

namespace colibri {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  Url url = {};  // path with query
  HttpMethod method = HttpMethod::kGet;
  HttpHeaders headers = {};
  std::string body = {};
  absl::Duration timeout =
      absl::Seconds(10);  // for all of it: resolve, connect, handshake, write, read
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers = {};
  std::string body = {};

  // Value of the first header of that name, case-insensitive; empty when absent.
  std::string_view header(std::string_view name) const;
};

struct HttpResult {
  // OK: the venue answered, with whatever HTTP status. Unavailable, DeadlineExceeded: it did not;
  // the message names the host and the step (resolve, connect, handshake, write, read).
  absl::Status status = {};
  // Whether any byte of the request may have reached the venue. False only when that is certain.
  bool may_have_been_sent = false;
  HttpResponse response = {};
};

class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  // Keeps connections and uses them again. Never sends a request twice by itself.
  virtual Task<HttpResult> Send(HttpRequest request) = 0;
  // The same, written before this returns; the task waits for the answer. nullopt: it would have to
  // wait, for a connection at least; nothing was written.
  virtual std::optional<Task<HttpResult>> TrySend(const HttpRequest& /*request*/) {
    return std::nullopt;
  }
};

struct WebSocketFrame {
  std::string_view text = {};   // valid until the next Read
  int64_t receive_time_ns = 0;  // wall clock, stamped as the bytes came
};

class WebSocket {
 public:
  virtual ~WebSocket() = default;
  // The next text or binary message; pings are answered beneath. Unavailable when the peer closed
  // or the connection broke (the message says which), Cancelled after Close.
  virtual Task<absl::StatusOr<WebSocketFrame>> Read() = 0;
  virtual Task<absl::Status> Write(std::string text) = 0;
  // What is written before this returns. Of a part, the rest follows by itself. Not OK: the
  // connection broke, and what the peer has of it is not known.
  enum class Written : uint8_t { kNothing, kPart, kAll };
  virtual absl::StatusOr<Written> TryWrite(std::string_view /*text*/) { return Written::kNothing; }
  // Starts a close and returns; a pending Read ends with Cancelled.
  virtual void Close() = 0;
};

struct WebSocketRequest {
  Url url = {};
  HttpHeaders headers = {};
  absl::Duration timeout = absl::Seconds(10);
  // Market data: after each chunk of it everybody else on the loop is served first.
  bool is_bulk = false;
};

class WebSocketTransport {
 public:
  virtual ~WebSocketTransport() = default;
  virtual Task<absl::StatusOr<std::unique_ptr<WebSocket>>> Connect(WebSocketRequest request) = 0;
};

}  // namespace colibri
