#include "tests/support/fake_transport.h"

#include <utility>

#include "gtest/gtest.h"
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/check.h"

namespace colibri {

namespace {

std::string KeyOf(const HttpRequest& request) {
  const std::string_view path = request.url.path;
  return StrCat(ToString(request.method), " ", path.substr(0, path.find('?')));
}

// A real transport never answers inside the call; nor does a fake.
Task<void> NextTurn() {
  co_await boost::asio::post(boost::asio::use_awaitable);
}

}  // namespace

HttpResult FakeHttpTransport::Ok(std::string body, int http_status, HttpHeaders headers) {
  return {
      .status = absl::OkStatus(),
      .may_have_been_sent = true,
      .response = {.status = http_status, .headers = std::move(headers), .body = std::move(body)}};
}

void FakeHttpTransport::Answer(std::string_view request,
                               std::string body,
                               int http_status,
                               HttpHeaders headers) {
  Answer(request, Ok(std::move(body), http_status, std::move(headers)));
}

void FakeHttpTransport::Answer(std::string_view request, HttpResult result) {
  answers_[std::string(request)].push_back(std::move(result));
}

void FakeHttpTransport::AnswerAlways(std::string_view request,
                                     std::string body,
                                     int http_status,
                                     HttpHeaders headers) {
  standing_answers_[std::string(request)] = Ok(std::move(body), http_status, std::move(headers));
}

void FakeHttpTransport::Fail(std::string_view request,
                             absl::Status status,
                             bool may_have_been_sent) {
  Answer(
      request,
      HttpResult{
          .status = std::move(status), .may_have_been_sent = may_have_been_sent, .response = {}});
}

void FakeHttpTransport::Release() {
  held_.clear();
  if (waiting_ > 0) {
    released_.Set();
  }
}

std::vector<HttpRequest> FakeHttpTransport::requests_to(std::string_view request) const {
  std::vector<HttpRequest> found;
  for (const HttpRequest& sent : requests_) {
    if (KeyOf(sent) == request) {
      found.push_back(sent);
    }
  }
  return found;
}

Task<HttpResult> FakeHttpTransport::Send(HttpRequest request) {
  requests_.push_back(request);
  co_return co_await Await(std::move(request));
}

std::optional<Task<HttpResult>> FakeHttpTransport::TrySend(const HttpRequest& request) {
  if (on_try_send_) {
    on_try_send_(request);
  }
  if (down_.has_value()) {
    return std::nullopt;
  }
  requests_.push_back(request);
  return Await(request);
}

Task<HttpResult> FakeHttpTransport::Await(HttpRequest request) {
  const std::string key = KeyOf(request);
  co_await NextTurn();
  while (held_.contains(key)) {
    // Counted down also when the task is canceled meanwhile.
    struct Waiting {
      size_t& count;
      explicit Waiting(size_t& count) : count(++count) {}
      ~Waiting() { --count; }
    } waiting(waiting_);
    co_await released_.Wait();
  }
  co_return ResultFor(request);
}

HttpResult FakeHttpTransport::ResultFor(const HttpRequest& request) {
  if (down_.has_value()) {
    return {.status = *down_, .may_have_been_sent = false, .response = {}};
  }
  if (responder_) {
    if (std::optional<HttpResult> result = responder_(request)) {
      return *std::move(result);
    }
  }
  const std::string key = KeyOf(request);
  if (const auto queue = answers_.find(key); queue != answers_.end() && !queue->second.empty()) {
    HttpResult result = std::move(queue->second.front());
    queue->second.pop_front();
    return result;
  }
  if (const auto standing = standing_answers_.find(key); standing != standing_answers_.end()) {
    return standing->second;
  }
  ADD_FAILURE() << "no answer is scripted for " << ToString(request.method) << " "
                << request.url.path;
  return {.status = absl::UnavailableError(StrCat("no answer is scripted for ", key)),
          .may_have_been_sent = false,
          .response = {}};
}

void FakeWebSocketPeer::Push(std::string text, int64_t receive_time_ns) {
  inbox_.push_back({std::move(text), receive_time_ns});
  changed_.Set();
}

void FakeWebSocketPeer::Break(std::string reason) {
  broken_ = std::move(reason);
  changed_.Set();
}

void FakeWebSocketPeer::set_on_write(std::function<void(const std::string&)> on_write) {
  on_write_ = std::move(on_write);
}

void FakeWebSocketPeer::TakeFrame(std::string text) {
  written_.push_back(std::move(text));
  if (on_write_) {
    on_write_(written_.back());
  }
}

class FakeWebSocket final : public WebSocket {
 public:
  explicit FakeWebSocket(std::shared_ptr<FakeWebSocketPeer> peer) : peer_(std::move(peer)) {}
  ~FakeWebSocket() override { peer_->is_closed_ = true; }

