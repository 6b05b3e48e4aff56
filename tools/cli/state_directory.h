// The directory that outlives a run, seen by the run that holds it and by `colibri kill`.
//
//   StateDirectory state("var/state");
//   ASSIGN_OR_RETURN(StateHold hold, state.Hold());           // one run at a time
//   state.holder();                                           // the process that holds it
//
// run.lock      held while a run lasts; holds its process id
// kill_switch   there while the kill switch is engaged (connector/kill_switch_file.h)
// kill_report   what became of the orders, by the run, while the kill switch is engaged
//
// Thread: one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "connector/files.h"
#include "connector/net/posix_files.h"

namespace colibri::cli {

struct KillReport {
  struct Venue {
    std::string name;
    int attempts = 0;
    int open_orders_left = 0;
    bool is_verified = false;  // by the venue's own answer
    std::vector<std::string> may_be_open = {};
  };

  int64_t process = 0;
  bool is_done = false;  // all canceled, verified by the venues
  std::vector<Venue> venues;
};

class StateDirectory {
 public:
  explicit StateDirectory(std::string path);

  // Until the result is destroyed. FailedPrecondition names the process that holds it now. Makes
  // the directory where there is none.
  absl::StatusOr<std::unique_ptr<AppendFile>> Hold();
  // nullopt: no run holds it.
  std::optional<int64_t> holder();

  absl::Status WriteReport(const KillReport& report);
  void RemoveReport();
  // nullopt when there is none that can be read.
  std::optional<KillReport> ReadReport();

  FileSystem& files() { return *files_; }
  const std::string& path() const { return path_; }

 private:
  std::string LockPath() const;
  std::string ReportPath() const;

  std::string path_;
  std::unique_ptr<PosixFiles> files_;
};

}  // namespace colibri::cli
