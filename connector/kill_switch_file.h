// Keeps the kill switch of a process and the file of its state directory in agreement: whoever
// writes the file engages, whoever removes it resets, and what engages here is written.
//
//   KillSwitchFile file(environment.files(), "var/state");
//   file.Synchronize(kill, clock.now());        // at the start, and every quarter of a second
//
// A file that is there and can't be read, or is not whole, engages: it was put there for a reason.
// A file that could not be written is tried again, and its absence resets nothing meanwhile.
// Thread: the loop's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "connector/files.h"
#include "connector/kill_switch.h"

namespace colibri {

class KillSwitchFile {
 public:
  static constexpr char kName[] = "kill_switch";

  // files outlives this.
  KillSwitchFile(FileSystem& files, std::string_view directory);

  // The error is that of writing; what is read never fails.
  absl::Status Synchronize(KillSwitch& kill, absl::Time now);

  // nullopt: not engaged.
  std::optional<KillRecord> Load(absl::Time now);
  absl::Status Save(const KillRecord& record);
  // OK also when there was nothing to clear.
  absl::Status Clear();

  const std::string& path() const { return path_; }

 private:
  FileSystem& files_;
  std::string path_;
  bool is_written_ = false;  // the present engagement
};

}  // namespace colibri
