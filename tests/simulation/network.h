// The wire between one process and one simulated venue, on virtual time, with losses.
//
//   Network network(environment, venue, /*seed=*/7);
//   environment.UseTransports(network, network);
//   network.set_weather({.lose_request = 0.02, .lose_answer = 0.02});
//   network.Sever();          // the process has died: what it sent before still arrives
//   network.Restore();
//
// Requests and frames take a drawn latency each way; frames of one connection keep their order. A
// request is on the wire as soon as Send was called: it arrives even when its sender is gone. What
// is sent is watched for the promises that only the wire can prove: no client order id placed
// twice, no order sent after its deadline. Thread: the environment's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"

#include "connector/simulated_environment.h"
#include "connector/transport.h"
#include "core/random.h"
#include "core/strings.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::simulation {

// Chances, per request or connection.
struct Weather {
  double refuse = 0;         // no connection: certainly not sent
  double lose_request = 0;   // never reaches the venue; the sender waits in vain
  double lose_answer = 0;    // executed, and the answer is lost
  double cut_after = 0;      // executed, and the connection breaks unanswered
  double refuse_socket = 0;  // of WebSocket connections
  absl::Duration latency_min = absl::Milliseconds(1);
  absl::Duration latency_max = absl::Milliseconds(5);
};

class Network final : public HttpTransport,
                      public WebSocketTransport,
                      private venue_sim::SessionSink {
 public:
  // When the intent of an order was written; nullopt: it is not in the journal.
  using IntentFinder = std::function<std::optional<absl::Time>(std::string_view client_order_id)>;
  using Reporter = std::function<void(std::string violation)>;
  // One line for each thing that happens on the wire.
  using Tracer = std::function<void(std::string line)>;

  Network(SimulatedEnvironment& environment, venue_sim::SimVenue& venue, uint64_t seed);
  ~Network() override;

  void set_weather(const Weather& weather) { weather_ = weather; }
  void set_reporter(Reporter reporter) { reporter_ = std::move(reporter); }
  void set_tracer(Tracer tracer) { tracer_ = std::move(tracer); }
  void set_intent_finder(IntentFinder finder) { intent_finder_ = std::move(finder); }

  // Nothing gets through, and nothing tells: connections stay open and are dead.
  void Partition(absl::Duration duration);
  void Sever();
  void Restore();

  Task<HttpResult> Send(HttpRequest request) override;
  Task<absl::StatusOr<std::unique_ptr<WebSocket>>> Connect(WebSocketRequest request) override;

  int64_t requests() const { return requests_; }
  // The venue's refusal of its timestamp reached us: it certainly did not execute, and the order
  // may be sent once more.
  bool was_refused_for_time(std::string_view client_order_id) const {
    return refused_for_time_.contains(Abs(client_order_id));
  }
  size_t frames_queued_max() const { return frames_queued_max_; }

 private:
  struct Exchange;
  struct Session;
  class Socket;

  void SendText(venue_sim::SessionId id, std::string text) override;
  void CloseSession(venue_sim::SessionId id, int code, std::string_view reason) override;
  void GoHalfOpen(venue_sim::SessionId id) override;

  absl::Duration Latency();
  bool Happens(double chance) { return chance > 0 && random_.UniformReal() < chance; }
  bool is_partitioned() const;
  void WatchPlacement(const venue_sim::HttpCall& call);
  void Deliver(const std::shared_ptr<Exchange>& exchange,
               const venue_sim::HttpCall& call,
               bool is_answer_lost,
               bool is_cut);
  void Trace(std::string_view what, std::string_view detail);

  SimulatedEnvironment& environment_;
  venue_sim::SimVenue& venue_;
  Random random_;
  Weather weather_;
  Reporter reporter_;
  IntentFinder intent_finder_;
  Tracer tracer_;
  absl::Time partitioned_until_ = absl::InfinitePast();
  bool is_severed_ = false;
  std::map<venue_sim::SessionId, std::shared_ptr<Session>> sessions_;
  absl::flat_hash_map<std::string, int> placed_;
  absl::flat_hash_set<std::string> refused_for_time_;
  int64_t requests_ = 0;
  size_t frames_queued_max_ = 0;
};

}  // namespace colibri::simulation
