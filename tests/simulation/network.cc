#include "tests/simulation/network.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "connector/async_event.h"
#include "core/strings.h"

namespace colibri::simulation {

using venue_sim::HttpCall;
using venue_sim::HttpReply;
using venue_sim::SessionId;

namespace {

constexpr char kAddress[] = "10.0.0.1";
// Within the time that the venue takes a request after its timestamp, which is 5 s.
constexpr absl::Duration kStragglingMax = absl::Milliseconds(4500);
constexpr absl::Duration kCacheAgeMax = absl::Minutes(1);
constexpr double kNoneKept = 0.5;
constexpr int64_t kYoungMs = 2000;

}  // namespace

// A request and its answer, shared by the sender and the wire.
struct Network::Exchange {
  AsyncEvent answered;
  bool is_answered = false;
  bool is_given_up = false;  // the sender waits no longer: the answer reaches nobody
  HttpResult result;
};

// One WebSocket, shared by the venue's side and ours.
struct Network::Session {
  std::deque<std::string> frames;
  AsyncEvent changed;
  absl::Time last_arrival = absl::InfinitePast();
  bool is_dead = false;  // nothing gets through any more, and nobody is told
  bool is_closed_by_venue = false;
  bool is_closed_by_us = false;
  std::string reason;
  absl::Time last_departure = absl::InfinitePast();
  int stragglers = 0;                     // frames that arrive although the connection is gone
  std::map<std::string, HttpCall> calls;  // not answered yet, by id
};

class Network::Socket final : public WebSocket {
 public:
  Socket(Network& network, SessionId id, std::shared_ptr<Session> session)
      : network_(network), id_(id), session_(std::move(session)) {}
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
            .receive_time_ns = absl::ToUnixNanos(network_.environment_.clock().now())};
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
    network_.Carry(id_, session_, std::move(text));
    co_return absl::OkStatus();
  }

  // Every second time the connection takes nothing at once.
  absl::StatusOr<Written> TryWrite(std::string_view text) override {
    if (session_->is_closed_by_us || session_->is_closed_by_venue || network_.Happens(kNoneKept)) {
      return Written::kNothing;
    }
    network_.Carry(id_, session_, std::string(text));
    return Written::kAll;
  }

  void Close() override {
    if (std::exchange(session_->is_closed_by_us, true)) {
      return;
    }
    network_.checker_.NoteEnded(id_, network_.environment_.clock().now());
    if (session_->stragglers == 0 && network_.sessions_.erase(id_) != 0) {
      network_.venue_.Close(id_);
    }
    session_->changed.Set();
  }

 private:
  Network& network_;
  SessionId id_;
  std::shared_ptr<Session> session_;
  std::string current_;
};

Network::Network(SimulatedEnvironment& environment,
                 venue_sim::SimVenue& venue,
                 uint64_t seed,
                 const WireDialect& dialect)
    : environment_(environment), venue_(venue), random_(seed), checker_(dialect) {
  venue_.set_sink(this);
}

Network::~Network() {
  venue_.set_sink(nullptr);
}

void Network::Partition(absl::Duration duration) {
  partitioned_until_ = environment_.clock().now() + duration;
  Trace("partition", absl::FormatDuration(duration));
  for (const auto& [id, session] : sessions_) {
    session->is_dead = true;
  }
}

void Network::Sever() {
  is_severed_ = true;
  for (const auto& [id, session] : std::exchange(sessions_, {})) {
    session->is_closed_by_venue = true;
    session->reason = "severed";
    session->changed.Set();
    venue_.Close(id);
  }
}

void Network::Restore() {
  is_severed_ = false;
  checker_.Restart();
}

absl::Duration Network::Latency() {
  const absl::Duration spread = weather_.latency_max - weather_.latency_min;
  return weather_.latency_min + absl::Microseconds(static_cast<int64_t>(random_.Uniform(
                                    static_cast<uint64_t>(absl::ToInt64Microseconds(spread)) + 1)));
}

