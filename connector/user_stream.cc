#include "connector/user_stream.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "connector/heartbeat.h"
#include "connector/inflating_web_socket.h"
#include "connector/log.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// A venue that refuses the keys is not asked again sooner.
constexpr absl::Duration kRefusedDelayMin = absl::Seconds(30);
constexpr int kKeepAttempts = 3;

bool IsRefusal(const absl::Status& status) {
  return absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status);
}

}  // namespace

UserStream::UserStream(Environment& environment,
                       UserStreamDataSource& source,
                       RestAssistant& rest,
                       TimeSynchronizer& time,
                       const Auth& auth,
                       UserStreamOptions options,
                       Listener listener)
    : environment_(environment),
      source_(source),
      rest_(rest),
      time_(time),
      auth_(auth),
      options_(std::move(options)),
      listener_(std::move(listener)),
      policy_(environment.random()),
      renewal_policy_(environment.random()) {}

UserStream::~UserStream() {
  environment_.clock().CancelTimer(lanes_[0].login_timer);
  environment_.clock().CancelTimer(lanes_[1].login_timer);
  environment_.clock().CancelTimer(renewal_timer_);
  environment_.clock().CancelTimer(overlap_timer_);
}

Task<void> UserStream::Run() {
  using boost::asio::experimental::awaitable_operators::operator||;
  current_->is_wanted = true;
  co_await (RunLane(lanes_[0]) || RunLane(lanes_[1]));
}

Task<void> UserStream::RunLane(Lane& lane) {
  while (true) {
    while (!lane.is_wanted) {
      co_await lane.wake.Wait();
    }
    lane.is_serving = true;
    const absl::Status ended = co_await Serve(lane);
    lane.is_serving = false;
    const absl::Duration delay = NoteEnd(lane, ended);
    if (lane.is_wanted) {
      co_await environment_.Sleep(delay);
    }
  }
}

absl::Duration UserStream::NoteEnd(Lane& lane, const absl::Status& ended) {
  lane.socket.reset();
  lane.is_logged_in = false;
  environment_.clock().CancelTimer(std::exchange(lane.login_timer, 0));
  if (&lane == current_) {
    return NoteLost(ended);
  }
  if (!lane.is_wanted) {
    return absl::ZeroDuration();  // it was succeeded
  }
  LogWarning("user_stream_renewal_failed",
             {{"venue", options_.venue}, {"why", std::string(Std(ended.message()))}});
  if (is_in_doubt_) {
    lane.is_wanted = false;
    CloseWith(*current_, renewal_reason_);
  }
  const absl::Duration delay = renewal_policy_.NextDelay(environment_.clock().monotonic());
  return IsRefusal(ended) ? std::max(delay, kRefusedDelayMin) : delay;
}

absl::Duration UserStream::NoteLost(const absl::Status& ended) {
  Clock& clock = environment_.clock();
  ++reconnects_;
  is_in_doubt_ = false;
  clock.CancelTimer(std::exchange(renewal_timer_, 0));
  if (other().is_wanted && other().is_serving) {
    current_->is_wanted = false;
    current_ = &other();  // is on its way already
  } else {
    other().is_wanted = false;
  }
  absl::Duration delay = policy_.NextDelay(clock.monotonic());
  if (IsRefusal(ended)) {
    delay = std::max(delay, kRefusedDelayMin);
    listener_.on_refused(ended);
  }
  listener_.on_lost(Std(ended.message()));
  LogWarning("user_stream_lost",
             {{"venue", options_.venue},
              {"why", std::string(Std(ended.message()))},
              {"retry_in", absl::FormatDuration(absl::Trunc(delay, absl::Milliseconds(1)))}});
  return delay;
}

void UserStream::Resubscribe(std::string_view reason) {
  const absl::Duration now = environment_.clock().monotonic();
  if (is_logged_in() && now - resubscribed_at_ >= kResubscribePeriod) {
    resubscribed_at_ = now;
    Renew(reason, /*is_in_doubt=*/true);
  }
}

bool UserStream::Renew(std::string_view reason, bool is_in_doubt) {
  Lane& second = other();
  if (!second.is_wanted && second.is_serving) {
    return false;  // it is the one before, about to be closed
  }
  is_in_doubt_ |= is_in_doubt;
  renewal_reason_ = std::string(reason);
  LogInfo("user_stream_renewal", {{"venue", options_.venue}, {"why", renewal_reason_}});
  if (!second.is_wanted) {
    second.is_wanted = true;
    second.wake.Set();
  }
  return true;
}

