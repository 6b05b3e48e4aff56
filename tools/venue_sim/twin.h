// The simulated venues that `colibri sim` finds by themselves: each folder here with a
// <venue>/<venue>_sim.h that declares
//
//   namespace colibri::venue_sim::acme {
//   TwinEntry Entry();
//   }
//
// CMake writes the list of them (AllTwins). TwinServer puts one on a port; what begins like a gzip
// member goes out as a binary frame.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/decimal.h"
#include "tools/venue_sim/faults.h"
#include "tools/venue_sim/sim_traffic.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::venue_sim {

class Twin : public SimVenue {
 public:
  // Starts what lives by itself on the clock. Once.
  virtual void Start() = 0;
  virtual Faults& faults() = 0;
  virtual SimTrafficView traffic() const = 0;
};

struct TwinEntry {
  std::string name = {};  // as the registry of venues has it
  std::string pair = {};  // of an example: "BTC-USDT"
  // Below the root, where the connector's domain "local" looks.
  std::string market_stream_path = {};
  std::string private_stream_path = {};
  std::map<std::string, Decimal> balances = {};  // of the test account, by asset
  // Of it: "API_KEY", "API_SECRET", "WALLET_KEY", ..., each with its value. No secrets.
  std::vector<std::pair<std::string, std::string>> credentials = {};
  std::function<std::unique_ptr<Twin>(Clock& clock, uint64_t seed)> make = nullptr;
};

const std::vector<TwinEntry>& AllTwins();
// Null when there is none of that name.
const TwinEntry* FindTwin(std::string_view name);

// Whichever twin the options name, for SimServerOf.
struct TwinOptions {
  std::string name = {};  // CHECKed to be known
  uint64_t seed = 1;
};

class TwinSim final : public SimVenue {
 public:
  using Options = TwinOptions;

  TwinSim(Clock& clock, const TwinOptions& options);

  void Start() { twin_->Start(); }
  Faults& faults() { return twin_->faults(); }

  void set_sink(SessionSink* sink) override { twin_->set_sink(sink); }
  HttpReply Handle(const HttpCall& call) override { return twin_->Handle(call); }
  SessionId Open(std::string_view target, std::string_view remote_ip) override {
    return twin_->Open(target, remote_ip);
  }
  void OnText(SessionId session, std::string_view text) override { twin_->OnText(session, text); }
  void Close(SessionId session) override { twin_->Close(session); }

 private:
  std::unique_ptr<Twin> twin_;
};

}  // namespace colibri::venue_sim
