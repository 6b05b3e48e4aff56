// A simulated venue on loopback: HTTP, WebSocket and TLS on one port, on a thread of its own.
//
//   ASSIGN_OR_RETURN(auto server, SimServer::Start({.tls = true}));
//   Connect("https://127.0.0.1:" + std::to_string(server->port()), server->ca_pem());
//   server->RunOnVenue([&](BinanceSim& sim) { truth = sim.account(kTestApiKey); });
//
// BinancePerpetualServer does the same for USD-M futures, HyperliquidServer for Hyperliquid,
// TwinServer for every other twin. Thread: any for every call. A port in use is AlreadyExists, with
// who holds it and what to do.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

#include "tools/venue_sim/binance_perpetual_sim.h"
#include "tools/venue_sim/binance_sim.h"
#include "tools/venue_sim/fault_plan.h"
#include "tools/venue_sim/faults.h"
#include "tools/venue_sim/hyperliquid_sim.h"
#include "tools/venue_sim/sim_options.h"
#include "tools/venue_sim/twin.h"

namespace colibri::venue_sim {

template <typename Sim>
class SimServerOf {
 public:
  using Options = SimServerOptionsOf<typename Sim::Options>;

  [[nodiscard]] static absl::StatusOr<std::unique_ptr<SimServerOf>> Start(Options options);
  ~SimServerOf();  // stops
  SimServerOf(const SimServerOf&) = delete;
  SimServerOf& operator=(const SimServerOf&) = delete;

  uint16_t port() const;
  // "127.0.0.1:8443", to put behind a scheme.
  const std::string& authority() const;
  // The certificate to trust; empty without TLS.
  const std::string& ca_pem() const;

  // Runs `act` on the venue's thread and waits for it. Inline when called there, or after Stop.
  void RunOnVenue(const std::function<void(Sim&)>& act);
  Faults& faults();
  // Starts the plan now; once. The seed is of the jitter of repeated faults.
  void RunFaults(FaultPlan plan, uint64_t seed);

  // Closes every connection and ends the thread. Idempotent.
  void Stop();

 private:
  struct Impl;
  explicit SimServerOf(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

using SimServer = SimServerOf<BinanceSim>;
using BinancePerpetualServer = SimServerOf<BinancePerpetualSim>;
using HyperliquidServer = SimServerOf<HyperliquidSim>;
using TwinServer = SimServerOf<TwinSim>;

// Defined in the .cc, for these.
extern template class SimServerOf<BinanceSim>;
extern template class SimServerOf<BinancePerpetualSim>;
extern template class SimServerOf<HyperliquidSim>;
extern template class SimServerOf<TwinSim>;

}  // namespace colibri::venue_sim