Task<absl::Status> UserStream::Serve(Lane& lane) {
  if (!options_.uses_listen_key) {
    CO_RETURN_IF_ERROR(co_await Connect(lane, ""));
    co_return co_await Read(lane);
  }
  CO_ASSIGN_OR_RETURN(const std::string listen_key, co_await CreateListenKey());
  CO_RETURN_IF_ERROR(co_await Connect(lane, listen_key));
  // Kept only while the connection that it belongs to is read: whichever ends first ends both.
  absl::Status ended = absl::OkStatus();
  auto read = [](UserStream& stream, Lane& served, absl::Status& status) -> Task<void> {
    status = co_await stream.Read(served);
  };
  auto keep = [](UserStream& stream, std::string key, Task<void> reading) -> Task<void> {
    using boost::asio::experimental::awaitable_operators::operator||;
    co_await (std::move(reading) || stream.KeepListenKey(std::move(key)));
  };
  co_await keep(*this, listen_key, read(*this, lane, ended));
  co_return ended.ok() ? absl::UnavailableError("the listen key could not be kept") : ended;
}

Task<absl::StatusOr<std::string>> UserStream::CreateListenKey() {
  std::optional<VenueCall> call = source_.CreateListenKeyCall();
  if (!call.has_value()) {
    co_return absl::InternalError("this venue's connector has no call that creates a listen key");
  }
  const RestResult result = co_await rest_.Call(*std::move(call));
  if (!result.status.ok()) {
    co_return result.status;
  }
  co_return source_.ParseListenKey(result.response.body);
}

Task<void> UserStream::KeepListenKey(std::string listen_key) {
  while (true) {
    co_await environment_.Sleep(source_.listen_key_renewal());
    absl::Status kept;
    for (int attempt = 0; attempt < kKeepAttempts; ++attempt) {
      std::optional<VenueCall> call = source_.KeepListenKeyCall(listen_key);
      if (!call.has_value()) {
        co_return;  // cannot be renewed: a new connection takes a new one
      }
      kept = (co_await rest_.Call(*std::move(call))).status;
      if (kept.ok()) {
        break;
      }
      co_await environment_.Sleep(absl::Seconds(1));
    }
    if (!kept.ok()) {
      LogWarning("listen_key_lost", {{"venue", options_.venue}, {"why", kept.ToString()}});
      co_return;
    }
  }
}

Task<absl::Status> UserStream::Connect(Lane& lane, std::string listen_key) {
  CO_ASSIGN_OR_RETURN(Url url, Url::Parse(source_.StreamUrl(listen_key)));
  CO_ASSIGN_OR_RETURN(
      lane.socket,
      co_await ConnectWebSocket(
          environment_.web_sockets(), {.url = std::move(url)}, options_.frame_encoding));
  lane.close_reason.clear();
  absl::StatusOr<std::string> login =
      auth_.LoginFrame(StrCat("login-", ++logins_), time_.venue_now());
  const bool has_login = !absl::IsUnimplemented(login.status()) && !options_.uses_listen_key;
  std::vector<std::string> frames = source_.SubscribeFrames();
  if (!has_login && frames.empty()) {
    NoteLogin(lane);
    co_return absl::OkStatus();
  }
  if (has_login) {
    CO_RETURN_IF_ERROR(login.status());
    frames.insert(frames.begin(), *std::move(login));
  }
  lane.login_timer = environment_.clock().ScheduleAfter(kLoginTimeout, [&lane] {
    lane.login_timer = 0;
    CloseWith(lane,
              StrCat("the login was not answered within ", absl::FormatDuration(kLoginTimeout)));
  });
  for (std::string& frame : frames) {
    CO_RETURN_IF_ERROR(co_await lane.socket->Write(std::move(frame)));
  }
  co_return absl::OkStatus();
}

void UserStream::CloseWith(Lane& lane, std::string reason) {
  if (lane.socket != nullptr) {
    lane.close_reason = std::move(reason);
    lane.socket->Close();
  }
}

