// The kill switch of one run: engaged by `colibri kill`, by SIGUSR1, or by a configured loss; kept
// in the state directory; followed by a sweep of every connector.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<KillGuard> guard, KillGuard::Open("var/state", io));
//   config.risk.kill_switch = &guard->kill();
//   const auto watch = guard->Watch(environment);    // signal and file, until it goes
//   guard->Sweep(environment, {&connector});
//   ...
//   co_await guard->StopSweep();
//   guard->Finish("binance", co_await connector.Stop(timeout));
//
// Says on io.err what happens, and in the state directory's kill_report what became of the orders.
// Without a directory all is in memory, and a restart forgets it. Outlives the connectors. Thread:
// the loop's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/connector.h"
#include "connector/kill_sweep.h"
#include "connector/kill_switch.h"
#include "connector/kill_switch_file.h"
#include "connector/net/asio_environment.h"
#include "tools/cli/cli.h"
#include "tools/cli/state_directory.h"

namespace colibri::cli {

class KillGuard {
 public:
  static constexpr absl::Duration kLookPeriod = absl::Milliseconds(250);

  // FailedPrecondition when another run holds the directory. An empty one: in memory.
  static absl::StatusOr<std::unique_ptr<KillGuard>> Open(const std::string& directory, CliIo& io);
  ~KillGuard();
  KillGuard(const KillGuard&) = delete;
  KillGuard& operator=(const KillGuard&) = delete;

  KillSwitch& kill() { return kill_; }
  bool is_persistent() const { return state_.has_value(); }

  struct Watcher;
  struct EndWatch {
    void operator()(Watcher* watcher) const;
  };
  // Follows the signal, and the file every kLookPeriod, while the environment's loop runs. The
  // result goes before environment and guard.
  [[nodiscard]] std::unique_ptr<Watcher, EndWatch> Watch(AsioEnvironment& environment);
  // Brings the switch and its file into agreement, now.
  void Look();
  void Sweep(Environment& environment, const std::vector<Connector*>& connectors);
  Task<void> StopSweep();
  // Reports what `report` says of a connector that is swept no more. No effect unless engaged.
  void Finish(const std::string& venue, const ShutdownReport& report);

 private:
  KillGuard(const std::string& directory, CliIo& io);
  void OnSignal();
  void OnChange();
  void TellSweep();
  void WriteReport(const KillReport& report);

  CliIo& io_;
  std::optional<StateDirectory> state_;
  std::optional<KillSwitchFile> file_;
  std::unique_ptr<AppendFile> hold_;
  KillSwitch kill_;
  std::optional<KillSweep> sweep_;
  bool was_done_ = false;
  bool has_write_failed_ = false;
};

}  // namespace colibri::cli
