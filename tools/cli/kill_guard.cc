#include "tools/cli/kill_guard.h"

#include <csignal>
#include <unistd.h>
#include <utility>

#include <boost/asio/signal_set.hpp>

#include "connector/log.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri::cli {
namespace {

std::string HowToReset(const std::string& directory) {
  return directory.empty() ? "a restart of this run, which has no state directory"
                           : StrCat("colibri kill --reset --state ", directory);
}

}  // namespace

struct KillGuard::Watcher {
  Watcher(KillGuard& the_guard, AsioEnvironment& the_environment)
      : guard(the_guard),
        environment(the_environment),
        signals(the_environment.io_context(), SIGUSR1) {
    Listen();
    Look();
  }
  ~Watcher() {
    environment.clock().CancelTimer(timer);
    boost::system::error_code ignored;
    signals.cancel(ignored);
    signals.clear(ignored);
    std::signal(SIGUSR1, SIG_IGN);
  }

  void Listen() {
    // The loop may call a handler that was ready before the destructor canceled it.
    signals.async_wait(
        [this, token = std::weak_ptr<int>(life)](const boost::system::error_code& error, int) {
          if (!error && !token.expired()) {
            guard.OnSignal();
            Listen();
          }
        });
  }
  void Look() {
    timer = environment.clock().ScheduleAfter(kLookPeriod, [this] {
      guard.Look();
      Look();
    });
  }

  KillGuard& guard;
  AsioEnvironment& environment;
  boost::asio::signal_set signals;
  TimerId timer = 0;
  std::shared_ptr<int> life = std::make_shared<int>();
};

void KillGuard::EndWatch::operator()(Watcher* watcher) const {
  delete watcher;
}

absl::StatusOr<std::unique_ptr<KillGuard>> KillGuard::Open(const std::string& directory,
                                                           CliIo& io) {
  std::unique_ptr<KillGuard> guard(new KillGuard(directory, io));
  // Whoever finds the directory held sends the signal, which ends a process by default.
  std::signal(SIGUSR1, SIG_IGN);
  if (guard->state_.has_value()) {
    ASSIGN_OR_RETURN(guard->hold_, guard->state_->Hold());
    guard->state_->RemoveReport();
    guard->Look();
  }
  return guard;
}

KillGuard::KillGuard(const std::string& directory, CliIo& io)
    : io_(io), kill_(HowToReset(directory)) {
  if (!directory.empty()) {
    state_.emplace(directory);
    file_.emplace(state_->files(), directory);
  }
  kill_.set_listener([this] { OnChange(); });
}

KillGuard::~KillGuard() = default;

std::unique_ptr<KillGuard::Watcher, KillGuard::EndWatch> KillGuard::Watch(
    AsioEnvironment& environment) {
  return std::unique_ptr<Watcher, EndWatch>(new Watcher(*this, environment));
}

void KillGuard::Look() {
  if (!file_.has_value()) {
    return;
  }
  const absl::Status status = file_->Synchronize(kill_, absl::Now());
  if (!status.ok() && !has_write_failed_) {
    io_.err << "error: the kill switch is engaged in memory only: " << status.message() << '\n'
            << std::flush;
  }
  has_write_failed_ = !status.ok();
}

// `colibri kill` writes the file first: then it is the file that says who.
void KillGuard::OnSignal() {
  Look();
  if (!kill_.is_engaged()) {
    kill_.Engage({.by = "signal SIGUSR1",
                  .reason = StrCat("sent to process ", getpid()),
                  .at = absl::Now()});
    Look();
  }
}

void KillGuard::OnChange() {
  was_done_ = false;
  if (kill_.is_engaged()) {
    io_.err << "\nkill switch " << Describe(kill_.record())
            << "; canceling everything, and no new orders\n"
            << std::flush;
  } else {
    io_.err << "\nkill switch reset: orders are taken again\n" << std::flush;
    if (state_.has_value()) {
      state_->RemoveReport();
    }
  }
  if (sweep_.has_value()) {
    sweep_->Notify();
  }
}

void KillGuard::Sweep(Environment& environment, const std::vector<Connector*>& connectors) {
  sweep_.emplace(environment, kill_, connectors, [this] { TellSweep(); });
  sweep_->Start();
}

Task<void> KillGuard::StopSweep() {
  if (sweep_.has_value()) {
    co_await sweep_->Stop();
    sweep_.reset();
  }
}

void KillGuard::TellSweep() {
  if (!kill_.is_engaged()) {
    return;
  }
  KillReport report{.process = getpid(), .is_done = sweep_->is_done(), .venues = {}};
  for (const KillSweep::State& state : sweep_->states()) {
    report.venues.push_back({.name = state.venue,
                             .attempts = state.attempts,
                             .open_orders_left = state.last.open_orders_left,
                             .is_verified = state.last.is_verified,
                             .may_be_open = state.last.may_be_open});
  }
  WriteReport(report);
  if (report.is_done && !was_done_) {
    io_.err << "kill switch: all canceled, verified by the venue\n" << std::flush;
  }
  was_done_ = report.is_done;
}

void KillGuard::Finish(const std::string& venue, const ShutdownReport& report) {
  if (!kill_.is_engaged()) {
    return;
  }
  Look();  // an engagement of the last moment
  WriteReport({.process = getpid(),
               .is_done = report.is_verified && report.open_orders_left == 0,
               .venues = {{.name = venue,
                           .attempts = 1,
                           .open_orders_left = report.open_orders_left,
                           .is_verified = report.is_verified,
                           .may_be_open = report.may_be_open}}});
}

void KillGuard::WriteReport(const KillReport& report) {
  if (!state_.has_value()) {
    return;
  }
  const absl::Status status = state_->WriteReport(report);
  if (!status.ok()) {
    LogWarning("kill_report_not_written", {{"why", status.ToString()}});
  }
}

}  // namespace colibri::cli