Task<absl::Status> UserStream::Read(Lane& lane) {
  if (options_.heartbeat_frame.empty()) {
    co_return co_await ReadFrames(lane);
  }
  using boost::asio::experimental::awaitable_operators::operator||;
  Task<void> beating =
      Heartbeat(environment_, *lane.socket, options_.heartbeat_frame, options_.heartbeat_period);
  auto ended = co_await (ReadFrames(lane) || std::move(beating));
  co_return std::get<0>(std::move(ended));
}

Task<absl::Status> UserStream::ReadFrames(Lane& lane) {
  SilenceWatchdog watchdog(environment_.clock(), options_.silence_max, [this, &lane] {
    const std::string reason = StrCat("silent for ", absl::FormatDuration(options_.silence_max));
    // A quiet account is silent too: a second login tells the two apart and misses nothing.
    if (&lane != current_ || !lane.is_logged_in || !Renew(reason, /*is_in_doubt=*/true)) {
      CloseWith(lane, reason);
    }
  });
  while (true) {
    absl::StatusOr<WebSocketFrame> frame = co_await lane.socket->Read();
    if (!frame.ok()) {
      co_return lane.close_reason.empty() ? frame.status()
                                          : absl::UnavailableError(lane.close_reason);
    }
    ++frames_;
    is_heartbeat_ = false;
    absl::Status accepted = Accept(lane, frame->text);
    if (!is_heartbeat_) {
      watchdog.Feed();
    }
    if (!accepted.ok()) {
      if (!lane.is_logged_in && !IsRefusal(accepted)) {
        // The reason may be our clock.
        (co_await rest_.SynchronizeTime(RestAssistant::kSkewSamples, CallPriority::kReconcile))
            .IgnoreError();
      }
      co_return accepted;
    }
  }
}

absl::Status UserStream::Accept(Lane& lane, std::string_view frame) {
  if (IsLogged(LogLevel::kTrace)) {
    Log(LogLevel::kTrace,
        "private_frame",
        {{"venue", options_.venue}, {"text", std::string(frame)}});
  }
  absl::StatusOr<PrivateMessage> message = source_.Parse(frame);
  if (!message.ok()) {
    ++parse_errors_;
    LogWarning("private_frame_unreadable",
               {{"venue", options_.venue}, {"why", message.status().ToString()}});
    listener_.on_unreadable(message.status());
    return absl::OkStatus();
  }
  switch (message->kind) {
    case PrivateMessage::Kind::kIgnored:
      return absl::OkStatus();
    case PrivateMessage::Kind::kHeartbeat:
      is_heartbeat_ = true;
      return absl::OkStatus();
    case PrivateMessage::Kind::kLoginAccepted:
      NoteLogin(lane);
      return absl::OkStatus();
    case PrivateMessage::Kind::kLoginRefused:
      return message->status.ok() ? absl::UnavailableError("the login was refused")
                                  : message->status;
    case PrivateMessage::Kind::kStreamEnded:
      return absl::UnavailableError("the venue ended the subscription");
    case PrivateMessage::Kind::kUpdate:
      listener_.on_message(*std::move(message));
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

void UserStream::NoteLogin(Lane& lane) {
  Clock& clock = environment_.clock();
  clock.CancelTimer(std::exchange(lane.login_timer, 0));
  if (std::exchange(lane.is_logged_in, true)) {
    return;
  }
  clock.CancelTimer(renewal_timer_);
  renewal_timer_ = clock.ScheduleAfter(options_.session_lifetime * 0.95, [this] {
    renewal_timer_ = 0;
    Renew("the venue will close this connection", /*is_in_doubt=*/false);
  });
  policy_.NoteConnected(clock.monotonic());
  if (&lane == current_) {
    LogInfo("user_stream_connected", {{"venue", options_.venue}});
    listener_.on_login();
    return;
  }
  Lane& old = *std::exchange(current_, &lane);
  old.is_wanted = false;
  is_in_doubt_ = false;
  renewal_policy_.Reset();
  ++renewals_;
  LogInfo("user_stream_renewed", {{"venue", options_.venue}});
  // What the venue had sent on the first before is still on its way.
  clock.CancelTimer(overlap_timer_);
  overlap_timer_ = clock.ScheduleAfter(kOverlap, [this, &old] {
    overlap_timer_ = 0;
    CloseWith(old, "a second connection took over");
  });
  (listener_.on_renewed ? listener_.on_renewed : listener_.on_login)();
}

}  // namespace colibri
