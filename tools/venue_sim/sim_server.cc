#include "tools/venue_sim/sim_server.h"

#include <utility>

#include "core/status_macros.h"
#include "tools/venue_sim/fault_runner.h"
#include "tools/venue_sim/net/socket_server.h"

namespace colibri::venue_sim {

// The venue holds timers of the server's clock, so it goes first.
template <typename Sim>
struct SimServerOf<Sim>::Impl {
  SocketServer server;
  std::unique_ptr<Sim> sim;
  std::unique_ptr<FaultRunner> fault_runner;
};

template <typename Sim>
absl::StatusOr<std::unique_ptr<SimServerOf<Sim>>> SimServerOf<Sim>::Start(Options options) {
  auto impl = std::make_unique<Impl>();
  SocketServer& server = impl->server;
  RETURN_IF_ERROR(server.Listen(options.host, options.port));
  if (options.tls) {
    RETURN_IF_ERROR(server.UseTls());
  }
  impl->sim = std::make_unique<Sim>(server.clock(), std::move(options.venue));
  impl->sim->faults().set_runner(
      [&server](const std::function<void()>& change) { server.RunOnLoop(change); });
  impl->sim->Start();
  server.Run(*impl->sim);
  return std::unique_ptr<SimServerOf>(new SimServerOf(std::move(impl)));
}

template <typename Sim>
SimServerOf<Sim>::SimServerOf(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

template <typename Sim>
SimServerOf<Sim>::~SimServerOf() {
  Stop();
}

template <typename Sim>
uint16_t SimServerOf<Sim>::port() const {
  return impl_->server.port();
}
template <typename Sim>
const std::string& SimServerOf<Sim>::authority() const {
  return impl_->server.authority();
}
template <typename Sim>
const std::string& SimServerOf<Sim>::ca_pem() const {
  return impl_->server.ca_pem();
}

template <typename Sim>
void SimServerOf<Sim>::RunOnVenue(const std::function<void(Sim&)>& act) {
  impl_->server.RunOnLoop([&] { act(*impl_->sim); });
}

template <typename Sim>
Faults& SimServerOf<Sim>::faults() {
  return impl_->sim->faults();
}

template <typename Sim>
void SimServerOf<Sim>::RunFaults(FaultPlan plan, uint64_t seed) {
  impl_->server.RunOnLoop([&] {
    impl_->fault_runner = std::make_unique<FaultRunner>(
        impl_->server.clock(), impl_->sim->faults(), std::move(plan), seed);
    impl_->fault_runner->Start();
  });
}

template <typename Sim>
void SimServerOf<Sim>::Stop() {
  impl_->server.Stop();
}

template class SimServerOf<BinanceSim>;
template class SimServerOf<BinancePerpetualSim>;
template class SimServerOf<HyperliquidSim>;
template class SimServerOf<TwinSim>;

}  // namespace colibri::venue_sim
