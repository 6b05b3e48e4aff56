#include "connector/order_socket.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "connector/deadline.h"
#include "connector/inflating_web_socket.h"
#include "connector/log.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// A venue that refuses the keys is not asked again sooner.
constexpr absl::Duration kRefusedDelayMin = absl::Seconds(30);
// A call that was written just before its deadline says nothing of the connection.
constexpr absl::Duration kSilenceMin = absl::Seconds(1);

bool IsRefusal(const absl::Status& status) {
  return absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status);
}

}  // namespace

struct OrderSocket::Connection {
  std::unique_ptr<WebSocket> socket;
  absl::Duration heard_at;  // the last frame
  absl::Duration replaced_at;
  size_t in_flight = 0;
  bool is_ending = false;   // the venue said so
  bool is_retired = false;  // another one took over
  std::string close_reason = {};
};

// One call in flight; there for as long as its Send.
class OrderSocket::Call {
 public:
  Call(OrderSocket& owner,
       uint64_t id,
       std::shared_ptr<Connection> connection,
       absl::Duration timeout)
      : owner_(owner),
        id_(id),
        connection_(std::move(connection)),
        began_at_(owner.environment_.clock().monotonic()) {
    owner_.calls_.emplace(id_, this);
    ++connection_->in_flight;
    timer_ = owner_.environment_.clock().ScheduleAfter(timeout, [this] { NoteLate(); });
  }

