#include "connector/kill_switch_file.h"

#include <utility>

#include "core/strings.h"

namespace colibri {

KillSwitchFile::KillSwitchFile(FileSystem& files, std::string_view directory)
    : files_(files), path_(StrCat(directory, "/", kName)) {}

absl::Status KillSwitchFile::Synchronize(KillSwitch& kill, absl::Time now) {
  std::optional<KillRecord> record = Load(now);
  if (record.has_value()) {
    kill.Engage(*std::move(record));  // no effect when it is
    is_written_ = true;
    return absl::OkStatus();
  }
  if (!kill.is_engaged()) {
    return absl::OkStatus();
  }
  if (is_written_) {
    is_written_ = false;
    kill.Reset();
    return absl::OkStatus();
  }
  const absl::Status saved = Save(kill.record());
  is_written_ = saved.ok();
  return saved;
}

std::optional<KillRecord> KillSwitchFile::Load(absl::Time now) {
  const absl::StatusOr<std::string> text = files_.Read(path_);
  if (absl::IsNotFound(text.status())) {
    return std::nullopt;
  }
  absl::StatusOr<KillRecord> record =
      text.ok() ? ParseKillRecord(*text) : absl::StatusOr<KillRecord>(text.status());
  if (record.ok()) {
    return *std::move(record);
  }
  return KillRecord{
      .by = StrCat("the file ", path_),
      .reason = StrCat("it is there and can't be read: ", Std(record.status().message())),
      .at = now};
}

absl::Status KillSwitchFile::Save(const KillRecord& record) {
  return files_.Replace(path_, FormatKillRecord(record));
}

absl::Status KillSwitchFile::Clear() {
  const absl::Status removed = files_.Remove(path_);
  return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
}

}  // namespace colibri
