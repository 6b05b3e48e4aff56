// One warm WebSocket for orders: carries calls as frames, and gives back what REST would have
// given.
//
//   OrderSocket socket(environment, tasks, source, protocol, throttler, time, auth, options,
//                      {.on_state = ...});
//   tasks.Spawn("order_socket", socket.Run());
//   if (socket.Takes(call)) {                       // up, logged in, not full, of the venue's
//   calls
//     ASSIGN_OR_RETURN(OrderSocketFrame frame, socket.MakeFrame(call));
//     HttpResult result = co_await socket.Send(std::move(frame), absl::Seconds(5));
//   }
//
// What is true of a call, whatever happens to its connection: it is written once at most, and
// never after its deadline; once it may have been written, everything but a readable answer in time
// is a result that may have been sent. Answers are matched by id, and nothing else; one that comes
// too late, or twice, is dropped.
//
// The connection is the account's own and carries nothing else: what delays or breaks the private
// stream leaves it alone, and the other way round. It is asked for a sign of life when it is quiet,
// given up when a call or that question meets silence, and replaced by a second one before the
// venue closes it; what is in flight on the first is waited for. Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "auth/auth.h"
#include "connector/async_event.h"
#include "connector/environment.h"
#include "connector/order_socket_source.h"
#include "connector/reconnect_policy.h"
#include "connector/task_group.h"
#include "connector/throttler.h"
#include "connector/time_synchronizer.h"
#include "connector/venue_protocol.h"

namespace colibri {

struct OrderSocketOptions {
  std::string venue;
  std::string url;
  absl::Duration session_lifetime = absl::Hours(24);
  FrameEncoding frame_encoding = FrameEncoding::kText;
};

struct OrderSocketFrame {
  uint64_t id = 0;
  std::string text = {};
};

class OrderSocket {
 public:
  static constexpr absl::Duration kLoginTimeout = absl::Seconds(10);
  // Without a frame from the venue: it is asked for one, and given so long.
  static constexpr absl::Duration kQuietMax = absl::Seconds(15);
  static constexpr absl::Duration kProbeTimeout = absl::Seconds(5);
  // How long what is in flight on a connection that was replaced is waited for.
  static constexpr absl::Duration kDrainMax = absl::Seconds(10);

  struct Listener {
    // OK: calls are taken. Otherwise why not.
    std::function<void(const absl::Status& state)> on_state;
    // An answer that nobody waits for any more; what it says of limits holds all the same.
    std::function<void(const HttpResponse& response)> on_late_answer = {};
  };

  // All references outlive this, and the tasks end before it does.
  OrderSocket(Environment& environment,
              TaskGroup& tasks,
              OrderSocketSource& source,
              const VenueProtocol& protocol,
              Throttler& throttler,
              TimeSynchronizer& time,
              const Auth& auth,
              OrderSocketOptions options,
              Listener listener);
  ~OrderSocket();

  // Until canceled.
  Task<void> Run();

  // Whether a call that is sent now goes over the socket; true once does not mean true later.
  bool Takes(const VenueCall& call) const;
  absl::StatusOr<OrderSocketFrame> MakeFrame(const VenueCall& call);
  // At once after Takes. The time counts from now.
  Task<HttpResult> Send(OrderSocketFrame frame, absl::Duration timeout);
  // The same, written before this returns; the task waits for the answer. nullopt: it would have to
  // wait, and nothing was written.
  std::optional<Task<HttpResult>> TrySend(const OrderSocketFrame& frame, absl::Duration timeout);

  bool is_ready() const { return current_ != nullptr; }
  size_t in_flight() const { return calls_.size(); }
  int64_t sent() const { return sent_; }
  // Answers that nobody waited for, or not any more.
  int64_t answers_dropped() const { return answers_dropped_; }
  int64_t parse_errors() const { return parse_errors_; }
  int64_t reconnects() const { return reconnects_; }

 private:
  struct Connection;
  class Call;

  // Until it is open and logged in, or has failed.
  Task<absl::Status> Open();
  Task<absl::Status> LogIn(std::shared_ptr<Connection> connection, OrderSocketFrame frame);
  // Until there is none, or another one is wanted.
  Task<void> WaitForNeed();
  Task<HttpResult> Await(std::unique_ptr<Call> call, absl::Status written);
  Task<void> Serve(std::shared_ptr<Connection> connection);
  Task<void> Read(std::shared_ptr<Connection> connection);
  Task<void> Watch(std::shared_ptr<Connection> connection);
  void Accept(Connection& connection, std::string_view frame);
  void NoteAnswer(const Connection& connection, OrderSocketMessage message);
  void NoteUnreadable(const Connection& connection, const absl::Status& why);
  void Retire(std::shared_ptr<Connection> connection);
  // No new calls from now on; the reader ends, and tells those in flight.
  void Close(Connection& connection, std::string_view reason);

  Environment& environment_;
  TaskGroup& tasks_;
  OrderSocketSource& source_;
  const VenueProtocol& protocol_;
  Throttler& throttler_;
  TimeSynchronizer& time_;
  const Auth& auth_;
  OrderSocketOptions options_;
  Listener listener_;
  ReconnectPolicy policy_;

  std::shared_ptr<Connection> current_;  // takes calls; null: none does
  std::shared_ptr<Connection> retired_;  // the one before, with calls in flight
  TimerId drain_timer_ = 0;
  AsyncEvent changed_;
  absl::btree_map<uint64_t, Call*> calls_;  // in flight, by id: the same order in each process
  uint64_t last_id_ = 0;
  int64_t sent_ = 0;
  int64_t answers_dropped_ = 0;
  int64_t parse_errors_ = 0;
  int64_t reconnects_ = 0;
};

}  // namespace colibri
