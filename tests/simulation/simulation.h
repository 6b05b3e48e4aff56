// One run: a connector with a strategy, a simulated venue and the wire between them, in one process
// on virtual time; faults, crashes and restarts from a seed.
//
//   const SimulationResult result = RunSimulation({.seed = 42});
//   if (!result.violations.empty()) { ... }      // repeat with --seed 42 --trace
//
// After the last fault the run goes on quietly, everything is canceled, and then our orders, fills,
// balances and book must equal the venue's. The promises about events and requests are watched
// throughout. The same options give the same result, to the last event. Thread: one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace colibri::simulation {

struct SimulationOptions {
  std::string venue = "binance";  // or another of SimulatedVenueNames
  uint64_t seed = 1;
  absl::Duration duration = absl::Minutes(20);
  bool is_traced = false;  // keeps a line for each event, request and fault
};

struct SimulationResult {
  std::vector<std::string> violations;  // with the virtual time of each
  std::string hash;                     // of all events, in order
  int64_t events = 0;
  int64_t orders = 0;
  int64_t fills = 0;
  int64_t triggers = 0;
  int64_t foreign = 0;
  int64_t doubts = 0;
  int64_t late_fills = 0;
  int64_t crashes = 0;
  int64_t requests = 0;
  int64_t socket_calls = 0;  // of orders, over the WebSocket
  std::vector<std::string> trace;
  size_t first_violation_line = 0;  // of trace
};

SimulationResult RunSimulation(const SimulationOptions& options);

}  // namespace colibri::simulation