absl::Duration Network::Straggling() {
  return absl::Microseconds(static_cast<int64_t>(
      random_.Uniform(static_cast<uint64_t>(absl::ToInt64Microseconds(kStragglingMax)))));
}

bool Network::is_partitioned() const {
  return environment_.clock().now() < partitioned_until_;
}

void Network::Trace(std::string_view what, std::string_view detail) {
  if (tracer_) {
    tracer_(StrCat(what, " ", detail));
  }
}

Task<HttpResult> Network::Send(HttpRequest request) {
  if (is_severed_ || Happens(weather_.refuse)) {
    co_return HttpResult{.status = absl::UnavailableError("venue: connect: connection refused"),
                         .response = {}};
  }
  co_return co_await Await(Depart(request), request.timeout);
}

std::optional<Task<HttpResult>> Network::TrySend(const HttpRequest& request) {
  if (is_severed_ || Happens(kNoneKept)) {
    return std::nullopt;
  }
  return Await(Depart(request), request.timeout);
}

std::shared_ptr<Network::Exchange> Network::Depart(const HttpRequest& request) {
  ++requests_;
  auto exchange = std::make_shared<Exchange>();
  HttpCall call{.method = std::string(ToString(request.method)),
                .target = request.url.path,
                .headers = request.headers,
                .body = request.body,
                .remote_ip = kAddress};
  const std::string placed = checker_.dialect().PlacedId(call);
  checker_.NoteSent(call,
                    environment_.clock().now(),
                    placed.empty() || !intent_finder_ ? std::nullopt : intent_finder_(placed));
  const bool is_lost = is_partitioned() || Happens(weather_.lose_request);
  const bool is_answer_lost = Happens(weather_.lose_answer);
  const bool is_cut = Happens(weather_.cut_after);
  const bool is_straggling = Happens(weather_.straggle);
  Trace(is_lost         ? "request_lost"
        : is_straggling ? "request_straggles"
                        : "request",
        checker_.dialect().NameOf(call));
  if (is_straggling) {
    environment_.clock().ScheduleAfter(Latency(), [exchange] {
      exchange->result.status = absl::UnavailableError("venue: read: connection reset");
      exchange->result.may_have_been_sent = true;
      exchange->is_answered = true;
      exchange->answered.Set();
    });
  }
  if (!is_lost) {
    environment_.clock().ScheduleAfter(
        is_straggling ? Straggling() : Latency(),
        [this,
         exchange,
         call = std::move(call),
         is_answer_lost = is_answer_lost || is_straggling,
         is_cut] { Deliver(exchange, call, is_answer_lost, is_cut); });
  }
  return exchange;
}

Task<HttpResult> Network::Await(std::shared_ptr<Exchange> exchange, absl::Duration timeout) {
  // Whether its time is up or its process has died.
  struct GiveUp {
    std::shared_ptr<Exchange> exchange;
    ~GiveUp() { exchange->is_given_up = true; }
  } give_up{exchange};
  if (!exchange->is_answered) {
    co_await exchange->answered.Wait(environment_, timeout);
  }
  if (!exchange->is_answered) {
    co_return HttpResult{.status = absl::DeadlineExceededError("venue: read: time is up"),
                         .may_have_been_sent = true,
                         .response = {}};
  }
  co_return std::move(exchange->result);
}

void Network::AnswerFromCache(const HttpCall& call, HttpReply& reply) {
  if (reply.status != 200 || !checker_.dialect().ReadsBook(call)) {
    return;
  }
  const absl::Time now = environment_.clock().now();
  if (now - snapshot_at_ <= kCacheAgeMax && Happens(weather_.old_snapshot)) {
    reply.body = snapshot_;
  } else {
    snapshot_ = reply.body;
    snapshot_at_ = now;
  }
}