  ~Call() {
    owner_.environment_.clock().CancelTimer(timer_);
    owner_.calls_.erase(id_);
    if (--connection_->in_flight == 0 && connection_->is_retired) {
      owner_.Close(*connection_, "another connection took over");
    }
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  Connection& connection() { return *connection_; }
  bool is_on(const Connection& connection) const { return connection_.get() == &connection; }
  bool is_over() const { return is_answered_ || !failure_.ok(); }

  void NoteWritten() { is_written_ = true; }
  void NoteAnswer(HttpResponse response) {
    if (!is_over()) {
      is_answered_ = true;
      response_ = std::move(response);
      changed_.Set();
    }
  }
  void NoteFailure(absl::Status failure) {
    if (!is_over()) {
      failure_ = std::move(failure);
      changed_.Set();
    }
  }

  Task<void> WaitForEnd() {
    while (!is_over()) {
      co_await changed_.Wait();
    }
  }

  HttpResult TakeResult() {
    return {.status = std::move(failure_),
            .may_have_been_sent = true,
            .response = std::move(response_)};
  }

 private:
  void NoteLate() {
    timer_ = 0;
    NoteFailure(absl::DeadlineExceededError("order socket: no answer in time"));
    // What still waits to be written must not go out any more, and bytes that nobody has received
    // may arrive whenever the network comes back.
    const bool is_silent = connection_->heard_at <= began_at_ &&
                           owner_.environment_.clock().monotonic() - began_at_ >= kSilenceMin;
    if (!is_written_ || is_silent) {
      owner_.Close(*connection_, "a call met silence");
    }
  }

  OrderSocket& owner_;
  uint64_t id_;
  std::shared_ptr<Connection> connection_;
  absl::Duration began_at_;
  TimerId timer_ = 0;
  bool is_written_ = false;
  bool is_answered_ = false;
  absl::Status failure_;
  HttpResponse response_;
  AsyncEvent changed_;
};

OrderSocket::OrderSocket(Environment& environment,
                         TaskGroup& tasks,
                         OrderSocketSource& source,
                         const VenueProtocol& protocol,
                         Throttler& throttler,
                         TimeSynchronizer& time,
                         const Auth& auth,
                         OrderSocketOptions options,
                         Listener listener)
    : environment_(environment),
      tasks_(tasks),
      source_(source),
      protocol_(protocol),
      throttler_(throttler),
      time_(time),
      auth_(auth),
      options_(std::move(options)),
      listener_(std::move(listener)),
      policy_(environment.random()) {}

OrderSocket::~OrderSocket() {
  environment_.clock().CancelTimer(drain_timer_);
}

Task<void> OrderSocket::Run() {
  while (true) {
    const absl::Status opened = co_await Open();
    if (opened.ok()) {
      co_await WaitForNeed();
      if (current_ != nullptr) {
        continue;  // the second one, while the first goes on
      }
    } else {
      LogWarning("order_socket_not_open",
                 {{"venue", options_.venue}, {"why", std::string(Std(opened.message()))}});
      if (current_ == nullptr) {
        listener_.on_state(opened);
      }
    }
    const absl::Duration delay = policy_.NextDelay(environment_.clock().monotonic());
    co_await environment_.Sleep(IsRefusal(opened) ? std::max(delay, kRefusedDelayMin) : delay);
  }
}

Task<void> OrderSocket::WaitForNeed() {
  while (current_ != nullptr && !current_->is_ending) {
    const absl::Duration left = current_->replaced_at - environment_.clock().monotonic();
    if (left <= absl::ZeroDuration()) {
      co_return;
    }
    co_await changed_.Wait(environment_, left);
  }
}

Task<absl::Status> OrderSocket::Open() {
  CO_ASSIGN_OR_RETURN(Url url, Url::Parse(options_.url));
  auto connection = std::make_shared<Connection>();
  CO_ASSIGN_OR_RETURN(
      connection->socket,
      co_await ConnectWebSocket(
          environment_.web_sockets(), {.url = std::move(url)}, options_.frame_encoding));
  const uint64_t id = ++last_id_;
  absl::StatusOr<std::string> login = source_.LoginFrame(id, auth_, time_.venue_now());
  if (!absl::IsUnimplemented(login.status())) {
    CO_RETURN_IF_ERROR(login.status());
    const std::optional<absl::Status> logged_in = co_await WithTimeout(
        environment_, kLoginTimeout, LogIn(connection, {.id = id, .text = *std::move(login)}));
    if (!logged_in.has_value()) {
      co_return absl::UnavailableError(
          StrCat("the login was not answered within ", absl::FormatDuration(kLoginTimeout)));
    }
    CO_RETURN_IF_ERROR(*logged_in);
  }
  const absl::Duration now = environment_.clock().monotonic();
  connection->heard_at = now;
  connection->replaced_at = now + options_.session_lifetime * 0.95;
  policy_.NoteConnected(now);
  Retire(std::exchange(current_, connection));
  tasks_.Spawn("order_socket_connection", Serve(std::move(connection)));
  LogInfo("order_socket_open", {{"venue", options_.venue}});
  listener_.on_state(absl::OkStatus());
  co_return absl::OkStatus();
}

Task<absl::Status> OrderSocket::LogIn(std::shared_ptr<Connection> connection,
                                      OrderSocketFrame frame) {
  CO_RETURN_IF_ERROR(co_await connection->socket->Write(std::move(frame.text)));
  while (true) {
    CO_ASSIGN_OR_RETURN(const WebSocketFrame read, co_await connection->socket->Read());
    CO_ASSIGN_OR_RETURN(const OrderSocketMessage message, source_.Parse(read.text));
    if (message.kind == OrderSocketMessage::Kind::kEnded) {
      co_return absl::UnauthenticatedError("the venue takes no calls with this key");
    }
    if (message.kind != OrderSocketMessage::Kind::kAnswer || message.id != frame.id) {
      continue;
    }
    const int status = message.response.status;
    co_return status >= 200 && status < 300 ? absl::OkStatus()
                                            : protocol_.ClassifyError(message.response).status;
  }
}

Task<void> OrderSocket::Serve(std::shared_ptr<Connection> connection) {
  using boost::asio::experimental::awaitable_operators::operator||;
  co_await (Read(connection) || Watch(connection));
  Close(*connection, "ended");
  const absl::Status failure = absl::UnavailableError(
      StrCat("order socket: no answer before the connection ended: ", connection->close_reason));
  for (const auto& [id, call] : calls_) {
    if (call->is_on(*connection)) {
      call->NoteFailure(failure);
    }
  }
}

Task<void> OrderSocket::Read(std::shared_ptr<Connection> connection) {
  while (true) {
    const absl::StatusOr<WebSocketFrame> frame = co_await connection->socket->Read();
    if (!frame.ok()) {
      Close(*connection, Std(frame.status().message()));
      co_return;
    }
    connection->heard_at = environment_.clock().monotonic();
    Accept(*connection, frame->text);
  }
}

Task<void> OrderSocket::Watch(std::shared_ptr<Connection> connection) {
  while (true) {
    const absl::Duration asked_at = environment_.clock().monotonic();
    const absl::Duration quiet_at = connection->heard_at + kQuietMax;
    if (asked_at < quiet_at) {
      co_await environment_.Sleep(quiet_at - asked_at);
      continue;
    }
    OrderSocketProbe probe = source_.MakeProbe(++last_id_);
    // A venue that wants silence gets it.
    std::optional<Throttler::Permit> permit =
        throttler_.TryAcquire(probe.charges, CallPriority::kReconcile);
    if (permit.has_value() || probe.charges.empty()) {
      co_await WithTimeout(
          environment_, kProbeTimeout, connection->socket->Write(std::move(probe.frame)));
      co_await environment_.Sleep(kProbeTimeout);
      if (connection->heard_at < asked_at) {
        Close(*connection, StrCat("silent for ", absl::FormatDuration(kQuietMax + kProbeTimeout)));
        co_return;
      }
    } else {
      co_await environment_.Sleep(kProbeTimeout);
    }
  }
}

void OrderSocket::Accept(Connection& connection, std::string_view frame) {
  absl::StatusOr<OrderSocketMessage> message = source_.Parse(frame);
  if (!message.ok()) {
    NoteUnreadable(connection, message.status());
    return;
  }
  switch (message->kind) {
    case OrderSocketMessage::Kind::kIgnored:
      return;
    case OrderSocketMessage::Kind::kAnswer:
      NoteAnswer(connection, *std::move(message));
      return;
    case OrderSocketMessage::Kind::kEnding:
      connection.is_ending = true;
      changed_.Set();
      return;
    case OrderSocketMessage::Kind::kEnded:
      Close(connection, "the venue takes no more calls on it");
      return;
  }
}

void OrderSocket::NoteAnswer(const Connection& connection, OrderSocketMessage message) {
  const auto found = calls_.find(message.id);
  if (found != calls_.end() && found->second->is_on(connection) && !found->second->is_over()) {
    found->second->NoteAnswer(std::move(message.response));
    return;
  }
  // The inquiry has it, or nobody asked.
  ++answers_dropped_;
  LogDebug("order_answer_dropped",
           {{"venue", options_.venue},
            {"id", StrCat(message.id)},
            {"status", StrCat(message.response.status)}});
  if (listener_.on_late_answer) {
    listener_.on_late_answer(message.response);
  }
}

void OrderSocket::NoteUnreadable(const Connection& connection, const absl::Status& why) {
  ++parse_errors_;
  LogWarning("order_answer_unreadable", {{"venue", options_.venue}, {"why", why.ToString()}});
  if (connection.in_flight != 1) {
    return;  // nobody knows whose it was: time tells
  }
  for (const auto& [id, call] : calls_) {
    if (call->is_on(connection)) {
      call->NoteFailure(absl::UnavailableError(
          StrCat("order socket: the answer could not be read: ", Std(why.message()))));
    }
  }
}

void OrderSocket::Retire(std::shared_ptr<Connection> connection) {
  if (connection == nullptr) {
    return;
  }
  connection->is_retired = true;
  if (connection->in_flight == 0) {
    Close(*connection, "another connection took over");
    return;
  }
  if (retired_ != nullptr) {
    Close(*retired_, "two connections took over");
  }
  retired_ = std::move(connection);
  environment_.clock().CancelTimer(drain_timer_);
  drain_timer_ = environment_.clock().ScheduleAfter(kDrainMax, [this] {
    drain_timer_ = 0;
    Close(*retired_, "another connection took over");
    retired_.reset();
  });
}

void OrderSocket::Close(Connection& connection, std::string_view reason) {
  if (!connection.close_reason.empty()) {
    return;
  }
  connection.close_reason = std::string(reason);
  connection.socket->Close();
  if (&connection == current_.get()) {
    current_.reset();
    ++reconnects_;
    LogWarning("order_socket_lost", {{"venue", options_.venue}, {"why", connection.close_reason}});
    listener_.on_state(absl::UnavailableError(Abs(StrCat("orders go by REST: ", reason))));
    changed_.Set();
  }
}

bool OrderSocket::Takes(const VenueCall& call) const {
  return current_ != nullptr && !current_->is_ending &&
         current_->in_flight < source_.in_flight_max() && source_.Takes(call);
}

absl::StatusOr<OrderSocketFrame> OrderSocket::MakeFrame(const VenueCall& call) {
  OrderSocketFrame frame{.id = ++last_id_};
  ASSIGN_OR_RETURN(frame.text, source_.MakeFrame(call, frame.id, auth_, time_.venue_now()));
  return frame;
}

Task<HttpResult> OrderSocket::Send(OrderSocketFrame frame, absl::Duration timeout) {
  if (current_ == nullptr) {
    HttpResult result;
    result.status = absl::UnavailableError("order socket: not connected");
    co_return result;
  }
  auto call = std::make_unique<Call>(*this, frame.id, current_, timeout);
  ++sent_;
  absl::Status written = co_await call->connection().socket->Write(std::move(frame.text));
  call->NoteWritten();
  co_return co_await Await(std::move(call), std::move(written));
}

std::optional<Task<HttpResult>> OrderSocket::TrySend(const OrderSocketFrame& frame,
                                                     absl::Duration timeout) {
  if (current_ == nullptr) {
    return std::nullopt;
  }
  const absl::StatusOr<WebSocket::Written> written = current_->socket->TryWrite(frame.text);
  if (written.ok() && *written == WebSocket::Written::kNothing) {
    return std::nullopt;
  }
  auto call = std::make_unique<Call>(*this, frame.id, current_, timeout);
  ++sent_;
  if (!written.ok() || *written == WebSocket::Written::kAll) {
    call->NoteWritten();
  }
  return Await(std::move(call), written.status());
}

Task<HttpResult> OrderSocket::Await(std::unique_ptr<Call> call, absl::Status written) {
  if (!written.ok()) {
    // Whether all of it, a part or nothing is at the venue is not known.
    call->NoteFailure(
        absl::UnavailableError(StrCat("order socket: write: ", Std(written.message()))));
    Close(call->connection(), Std(written.message()));
  }
  co_await call->WaitForEnd();
  co_return call->TakeResult();
}

}  // namespace colibri
