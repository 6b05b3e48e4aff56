#include "connector/user_stream.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

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
      policy_(environment.random()) {}

UserStream::~UserStream() {
  environment_.clock().CancelTimer(login_timer_);
  environment_.clock().CancelTimer(rollover_timer_);
}

Task<void> UserStream::Run() {
  Clock& clock = environment_.clock();
  while (true) {
    const absl::Status ended = co_await Serve();
    socket_.reset();
    is_logged_in_ = false;
    ++reconnects_;
    clock.CancelTimer(std::exchange(login_timer_, 0));
    clock.CancelTimer(std::exchange(rollover_timer_, 0));
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
    co_await environment_.Sleep(delay);
  }
}

Task<absl::Status> UserStream::Serve() {
  if (!options_.uses_listen_key) {
    CO_RETURN_IF_ERROR(co_await Connect(""));
    co_return co_await Read();
  }
  CO_ASSIGN_OR_RETURN(const std::string listen_key, co_await CreateListenKey());
  CO_RETURN_IF_ERROR(co_await Connect(listen_key));
  // Kept only while the connection that it belongs to is read: whichever ends first ends both.
  absl::Status ended = absl::OkStatus();
  auto read = [](UserStream& stream, absl::Status& status) -> Task<void> {
    status = co_await stream.Read();
  };
  auto keep = [](UserStream& stream, std::string key, Task<void> reading) -> Task<void> {
    using boost::asio::experimental::awaitable_operators::operator||;
    co_await (std::move(reading) || stream.KeepListenKey(std::move(key)));
  };
  co_await keep(*this, listen_key, read(*this, ended));
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

Task<absl::Status> UserStream::Connect(std::string listen_key) {
  CO_ASSIGN_OR_RETURN(Url url, Url::Parse(source_.StreamUrl(listen_key)));
  CO_ASSIGN_OR_RETURN(socket_,
                      co_await environment_.web_sockets().Connect(
                          WebSocketRequest{.url = std::move(url), .headers = {}}));
  close_reason_.clear();
  Clock& clock = environment_.clock();
  rollover_timer_ = clock.ScheduleAfter(options_.session_lifetime * 0.95, [this] {
    rollover_timer_ = 0;
    CloseWith("renewed before the venue closes it");
  });
  absl::StatusOr<std::string> login =
      auth_.LoginFrame(StrCat("login-", ++logins_), time_.venue_now());
  if (absl::IsUnimplemented(login.status()) || options_.uses_listen_key) {
    NoteLogin();
    co_return absl::OkStatus();
  }
  CO_RETURN_IF_ERROR(login.status());
  login_timer_ = clock.ScheduleAfter(kLoginTimeout, [this] {
    login_timer_ = 0;
    CloseWith(StrCat("the login was not answered within ", absl::FormatDuration(kLoginTimeout)));
  });
  co_return co_await socket_->Write(*std::move(login));
}

void UserStream::CloseWith(std::string reason) {
  if (socket_ != nullptr) {
    close_reason_ = std::move(reason);
    socket_->Close();
  }
}

Task<absl::Status> UserStream::Read() {
  SilenceWatchdog watchdog(environment_.clock(), options_.silence_max, [this] {
    CloseWith(StrCat("silent for ", absl::FormatDuration(options_.silence_max)));
  });
  while (true) {
    absl::StatusOr<WebSocketFrame> frame = co_await socket_->Read();
    if (!frame.ok()) {
      co_return close_reason_.empty() ? frame.status() : absl::UnavailableError(close_reason_);
    }
    watchdog.Feed();
    ++frames_;
    absl::Status accepted = Accept(frame->text);
    if (!accepted.ok()) {
      if (!is_logged_in_ && !IsRefusal(accepted)) {
        // The reason may be our clock.
        (co_await rest_.SynchronizeTime(RestAssistant::kSkewSamples, CallPriority::kReconcile))
            .IgnoreError();
      }
      co_return accepted;
    }
  }
}

absl::Status UserStream::Accept(std::string_view frame) {
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
    case PrivateMessage::Kind::kLoginAccepted:
      NoteLogin();
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

void UserStream::NoteLogin() {
  Clock& clock = environment_.clock();
  clock.CancelTimer(std::exchange(login_timer_, 0));
  if (std::exchange(is_logged_in_, true)) {
    return;
  }
  policy_.NoteConnected(clock.monotonic());
  LogInfo("user_stream_connected", {{"venue", options_.venue}});
  listener_.on_login();
}

}  // namespace colibri
