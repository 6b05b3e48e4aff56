// The wire between one process and one simulated venue, on virtual time, with losses.
//
//   Network network(environment, venue, /*seed=*/7);
//   environment.UseTransports(network, network);
//   network.set_weather({.lose_request = 0.02, .lose_answer = 0.02});
//   network.Sever();          // the process has died: what it sent before still arrives
//   network.Restore();
//
// Requests and frames take a drawn latency each way; frames of one connection keep their order. A
// request is on the wire as soon as Send was called: it arrives even when its sender is gone. A
// WireChecker watches what passes. Thread: the environment's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

#include "connector/simulated_environment.h"
#include "connector/transport.h"
#include "core/random.h"
#include "tests/simulation/wire_checker.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::simulation {

// Chances, per request or connection.
struct Weather {
  double refuse = 0;         // no connection: certainly not sent
  double lose_request = 0;   // never reaches the venue; the sender waits in vain
  double lose_answer = 0;    // executed, and the answer is lost
  double cut_after = 0;      // executed, and the connection breaks unanswered
  double straggle = 0;       // the connection breaks at once, and the request arrives seconds later
  double old_snapshot = 0;   // of books: a cache answers with one that it has given before
  double refuse_socket = 0;  // of WebSocket connections
  double die_young = 0;      // of WebSocket connections: reset within two seconds
  absl::Duration latency_min = absl::Milliseconds(1);
  absl::Duration latency_max = absl::Milliseconds(5);
};

class Network final : public HttpTransport,
                      public WebSocketTransport,
                      private venue_sim::SessionSink {
 public:
  // When the intent of an order was written; nullopt: it is not in the journal.
  using IntentFinder = std::function<std::optional<absl::Time>(std::string_view client_order_id)>;
  // One line for each thing that happens on the wire.
  using Tracer = std::function<void(std::string line)>;

  Network(SimulatedEnvironment& environment,
          venue_sim::SimVenue& venue,
          uint64_t seed,
          const WireDialect& dialect = BinanceSpotDialect());
  ~Network() override;

  void set_weather(const Weather& weather) { weather_ = weather; }
  void set_tracer(Tracer tracer) { tracer_ = std::move(tracer); }
  void set_intent_finder(IntentFinder finder) { intent_finder_ = std::move(finder); }

  // Nothing gets through, and nothing tells: connections stay open and are dead.
  void Partition(absl::Duration duration);
  void Sever();
  void Restore();

  Task<HttpResult> Send(HttpRequest request) override;
  // Every second time there is no kept connection.
  std::optional<Task<HttpResult>> TrySend(const HttpRequest& request) override;
  Task<absl::StatusOr<std::unique_ptr<WebSocket>>> Connect(WebSocketRequest request) override;

  int64_t requests() const { return requests_; }
  int64_t socket_calls() const { return socket_calls_; }
  WireChecker& checker() { return checker_; }
  size_t frames_queued_max() const { return frames_queued_max_; }

 private:
  struct Exchange;
  struct Session;
  class Socket;

  void SendText(venue_sim::SessionId id, std::string text) override;
  void CloseSession(venue_sim::SessionId id, int code, std::string_view reason) override;
  void GoHalfOpen(venue_sim::SessionId id) override;

  // Of a call on a WebSocket.
  enum class Fate { kArrives, kLost, kAnswerIsLost, kIsCutAfter, kStraggles };

  absl::Duration Latency();
  bool Happens(double chance) { return chance > 0 && random_.UniformReal() < chance; }
  bool is_partitioned() const;
  absl::Duration Straggling();
  // On the wire from now on.
  std::shared_ptr<Exchange> Depart(const HttpRequest& request);
  Task<HttpResult> Await(std::shared_ptr<Exchange> exchange, absl::Duration timeout);
  void AnswerFromCache(const venue_sim::HttpCall& call, venue_sim::HttpReply& reply);
  void Deliver(const std::shared_ptr<Exchange>& exchange,
               const venue_sim::HttpCall& call,
               bool is_answer_lost,
               bool is_cut);
  void Carry(venue_sim::SessionId id, const std::shared_ptr<Session>& session, std::string text);
  void Arrive(venue_sim::SessionId id, Session& session, Fate fate, const std::string& text);
  Fate DrawFate();
  void Break(venue_sim::SessionId id, Session& session);
  void NoteAnswer(Session& session, std::string_view text);
  void Trace(std::string_view what, std::string_view detail);

  SimulatedEnvironment& environment_;
  venue_sim::SimVenue& venue_;
  Random random_;
  Weather weather_;
  WireChecker checker_;
  IntentFinder intent_finder_;
  Tracer tracer_;
  absl::Time partitioned_until_ = absl::InfinitePast();
  bool is_severed_ = false;
  std::string snapshot_;  // the last one that the venue itself gave
  absl::Time snapshot_at_ = absl::InfinitePast();
  std::map<venue_sim::SessionId, std::shared_ptr<Session>> sessions_;
  int64_t requests_ = 0;
  int64_t socket_calls_ = 0;
  size_t frames_queued_max_ = 0;
};

}  // namespace colibri::simulation
