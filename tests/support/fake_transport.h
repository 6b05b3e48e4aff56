// Transports that follow a script, for unit tests.
//
//   FakeHttpTransport http;
//   http.Answer("GET /api/v3/time", R"({"serverTime":1})");           // the next request of that
//   kind http.Fail("POST /api/v3/order", absl::UnavailableError("cut"),
//   /*may_have_been_sent=*/true); http.AnswerAlways("GET /api/v3/ping", "{}"); // whenever nothing
//   is queued http.Hold("GET /api/v3/depth");  ...  http.Release();             // answers wait
//   until told EXPECT_EQ(http.requests()[0].url.path, "/api/v3/time");
//
//   FakeWebSocketTransport web_sockets;
//   web_sockets.latest().Push(R"({"e":"trade"})");
//   EXPECT_THAT(web_sockets.latest().written(), ElementsAre(...));
//   web_sockets.latest().Break("peer closed");
//
// Requests are keyed by method and path without query. One without an answer fails the test. Both
// must outlive the coroutines that use them. Thread: the loop's.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "connector/async_event.h"
#include "connector/transport.h"
#include "core/strings.h"

namespace colibri {

class FakeHttpTransport final : public HttpTransport {
 public:
  // Given first look at every request; nullopt leaves it to the script.
  using Responder = std::function<std::optional<HttpResult>(const HttpRequest&)>;

  static HttpResult Ok(std::string body, int http_status = 200, HttpHeaders headers = {});

  void Answer(std::string_view request,
              std::string body,
              int http_status = 200,
              HttpHeaders headers = {});
  void Answer(std::string_view request, HttpResult result);
  void AnswerAlways(std::string_view request,
                    std::string body,
                    int http_status = 200,
                    HttpHeaders headers = {});
  // The next request of that kind gets no answer.
  void Fail(std::string_view request, absl::Status status, bool may_have_been_sent);
  void set_responder(Responder responder) { responder_ = std::move(responder); }
  // Called first thing by TrySend.
  void set_on_try_send(std::function<void(const HttpRequest&)> on_try_send) {
    on_try_send_ = std::move(on_try_send);
  }
  // Every request gets Unavailable and was not sent; nullopt ends that.
  void set_down(std::optional<absl::Status> status) { down_ = std::move(status); }

  // From now on requests of that kind wait. The answer is taken when they are released.
  void Hold(std::string_view request) { held_.insert(std::string(request)); }
  // Lets those that wait go on, and ends Hold for all kinds.
  void Release();
  // How many wait now.
  size_t waiting() const { return waiting_; }

  // As they came, those on hold included.
  const std::vector<HttpRequest>& requests() const { return requests_; }
  std::vector<HttpRequest> requests_to(std::string_view request) const;
  size_t count(std::string_view request) const { return requests_to(request).size(); }
  void ClearRequests() { requests_.clear(); }

  Task<HttpResult> Send(HttpRequest request) override;
  // As on a kept connection; kept ones are gone while the transport is down.
  std::optional<Task<HttpResult>> TrySend(const HttpRequest& request) override;

 private:
  Task<HttpResult> Await(HttpRequest request);
  HttpResult ResultFor(const HttpRequest& request);

  std::vector<HttpRequest> requests_;
  StringMap<std::deque<HttpResult>> answers_;
  StringMap<HttpResult> standing_answers_;
  StringSet held_;
  size_t waiting_ = 0;
  AsyncEvent released_;
  Responder responder_;
  std::function<void(const HttpRequest&)> on_try_send_;
  std::optional<absl::Status> down_;
};

// The far end of one connection.
class FakeWebSocketPeer {
 public:
  explicit FakeWebSocketPeer(WebSocketRequest request) : request_(std::move(request)) {}

  const WebSocketRequest& request() const { return request_; }
  // Frames that the code under test has sent.
  const std::vector<std::string>& written() const { return written_; }
  void ClearWritten() { written_.clear(); }
  // Whether the code under test has closed or dropped its socket.
  bool is_closed() const { return is_closed_; }
  bool is_broken() const { return broken_.has_value(); }

  // Queues a message for Read.
  void Push(std::string text, int64_t receive_time_ns = 0);
  // Once the queued messages are read, Read is Unavailable with that reason; Write at once.
  void Break(std::string reason);
  // Runs for each frame written; may Push.
  void set_on_write(std::function<void(const std::string&)> on_write);
  // Called first thing by TryWrite.
  void set_on_try_write(std::function<void(std::string_view)> on_try_write) {
    on_try_write_ = std::move(on_try_write);
  }
  // The next writes fail so, though the connection stays; OK ends that.
  void set_write_status(absl::Status status) { write_status_ = std::move(status); }
  // Writes wait for good, as on a connection that takes no more bytes.
  void HoldWrites() { holds_writes_ = true; }

 private:
  friend class FakeWebSocket;
  void TakeFrame(std::string text);

  struct Message {
    std::string text;
    int64_t receive_time_ns;
  };

  WebSocketRequest request_;
  std::vector<std::string> written_;
  std::deque<Message> inbox_;
  std::string current_;  // what the last Read gave out
  std::optional<std::string> broken_;
  bool is_closed_ = false;
  bool holds_writes_ = false;
  absl::Status write_status_;
  std::function<void(const std::string&)> on_write_;
  std::function<void(std::string_view)> on_try_write_;
  AsyncEvent changed_;
  AsyncEvent closed_;  // for writes on hold
};

class FakeWebSocketTransport final : public WebSocketTransport {
 public:
  // The next Connect fails so; call it n times for n failures.
  void FailConnect(absl::Status status) { connect_failures_.push_back(std::move(status)); }
  // Runs for each new connection, before the code under test has it.
  void set_on_connect(std::function<void(FakeWebSocketPeer&)> on_connect) {
    on_connect_ = std::move(on_connect);
  }
  // Connects wait until Release.
  void Hold() { is_held_ = true; }
  void Release();

  // Tries, failed ones included.
  size_t connects() const { return connects_; }
  size_t size() const { return peers_.size(); }
  FakeWebSocketPeer& peer(size_t index);
  FakeWebSocketPeer& latest() { return peer(size() - 1); }
  // The latest connection whose URL path contains `text`; null when there is none.
  FakeWebSocketPeer* find(std::string_view text);

  Task<absl::StatusOr<std::unique_ptr<WebSocket>>> Connect(WebSocketRequest request) override;

 private:
  std::vector<std::shared_ptr<FakeWebSocketPeer>> peers_;
  std::deque<absl::Status> connect_failures_;
  std::function<void(FakeWebSocketPeer&)> on_connect_;
  size_t connects_ = 0;
  bool is_held_ = false;
  AsyncEvent released_;
};

}  // namespace colibri
