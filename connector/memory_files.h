// Files in memory for simulation: they outlive the "process" that wrote them, and fail on demand.
//
//   MemoryFiles disk;
//   disk.CrashAfter(137, [&] { is_crashed = true; });   // 137 more bytes reach the disk, no more
//   disk.set_bytes_free(0);                             // a full disk
//
// Thread: one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

#include "connector/files.h"
#include "core/clock.h"

namespace colibri {

class MemoryFiles final : public FileSystem {
 public:
  static constexpr absl::Duration kSyncTime = absl::Milliseconds(2);

  MemoryFiles();
  ~MemoryFiles() override;

  absl::StatusOr<std::unique_ptr<AppendFile>> OpenToAppend(std::string_view path) override;
  absl::StatusOr<std::string> Read(std::string_view path) override;
  absl::Status Replace(std::string_view path, std::string_view content) override;
  absl::Status Rename(std::string_view from, std::string_view to) override;
  absl::Status Remove(std::string_view path) override;
  absl::StatusOr<std::vector<std::string>> List(std::string_view directory) override;

  // Where StartSync takes its time from: kSyncTime. Without a clock it is done before it returns.
  void UseClock(Clock& clock);
  // As if never used; no effect when another one was used since.
  void LeaveClock(Clock& clock);

  // When so many more bytes are on the disk the process is dead: what is beyond is not stored, the
  // call that wrote them and every later one are Aborted, and `crashed` is called at that moment,
  // once. A whole file that is cut so leaves the old one.
  void CrashAfter(uint64_t bytes, std::function<void()> crashed);
  // The process is dead now.
  void Crash();
  // A new process: the locks of the dead one are gone, calls work again. Files opened before go on
  // being dead.
  void Restart();
  // Crashes, and loses what was appended since the last Sync, as a power loss does. What a failed
  // sync was to write is zeros afterwards, even when a later one was OK.
  void LosePower();
  bool is_crashed() const;

  // Appends beyond fail with ResourceExhausted, and store what fits; what is removed gives room
  // again. nullopt: as many as one likes.
  void set_bytes_free(std::optional<uint64_t> bytes);
  // The next `count` syncs fail, those within Replace and StartOver included.
  void FailSyncs(int count);

  // Direct access for tests: content as it is on the disk; null when there is no such file.
  std::string* Find(std::string_view path);

 private:
  struct Disk;
  class File;
  std::shared_ptr<Disk> disk_;
};

}  // namespace colibri
