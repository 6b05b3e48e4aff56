// Joins a connector and a simulated venue in one process, on virtual time, without sockets.
//
//   SimulatedEnvironment environment(/*seed=*/1);
//   BinanceSim sim(environment.clock(), {.seed = 7});
//   VenueLink link(environment, sim);
//   environment.UseTransports(link, link);
//
// Requests, replies and frames take `latency` each way and keep their order per connection. The
// link outlives the connector. Thread: the environment's.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"

#include "connector/simulated_environment.h"
#include "connector/transport.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri {

class VenueLink final : public HttpTransport,
                        public WebSocketTransport,
                        private venue_sim::SessionSink {
 public:
  VenueLink(SimulatedEnvironment& environment,
            venue_sim::SimVenue& venue,
            absl::Duration latency = absl::Milliseconds(1));
  ~VenueLink() override;

  Task<HttpResult> Send(HttpRequest request) override;
  Task<absl::StatusOr<std::unique_ptr<WebSocket>>> Connect(WebSocketRequest request) override;

  // Requests that reached the venue, "POST /api/v3/order" each; without their queries.
  int64_t request_count(std::string_view method_and_path) const;

 private:
  struct Session;
  class Socket;

  void SendText(venue_sim::SessionId id, std::string text) override;
  void CloseSession(venue_sim::SessionId id, int code, std::string_view reason) override;

  SimulatedEnvironment& environment_;
  venue_sim::SimVenue& venue_;
  absl::Duration latency_;
  std::map<venue_sim::SessionId, std::shared_ptr<Session>> sessions_;
  std::map<std::string, int64_t, std::less<>> request_counts_;
};

}  // namespace colibri