void Network::Deliver(const std::shared_ptr<Exchange>& exchange,
                      const HttpCall& call,
                      bool is_answer_lost,
                      bool is_cut) {
  HttpReply reply = venue_.Handle(call);
  AnswerFromCache(call, reply);
  Trace(is_answer_lost ? "answer_lost" : "answer",
        StrCat(reply.hang_up        ? "hang up "
               : reply.is_swallowed ? "swallowed "
                                    : "",
               reply.status,
               " ",
               reply.body.substr(0, 300)));
  if (is_answer_lost || reply.is_swallowed) {
    return;
  }
  environment_.clock().ScheduleAfter(
      Latency() + reply.delay, [this, exchange, is_cut, call, reply = std::move(reply)]() mutable {
        if (is_partitioned() || exchange->is_given_up) {
          return;
        }
        HttpResult& result = exchange->result;
        result.may_have_been_sent = true;
        if (reply.hang_up || is_cut) {
          result.status = absl::UnavailableError("venue: read: end of stream");
        } else {
          checker_.NoteAnswer(call, reply, environment_.clock().now());
          result.response = {.status = reply.status,
                             .headers = std::move(reply.headers),
                             .body = std::move(reply.body)};
        }
        exchange->is_answered = true;
        exchange->answered.Set();
      });
}

Task<absl::StatusOr<std::unique_ptr<WebSocket>>> Network::Connect(WebSocketRequest request) {
  co_await environment_.Sleep(Latency() + Latency());
  if (is_partitioned()) {
    co_await environment_.Sleep(request.timeout);
    co_return absl::DeadlineExceededError("venue: connect: time is up");
  }
  if (is_severed_ || Happens(weather_.refuse_socket)) {
    co_return absl::UnavailableError("venue: connect: connection refused");
  }
  const SessionId id = venue_.Open(request.url.path, kAddress);
  if (id == 0) {
    co_return absl::UnavailableError(StrCat("venue: handshake: no stream at ", request.url.path));
  }
  Trace("connect", request.url.path);
  checker_.NoteOpened(id, request.url.path, environment_.clock().now());
  auto session = std::make_shared<Session>();
  sessions_[id] = session;
  if (Happens(weather_.die_young)) {
    environment_.clock().ScheduleAfter(
        absl::Milliseconds(static_cast<int64_t>(random_.Uniform(kYoungMs))), [this, id, session] {
          if (sessions_.erase(id) != 0) {
            Break(id, *session);
            venue_.Close(id);
          }
        });
  }
  co_return std::make_unique<Socket>(*this, id, std::move(session));
}

// A connection loses all or nothing: what befalls a call befalls all that follows it.
void Network::Carry(SessionId id, const std::shared_ptr<Session>& session, std::string text) {
  checker_.NoteWritten(id, text, environment_.clock().now());
  bool is_lost = session->is_dead || is_partitioned();
  Fate fate = Fate::kArrives;
  if (std::optional<WireCall> call = checker_.dialect().CallOfFrame(text)) {
    ++socket_calls_;
    const std::string placed = checker_.dialect().PlacedId(call->call);
    checker_.NoteSent(call->call,
                      environment_.clock().now(),
                      placed.empty() || !intent_finder_ ? std::nullopt : intent_finder_(placed));
    fate = DrawFate();
    is_lost |= fate == Fate::kLost;
    Trace(is_lost                       ? "call_lost"
          : fate == Fate::kStraggles    ? "call_straggles"
          : fate == Fate::kIsCutAfter   ? "call_then_cut"
          : fate == Fate::kAnswerIsLost ? "call_then_silence"
                                        : "call",
          checker_.dialect().NameOf(call->call));
    session->calls[call->id] = std::move(call->call);
  }
  if (is_lost) {
    session->is_dead = true;
    return;
  }
  const absl::Time now = environment_.clock().now();
  session->last_departure = std::max(session->last_departure, now + Latency());
  absl::Duration delay = session->last_departure - now;
  if (fate == Fate::kStraggles) {
    ++session->stragglers;
    Break(id, *session);
    delay = Straggling();
  }
  environment_.clock().ScheduleAfter(delay, [this, id, session, fate, text = std::move(text)] {
    Arrive(id, *session, fate, text);
  });
}

