// Runs a venue's private stream: connects, logs in, reads, and comes back when it ends.
//
//   UserStream stream(environment, source, rest, time, auth, options, {.on_message = ...});
//   tasks.Spawn("user_stream", stream.Run());
//
// What happened while it was away is not replayed by venues: on_login is where the owner asks for
// it (orders, trades, balances). Only content counts as life: a login that is not answered, and a
// silence, end the connection. Listen keys are made, kept and made anew here. Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "auth/auth.h"
#include "connector/environment.h"
#include "connector/reconnect_policy.h"
#include "connector/rest_assistant.h"
#include "connector/silence_watchdog.h"
#include "connector/time_synchronizer.h"
#include "connector/user_stream_data_source.h"

namespace colibri {

struct UserStreamOptions {
  std::string venue;
  bool uses_listen_key = false;
  absl::Duration silence_max = absl::Minutes(3);
  absl::Duration session_lifetime = absl::Hours(24);
};

class UserStream {
 public:
  static constexpr absl::Duration kLoginTimeout = absl::Seconds(10);

  struct Listener {
    // One frame of content, in order.
    std::function<void(PrivateMessage)> on_message;
    // From now on everything that happens is told.
    std::function<void()> on_login;
    std::function<void(std::string_view reason)> on_lost;
    // The venue refuses these keys: waiting does not mend it. Tried again all the same, seldom.
    std::function<void(const absl::Status&)> on_refused;
    // A frame that could not be read: something may have been missed.
    std::function<void(const absl::Status&)> on_unreadable;
  };

  // All references outlive this.
  UserStream(Environment& environment,
             UserStreamDataSource& source,
             RestAssistant& rest,
             TimeSynchronizer& time,
             const Auth& auth,
             UserStreamOptions options,
             Listener listener);
  ~UserStream();

  // Until canceled.
  Task<void> Run();

  bool is_logged_in() const { return is_logged_in_; }
  int64_t frames() const { return frames_; }
  int64_t parse_errors() const { return parse_errors_; }
  int64_t reconnects() const { return reconnects_; }

 private:
  // One connection; says why it ended.
  Task<absl::Status> Serve();
  Task<absl::StatusOr<std::string>> CreateListenKey();
  Task<void> KeepListenKey(std::string listen_key);
  Task<absl::Status> Connect(std::string listen_key);
  Task<absl::Status> Read();
  // OK: read on.
  absl::Status Accept(std::string_view frame);
  void NoteLogin();
  void CloseWith(std::string reason);

  Environment& environment_;
  UserStreamDataSource& source_;
  RestAssistant& rest_;
  TimeSynchronizer& time_;
  const Auth& auth_;
  UserStreamOptions options_;
  Listener listener_;
  ReconnectPolicy policy_;

  std::unique_ptr<WebSocket> socket_;
  std::string close_reason_;  // why we closed socket_ ourselves
  bool is_logged_in_ = false;
  int64_t logins_ = 0;
  TimerId login_timer_ = 0;
  TimerId rollover_timer_ = 0;
  int64_t frames_ = 0;
  int64_t parse_errors_ = 0;
  int64_t reconnects_ = 0;
};

}  // namespace colibri
