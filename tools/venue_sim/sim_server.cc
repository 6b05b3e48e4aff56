#include "tools/venue_sim/sim_server.h"

#include <utility>

#include "core/status_macros.h"
#include "tools/venue_sim/fault_runner.h"
#include "tools/venue_sim/net/socket_server.h"

namespace colibri::venue_sim {

// The venue holds timers of the server's clock, so it goes first.
struct SimServer::Impl {
  SocketServer server;
  std::unique_ptr<BinanceSim> sim;
  std::unique_ptr<FaultRunner> fault_runner;
};

absl::StatusOr<std::unique_ptr<SimServer>> SimServer::Start(SimServerOptions options) {
  auto impl = std::make_unique<Impl>();
  SocketServer& server = impl->server;
  RETURN_IF_ERROR(server.Listen(options.host, options.port));
  if (options.tls) {
    RETURN_IF_ERROR(server.UseTls());
  }
  impl->sim = std::make_unique<BinanceSim>(server.clock(), std::move(options.venue));
  impl->sim->faults().set_runner(
      [&server](const std::function<void()>& change) { server.RunOnLoop(change); });
  impl->sim->Start();
  server.Run(*impl->sim);
  return std::unique_ptr<SimServer>(new SimServer(std::move(impl)));
}

SimServer::SimServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SimServer::~SimServer() {
  Stop();
}

uint16_t SimServer::port() const {
  return impl_->server.port();
}
const std::string& SimServer::authority() const {
  return impl_->server.authority();
}
const std::string& SimServer::ca_pem() const {
  return impl_->server.ca_pem();
}

void SimServer::RunOnVenue(const std::function<void(BinanceSim&)>& act) {
  impl_->server.RunOnLoop([&] { act(*impl_->sim); });
}

Faults& SimServer::faults() {
  return impl_->sim->faults();
}

void SimServer::RunFaults(FaultPlan plan, uint64_t seed) {
  impl_->server.RunOnLoop([&] {
    impl_->fault_runner = std::make_unique<FaultRunner>(
        impl_->server.clock(), impl_->sim->faults(), std::move(plan), seed);
    impl_->fault_runner->Start();
  });
}

void SimServer::Stop() {
  impl_->server.Stop();
}

}  // namespace colibri::venue_sim