void Network::Arrive(SessionId id, Session& session, Fate fate, const std::string& text) {
  if (!sessions_.contains(id)) {
    return;
  }
  // The answer comes after this.
  session.is_dead |= fate == Fate::kAnswerIsLost || fate == Fate::kIsCutAfter;
  venue_.OnText(id, text);
  if (fate == Fate::kIsCutAfter) {
    Break(id, session);
  }
  const bool is_over = fate == Fate::kStraggles && --session.stragglers == 0;
  if ((is_over || fate == Fate::kIsCutAfter) && sessions_.erase(id) != 0) {
    venue_.Close(id);
  }
}

Network::Fate Network::DrawFate() {
  if (Happens(weather_.lose_request)) {
    return Fate::kLost;
  }
  if (Happens(weather_.lose_answer)) {
    return Fate::kAnswerIsLost;
  }
  if (Happens(weather_.cut_after)) {
    return Fate::kIsCutAfter;
  }
  return Happens(weather_.straggle) ? Fate::kStraggles : Fate::kArrives;
}

// Our side learns that the connection is gone; the venue does not.
void Network::Break(SessionId id, Session& session) {
  session.is_dead = true;
  if (!session.is_closed_by_venue) {
    checker_.NoteEnded(id, environment_.clock().now());
    session.is_closed_by_venue = true;
    session.reason = "connection reset";
    session.changed.Set();
  }
}

void Network::NoteAnswer(Session& session, std::string_view text) {
  if (session.calls.empty()) {
    return;
  }
  const std::optional<WireAnswer> answer = checker_.dialect().AnswerOfFrame(text);
  const auto call = answer.has_value() ? session.calls.find(answer->id) : session.calls.end();
  if (call != session.calls.end()) {
    Trace("answer", text.substr(0, 300));
    checker_.NoteAnswer(call->second, answer->reply, environment_.clock().now());
    session.calls.erase(call);
  }
}

void Network::SendText(SessionId id, std::string text) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end() || it->second->is_dead) {
    return;
  }
  Session& session = *it->second;
  const absl::Time now = environment_.clock().now();
  // Never overtakes what was sent before it.
  session.last_arrival = std::max(session.last_arrival, now + Latency());
  environment_.clock().ScheduleAfter(
      session.last_arrival - now,
      [this, id, session = it->second, text = std::move(text)]() mutable {
        if (session->is_dead) {
          return;
        }
        checker_.NoteFrame(id, text, environment_.clock().now());
        NoteAnswer(*session, text);
        session->frames.push_back(std::move(text));
        frames_queued_max_ = std::max(frames_queued_max_, session->frames.size());
        session->changed.Set();
      });
}

void Network::CloseSession(SessionId id, int code, std::string_view reason) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) {
    return;
  }
  const std::shared_ptr<Session> session = it->second;
  sessions_.erase(it);
  if (session->is_dead) {
    return;
  }
  const absl::Time now = environment_.clock().now();
  session->last_arrival = std::max(session->last_arrival, now + Latency());
  environment_.clock().ScheduleAfter(session->last_arrival - now,
                                     [this, id, session, text = StrCat(code, " ", reason)] {
                                       checker_.NoteEnded(id, environment_.clock().now());
                                       session->is_closed_by_venue = true;
                                       session->reason = text;
                                       session->changed.Set();
                                     });
}

void Network::GoHalfOpen(SessionId id) {
  const auto it = sessions_.find(id);
  if (it != sessions_.end()) {
    it->second->is_dead = true;
    sessions_.erase(it);
  }
}

}  // namespace colibri::simulation
