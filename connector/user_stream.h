// Runs a venue's private stream: connects, logs in, reads, and comes back when it ends.
//
//   UserStream stream(environment, source, rest, time, auth, options, {.on_message = ...});
//   tasks.Spawn("user_stream", stream.Run());
//   stream.Resubscribe("the venue filled an order and did not say so");
//
// What happened while it was away is not replayed by venues: on_login is where the owner asks for
// it (orders, trades, balances). Only content counts as life, not the pings beneath it.
// Before the venue's forced close, after a silence and on Resubscribe, a second connection logs in
// while the first goes on; then the first is closed, a little later, and what both carry is handed
// on twice: the owner tells repeats by their ids. A second that does not come about is tried again
// while the first lives; where the first is in doubt (silence, Resubscribe) one failure ends it
// too. Listen keys are made, kept and made anew here. Thread: the loop's.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "auth/auth.h"
#include "connector/async_event.h"
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
  std::string heartbeat_frame = {};
  absl::Duration heartbeat_period = absl::InfiniteDuration();
  FrameEncoding frame_encoding = FrameEncoding::kText;
};

class UserStream {
 public:
  static constexpr absl::Duration kLoginTimeout = absl::Seconds(10);
  // How long the first connection is read on once the second is logged in.
  static constexpr absl::Duration kOverlap = absl::Seconds(1);
  // A mismatch that a new subscription does not mend must not make one after the other.
  static constexpr absl::Duration kResubscribePeriod = absl::Seconds(30);

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
    // A second connection took over, with no time in between: to compare with the venue then,
    // quietly, is enough. Empty: on_login instead.
    std::function<void()> on_renewed = {};
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

  // The subscription may be dead although its connection answers: something that it should have
  // told was found otherwise. Does nothing while there is none, or soon after the last time.
  void Resubscribe(std::string_view reason);

  bool is_logged_in() const { return current_->is_logged_in; }
  int64_t frames() const { return frames_; }
  int64_t parse_errors() const { return parse_errors_; }
  int64_t reconnects() const { return reconnects_; }
  int64_t renewals() const { return renewals_; }

 private:
  // One of the two connections that take turns.
  struct Lane {
    AsyncEvent wake;  // is_wanted was set
    bool is_wanted = false;
    bool is_serving = false;
    bool is_logged_in = false;
    std::unique_ptr<WebSocket> socket;
    std::string close_reason;  // why we closed the socket ourselves
    TimerId login_timer = 0;
  };

  Task<void> RunLane(Lane& lane);
  // One connection; says why it ended.
  Task<absl::Status> Serve(Lane& lane);
  Task<absl::StatusOr<std::string>> CreateListenKey();
  Task<void> KeepListenKey(std::string listen_key);
  Task<absl::Status> Connect(Lane& lane, std::string listen_key);
  Task<absl::Status> Read(Lane& lane);
  Task<absl::Status> ReadFrames(Lane& lane);
  // OK: read on.
  absl::Status Accept(Lane& lane, std::string_view frame);
  void NoteLogin(Lane& lane);
  // How long to wait before the lane connects again, if it is still wanted.
  absl::Duration NoteEnd(Lane& lane, const absl::Status& ended);
  absl::Duration NoteLost(const absl::Status& ended);
  // Opens a second connection. False when neither that nor one under way can help.
  bool Renew(std::string_view reason, bool is_in_doubt);
  static void CloseWith(Lane& lane, std::string reason);
  Lane& other() { return current_ == &lanes_[0] ? lanes_[1] : lanes_[0]; }

  Environment& environment_;
  UserStreamDataSource& source_;
  RestAssistant& rest_;
  TimeSynchronizer& time_;
  const Auth& auth_;
  UserStreamOptions options_;
  Listener listener_;
  ReconnectPolicy policy_;
  ReconnectPolicy renewal_policy_;

  std::array<Lane, 2> lanes_;
  Lane* current_ = &lanes_[0];  // the subscription that counts
  std::string renewal_reason_;
  bool is_in_doubt_ = false;  // the current one, which is being renewed for it
  absl::Duration resubscribed_at_ = -absl::InfiniteDuration();
  TimerId renewal_timer_ = 0;
  TimerId overlap_timer_ = 0;
  bool is_heartbeat_ = false;  // the frame that was read last
  int64_t logins_ = 0;
  int64_t frames_ = 0;
  int64_t parse_errors_ = 0;
  int64_t reconnects_ = 0;
  int64_t renewals_ = 0;
};

}  // namespace colibri
