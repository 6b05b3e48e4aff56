#include "tests/integration/venue_link.h"

#include <deque>
#include <utility>

#include "connector/async_event.h"
#include "core/strings.h"

namespace colibri {

using venue_sim::HttpCall;
using venue_sim::HttpReply;
using venue_sim::SessionId;

// One WebSocket, shared by the venue's side and ours.
struct VenueLink::Session {
  std::deque<std::string> frames;
  AsyncEvent changed;
  bool is_closed_by_venue = false;
  bool is_closed_by_us = false;
  std::string reason;
};

class VenueLink::Socket final : public WebSocket {
 public:
  Socket(VenueLink& link, SessionId id, std::shared_ptr<Session> session)
      : link_(link), id_(id), session_(std::move(session)) {}
  ~Socket() override { Close(); }

  Task<absl::StatusOr<WebSocketFrame>> Read() override {
    while (true) {
      if (session_->is_closed_by_us) {
        co_return absl::CancelledError("closed");
      }
      if (!session_->frames.empty()) {
        current_ = std::move(session_->frames.front());
        session_->frames.pop_front();
        co_return WebSocketFrame{
            .text = current_,
            .receive_time_ns = absl::ToUnixNanos(link_.environment_.clock().now())};
      }
      if (session_->is_closed_by_venue) {
        co_return absl::UnavailableError(StrCat("the venue closed: ", session_->reason));
      }
      co_await session_->changed.Wait();
    }
  }

  Task<absl::Status> Write(std::string text) override {
    if (session_->is_closed_by_us || session_->is_closed_by_venue) {
      co_return absl::UnavailableError("the connection is closed");
    }
    link_.environment_.clock().ScheduleAfter(
        link_.latency_,
        [&venue = link_.venue_, id = id_, text = std::move(text)] { venue.OnText(id, text); });
    co_return absl::OkStatus();
  }

  void Close() override {
    if (std::exchange(session_->is_closed_by_us, true)) {
      return;
    }
    link_.sessions_.erase(id_);
    if (!session_->is_closed_by_venue) {
      link_.venue_.Close(id_);
    }
    session_->changed.Set();
  }

 private:
  VenueLink& link_;
  SessionId id_;
  std::shared_ptr<Session> session_;
  std::string current_;
};

VenueLink::VenueLink(SimulatedEnvironment& environment,
                     venue_sim::SimVenue& venue,
                     absl::Duration latency)
    : environment_(environment), venue_(venue), latency_(latency) {
  venue_.set_sink(this);
}

VenueLink::~VenueLink() {
  venue_.set_sink(nullptr);
}

Task<HttpResult> VenueLink::Send(HttpRequest request) {
  HttpCall call;
  call.method = ToString(request.method);
  call.target = request.url.path;
  call.headers = request.headers;
  call.body = request.body;
  call.remote_ip = "10.0.0.1";
  co_await environment_.Sleep(latency_);
  ++request_counts_[StrCat(call.method, " ", call.target.substr(0, call.target.find('?')))];
  const HttpReply reply = venue_.Handle(call);
  HttpResult result;
  result.may_have_been_sent = true;
  const absl::Duration rest = latency_ + reply.delay;
  const bool is_late = latency_ + rest > request.timeout;
  if (reply.is_swallowed || (!reply.hang_up && is_late)) {
    co_await environment_.Sleep(request.timeout - latency_);
    result.status = absl::DeadlineExceededError("venue: read: time is up");
    co_return result;
  }
  co_await environment_.Sleep(rest);
  if (reply.hang_up) {
    result.status = absl::UnavailableError("venue: read: end of stream");
    co_return result;
  }
  result.response.status = reply.status;
  result.response.headers = reply.headers;
  result.response.body = reply.body;
  co_return result;
}

Task<absl::StatusOr<std::unique_ptr<WebSocket>>> VenueLink::Connect(WebSocketRequest request) {
  co_await environment_.Sleep(2 * latency_);
  const SessionId id = venue_.Open(request.url.path, "10.0.0.1");
  if (id == 0) {
    co_return absl::UnavailableError(StrCat("venue: handshake: no stream at ", request.url.path));
  }
  auto session = std::make_shared<Session>();
  sessions_[id] = session;
  co_return std::make_unique<Socket>(*this, id, std::move(session));
}

int64_t VenueLink::request_count(std::string_view method_and_path) const {
  const auto it = request_counts_.find(method_and_path);
  return it == request_counts_.end() ? 0 : it->second;
}

void VenueLink::SendText(SessionId id, std::string text) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) {
    return;
  }
  environment_.clock().ScheduleAfter(latency_,
                                     [session = it->second, text = std::move(text)]() mutable {
                                       session->frames.push_back(std::move(text));
                                       session->changed.Set();
                                     });
}

void VenueLink::CloseSession(SessionId id, int code, std::string_view reason) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) {
    return;
  }
  environment_.clock().ScheduleAfter(latency_,
                                     [session = it->second, text = StrCat(code, " ", reason)] {
                                       session->is_closed_by_venue = true;
                                       session->reason = text;
                                       session->changed.Set();
                                     });
  sessions_.erase(it);
}

}  // namespace colibri
