// HTTP over kept connections.
//
//   HttpClient http(dialer, context, clock, {});
//   HttpResult result = co_await http.Send({.url = url, .timeout = absl::Seconds(5)});
//
// One pool for each host, port and TLS or not. A connection that the peer closed while idle is
// replaced, as long as no byte of the request was written; after that a request is never repeated.
// Two connections are kept warm for a host in use. Thread: the loop's. Errors: transport.h.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"

#include "connector/net/dialer.h"
#include "connector/task.h"
#include "connector/transport.h"
#include "core/clock.h"

namespace colibri {

struct HttpClientOptions {
  std::string user_agent = "colibri/0.1";
  size_t body_limit = 64 << 20;
  // Venues close idle connections after a minute or more; ours go first.
  absl::Duration idle_limit = absl::Seconds(50);
  // Open connections, busy ones included, while a host is in use; 0 keeps none ready.
  size_t warm_connections = 2;
  // How long after its last request a host counts as in use.
  absl::Duration warm_time = absl::Minutes(5);
  // Requests beyond wait for a connection until their deadline.
  size_t connections_per_host_max = 32;
};

class HttpClient final : public HttpTransport {
 public:
  // The references outlive the loop.
  HttpClient(Dialer& dialer,
             boost::asio::io_context& context,
             Clock& clock,
             HttpClientOptions options);
  ~HttpClient() override;

  Task<HttpResult> Send(HttpRequest request) override;
  std::optional<Task<HttpResult>> TrySend(const HttpRequest& request) override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace colibri