  Task<absl::StatusOr<WebSocketFrame>> Read() override { return ReadFrom(peer_.get()); }
  Task<absl::Status> Write(std::string text) override {
    return WriteTo(peer_.get(), std::move(text));
  }
  absl::StatusOr<Written> TryWrite(std::string_view text) override {
    if (peer_->on_try_write_) {
      peer_->on_try_write_(text);
    }
    if (peer_->is_closed_ || peer_->broken_.has_value() || peer_->holds_writes_) {
      return Written::kNothing;
    }
    if (!peer_->write_status_.ok()) {
      return peer_->write_status_;
    }
    peer_->TakeFrame(std::string(text));
    return Written::kAll;
  }
  void Close() override {
    peer_->is_closed_ = true;
    peer_->changed_.Set();
    peer_->closed_.Set();
  }

 private:
  static Task<absl::StatusOr<WebSocketFrame>> ReadFrom(FakeWebSocketPeer* peer) {
    co_await NextTurn();
    while (true) {
      if (peer->is_closed_) {
        co_return absl::CancelledError("closed");
      }
      if (!peer->inbox_.empty()) {
        peer->current_ = std::move(peer->inbox_.front().text);
        const int64_t receive_time_ns = peer->inbox_.front().receive_time_ns;
        peer->inbox_.pop_front();
        co_return WebSocketFrame{peer->current_, receive_time_ns};
      }
      if (peer->broken_.has_value()) {
        co_return absl::UnavailableError(*peer->broken_);
      }
      co_await peer->changed_.Wait();
    }
  }

  static Task<absl::Status> WriteTo(FakeWebSocketPeer* peer, std::string text) {
    co_await NextTurn();
    while (peer->holds_writes_ && !peer->is_closed_) {
      co_await peer->closed_.Wait();
    }
    if (peer->is_closed_) {
      co_return absl::CancelledError("closed");
    }
    if (peer->broken_.has_value()) {
      co_return absl::UnavailableError(*peer->broken_);
    }
    if (!peer->write_status_.ok()) {
      co_return peer->write_status_;
    }
    peer->TakeFrame(std::move(text));
    co_return absl::OkStatus();
  }

  std::shared_ptr<FakeWebSocketPeer> peer_;
};

void FakeWebSocketTransport::Release() {
  is_held_ = false;
  released_.Set();
}

FakeWebSocketPeer& FakeWebSocketTransport::peer(size_t index) {
  CHECK(index < peers_.size() && "no such connection was made");
  return *peers_[index];
}

FakeWebSocketPeer* FakeWebSocketTransport::find(std::string_view text) {
  for (size_t i = peers_.size(); i-- > 0;) {
    if (peers_[i]->request().url.path.find(text) != std::string::npos) {
      return peers_[i].get();
    }
  }
  return nullptr;
}

Task<absl::StatusOr<std::unique_ptr<WebSocket>>> FakeWebSocketTransport::Connect(
    WebSocketRequest request) {
  ++connects_;
  co_await NextTurn();
  while (is_held_) {
    co_await released_.Wait();
  }
  if (!connect_failures_.empty()) {
    absl::Status failure = std::move(connect_failures_.front());
    connect_failures_.pop_front();
    co_return failure;
  }
  peers_.push_back(std::make_shared<FakeWebSocketPeer>(std::move(request)));
  if (on_connect_) {
    on_connect_(*peers_.back());
  }
  co_return std::make_unique<FakeWebSocket>(peers_.back());
}

}  // namespace colibri
